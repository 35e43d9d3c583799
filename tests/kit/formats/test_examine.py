"""Only a file that was read to its end, and in which nothing was wrong, is ok."""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lantai.kit.formats.examine import examine
from lantai.kit.formats.remarks import State
from tests.conftest import SAMPLES, needs_samples
from tests.kit.formats import zoo

OK = [name for name in zoo.ANIMALS if name != "a.zip"]
CUT = ["a.pdf", "a.jpg", "a.png", "a.tif", "a.wav", "a.xlsx", "a.xml"]


@pytest.mark.parametrize("name", OK)
def test_whole_files_are_ok(name, tmp_path):
    zoo.ANIMALS[name](tmp_path / name)
    found = examine(tmp_path / name)
    assert found.state is State.OK, found.problems


@pytest.mark.parametrize("name", CUT)
def test_a_file_cut_in_half_is_never_ok(name, tmp_path):
    path = tmp_path / name
    zoo.ANIMALS[name](path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = examine(path)
    assert found.state in {State.TRUNCATED, State.BROKEN}
    assert found.problems


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.unknown"])
def test_an_empty_file_is_empty(name, tmp_path):
    (tmp_path / name).touch()
    assert examine(tmp_path / name).state is State.EMPTY


def test_an_unknown_format_is_unsupported_and_said_so(tmp_path):
    path = tmp_path / "a.qqq"
    path.write_bytes(b"\xfe\xfd\xfc" * 9)
    found = examine(path)
    assert (found.state, found.problems[0].code) == (State.UNSUPPORTED, "unsupported")


def test_a_pdf_behind_a_password_is_encrypted(tmp_path):
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(tmp_path / "user.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
        made.save(tmp_path / "owner.pdf", encryption=pikepdf.Encryption(owner="o", user=""))
    assert examine(tmp_path / "user.pdf").state is State.ENCRYPTED
    assert examine(tmp_path / "owner.pdf").state is State.ENCRYPTED


@pytest.mark.parametrize("kind", ["JavaScript", "Launch"])
def test_a_pdf_that_acts_by_itself_is_active(kind, tmp_path):
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), JS="app.alert(1)", F="x.exe")
        made.save(tmp_path / "a.pdf")
    found = examine(tmp_path / "a.pdf")
    assert found.state is State.ACTIVE
    assert kind in found.facts["active"]


def test_pdfa_is_reported_as_declared(tmp_path):
    zoo.pdf(tmp_path / "a.pdf")
    found = examine(tmp_path / "a.pdf")
    assert (found.facts["pdfa_declared"], found.facts["fonts_missing"]) == ("2B", [])
    assert "Lantai sample page" in found.text_sample


def test_a_font_that_is_not_inside_is_named(tmp_path):
    with pikepdf.new() as made:
        page = made.add_blank_page()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/SimSun")
        )
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        made.save(tmp_path / "a.pdf")
    assert examine(tmp_path / "a.pdf").facts["fonts_missing"] == ["SimSun"]


def test_every_frame_of_a_tiff_is_counted_and_its_resolution_read(tmp_path):
    zoo.tiff(tmp_path / "a.tif")
    found = examine(tmp_path / "a.tif")
    assert (found.pages, found.facts["dpi_x"]) == (3, 300.0)


def test_too_many_pixels_are_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr("lantai.kit.formats.images.MAX_PIXELS", 100)
    Image.new("L", (50, 50)).save(tmp_path / "a.png")
    found = examine(tmp_path / "a.png")
    assert (found.state, found.problems[0].code) in {(State.BROKEN, "PixelFlood")}


def test_xml_with_a_dtd_is_not_parsed(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
    found = examine(path)
    assert (found.state, found.problems[0].code) == (State.ACTIVE, "UnsafeXml")


def test_billions_of_laughs_cost_nothing(tmp_path):
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    path = tmp_path / "a.xml"
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l11;</a>')
    assert examine(path).state is State.ACTIVE


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")]
)
def test_the_encoding_of_a_text_is_found(encoding, told, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("关于样例的通知".encode(encoding))
    assert examine(path).facts["encoding"] == told


def test_macros_make_a_document_active(tmp_path):
    zoo.docx(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx", "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    assert examine(tmp_path / "a.docx").state is State.ACTIVE


@needs_samples
def test_every_ofd_sample_is_read_or_its_fault_is_explained():
    for path in sorted((SAMPLES / "ofd").glob("*.ofd")):
        found = examine(path)
        assert found.pages, path.name
        assert found.text_sample, path.name
        assert found.state is State.OK or found.problems, path.name
    missing = examine(SAMPLES / "ofd" / "testImageNotFound.ofd")
    assert missing.state is State.BROKEN
    assert "image_135.PNG" in str(missing.problems[0])


@cache
def _whole(name: str) -> bytes:
    """Made once: a file that tells when it was made has another length in another second."""
    with TemporaryDirectory() as folder:
        zoo.ANIMALS[name](Path(folder) / name)
        return (Path(folder) / name).read_bytes()


@settings(max_examples=40)
@given(st.sampled_from(sorted(zoo.ANIMALS)), st.data())
def test_no_damage_makes_the_examination_crash(tmp_path_factory, name, data):
    path = tmp_path_factory.mktemp("damage") / name
    content = bytearray(_whole(name))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    assert examine(path).state in set(State)


def test_a_pdf_whose_font_points_to_a_number_is_judged_all_the_same(tmp_path):
    with pikepdf.new() as made:
        page = made.add_blank_page()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, FontDescriptor=7)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        made.Root.AcroForm = 3
        made.save(tmp_path / "a.pdf")
    assert examine(tmp_path / "a.pdf").state in {State.OK, State.BROKEN}
