"""A single document sent without an archive around it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
import xlsxwriter

from lantai.kit.packages import unpack
from lantai.kit.packages.reading import PACKAGE, unpack_into
from lantai.kit.packages.unpack.alone import name_alone


def workbook():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.set_properties({"created": datetime(2026, 3, 5, tzinfo=UTC)})  # the same bytes at every call
        book.add_worksheet().write_row(0, 0, ["档号", "题名"])
    return made.getvalue()


def zipped(*names, first=b""):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, first)
    return made.getvalue()


ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (workbook(), "目录.xlsx"),
        (zipped("mimetype", "content.xml", first=ODS), "目录.ods"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "目录.xls"),
        ("档号,题名\n1,样例\n".encode(), "目录.csv"),
        ("档号\t题名\n1\t样例\n".encode("gb18030"), "目录.csv"),
        ("档号,题名\n1,样例\n".encode("utf-16"), "目录.csv"),
        ("\ufeff<目录/>".encode(), "目录.xml"),
        (b'<?xml version="1.0"?><a/>', "目录.xml"),
        (zipped("a/b.txt"), ""),
        (zipped("xl/workbook.xml"), ""),
        (zipped("[Content_Types].xml", "word/document.xml"), ""),
        (b"PK\x03\x04[Content_Types].xml", ""),
        (b"only a line of words, and no more", ""),
        (b"a,b\nc\0,d\n", ""),
        (b"\x1f\x8b\x08", ""),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ""),
        (b"", ""),
    ],
)
def test_a_single_document_is_known_by_its_content(content, name):
    assert name_alone(io.BytesIO(content)) == name


def test_a_character_cut_at_the_end_of_what_is_looked_at_is_no_objection():
    assert name_alone(io.BytesIO(("a,b\n" + "档" * 40_000).encode())) == "目录.csv"


def test_a_single_catalogue_is_taken_in_as_it_is(tmp_path):
    (tmp_path / "blob").write_bytes(workbook())
    (tmp_path / "out").mkdir()
    assert unpack_into(str(tmp_path / "blob"), str(tmp_path / "out"), {}) == 1
    assert (tmp_path / "out" / PACKAGE / "目录.xlsx").read_bytes() == workbook()


def test_a_single_document_over_the_limit_is_refused_and_leaves_nothing(tmp_path):
    (tmp_path / "blob").write_bytes(b"a,b\n" * 100)
    with pytest.raises(unpack.TooLarge):
        unpack_into(str(tmp_path / "blob"), str(tmp_path), {"file_bytes": 99})
    assert [path.name for path in tmp_path.iterdir()] == ["blob"]
