"""Scanning with a real clamd, and with daemons that misbehave."""

from __future__ import annotations

import io
import socket
import threading
import zipfile
from contextlib import contextmanager
from datetime import UTC, date, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from lantai.platform.scanning import clamd as protocol
from lantai.platform.scanning import services
from lantai.platform.scanning.types import NoScanner, ScannerUnavailable, ScanState
from lantai.site import checks
from tests.platform.scanning.clamd import EICAR, MARKER, STREAM_LIMIT_BYTES, running_clamd

TODAY = timezone.localdate()


@pytest.fixture
def scanner(clamd, settings):
    settings.LANTAI_CLAMD = clamd.address
    return clamd


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.txt").write_bytes("样例".encode())
    (tmp_path / "empty.txt").touch()
    (tmp_path / "eicar.com").write_bytes(EICAR)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/附件.txt", b"before " * 50 + MARKER + b" after")
    return tmp_path


def test_viruses_are_found_also_inside_of_a_zip(scanner, folder):
    found = services.scan(sorted(folder.iterdir()), under=folder)
    assert found is not None
    assert found.infected == ("eicar.com", "packed.zip")
    assert (found.scanned_files, found.not_scanned) == (4, ())
    assert found.name.startswith("ClamAV ")
    assert abs((found.definitions_on - TODAY).days) <= 1


def test_a_verdict_names_the_virus(scanner, folder):
    verdicts = {one.name: one for one in services.scan_each([folder / "eicar.com"], under=folder)}
    assert verdicts["eicar.com"].state is ScanState.INFECTED
    assert "Eicar" in verdicts["eicar.com"].threat


def test_an_open_stream_is_scanned(scanner):
    (one,) = services.scan_each([io.BytesIO(b"x" * 10 + MARKER)])
    assert one.state is ScanState.INFECTED


def test_many_files_go_through_few_connections(scanner, monkeypatch):
    opened = []
    connect = protocol._connect
    monkeypatch.setattr(protocol, "_connect", lambda address: opened.append(1) or connect(address))
    found = services.scan(io.BytesIO(b"%d" % number) for number in range(300))
    assert found.scanned_files == 300
    assert len(opened) == 2  # one for the version, one for the files


def test_a_file_over_the_limit_is_not_scanned_and_the_next_one_is(scanner, tmp_path):
    (tmp_path / "large.bin").write_bytes(bytes(4 * STREAM_LIMIT_BYTES))
    (tmp_path / "last.txt").write_bytes(b"x")
    found = services.scan(
        [tmp_path / "large.bin"] * 5 + [tmp_path / "last.txt", tmp_path / "missing.txt"], under=tmp_path
    )
    assert found.not_scanned == ("large.bin",) * 5 + ("missing.txt",)
    assert (found.scanned_files, found.infected) == (1, ())


def test_without_a_scanner_nothing_is_vouched_for(settings, folder):
    settings.LANTAI_CLAMD = ""
    assert services.scan(folder.iterdir()) is None
    assert {one.state for one in services.scan_each(folder.iterdir())} == {ScanState.NOT_SCANNED}
    with pytest.raises(NoScanner):
        services.scanner()


def test_a_daemon_that_is_down_is_not_clean(settings, folder, tmp_path):
    settings.LANTAI_CLAMD = str(tmp_path / "nobody.socket")
    assert services.scan(folder.iterdir()) is None
    assert {one.state for one in services.scan_each(folder.iterdir())} == {ScanState.NOT_SCANNED}
    with pytest.raises(ScannerUnavailable):
        services.scanner()


def test_a_daemon_that_dies_in_between_leaves_the_rest_unscanned(settings):
    with running_clamd() as daemon:
        settings.LANTAI_CLAMD = daemon.address

        def files():
            yield io.BytesIO(b"first")
            daemon.process.kill()
            daemon.process.wait()
            for _ in range(6):
                yield io.BytesIO(b"later")

        states = [one.state for one in services.scan_each(files())]
    assert states[0] in (ScanState.CLEAN, ScanState.NOT_SCANNED)  # its answer may have died with the daemon
    assert states[1:] == [ScanState.NOT_SCANNED] * 6


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"1: stream: OK",  # cut off before its end
        b"1: stream:  FOUND\0",
        b"1: stream: OKAY\0",
        b"1: INSTREAM size limit exceeded. ERROR\0",
        b"1: stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"\xff" * 9000,
        b"1: stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
        b"1: stream: Heuristics.Encrypted.Zip FOUND\0",
    ],
)
def test_only_a_plain_ok_is_clean(settings, answer):
    with _answering(answer) as address:
        settings.LANTAI_CLAMD = address
        (one,) = services.scan_each([io.BytesIO(b"content")])
    assert one.state is ScanState.NOT_SCANNED


