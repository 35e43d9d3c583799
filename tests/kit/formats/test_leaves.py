"""Text page by page, and where words stand on a page: the same in every format that tells it."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.resources import files
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from lantai.kit.formats.leaves import boxes_of_words, is_recognised, stem_of, texts_of_pages
from lantai.kit.formats.ocr import NotRecognised, recognised
from lantai.kit.formats.ofd.blocks import DocumentInfo, Paragraph
from lantai.kit.formats.ofd.to_pdfa import to_pdfa
from lantai.kit.formats.ofd.writer import write_document
from lantai.kit.formats.render import render_page

FONT = Path(str(files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")))


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[Path, Path]:
    """A made-up OFD of two pages and the same as PDF."""
    folder = tmp_path_factory.mktemp("leaves")
    words = [Paragraph(f"第{n}段 样例通知：请于三月二日前报送。") for n in range(42)]
    words[40] = Paragraph("附：水库移民名册 2011")
    write_document(folder / "a.ofd", words, info=DocumentInfo(title="样例"), fonts=[FONT])
    to_pdfa(folder / "a.ofd", folder)
    return folder / "a.ofd", folder / "made.pdf"


def test_every_page_has_its_own_text(pair):
    for path in pair:
        pages = texts_of_pages(path)
        assert len(pages) == 2
        assert "第0段" in pages[0] and "水库移民" in pages[1] and "水库移民" not in pages[0]
        assert len("".join(texts_of_pages(path, limit=100))) == 100


def test_words_stand_where_they_are_seen_and_two_formats_agree(pair):
    ofd, pdf = pair
    assert boxes_of_words(pdf, 1, ["水库移民"]) == []
    (of_pdf,) = boxes_of_words(pdf, 2, ["水庫移民"])
    (of_ofd,) = boxes_of_words(ofd, 2, ["水库移民"])
    assert all(abs(one - other) < 0.03 for one, other in zip(of_pdf, of_ofd, strict=True))
    left, top, width, height = of_pdf
    picture = Image.open(io.BytesIO(render_page(pdf, 2, 900))).convert("L")
    ends = (left, top, left + width, top + height)
    inside = picture.crop([int(end * side) for end, side in zip(ends, picture.size * 2, strict=True)])
    assert inside.getextrema()[0] < 90, "there is ink in the box"
    assert height < 0.05 and 0.05 < width < 0.5


def test_a_turned_page_has_its_boxes_turned(pair, tmp_path):
    with pikepdf.open(pair[1]) as document:
        document.pages[1].rotate(90, relative=True)
        document.save(tmp_path / "turned.pdf")
    (left, top, width, height), *_more = boxes_of_words(tmp_path / "turned.pdf", 2, ["水库移民"])
    was_left, was_top, _was_width, was_height = boxes_of_words(pair[1], 2, ["水库移民"])[0]
    assert abs(left - (1 - was_top - was_height)) < 0.01 and abs(top - was_left) < 0.01
    assert height > width


OWN = {"pages": [{"width": 100, "height": 200, "words": [{"text": "土地改革", "box": [10, 20, 40, 10]}]}]}
ALTO = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page WIDTH="100" HEIGHT="200"><PrintSpace>
<TextBlock><TextLine><String CONTENT="土地改革" HPOS="10" VPOS="20" WIDTH="40" HEIGHT="10"/></TextLine></TextBlock>
</PrintSpace></Page></Layout></alto>"""
HOCR = """<!DOCTYPE html><html><body><div class="ocr_page" title="image a.png; bbox 0 0 100 200">
<span class="ocr_line" title="bbox 10 20 50 30"><span class="ocrx_word" title="bbox 10 20 30 30">土地</span>
<span class="ocrx_word" title="bbox 30 20 50 30; x_wconf 90">改革</span></span></div></body></html>"""


@pytest.mark.parametrize(
    "name, content", [("a.ocr.json", json.dumps(OWN)), ("a.alto.xml", ALTO), ("a.hocr", HOCR)]
)
def test_what_recognition_delivers_is_read_with_its_places(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert is_recognised(name) and stem_of(name) == stem_of("A.PNG")
    assert [text.strip() for text in texts_of_pages(path)] == ["土地改革"]
    (box,) = boxes_of_words(path, 1, ["地改"])
    assert [round(side, 3) for side in box] == [0.2, 0.1, 0.2, 0.05]
    assert boxes_of_words(path, 2, ["地改"]) == []


@pytest.mark.parametrize(
    "content", ["", "{}", '{"pages": 3}', "<alto/", "<html>", '<!DOCTYPE a [<!ENTITY b "c">]><a/>']
)
def test_what_is_no_result_of_recognition_is_refused(tmp_path, content):
    path = tmp_path / "a.alto.xml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NotRecognised):
        recognised(path)


def office(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_slides_and_sheets_are_pages_and_a_text_document_is_one(tmp_path):
    slide = (
        '<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{}</a:t></a:r><a:r><a:t>移民</a:t></a:r></a:p></p:sld>'
    )
    slides = {f"ppt/slides/slide{n}.xml": slide.format(f"第{n}张") for n in (10, 2, 1)}
    assert texts_of_pages(office(tmp_path / "a.pptx", slides)) == ["第1张移民", "第2张移民", "第10张移民"]
    sheets = {
        "xl/sharedStrings.xml": '<sst xmlns="s"><si><t>王小明</t></si></sst>',
        "xl/worksheets/sheet1.xml": '<s xmlns="s"><row><c t="s"><v>0</v></c><c><v>1951</v></c></row></s>',
    }
    assert texts_of_pages(office(tmp_path / "a.xlsx", sheets)) == ["王小明\t1951"]
    word = '<w:document xmlns:w="w"><w:p><w:r><w:t>土地</w:t></w:r><w:r><w:t>改革</w:t></w:r></w:p><w:p/></w:document>'
    assert texts_of_pages(office(tmp_path / "a.docx", {"word/document.xml": word})) == ["土地改革"]


def test_a_transcript_has_a_page_for_every_five_minutes(tmp_path):
    said = "1\n00:00:01,000 --> 00:00:03,000\n开会了\n\n2\n00:12:00,000 --> 00:12:04,000\n散会\n"
    path = tmp_path / "a.srt"
    path.write_text(said, encoding="utf-8")
    assert texts_of_pages(path) == ["开会了", "", "散会"]


def test_a_picture_has_no_text(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    assert texts_of_pages(tmp_path / "a.png") == []
