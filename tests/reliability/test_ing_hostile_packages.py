"""ING 11–16: archives and documents that were made to do harm are refused, and nothing lies outside."""

from __future__ import annotations

import io
import json
import socket
import stat
import struct
import tarfile
import threading
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.intake import quarantine, queries
from lantai.kit.formats.examine import examine
from lantai.kit.formats.remarks import State
from lantai.kit.packages import names, unpack
from lantai.kit.packages.ocfl import open_object
from lantai.kit.packages.transfer import OutgoingItem
from tests.apps.intake.conftest import code, item, problems, said, sheet, zip_of, zipped
from tests.kit.packages.unpack.test_tars import special, tarred
from tests.kit.packages.unpack.test_zips import CENTRAL, entry, patched, with_raw_name
from tests.kit.packages.unpack.test_zips import zipped as zip_file
from tests.kit.selfcheck.checking import Opener, check
from tests.kit.selfcheck.samples import LAYOUTS, good_items
from tests.reliability.disks import run_plain

pytestmark = pytest.mark.django_db  # so that the region of the module finds its database
MIB = 1024 * 1024
UNPACK = """
import json, resource, sys
from pathlib import Path
from lantai.kit.packages.reading import unpack_into
from lantai.kit.packages.unpack import UnpackRefused

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) // 1024

at_rest, why = peak(), ""
Path(sys.argv[2]).mkdir()
try:
    unpack_into(sys.argv[1], sys.argv[2], {})
except UnpackRefused as refusal:
    why = type(refusal).__name__
print(json.dumps({"why": why, "grown_mb": peak() - at_rest, "left": [*map(str, Path(sys.argv[2]).rglob("*"))]}))
"""


def nothing_was_taken_in(submission) -> bool:
    return not Package.objects.exists() and not quarantine.folder_of(submission).exists()


def bomb(path: Path) -> Path:
    """600 MB of nothing in 583 KB."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("说明文件.TXT", "w") as out,
    ):
        for _ in range(600):
            out.write(bytes(MIB))
    assert path.stat().st_size < 700_000
    return path


def overlapping(path: Path) -> Path:
    """Two entries of one name's length that share the same packed bytes."""
    zip_file(path, [("a.txt", b"1" * 100), ("a.txx", b"1" * 100)])
    data = bytearray(path.read_bytes())
    first = data.find(CENTRAL)
    second = data.find(CENTRAL, first + 4)
    struct.pack_into("<L", data, second + 42, 0)
    data[second + 46 : second + 51] = data[first + 46 : first + 51]
    path.write_bytes(data)
    return path


def lying(path: Path) -> Path:
    return patched(zip_file(path, [("a.txt", b"1" * 50_000)]), CENTRAL, 24, "<L", 1)


