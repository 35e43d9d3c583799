"""The words of Office documents of before 2007, and what is left of them in damaged ones.

The samples are ours: a page of HTML, a table of CSV and two slides of ODF, made up for this test, saved in the old
formats by LibreOffice 7 (``soffice --convert-to``) and packed by gzip.
"""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

import pytest

from lantai.kit.formats import old_office as old_office_module
from lantai.kit.formats.leaves import texts_of_pages
from lantai.kit.formats.old_office import old_office
from tests.kit.formats.compound import compound
from tests.kit.tabular.making import write_xls

DATA = Path(__file__).with_name("data")
NAMES = ("words.doc", "slides.ppt", "sheet.xls")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("old")
    for name in NAMES:
        (folder / name).write_bytes(gzip.decompress((DATA / f"{name}.gz").read_bytes()))
    return {name: folder / name for name in NAMES}


def test_a_document_tells_its_paragraphs_cells_and_links_without_their_codes(
    samples: dict[str, Path],
) -> None:
    (page,) = texts_of_pages(samples["words.doc"])
    for words in (
        "关于样例事项的通知",
        "含生僻字𠮷与 Latin text 2003",
        "姓名\t曾样例",
        "链接文字",
        "eight bits each.",
    ):
        assert words in page
    assert "HYPERLINK" not in page and "archives.example" not in page
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in page)


def test_a_presentation_tells_its_slides_and_a_workbook_its_rows(samples: dict[str, Path]) -> None:
    first, second = texts_of_pages(samples["slides.ppt"])
    assert "第一张样例：水库移民安置\n第二行" in first
    assert "Second slide plain" in second and "水库" not in second
    (sheet,) = texts_of_pages(samples["sheet.xls"])
    assert sheet.split("\n") == ["姓名\t样例事项", "曾样例\t2003"]


def test_a_workbook_whose_cells_lie_too_far_apart_is_left(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [["档号", "题名"], ["甲", ""], ["丙", "丁"]])
    assert list(old_office(path, 1_000)) == ["档号\t题名\n甲\t42\n丙\t丁"]
    near = struct.pack("<HH", 2, 1) + bytes(2) + struct.pack("<HB", 1, 1) + "丁".encode("utf-16-le")
    far = struct.pack("<HH", 0xFFFF, 0xFF) + near[4:]
    assert path.read_bytes().count(near) == 1
    path.write_bytes(path.read_bytes().replace(near, far))
    assert list(old_office(path, 1_000)) == []


def pieced(pieces: list[tuple[int, int]], text: bytes, flags: int = 0, version: int = 0xC1) -> bytes:
    """A made-up document: pieces as (characters, place with its bit for eight bits)."""
    ends = [0]
    for length, _place in pieces:
        ends.append(ends[-1] + length)
    plc = struct.pack(f"<{len(ends)}I", *ends)
    plc += b"".join(struct.pack("<HIH", 0, place, 0) for _length, place in pieces)
    clx = b"\x01\x02\x00xx" + b"\x02" + struct.pack("<I", len(plc)) + plc
    stream = bytearray(1024)
    struct.pack_into("<HH", stream, 0, 0xA5EC, version)
    struct.pack_into("<H", stream, 10, flags)
    struct.pack_into("<II", stream, 0x01A2, 0, len(clx))
    return compound({"WordDocument": bytes(stream) + text, "0Table": clx})


@pytest.mark.parametrize(
    ("pieces", "flags", "version", "expected"),
    [
        ([(2, 1024), (3, (1028 * 2) | 1 << 30)], 0, 0xC1, "样例abc"),
        ([(2, 1024), (3, 0xFFFFFF)], 0, 0xC1, "样例"),  # beyond the end
        (
            [(2, 1024)] * 40_000,
            0,
            0xC1,
            "样例" * 500,
        ),  # the same place again and again: no more than was asked for
        ([(0, 1024), (2, 1024)], 0, 0xC1, "样例"),
        ([(2, 1024)], 0x0100, 0xC1, ""),  # locked
        ([(2, 1024)], 0, 0x65, ""),  # Word 95
    ],
)
def test_pieces_are_followed_as_far_as_there_is_text(
    pieces: list[tuple[int, int]], flags: int, version: int, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "made.doc"
    path.write_bytes(pieced(pieces, "样例".encode("utf-16-le") + b"abc", flags, version))
    assert "".join(old_office(path, 1_000)) == expected


def test_a_stream_that_goes_round_is_not_followed(tmp_path: Path) -> None:
    whole = bytearray(pieced([(2, 1024)], "样例".encode("utf-16-le")))
    entry = whole.index("WordDocument".encode("utf-16-le"))
    (start,) = struct.unpack_from("<I", whole, entry + 116)
    (tmp_path / "a.doc").write_bytes(whole)
    assert list(old_office(tmp_path / "a.doc", 1_000)) == ["样例"]
    struct.pack_into("<Q", whole, entry + 120, 1 << 20)
    last = next(n for n in range(start, 128) if struct.unpack_from("<I", whole, 512 + 4 * n)[0] == 0xFFFFFFFE)
    struct.pack_into("<I", whole, 512 + 4 * last, start)
    (tmp_path / "a.doc").write_bytes(whole)
    assert list(old_office(tmp_path / "a.doc", 1_000)) == []


def test_places_of_slides_are_read_so_many_times_whatever_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand savings each may name the same long list."""
    monkeypatch.setattr(old_office_module, "_MOST_RECORDS", 25)
    run = struct.pack("<I", 10 << 20) + struct.pack("<10I", *range(10))
    data = bytes(8) + struct.pack("<HHI", 0, 0x0FF5, 28) + bytes(8) + struct.pack("<III", 0, 44, 1)
    data = data.ljust(44, b"\0") + struct.pack("<HHI", 0, 0x1772, 9 * len(run))
    data += b"".join(struct.pack("<I", 10 << 20 | 10 * n) + run[4:] for n in range(9)) + bytes(4)
    assert old_office_module._persisted(data, 8) == ({n: n % 10 for n in range(30)}, 1)


def test_what_is_cut_or_changed_gives_some_words_or_none_and_nothing_else(
    samples: dict[str, Path], tmp_path: Path
) -> None:
    chance, path = random.Random(7), tmp_path / "hurt"
    for name in NAMES:
        whole = samples[name].read_bytes()
        for _round in range(60):
            hurt = bytearray(whole[: chance.randrange(600, len(whole))] if chance.random() < 0.3 else whole)
            for _flip in range(chance.randrange(1, 40)):
                hurt[chance.randrange(len(hurt))] ^= 1 << chance.randrange(8)
            path.write_bytes(hurt)
            assert sum(map(len, old_office(path, 5_000))) <= 5_000
