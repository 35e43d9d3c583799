"""Zips as people send them and as attackers build them."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.digests import digest_bytes
from lantai.kit.packages import building, names, unpack
from lantai.kit.packages.unpack import Limits


def zipped(path, entries, *, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def entry(name, data=b"x", *, mode=0, raw=None):
    """A ZipInfo; ``raw`` is put in place of the name afterwards."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = mode << 16
    info.create_system = 3 if mode else 0
    return info, data


@pytest.fixture
def target(tmp_path):
    return tmp_path / "quarantine"


def refused(path, target, refusal, limits=None):
    with pytest.raises(refusal) as found:
        unpack.unpack(path, target, limits)
    assert not target.exists()
    assert "%(" not in str(found.value)
    return found.value


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_ordinary_zip_is_unpacked_and_hashed(tmp_path, target, method):
    files = {"甲/通知.txt": b"one" * 1000, "空.txt": b"", "乙/": b""}
    found = unpack.unpack(zipped(tmp_path / "a.zip", files.items(), method=method), target)
    assert {file.path: file.digests for file in found.files} == {
        name: digest_bytes(data) for name, data in files.items() if not name.endswith("/")
    }
    assert (target / "甲/通知.txt").read_bytes() == b"one" * 1000
    assert (target / "乙").is_dir()
    assert (found.kind, found.byte_count, found.notes) == ("zip", 3000, ())


def test_a_streamed_zip_with_data_descriptors_is_unpacked(tmp_path, target):
    class Unseekable(io.RawIOBase):
        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    out = Unseekable()
    zipped(out, [("a.txt", b"1" * 5000), ("b.txt", b"2")])
    (tmp_path / "a.zip").write_bytes(out.data)
    assert len(unpack.unpack(tmp_path / "a.zip", target).files) == 2


def test_a_zip64_is_unpacked(tmp_path, target):
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "w") as archive,
        archive.open("大.bin", "w", force_zip64=True) as out,
    ):
        out.write(b"12345")
    assert unpack.unpack(tmp_path / "a.zip", target).files[0].size_bytes == 5


GB_NAME = "全宗一/关于㐀𠮷的通知.txt"


def with_raw_name(path, raw):
    """A zip whose one entry has these very bytes for a name, without the UTF-8 flag."""
    placeholder = "p" * len(raw)
    zipped(path, [(placeholder, b"x")])
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), raw))
    return path


@pytest.mark.parametrize("name", [GB_NAME, "联通.txt", "模拟.txt", "通知.doc"])
def test_a_name_in_gb18030_without_the_flag_is_read_right_and_its_bytes_are_kept(tmp_path, target, name):
    raw = name.encode("gb18030")
    found = unpack.unpack(with_raw_name(tmp_path / "a.zip", raw), target)
    assert (found.files[0].path, found.files[0].raw_name) == (name, raw)
    assert [note.code for note in found.notes] == ["gb18030"]