BOMBS = {
    "600 MB of nothing": (bomb, "RatioTooHigh"),
    "entries that share bytes": (overlapping, "EntriesOverlap"),
    "a header that lies": (lying, "HeaderLies"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_ing_11_a_bomb_is_stopped_at_the_cap_in_little_memory(tmp_path, name):
    make, why = BOMBS[name]
    done = run_plain(UNPACK, str(make(tmp_path / "a.zip")), str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr[-500:]
    told = json.loads(done.stdout)
    assert (told["why"], told["left"]) == (why, [])
    assert told["grown_mb"] < 32


def test_ing_11_a_bomb_that_was_sent_is_a_finding_and_nothing_is_kept(desk):
    submission = desk.checked(bomb(desk.folder / "a.zip").read_bytes())
    assert submission.state == "failed" and "像是压缩炸弹" in said(submission)
    assert nothing_was_taken_in(submission)


def test_ing_11_archives_within_archives_stay_packed_and_are_told(tmp_path):
    inner = zip_of([("a", bytes(MIB))])
    for _ in range(6):
        inner = zip_of([(f"{n}.zip", inner) for n in range(6)])
    path = tmp_path / "a.zip"
    path.write_bytes(inner)
    found = unpack.unpack(path, tmp_path / "quarantine")
    assert sorted(file.path for file in found.files) == [f"{n}.zip" for n in range(6)]
    assert {note.code for note in found.notes} == {"nested"}, found.notes
    assert sum(one.stat().st_size for one in (tmp_path / "quarantine").iterdir()) < MIB


OUTSIDE = ("../x", "a/../../x", "/etc/x", "C:/x", "C:\\x", "a\\..\\x", "x\x01", "con", "a/NUL.txt", "长" * 86)


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("name", OUTSIDE, ids=range(len(OUTSIDE)))
def test_ing_12_a_name_that_leads_outside_is_refused(tmp_path, kind, name):
    path = tmp_path / "a"
    if kind == "zip":
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        zip_file(path, [(info, b"x")])
    else:
        tarred(path, [(name, b"x")])
    with pytest.raises(unpack.UnsafeName):
        unpack.unpack(path, tmp_path / "quarantine")
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_ing_12_a_nul_in_a_name_is_refused_and_255_bytes_are_not_too_long(tmp_path):
    with pytest.raises(unpack.UnsafeName):
        unpack.unpack(with_raw_name(tmp_path / "a.zip", b"a.txt\0.exe"), tmp_path / "quarantine")
    longest = "长" * 85
    assert len(longest.encode()) == names.LONGEST_NAME_BYTES == 255
    found = unpack.unpack(zip_file(tmp_path / "b.zip", [(longest, b"x")]), tmp_path / "quarantine")
    assert [file.path for file in found.files] == [longest]


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "C:\\out.txt"])
def test_ing_12_nothing_of_such_a_package_is_written_outside_of_quarantine(desk, name):
    submission = desk.checked(zip_of([(name, b"sample"), ("说明文件.TXT", b"x")]))
    assert submission.state == "failed" and "名称不安全" in said(submission)
    assert nothing_was_taken_in(submission)
    assert not [*desk.folder.rglob("out.txt")] and not Path("/out.txt").exists()


SPECIAL = {
    "symbolic link": (tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": (tarfile.LNKTYPE, "说明文件.TXT"),
    "character device": (tarfile.CHRTYPE, ""),
    "block device": (tarfile.BLKTYPE, ""),
    "pipe": (tarfile.FIFOTYPE, ""),
}


@pytest.mark.parametrize("kind", SPECIAL)
def test_ing_13_what_is_no_file_in_a_tar_is_refused(desk, kind):
    path = tarred(desk.folder / "a.tar", [("说明文件.TXT", b"x"), (special("a", *SPECIAL[kind]), b"")])
    submission = desk.checked(path.read_bytes())
    assert submission.state == "failed" and "请换成普通文件后重新打包" in said(submission)
    assert nothing_was_taken_in(submission)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_ing_13_what_is_no_file_in_a_zip_is_refused(tmp_path, kind):
    path = zip_file(tmp_path / "a.zip", [entry("a", b"/etc/passwd", mode=kind | 0o777)])
    with pytest.raises(unpack.NotAFile):
        unpack.unpack(path, tmp_path / "quarantine")
    assert not (tmp_path / "quarantine").exists()


TWINS = {"case": ("附A.txt", "附a.txt"), "normal form": ("é.txt", unicodedata.normalize("NFD", "é.txt"))}


@pytest.mark.parametrize("kind", TWINS)
def test_ing_14_names_that_are_one_file_elsewhere_are_reported(desk, kind):
    submission = desk.checked(zip_of([(name, b"x") for name in ("说明文件.TXT", *TWINS[kind])]))
    assert submission.state == "failed" and "在有的系统上是同一个文件" in said(submission)
    assert nothing_was_taken_in(submission)


def test_ing_14_a_name_that_turns_its_letters_around_is_reported(desk):
    submission = desk.checked(zip_of([("说明文件.TXT", b"x"), ("通知\u202efdp.exe", b"x")]))
    assert submission.state == "failed" and "显示的名称与实际不同" in said(submission)
    assert nothing_was_taken_in(submission)


def test_ing_14_names_in_full_width_that_look_alike_are_noted_with_their_bytes(tmp_path):
    pair = ("（1）.txt", "(1).txt")
    found = unpack.unpack(
        zip_file(tmp_path / "a.zip", [(name, b"x") for name in pair]), tmp_path / "quarantine"
    )
    assert [note.code for note in found.notes] == ["look-alike"]
    assert {file.raw_name for file in found.files} == {name.encode() for name in pair}


def test_ing_14_names_in_full_width_in_a_package_are_reported_and_their_bytes_are_kept(desk):
    pair = ("（1）.pdf", "(1).pdf")
    folder = desk.transfer(holding(1, *pair), item(2), encoding="GB18030")
    submission = desk.checked(without_the_flag(zipped(folder)))
    lines = queries.report_lines(queries.checks_of(submission), is_summary=False)
    assert [line for line in lines if line.outcome == "warn" and all(name in line.text for name in pair)]
    assert submission.state == "passed", "look-alikes are two files: a person decides"
    desk.accept(submission)
    kept = {path.rpartition("/")[2]: bytes.fromhex(raw) for path, raw in raw_names_kept().items()}
    for name in pair[:1]:
        assert kept[name].rpartition(b"/")[2] == name.encode("gb18030")


def holding(number: int, *names: str) -> OutgoingItem:
    """An item with a file of each name."""
    plain, contents = item(number), [sheet(name) for name in names]
    metadata = {
        **plain.metadata,
        "计算机文件名": list(names),
        "计算机文件大小": [str(len(content)) for content in contents],
        "页数": [str(len(names))],
        "文件组合类型": ["组合文件" if len(names) > 1 else "单件"],
    }
    held = [(name, [content]) for name, content in zip(names, contents, strict=True)]
    return replace(plain, row=replace(plain.row, page_count=str(len(names))), metadata=metadata, files=held)


def raw_names_kept() -> dict[str, str]:
    """Path in the sealed package → its name as it came, in hexadecimal."""
    stored = open_object(custody.object_folder(Package.objects.get().object_id))
    found: dict[str, str] = json.loads(stored.file("metadata/raw-names.json").path.read_bytes())
    return found


@pytest.mark.parametrize("name", ["关于㐀𠮷的通知.pdf", "联通.pdf", "\U00030000样例.pdf"])
def test_ing_15_rare_characters_go_the_whole_way_and_the_package_keeps_the_raw_name(desk, name):
    folder = desk.transfer(holding(1, name), item(2), encoding="GB18030")
    submission = desk.checked(without_the_flag(zipped(folder)))
    assert submission.state == "passed", problems(submission)
    desk.accept(submission)
    (raw,) = [raw for path, raw in raw_names_kept().items() if path.endswith(f"/{name}")]
    assert bytes.fromhex(raw).endswith(b"/" + name.encode("gb18030"))
    assert ContentFile.objects.filter(logical_path__endswith=f"/{name}").exists()


def test_ing_15_names_in_gb18030_without_the_flag_are_decoded_right(desk):
    folder = desk.transfer(encoding="GB18030")
    submission = desk.checked(without_the_flag(zipped(folder)))
    assert submission.state == "passed", problems(submission)
    assert submission.items.get(item_key=code(1)).title == "关于样例事项1的通知"
    assert submission.files.filter(name="通知1.pdf").exists()


def without_the_flag(data: bytes) -> bytes:
    """The zip as a Windows of 2000 wrote it: names in GB18030, and no word about that."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        raws = {}
        for member in source.infolist():
            raw = member.filename.encode("gb18030")
            stand_in = f"{len(raws):04d}".ljust(len(raw), "~")  # in no other one, and in no content
            raws[stand_in.encode()] = raw
            target.writestr(zipfile.ZipInfo(stand_in), source.read(member))
    content = made.getvalue()
    for stand_in, raw in raws.items():
        content = content.replace(stand_in, raw)
    return content


@pytest.mark.parametrize("name", ["全宗一/关于㐀𠮷的通知.txt", "联通.txt", "\U00030000样例.txt"])
def test_ing_15_rare_characters_of_four_bytes_survive_and_the_raw_name_is_kept(tmp_path, name):
    raw = name.encode("gb18030")
    found = unpack.unpack(with_raw_name(tmp_path / "a.zip", raw), tmp_path / "quarantine")
    assert [(file.path, file.raw_name) for file in found.files] == [(name, raw)]
    assert (tmp_path / "quarantine" / name).is_file()


class Listener:
    """Counts who connects on the loopback."""

    def __init__(self) -> None:
        self.count = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _address = self._socket.accept()
            except OSError:
                return
            self.count += 1
            caller.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    assert made.count == 0, "something was fetched from outside"
    made.close()


def attacks(port: int, secret: Path) -> dict[str, bytes]:
    """Each kind of hostile XML."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    texts = {
        "external entity": f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><a>&x;</a>',
        "entity of the net": f'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">]><a>&x;</a>',
        "external DTD": f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/x.dtd"><a/>',
        "parameter entity": f'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:{port}/p"> %x;]><a/>',
        "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l11;</a>',
        "quadratic blow-up": f'<!DOCTYPE a [<!ENTITY x "{"y" * 100_000}">]><a>{"&x;" * 50_000}</a>',
        "attribute of 10 MB": f'<a b="{"y" * 10 * MIB}"/>',
        "depth of 100 000": "<a>" * 100_000 + "</a>" * 100_000,
    }
    return {name: f'<?xml version="1.0"?>{text}'.encode() for name, text in texts.items()}


NAMES = tuple(attacks(1, Path("/")))
PARTS = {
    "DA-T XML": ("transfer", "*元数据.XML"),
    "METS": ("eark", "METS.xml"),
    "EAD": ("eark", "*ead*.xml"),
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("good")
    return {layout: LAYOUTS[layout](home / layout, good_items()) for layout in ("transfer", "eark")}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", NAMES)
def test_ing_16_hostile_xml_in_a_package_is_told_and_fetches_nothing(
    tmp_path, packages, listener, part, name
):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-of-the-server")
    layout, pattern = PARTS[part]
    target = sorted(packages[layout].rglob(pattern))[-1]
    good, scratch = target.read_bytes(), tmp_path / "scratch"
    scratch.mkdir()
    try:
        target.write_bytes(attacks(listener.port, secret)[name])
        report = check(packages[layout], scratch, Opener())
    finally:
        target.write_bytes(good)
    wrong = [finding for result in report.results for finding in result.findings if finding.outcome == "fail"]
    assert wrong
    assert "the-secret-of-the-server" not in str(report)
    assert listener.count == 0


@pytest.mark.parametrize("name", NAMES)
def test_ing_16_hostile_xml_in_a_part_of_an_ofd_is_told_and_fetches_nothing(tmp_path, listener, name):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-of-the-server")
    path = tmp_path / "a.ofd"
    zip_file(path, [("OFD.xml", attacks(listener.port, secret)[name])])
    found = examine(path)
    assert found.state is not State.OK and found.problems
    assert "the-secret-of-the-server" not in str(found)
    assert listener.count == 0
