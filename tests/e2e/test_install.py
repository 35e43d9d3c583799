"""The command line as the person meets it who installs and looks after the product."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import psycopg
import pytest

from lantai.kit.packages.transfer import OutgoingDescription, write_transfer
from lantai.site.demo.places import PLACES
from lantai.site.postgres import Cluster
from tests.e2e import product

pytestmark = pytest.mark.e2e

STRONG = "Zm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc4OS1hYmNkZWZnaGlqa2xtbm8"
FIT = {
    "LANTAI_SECRET_KEY": STRONG,
    "LANTAI_HOSTS": "archives.example",
    "LANTAI_PUBLIC_URL": "https://archives.example",
    **product.ORIGIN,
}
CODES = {place.slug: place.code for place in PLACES}


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a refused command says: one line, no traceback, and an exit code that is not 0."""
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("lantai: ")
    return lines[0]


@pytest.fixture(scope="module")
def loaded(home: Path) -> Iterator[product.Loaded]:
    """Its commands, where the start of the program is not what is looked at."""
    with product.loaded(home) as it:
        yield it


def test_help_names_every_command(tmp_path: Path) -> None:
    done = product.run(tmp_path, "--help")
    assert done.returncode == 0
    for name in ("up", "web", "work", "demo", "migrate", "check", "org", "user", "intake", "down", "django"):
        assert f"\n    {name} " in done.stdout


def test_a_migrated_installation_has_no_faults(home: Path) -> None:
    done = product.run(home, "check", **product.ORIGIN)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()  # what scans for viruses is said, and is no fault
    assert told[-1] == "lantai check: no faults" and all("scanner" in line for line in told[:-1]), told


def test_an_empty_installation_is_told_to_migrate(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    try:
        done = product.run(tmp_path, "check")
    finally:
        Cluster(tmp_path / "postgres").stop()
    assert done.returncode == 1
    assert "run `lantai migrate`" in done.stderr


def test_the_deploy_check_asks_for_copies_and_witnesses_where_there_are_records(home: Path) -> None:
    cluster = Cluster(home / "postgres")
    cluster.start()
    with psycopg.connect(cluster.url()) as connection:  # however long ago this slow machine made its backup
        connection.execute("update backup_backupplan set rpo_minutes = 100000")
    done = product.run(home, "check", "--deploy", **FIT)
    told = [
        line.split(":")[1].strip() for line in done.stderr.splitlines() if line.startswith("lantai check:")
    ]
    assert (done.returncode, told) == (1, ["copies", "witness"])


@pytest.mark.parametrize(
    "unfit",
    [
        {
            "LANTAI_SECRET_KEY": "changeme",
            "LANTAI_DEBUG": "yes",
            "LANTAI_HOSTS": "*",
            "LANTAI_PUBLIC_URL": "http://archives.example",
            "LANTAI_LOG_ORIGIN": "lantai.local/log",
        },
        {"LANTAI_PUBLIC_URL": "http://archives.example"},
    ],
)
def test_the_deploy_check_names_every_setting_that_is_unfit_and_no_other(
    home: Path, unfit: dict[str, str]
) -> None:
    done = product.run(home, "check", "--deploy", **{**FIT, **unfit})
    assert done.returncode == 1
    faults = [line for line in done.stderr.splitlines() if line.startswith("lantai check: LANTAI_")]
    assert [line.split()[2] for line in faults] == list(unfit)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://nobody:nothing@127.0.0.1:9/lantai", "LANTAI_DATABASE_URL"),
        ("postgresql://nobody@/lantai?host=%2Fnowhere", "LANTAI_DATABASE_URL"),
        ("postgresql://a:b@127.0.0.1:9/x?sslmode=nonsense", "LANTAI_DATABASE_URL"),
        ("mysql://a:b@127.0.0.1/lantai", "must look like postgresql://"),
        ("postgresql://127.0.0.1", "must look like postgresql://"),
        ("postgresql://[::1/lantai", "must look like postgresql://"),
        ("postgresql://a:b@127.0.0.1:port/lantai", "the port is not a number"),
        ("postgresql://a:b@127.0.0.1/lantai?nonsense=1", "does not take nonsense"),
    ],
)
def test_a_wrong_database_address_is_one_clear_line(tmp_path: Path, url: str, why: str) -> None:
    assert why in one_line(product.run(tmp_path, "check", LANTAI_DATABASE_URL=url))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("LANTAI_DEBUG", "perhaps"),
        ("LANTAI_SANDBOX_WORKERS", "zero"),
        ("LANTAI_SANDBOX_WORKERS", "0"),
        ("LANTAI_UPLOAD_LIMIT_MB", "-1"),
        ("LANTAI_LOG_LEVEL", "LOUD"),
        ("LANTAI_TIME_ZONE", "Mars/Phobos"),
        ("LANTAI_SECRET_KEY_FILE", "/nowhere/secret"),
        ("LANTAI_CONFIG", "/nowhere/lantai.toml"),
    ],
)
def test_nonsense_in_a_setting_is_one_line_that_names_it(tmp_path: Path, setting: str, value: str) -> None:
    assert setting in one_line(product.run(tmp_path, "check", **{setting: value}))


def test_a_home_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = one_line(product.run(tmp_path, "check", LANTAI_HOME=str(tmp_path / "file" / "home")))
    assert "LANTAI_HOME" in said