def test_a_name_in_utf_8_without_the_flag_is_read_right(tmp_path, target):
    found = unpack.unpack(with_raw_name(tmp_path / "a.zip", GB_NAME.encode()), target)
    assert (found.files[0].path, found.notes) == (GB_NAME, ())


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../x",
            "a/../../x",
            "/etc/x",
            "C:/x",
            "C:x",
            "a\\..\\x",
            "a//b",
            "./a",
            "con",
            "a/NUL.txt",
            "COM1.tar.gz",
        ),
        *("a\u202efdp.exe", "a \n", "a.", "a ", "长" * 90, "\x01", "a/\u2066b"),
    ],
)
def test_a_name_that_leaves_or_deceives_is_refused(tmp_path, target, name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    refused(zipped(tmp_path / "a.zip", [(info, b"x")]), target, unpack.UnsafeName)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_a_nul_in_a_name_is_refused(tmp_path, target):
    refused(with_raw_name(tmp_path / "a.zip", b"a.txt\0.exe"), target, unpack.UnsafeName)


@pytest.mark.parametrize(
    "pair",
    [
        ("A.txt", "a.txt"),
        ("é.txt", unicodedata.normalize("NFD", "é.txt")),
        ("a", "a/b"),
        ("a/b", "a"),
        ("甲/x", "甲/x"),
        ("A/x", "a/y"),
    ],
)
def test_two_names_that_are_one_file_elsewhere_are_refused(tmp_path, target, pair):
    with pytest.warns(UserWarning) if pair[0] == pair[1] else _nothing():
        zipped(tmp_path / "a.zip", [(name, b"x") for name in pair])
    refused(tmp_path / "a.zip", target, unpack.NamesCollide)


class _nothing:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_names_that_only_look_alike_are_noted(tmp_path, target):
    found = unpack.unpack(zipped(tmp_path / "a.zip", [("（1）.txt", b"x"), ("(1).txt", b"x")]), target)
    assert [note.code for note in found.notes] == ["look-alike"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_a_link_or_device_is_refused(tmp_path, target, kind):
    refused(
        zipped(tmp_path / "a.zip", [entry("a", b"/etc/passwd", mode=kind | 0o777)]), target, unpack.NotAFile
    )


def test_a_bomb_is_stopped_early_and_in_little_memory(tmp_path, target):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.bin", "w") as out:
        for _ in range(200):
            out.write(bytes(1024 * 1024))
    assert path.stat().st_size < 240_000
    tracemalloc.start()
    refused(path, target, unpack.RatioTooHigh)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_limits_are_of_real_bytes(tmp_path, target):
    path = zipped(tmp_path / "a.zip", [(f"{n}.txt", b"12345") for n in range(4)])
    refused(path, target, unpack.TooManyEntries, Limits(entries=3))
    refused(path, target, unpack.TooLarge, Limits(total_bytes=19))
    refused(path, target, unpack.TooLarge, Limits(file_bytes=4))
    assert unpack.unpack(path, target, Limits(entries=4, total_bytes=20, file_bytes=5)).byte_count == 20


def test_depth_and_path_length_are_limited(tmp_path, target):
    refused(zipped(tmp_path / "a.zip", [("/".join("a" * 40), b"")]), target, unpack.TooDeep)
    refused(zipped(tmp_path / "b.zip", [("/".join(["长" * 80] * 10), b"")]), target, unpack.TooDeep)


def patched(path, signature, offset, form, value):
    """Overwrite a field of every header of this signature."""
    data = bytearray(path.read_bytes())
    at = data.find(signature)
    while at >= 0:
        struct.pack_into(form, data, at + offset, value)
        at = data.find(signature, at + 4)
    path.write_bytes(data)
    return path


CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"


@pytest.mark.parametrize("size", [1, 1_000_000])
def test_a_header_that_lies_about_the_size_is_refused(tmp_path, target, size):
    path = zipped(tmp_path / "a.zip", [("a.txt", b"1" * 50_000)])
    refused(patched(path, CENTRAL, 24, "<L", size), target, unpack.HeaderLies)


def test_two_names_for_one_entry_are_refused(tmp_path, target):
    path = zipped(tmp_path / "a.zip", [("good.txt", b"x")])
    path.write_bytes(path.read_bytes().replace(b"good.txt", b"evil.exe", 1))
    refused(path, target, unpack.HeaderLies)


@pytest.mark.parametrize("signature", [CENTRAL, LOCAL])
def test_an_encrypted_entry_is_refused(tmp_path, target, signature):
    path = zipped(tmp_path / "a.zip", [("a.txt", b"x")])
    offset = 8 if signature == CENTRAL else 6
    refused(patched(path, signature, offset, "<H", 1), target, unpack.ArchiveEncrypted)


def test_another_method_is_refused_by_its_name(tmp_path, target):
    path = zipped(tmp_path / "a.zip", [("a.txt", b"x")], method=zipfile.ZIP_LZMA)
    assert "LZMA" in str(refused(path, target, unpack.MethodUnsupported))


def test_entries_that_share_bytes_are_refused(tmp_path, target):
    path = zipped(tmp_path / "a.zip", [("a.txt", b"1" * 100), ("a.txx", b"1" * 100)])
    data = bytearray(path.read_bytes())
    second = data.find(CENTRAL, data.find(CENTRAL) + 4)
    struct.pack_into("<L", data, second + 42, 0)
    path.write_bytes(data)
    with pytest.raises((unpack.EntriesOverlap, unpack.HeaderLies)):
        unpack.unpack(path, target)
    data[second + 46 : second + 51] = data[data.find(CENTRAL) + 46 : data.find(CENTRAL) + 51]
    path.write_bytes(data)
    refused(path, target, unpack.EntriesOverlap)


def test_damage_is_said(tmp_path, target):
    whole = zipped(
        tmp_path / "a.zip", [("a.txt", bytes(range(256)) * 10)], method=zipfile.ZIP_STORED
    ).read_bytes()
    for number, data in enumerate(
        (whole[:-30], whole[:60] + b"!" + whole[61:], whole + b"extra", whole[: len(whole) // 2])
    ):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(data)
        refused(path, target, unpack.ArchiveDamaged)


def test_a_zip_behind_other_bytes_is_not_taken_for_a_zip(tmp_path, target):
    path = zipped(tmp_path / "a.zip", [("a.txt", b"x")])
    path.write_bytes(b"%PDF-1.7\n" + path.read_bytes())
    refused(path, target, unpack.UnknownArchive)


def test_an_archive_in_an_archive_is_left_packed_and_noted(tmp_path, target):
    inner = zipped(tmp_path / "inner.zip", [("a.txt", b"x")]).read_bytes()
    entries = [("inner.zip", inner), ("hidden.dat", inner), ("文书.ofd", inner), ("b.7z", b"")]
    found = unpack.unpack(zipped(tmp_path / "a.zip", entries), target)
    assert [note.place for note in found.notes if note.code == "nested"] == [
        "inner.zip",
        "hidden.dat",
        "b.7z",
    ]
    assert not (target / "inner").exists()


@pytest.mark.parametrize("head", [b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"hello", b""])
def test_another_kind_of_file_is_refused_by_what_it_is(tmp_path, target, head):
    (tmp_path / "a").write_bytes(head)
    refused(tmp_path / "a", target, unpack.UnknownArchive)


def test_a_link_to_an_archive_is_not_followed(tmp_path, target):
    zipped(tmp_path / "a.zip", [("a.txt", b"x")])
    (tmp_path / "link.zip").symlink_to(tmp_path / "a.zip")
    refused(tmp_path / "link.zip", target, unpack.UnknownArchive)


def test_nothing_is_unpacked_over_something(tmp_path, target):
    target.mkdir()
    (target / "keep").touch()
    with pytest.raises(building.TargetExists):
        unpack.unpack(zipped(tmp_path / "a.zip", [("a.txt", b"x")]), target)
    assert (target / "keep").exists()


NAMES = st.text(min_size=1, max_size=6).filter(lambda n: not names.trouble_with(n))


@settings(max_examples=40)
@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=5))
def test_what_was_zipped_is_what_is_unpacked(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("zip")
    try:
        found = unpack.unpack(zipped(folder / "a.zip", files.items()), folder / "out")
    except unpack.NamesCollide:
        return
    assert {f.path: (folder / "out" / f.path).read_bytes() for f in found.files} == files


@settings(max_examples=150)
@given(st.data())
def test_a_spoilt_zip_is_unpacked_or_refused_by_name(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("zip")
    whole = bytearray(zipped(folder / "a.zip", [("甲/a.txt", b"1" * 300), ("b.txt", b"2")]).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    (folder / "a.zip").write_bytes(whole)
    try:
        unpack.unpack(folder / "a.zip", folder / "out")
    except unpack.UnpackRefused:
        assert not (folder / "out").exists()
