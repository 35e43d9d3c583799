"""Every converter on one small file, behind the walls: what comes out is the format that was promised."""

from __future__ import annotations

import shutil
import subprocess
import wave
import zipfile
from importlib.resources import files
from pathlib import Path

import pikepdf
import pytest

from lantai.apps.custody import services as custody
from lantai.apps.migration import registry
from lantai.kit.formats.ofd.blocks import DocumentInfo, Paragraph
from lantai.kit.formats.ofd.writer import write_document
from lantai.platform.sandbox.types import ParseRefused
from tests.apps.migration.conftest import scan

FONT = Path(str(files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")))
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def made_pdf(path: Path) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 200))
        page.obj.Contents = pdf.make_stream(b"1 0 0 rg 20 20 90 90 re f")
        pdf.save(path)


def press_pdf(path: Path) -> None:
    """Colours for presses and a font that is not inside: what only a program that draws anew can take."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 200))
        font = {
            "Type": pikepdf.Name.Font,
            "Subtype": pikepdf.Name.Type1,
            "BaseFont": pikepdf.Name("/Helvetica"),
        }
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(F=pdf.make_indirect(pikepdf.Dictionary(**font)))
        )
        page.obj.Contents = pdf.make_stream(
            b"0 1 1 0 k 20 20 90 90 re f BT /F 20 Tf 20 150 Td (Sample) Tj ET"
        )
        pdf.save(path)


def made_ofd(path: Path) -> None:
    write_document(path, [Paragraph("样例通知 Sample")], info=DocumentInfo(title="样例"), fonts=[FONT])


def made_wav(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes((n * 7) % 251 for n in range(8000)))


def made_film(path: Path) -> None:
    pictures = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1"]
    sound = ["-f", "lavfi", "-i", "sine=duration=1", "-c:v", "mpeg4", "-c:a", "pcm_s16le"]
    subprocess.run(["ffmpeg", "-v", "error", *pictures, *sound, str(path)], check=True, timeout=600)


def made_docx(path: Path) -> None:
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>样例通知 Sample</w:t></w:r></w:p>'
        "</w:body></w:document>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


CASES = [
    pytest.param("pdf-pdfa", "fmt/276", made_pdf, "fmt/477", id="pdf-pdfa"),
    pytest.param("ofd-pdfa", "lantai-fmt/1", made_ofd, "fmt/477", id="ofd-pdfa"),
    pytest.param("image-pdfa", "fmt/353", lambda path: path.write_bytes(scan(1)), "fmt/477", id="image-pdfa"),
    pytest.param("jpeg", "fmt/353", lambda path: path.write_bytes(scan(1)), "fmt/43", id="jpeg"),
    pytest.param("flac", "fmt/141", made_wav, "fmt/279", id="flac", marks=needs("ffmpeg")),
    pytest.param("mp3", "fmt/141", made_wav, "fmt/134", id="mp3", marks=needs("ffmpeg")),
    pytest.param("h264", "fmt/5", made_film, "fmt/199", id="h264", marks=needs("ffmpeg")),
    pytest.param("gs-pdfa", "fmt/276", press_pdf, "fmt/477", id="gs-pdfa", marks=needs("gs")),
    pytest.param(
        "office-pdfa", "fmt/412", made_docx, "fmt/477", id="office-pdfa",
        marks=[needs("soffice"), pytest.mark.large],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "puid", "make", "becomes"), CASES)
def test_a_converter_keeps_its_promise(tmp_path, settings, slug, puid, make, becomes):
    settings.LANTAI_STORE = tmp_path / "store"
    source, out = tmp_path / ("a.avi" if make is made_film else "a.bin"), tmp_path / "out"
    out.mkdir()
    make(source)
    converter = registry.fitting(slug, puid)
    assert converter.trouble() == ""
    found = converter.convert(source, puid, out)
    paths = [out / name for name in found.names]
    assert [one.puid for one in custody.survey_files((path, path.name) for path in paths)] == [becomes]
    assert found.proof
    assert set(found.lost) <= set(converter.losses) | {"icc_profile", "dpi", "exif"}


def test_a_document_that_acts_by_itself_is_refused_in_words(tmp_path):
    source = tmp_path / "a.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(source)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(ParseRefused, match="JavaScript"):
        registry.fitting("pdf-pdfa", "fmt/276").convert(source, "fmt/276", out)
    assert list(out.iterdir()) == []
