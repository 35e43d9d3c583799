"""ING 17: a file that is several, or another than its name says, is never ok."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest

from lantai.kit.formats.examine import examine
from lantai.kit.formats.remarks import State
from tests.kit.formats import zoo, zoo_media, zoo_office


def content(make, tmp_path, name: str) -> bytes:
    make(tmp_path / name)
    return (tmp_path / name).read_bytes()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def assert_polyglot(path, *kinds: str) -> None:
    found = examine(path)
    remarks = [p for p in found.problems if p.code == "polyglot"]
    assert found.state is not State.OK
    assert remarks
    assert all(kind in str(remarks[0].params["kinds"]) for kind in kinds)


def test_ing_17_a_pdf_with_a_zip_behind_it(tmp_path):
    (tmp_path / "x.pdf").write_bytes(content(zoo.old_pdf, tmp_path, "a.pdf") + zipped())
    assert_polyglot(tmp_path / "x.pdf", "PDF", "ZIP")


def test_ing_17_a_gif_that_is_a_java_archive(tmp_path):
    (tmp_path / "x.gif").write_bytes(content(zoo.image, tmp_path, "a.gif") + zipped())
    assert_polyglot(tmp_path / "x.gif", "GIF", "ZIP")


@pytest.mark.parametrize("extension", ["jpg", "pdf", "txt"])
def test_ing_17_a_web_page_called_otherwise(tmp_path, extension):
    (tmp_path / f"x.{extension}").write_bytes(b"<html><body><p>sample</p></body></html>")
    assert_polyglot(tmp_path / f"x.{extension}", "HTML")


def test_ing_17_a_web_page_in_the_comment_of_a_picture(tmp_path):
    data = content(zoo.image, tmp_path, "a.jpg")
    page = b"<html><script>alert(1)</script></html>"
    (tmp_path / "x.jpg").write_bytes(
        data[:2] + b"\xff\xfe" + (len(page) + 2).to_bytes(2, "big") + page + data[2:]
    )
    assert_polyglot(tmp_path / "x.jpg", "JPEG", "HTML")


def test_ing_17_a_picture_with_a_pdf_behind_it(tmp_path):
    data = content(zoo.image, tmp_path, "a.jpg") + content(zoo.old_pdf, tmp_path, "a.pdf")
    (tmp_path / "x.jpg").write_bytes(data)
    assert_polyglot(tmp_path / "x.jpg", "JPEG", "PDF")


def test_ing_17_a_pdf_with_a_picture_behind_it(tmp_path):
    data = content(zoo.old_pdf, tmp_path, "a.pdf") + content(zoo.image, tmp_path, "a.jpg")
    (tmp_path / "x.pdf").write_bytes(data)
    assert_polyglot(tmp_path / "x.pdf", "PDF", "JPEG")


def test_ing_17_a_program_called_a_document(tmp_path):
    zoo_office.ANIMALS["a.exe"](tmp_path / "x.doc")
    assert_polyglot(tmp_path / "x.doc", "EXE")


def test_loose_bytes_behind_a_pdf_are_told_and_not_ok(tmp_path):
    (tmp_path / "x.pdf").write_bytes(content(zoo.old_pdf, tmp_path, "a.pdf") + b"\x01\x02" * 200)
    found = examine(tmp_path / "x.pdf")
    assert found.state is not State.OK
    assert "trailing-data" in {p.code for p in found.problems}


def test_a_pdf_that_carries_a_zip_as_an_attachment_is_one_file(tmp_path):
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["a.zip"] = pikepdf.AttachedFileSpec(made, zipped())
        made.save(tmp_path / "a.pdf", compress_streams=False)
    found = examine(tmp_path / "a.pdf")
    assert "polyglot" not in {p.code for p in found.problems}
    assert found.facts["embedded_files"] == ["a.zip"]


@pytest.mark.parametrize("name", sorted({**zoo.ANIMALS, **zoo_office.ANIMALS, **zoo_media.PICTURES}))
def test_no_animal_of_the_zoo_is_taken_for_two(name, tmp_path):
    {**zoo.ANIMALS, **zoo_office.ANIMALS, **zoo_media.PICTURES}[name](tmp_path / name)
    assert "polyglot" not in {p.code for p in examine(tmp_path / name).problems}
