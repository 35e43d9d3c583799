"""Tars, plain and gzipped."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.digests import digest_bytes
from lantai.kit.packages import names, unpack
from lantai.kit.packages.unpack import Limits


def tarred(path, entries, *, mode="w", form=tarfile.PAX_FORMAT):
    with tarfile.open(path, mode, format=form) as archive:
        for name, data in entries:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def special(name, kind, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.fixture
def target(tmp_path):
    return tmp_path / "quarantine"


def refused(path, target, refusal, limits=None):
    with pytest.raises(refusal) as found:
        unpack.unpack(path, target, limits)
    assert not target.exists()
    assert "%(" not in str(found.value)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize(("mode", "kind"), [("w", "tar"), ("w:gz", "tar.gz")])
def test_every_kind_of_tar_is_unpacked_and_hashed(tmp_path, target, form, mode, kind):
    deep = "长长的文件夹名/" * 4 + "通知.txt"
    files = {"./甲.txt": b"one" * 1000, "空": b"", deep: b"2"}
    found = unpack.unpack(tarred(tmp_path / "a", files.items(), mode=mode, form=form), target)
    assert found.kind == kind
    assert {file.path: file.digests for file in found.files} == {
        name.removeprefix("./"): digest_bytes(data) for name, data in files.items()
    }


def test_a_name_in_gb18030_is_read_right_and_its_bytes_are_kept(tmp_path, target):
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT, encoding="gb18030") as archive:
        archive.addfile(tarfile.TarInfo("样例㐀.txt"))
    (file,) = unpack.unpack(tmp_path / "a.tar", target).files
    assert (file.path, file.raw_name) == ("样例㐀.txt", "样例㐀.txt".encode("gb18030"))


@pytest.mark.parametrize(
    "info",
    [
        special("a", tarfile.SYMTYPE, "/etc/passwd"),
        special("a", tarfile.LNKTYPE, "../../etc/passwd"),
        special("a", tarfile.CHRTYPE),
        special("a", tarfile.BLKTYPE),
        special("a", tarfile.FIFOTYPE),
        special("a", tarfile.GNUTYPE_SPARSE),
        special("a", b"Z"),
    ],
)
def test_a_link_device_pipe_or_oddity_is_refused(tmp_path, target, info):
    refused(tarred(tmp_path / "a.tar", [("ok", b""), (info, b"")]), target, unpack.NotAFile)


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\x", "C:/x", "x\u202ey", "nul"])
def test_a_name_that_leaves_or_deceives_is_refused(tmp_path, target, name):
    refused(tarred(tmp_path / "a.tar", [(name, b"x")]), target, unpack.UnsafeName)


def test_a_folder_that_leaves_is_refused(tmp_path, target):
    refused(tarred(tmp_path / "a.tar", [(special("..", tarfile.DIRTYPE), b"")]), target, unpack.UnsafeName)


@pytest.mark.parametrize("pair", [("a", "a"), ("A", "a"), ("a", "a/b")])
def test_names_that_collide_are_refused(tmp_path, target, pair):
    refused(tarred(tmp_path / "a.tar", [(name, b"x") for name in pair]), target, unpack.NamesCollide)


def test_a_gzip_bomb_is_stopped(tmp_path, target):
    tarred(tmp_path / "bomb.tgz", [("zeros", bytes(80_000_000))], mode="w:gz")
    refused(tmp_path / "bomb.tgz", target, unpack.RatioTooHigh)


def test_zeros_behind_the_end_of_a_tar_count_too(tmp_path, target):
    inner = tarred(tmp_path / "a.tar", [("a", b"x")]).read_bytes()
    (tmp_path / "a.tgz").write_bytes(gzip.compress(inner + bytes(80_000_000)))
    refused(tmp_path / "a.tgz", target, unpack.RatioTooHigh)


def test_a_huge_extended_header_is_refused(tmp_path, target):
    refused(tarred(tmp_path / "a.tar", [("n" * 2_000_000, b"x")]), target, unpack.TooLarge)


def test_limits_are_of_real_bytes(tmp_path, target):
    path = tarred(tmp_path / "a.tar", [(f"{n}.txt", b"12345") for n in range(4)], form=tarfile.USTAR_FORMAT)
    refused(path, target, unpack.TooManyEntries, Limits(entries=3))
    refused(path, target, unpack.TooLarge, Limits(file_bytes=4))
    refused(path, target, unpack.TooLarge, Limits(total_bytes=600))


@pytest.mark.parametrize("size", [700, 1000, 1030])
def test_a_tar_that_was_cut_is_damaged(tmp_path, target, size):
    whole = tarred(tmp_path / "a.tar", [("a", b"x" * 600), ("b", b"y" * 600)]).read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[:size])
    refused(tmp_path / "cut.tar", target, unpack.ArchiveDamaged)


def test_a_changed_header_or_gzip_is_damaged(tmp_path, target):
    whole = bytearray(tarred(tmp_path / "a.tar", [("a", b"x" * 512), ("b", b"")]).read_bytes())
    whole[1024 + 3] ^= 1
    (tmp_path / "bad.tar").write_bytes(whole)
    refused(tmp_path / "bad.tar", target, unpack.ArchiveDamaged)
    packed = tarred(tmp_path / "a.tgz", [("a", b"x" * 512)], mode="w:gz").read_bytes()
    (tmp_path / "cut.tgz").write_bytes(packed[:-6])
    refused(tmp_path / "cut.tgz", target, unpack.ArchiveDamaged)


def test_a_gzip_of_something_else_is_no_archive(tmp_path, target):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"text " * 500))
    refused(tmp_path / "a.gz", target, unpack.UnknownArchive)


NAMES = st.text(min_size=1, max_size=6).filter(lambda n: not names.trouble_with(n))


@settings(max_examples=40)
@given(st.dictionaries(NAMES, st.binary(max_size=1200), max_size=5), st.sampled_from(["w", "w:gz"]))
def test_what_was_tarred_is_what_is_unpacked(tmp_path_factory, files, mode):
    folder = tmp_path_factory.mktemp("tar")
    if not files:
        return
    try:
        found = unpack.unpack(tarred(folder / "a", files.items(), mode=mode), folder / "out")
    except unpack.NamesCollide:
        return
    assert {f.path: (folder / "out" / f.path).read_bytes() for f in found.files} == files
