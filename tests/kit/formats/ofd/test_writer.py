"""Writing OFD and reading it back: words, boxes, pictures, attachments, tags; fonts cut down."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lantai.kit.formats.ofd.blocks import (
    PLAIN_SHEET,
    Align,
    DocumentInfo,
    Heading,
    InvoiceElement,
    NewAttachment,
    OfficialElement,
    PageBreak,
    Paragraph,
    Picture,
    ScannedPage,
    Table,
    Word,
)
from lantai.kit.formats.ofd.container import opened_container
from lantai.kit.formats.ofd.document import read_document
from lantai.kit.formats.ofd.draft import PictureUnfit
from lantai.kit.formats.ofd.examination import examine_ofd, ofd_text
from lantai.kit.formats.ofd.glyphs import glyph_path
from lantai.kit.formats.ofd.lines import broken_lines
from lantai.kit.formats.ofd.subset import FontUnfit, TrueType
from lantai.kit.formats.ofd.tags import read_tags
from lantai.kit.formats.ofd.text import placed_words
from lantai.kit.formats.ofd.to_svg import page_svg
from lantai.kit.formats.ofd.typeface import GlyphsMissing
from lantai.kit.formats.ofd.writer import write_document, write_scans
from lantai.kit.formats.remarks import State
from lantai.kit.formats.render import render_page
from tests.kit.formats import zoo

FONTS = Path(__file__).parents[4] / "src/lantai/platform/documents/fonts"
SERIF = (FONTS / "LantaiSerif-Regular.ttf", FONTS / "LantaiSans-Regular.ttf")
INFO = DocumentInfo(
    title="样例通知",
    author="样例局",
    created_on="2026-11-22",
    keywords=("样例", "通知"),
    custom_data=(("份号", "000001"),),
)
BODY = "根据《样例条例》第三条，经研究决定，“切实”做好 2026 年 Archives 工作。" * 9


@pytest.fixture(scope="module")
def notice(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("ofd") / "notice.ofd"
    blocks = [
        Heading("关于样例工作的通知", tag=OfficialElement.TITLE),
        Paragraph("样例〔2026〕1号", align=Align.CENTRE, tag=OfficialElement.DOCUMENT_NUMBER),
        Paragraph(BODY, tag=OfficialElement.BODY),
        Picture(zoo.png_bytes((250, 0, 0)), 60),
        Table([["序号", "名称"], ["1", "甲" * 60], ["2", "乙"]], widths=(1, 4)),
        PageBreak(),
        Paragraph("样例局", align=Align.RIGHT, tag=OfficialElement.ISSUER),
    ]
    attachment = NewAttachment("附表.csv", b"a,b\n")
    pages = write_document(
        path, blocks, info=INFO, fonts=SERIF, attachments=[attachment], tag_scheme="official"
    )
    assert pages == 3
    return path


def test_a_written_document_is_whole_and_says_what_it_is(notice):
    found = examine_ofd(notice, "")
    assert (found.state, found.problems, found.pages) == (State.OK, (), 3)
    assert found.facts["info_Title"] == "样例通知"
    assert found.facts["info_Keywords"] == ["样例", "通知"]
    assert found.facts["custom_data"] == ["份号=000001"]
    assert found.facts["fonts_missing"] == []
    assert found.signatures == ()


def test_every_word_comes_back_from_its_tag_and_from_the_page(notice):
    with opened_container(notice) as container:
        tags = {tag.path: tag for tag in read_tags(read_document(container))}
    assert tags["标题"].text == "关于样例工作的通知"
    assert tags["发文字号"].text == "样例〔2026〕1号"
    assert tags["正文"].text == BODY
    assert {tag.scheme for tag in tags.values()} == {"official"}
    assert ofd_text(notice, 10_000).replace("\n", "").replace(" ", "").count("甲") == 60


def test_attachments_come_back_byte_by_byte(notice):
    with opened_container(notice) as container:
        (attachment,) = read_document(container).attachments
        assert (attachment.name, attachment.format) == ("附表.csv", "csv")
        assert container.archive.read(attachment.location) == b"a,b\n"


def test_what_is_written_can_be_seen(notice):
    pages = [Image.open(io.BytesIO(render_page(notice, n, 300))).convert("RGB") for n in (1, 2)]
    assert min(pages[0].convert("L").getextrema()) < 60
    colours = {colour for page in pages for _, colour in page.getcolors(100_000)}
    assert any(r > 230 and g < 30 and b < 30 for r, g, b in colours)


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("a.ofd", "b.ofd"):
        write_document(tmp_path / name, [Paragraph("样例")], info=INFO, fonts=SERIF)
    assert (tmp_path / "a.ofd").read_bytes() == (tmp_path / "b.ofd").read_bytes()
    write_document(tmp_path / "c.ofd", [Paragraph("范例")], info=INFO, fonts=SERIF)
    ids = [examine_ofd(tmp_path / name, "").facts["info_DocID"] for name in ("a.ofd", "b.ofd", "c.ofd")]
    assert ids[0] == ids[1] != ids[2]


def test_a_scan_keeps_its_picture_and_hides_its_words(tmp_path):
    words = [Word("档案", 30, 40, 20, 8), Word("第 1 页", 60, 40, 30, 8), Word("局", 30, 60, 8, 8)]
    picture = zoo.png_bytes((10, 200, 10))
    path = tmp_path / "scan.ofd"
    page = ScannedPage(picture, 210, 297, words)
    tags = [(InvoiceElement.BUYER, 0, 0), (InvoiceElement.BUYER_ID, 0, 1)]
    write_scans(path, [page, page], info=INFO, tags=tags, tag_scheme="invoice")
    with opened_container(path) as container:
        document = read_document(container)
        assert [(w.text, *w.box) for w in placed_words(document, 0)] == [
            (w.text, w.x, w.y, w.width, w.height) for w in words
        ]
        assert {container.archive.read(part) for part in document.resources.media.values()} == {picture}
        assert [(t.path, t.text) for t in read_tags(document)] == [
            ("Buyer/BuyerName", "档案"),
            ("Buyer/BuyerTaxID", "第 1 页"),
        ]
    shown = Image.open(io.BytesIO(render_page(path, 1, 100))).convert("RGB")
    assert len({c for _, c in shown.crop((5, 5, 95, 130)).getcolors()}) == 1  # no letter is seen
    assert examine_ofd(path, "").state is State.OK


def test_a_picture_used_twice_is_stored_once(tmp_path):
    picture = Picture(zoo.png_bytes(), 20)
    write_document(tmp_path / "a.ofd", [picture, picture], info=INFO, fonts=SERIF, sheet=PLAIN_SHEET)
    with zipfile.ZipFile(tmp_path / "a.ofd") as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == 1


def test_pictures_and_attachments_may_be_files(tmp_path):
    (tmp_path / "p.png").write_bytes(zoo.png_bytes())
    (tmp_path / "big.bin").write_bytes(bytes(3 << 20))
    write_scans(
        tmp_path / "a.ofd",
        [ScannedPage(tmp_path / "p.png", 100, 100)],
        info=INFO,
        attachments=[NewAttachment("大.bin", tmp_path / "big.bin")],
    )
    with opened_container(tmp_path / "a.ofd") as container:
        (attachment,) = read_document(container).attachments
        assert len(container.archive.read(attachment.location)) == 3 << 20


def test_what_is_no_picture_is_refused(tmp_path):
    with pytest.raises(PictureUnfit):
        write_scans(tmp_path / "a.ofd", [ScannedPage(b"nothing", 10, 10)], info=INFO)


def test_letters_that_no_font_has_are_named(tmp_path):
    with pytest.raises(GlyphsMissing, match="\U00020000"):
        write_document(tmp_path / "a.ofd", [Paragraph("样\U00020000")], info=INFO, fonts=SERIF)


def test_no_font_is_refused():
    with pytest.raises(FontUnfit):
        TrueType(b"OTTO" + bytes(40), "a.otf")


def test_a_page_as_svg_has_its_words_and_pictures(notice):
    first, second = page_svg(notice, 0).decode(), page_svg(notice, 1).decode()
    assert "关于样例工作的通知" in first
    assert first.count("<use") > 100
    assert "data:image/png;base64," in first + second


def test_a_table_longer_than_a_page_repeats_its_first_row(tmp_path):
    rows = [["表头", "说明"], *([str(n), "样例内容"] for n in range(80))]
    pages = write_document(tmp_path / "a.ofd", [Table(rows)], info=INFO, fonts=SERIF)
    assert ofd_text(tmp_path / "a.ofd", 100_000).count("表头") == pages > 2


def test_a_cell_longer_than_a_page_goes_on(tmp_path):
    write_document(tmp_path / "a.ofd", [Table([["长" * 900, "短"]])], info=INFO, fonts=SERIF)
    assert ofd_text(tmp_path / "a.ofd", 100_000).count("长") == 900


def test_a_subset_is_a_font_with_the_same_outlines():
    face = TrueType.load(SERIF[0])
    made = TTFont(io.BytesIO(face.subset("档案馆案é")))
    whole = TTFont(SERIF[0])
    assert set(made.getBestCmap()) == {ord(c) for c in "档案馆案é" if face.has(c)}
    for code, name in made.getBestCmap().items():
        old = whole.getBestCmap()[code]
        assert (
            made["glyf"][name].getCoordinates(made["glyf"])[0]
            == (whole["glyf"][old].getCoordinates(whole["glyf"])[0])
        )
        assert made["hmtx"][name] == whole["hmtx"][old]
    assert face.advance("档") == 1.0


def test_outlines_are_those_of_the_font():
    face = TrueType.load(SERIF[1])
    whole = TTFont(SERIF[1])
    for character in "档案e8é":
        recorder = SVGPathPen(whole.getGlyphSet())
        whole.getGlyphSet()[whole.getBestCmap()[ord(character)]].draw(recorder)
        expected = Counter("".join(c for c in recorder.getCommands() if c in "MZ"))
        drawn = glyph_path(face, face.glyph(character))
        assert Counter("".join(c for c in drawn if c in "MZ")) == expected
        assert max(float(n) for n in re.findall(r"[\d.]+(?![\d.e])", drawn)) < 1.3


def test_lines_keep_stops_and_brackets_where_they_belong():
    lines = list(broken_lines("一二三四，五六（七八）九", 4, 0, lambda _c: 1.0))
    assert lines == ["一二三", "四，五六", "（七八）", "九"]


@settings(max_examples=60)
@given(st.text("一二，。（）ab 1", max_size=60), st.integers(2, 12), st.integers(0, 1))
def test_lines_are_the_text_again_and_fit(text, width, indent):
    lines = list(broken_lines(text, width, indent, lambda _c: 1.0))
    assert "".join(lines) == text
    assert all(len(line.rstrip()) <= width for line in lines[1:])