def test_a_daemon_that_never_answers_is_given_up(settings, monkeypatch):
    monkeypatch.setattr(protocol, "TIMEOUT_S", 0.05)
    with _answering(None) as address:
        settings.LANTAI_CLAMD = address
        states = {one.state for one in services.scan_each(io.BytesIO(b"x") for _ in range(50))}
    assert states == {ScanState.NOT_SCANNED}


def test_a_file_whose_reading_fails_is_not_scanned_and_the_next_one_is(scanner):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError(5, "Input/output error")

    states = [one.state for one in services.scan_each([Broken(), io.BytesIO(b"x")])]
    assert states == [ScanState.NOT_SCANNED, ScanState.CLEAN]


@contextmanager
def _answering(answer):
    """A daemon on a port that reads a whole stream and then says `answer`, or nothing for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def serve():
            kept = []
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    break
                kept.append(connection)
                if answer is not None:
                    _until_end(connection)
                    connection.sendall(answer)
                    connection.close()
            for connection in kept:
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        done.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _until_end(connection):
    heard = b""
    while not heard.endswith(b"\0\0\0\0"):
        more = connection.recv(4096)
        if not more:
            return
        heard += more


@pytest.mark.parametrize(
    ("said", "name", "day"),
    [
        ("ClamAV 1.4.6/27450/Fri Nov 20 08:33:02 2026", "ClamAV 1.4.6", date(2026, 11, 20)),
        ("ClamAV 1.4.6/27450/Fri Nov  6 08:33:02 2026", "ClamAV 1.4.6", date(2026, 11, 6)),
        ("ClamAV 1.4.6", "ClamAV 1.4.6", None),
        ("ClamAV 1.4.6/27450/Fri Nox 20 08:33:02 2026", "ClamAV 1.4.6", None),
        ("ClamAV 1.4.6/27450/Fri Feb 30 08:33:02 2026", "ClamAV 1.4.6", None),
    ],
)
def test_the_date_of_the_definitions_is_read(said, name, day):
    found = protocol.read_version(said)
    assert (found.name, found.definitions_on) == (name, day)


def test_the_installation_says_which_scanner_it_has(scanner):
    assert services.describe(TODAY).startswith("ClamAV ")
    assert list(services.faults(TODAY)) == []


def test_old_definitions_are_a_fault():
    now = timezone.localtime()  # clamd tells the day of its own zone, which is ours
    with running_clamd(made_at=now.astimezone(UTC) - timedelta(days=30)) as daemon:
        with override_settings(LANTAI_CLAMD=daemon.address, LANTAI_CLAMD_MAX_AGE_DAYS=7):
            (fault,) = services.faults(now.date())
            assert "older than 7 days" in fault
            assert "30 days old" in services.describe(now.date())
        with override_settings(LANTAI_CLAMD=daemon.address, LANTAI_CLAMD_MAX_AGE_DAYS=60):
            assert list(services.faults(TODAY)) == []


def test_no_scanner_is_told_and_a_silent_one_is_a_fault(settings, tmp_path):
    settings.LANTAI_CLAMD = ""
    assert list(services.faults(TODAY)) == []
    assert "none" in services.describe(TODAY)
    settings.LANTAI_CLAMD = str(tmp_path / "nobody.socket")
    assert len(list(services.faults(TODAY))) == 1
    assert "does not answer" in services.describe(TODAY)


@pytest.mark.django_db
def test_lantai_check_says_which_scanner_is_there(scanner, settings, tmp_path, capsys):
    checks.report(is_deploy=False)
    assert "lantai check: scanner: ClamAV " in capsys.readouterr().out
    settings.LANTAI_CLAMD = str(tmp_path / "nobody.socket")
    assert checks.report(is_deploy=False) == 1
    assert "lantai check: scanner: 杀毒软件没有应答" in capsys.readouterr().err
