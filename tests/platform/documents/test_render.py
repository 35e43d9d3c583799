"""Documents: Chinese that can be read back, PDF/A, the same bytes every time."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from lantai.platform.documents import services

ROOT = Path(__file__).parent / "typst"
MADE_AT = datetime(2026, 1, 5, 2, 30, tzinfo=UTC)
SAMPLE = {
    "archives": "嘉禾市档案馆（样例）",
    "title": "档案证明（样例）",
    "source": "嘉禾市档案馆（样例） 全宗 0109",
    "number": "样例第 1 号",
    "facts": [["责任者", "嘉禾县人民政府（样例）"], ["件数", 3], ["繁體", "關於設立檔案館的批復"]],
    "rows": [[number, "关于同意设立城关镇第二小学的批复", 2011] for number in range(1, 60)],
    "address": "https://archives.example/verify/sample-1",
}


def made(**changes: object) -> bytes:
    return services.render("sample.typ", {**SAMPLE, **changes}, root=ROOT, made_at=MADE_AT)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def test_chinese_text_can_be_read_back_from_the_document() -> None:
    text = text_of(made())
    for words in (
        "嘉禾市档案馆（样例）",
        "档案证明（样例）",
        "关于同意设立城关镇第二小学的批复",
        "關於設立檔案館的批復",
        "粗体说明",
    ):
        assert words in text


def test_a_long_listing_runs_over_pages_that_say_which_they_are() -> None:
    pdf = made()
    pages = len(pypdfium2.PdfDocument(pdf))
    assert pages >= 2
    assert f"第 2 页，共 {pages} 页" in text_of(pdf)


def test_the_same_data_give_the_same_bytes() -> None:
    assert made() == made()


def test_the_document_declares_pdf_a_2b_and_embeds_every_font() -> None:
    with pikepdf.open(io.BytesIO(made())) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
        assert descriptors
        assert all("/FontFile2" in found or "/FontFile3" in found for found in descriptors)
        assert all("Lantai" in str(found.FontName) for found in descriptors)


def test_data_are_never_read_as_markup() -> None:
    assert '#panic("x") *_$' in text_of(made(number='#panic("x") *_$'))


def test_a_template_that_asks_for_what_is_not_there_says_so() -> None:
    with pytest.raises(services.TemplateBroken, match="qr"):
        made(address="not an address")


def test_a_qr_code_for_a_page_carries_neither_style_nor_script() -> None:
    svg = services.qr_svg("https://archives.example/verify/样例")
    assert svg.startswith("<svg") and "style=" not in svg and "<script" not in svg
    assert services.qr_png("样例").startswith(b"\x89PNG")


def test_the_fonts_draw_rare_characters_of_names_and_places() -> None:
    text = text_of(made(number="劐艴牿㛃䶮喆𬭎"))
    assert all(char in text for char in "劐艴牿㛃䶮喆𬭎")


def test_a_character_without_a_shape_is_named_instead_of_left_out() -> None:
    with pytest.raises(services.CharacterMissing) as refusal:
        made(number="\U00030000")
    assert refusal.value.params["text"] == "\U00030000"