def test_a_broken_settings_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "lantai.toml").write_text("debug = perhaps\n")
    assert "lantai.toml is not valid TOML" in one_line(product.run(tmp_path, "check"))


@pytest.mark.parametrize(("secret", "is_fit"), [(STRONG, True), ("short", False)])
def test_the_secret_key_may_lie_in_a_file(fresh: Path, tmp_path: Path, secret: str, is_fit: bool) -> None:
    (tmp_path / "secret").write_text(f"{secret}\n")
    fit = {name: value for name, value in FIT.items() if name != "LANTAI_SECRET_KEY"}
    done = product.run(fresh, "check", "--deploy", **fit, LANTAI_SECRET_KEY_FILE=str(tmp_path / "secret"))
    assert done.returncode == (0 if is_fit else 1), done.stderr
    assert ("LANTAI_SECRET_KEY is weak" in done.stderr) is not is_fit


def test_an_unsupported_store_is_a_fault_of_the_check(home: Path) -> None:
    done = product.run(home, "check", LANTAI_STORE_URL="gopher://store")
    assert done.returncode == 1
    assert "store:" in done.stderr


def test_organisations_and_accounts_are_made_at_the_command_line(loaded: product.Loaded) -> None:
    said = ("--name", "样例新设机关", "--kind", "agency", "--parent", CODES["shiju"])
    made = loaded.run("org", "add", "SY1", *said, "--archives", CODES["shiguan"])
    assert made.returncode == 0, made.stderr
    assert "SY1\t样例新设机关" in loaded.run("org", "list").stdout
    words = ("user", "add", "xinren", "--name", "样例新人", "--org", "SY1", "--role", "agency_clerk")
    made = loaded.run(*words, stdin="Qinglu-Changkong-7\n")
    assert made.returncode == 0, made.stderr
    assert "xinren\t样例新人\t样例新设机关" in loaded.run("user", "list").stdout
    assert "xinren" in one_line(loaded.run(*words, stdin="Qinglu-Changkong-7\n"))


def test_a_password_is_set_and_a_weak_one_refused(loaded: product.Loaded) -> None:
    account = "minzheng-agency_clerk"
    assert one_line(loaded.run("user", "password", account, stdin="12345678\n"))
    done = loaded.run("user", "password", account, stdin="Shanhe-Wanli-2026\n")
    assert done.returncode == 0, done.stderr
    one_line(loaded.run("user", "password", "nobody-here", stdin="Shanhe-Wanli-2026\n"))


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "x", "--name", "样例", "--org", "NOWHERE", "--role", "archivist"),
        ("user", "add", "x", "--name", "样例", "--org", CODES["shiguan"], "--role", "emperor"),
        ("intake", "/nowhere", "--agency", CODES["xinongye"], "--as", "xinongye-agency_lead"),
        ("intake", "/tmp", "--agency", CODES["xinongye"], "--as", "nobody-here"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(loaded: product.Loaded, words: tuple[str, ...]) -> None:
    one_line(loaded.run(*words, stdin="Qinglu-Changkong-7\n"))


def test_a_folder_from_a_carrier_is_taken_in_and_tested(loaded: product.Loaded, tmp_path: Path) -> None:
    from lantai.site.demo import broken, papers

    letters = (made for made in map(papers.make, count(700_000)) if made.kind == "document")
    items = broken.numbered("禾西县农业农村局", "X202", "QT", islice(letters, 3))
    said = OutgoingDescription(
        sender="禾西县农业农村局", content="文书档案（样例）", environment="PDF 阅读软件"
    )
    write_transfer(tmp_path / "carrier", said, items)
    words = (
        "intake",
        str(tmp_path / "carrier"),
        "--agency",
        CODES["xinongye"],
        "--as",
        "xinongye-agency_lead",
    )
    done = loaded.run(*words)
    assert done.returncode == 0, done.stderr
    number, state, items_taken = done.stdout.strip().split("\t")
    assert number.startswith(f"YJ{CODES['xinongye']}-")
    assert (state, items_taken) == ("检测合格", "3")
    assert loaded.run(*words).stdout == done.stdout, "the same carrier again is the same transfer"


def test_a_certificate_is_verified_without_the_site_and_a_flipped_byte_is_seen(home: Path) -> None:
    assert product.run(home, "down").returncode == 0
    assert not Cluster(home / "postgres").is_running()
    certificate, trust = home / "demo" / "certificate.pdf", home / "demo" / "trust.txt"
    assert _verify(certificate, trust).returncode == 0
    forged = certificate.with_name("forged.pdf")
    data = bytearray(certificate.read_bytes())
    data[len(data) // 3] ^= 1
    forged.write_bytes(data)
    assert _verify(forged, trust).returncode == 1


def _verify(path: Path, trust: Path) -> subprocess.CompletedProcess[str]:
    """With nothing of an installation around: no home, no settings."""
    kept = {
        name: value
        for name, value in product.environment(path.parent).items()
        if not name.startswith("LANTAI_")
    }
    command = [sys.executable, "-m", "lantai.kit.cli", "verify", os.fspath(path), "--trust", os.fspath(trust)]
    return subprocess.run(command, env=kept, cwd="/", text=True, capture_output=True, check=False)
