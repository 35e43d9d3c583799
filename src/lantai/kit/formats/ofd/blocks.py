"""What a document is made of before it is laid out, and the sheet that it is laid out on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

MM_PER_POINT = 25.4 / 72
THREE = 16 * MM_PER_POINT  # 3号
FOUR = 14 * MM_PER_POINT  # 4号


class Align(StrEnum):
    """Where the words of a line stand."""

    JUSTIFIED = "justified"
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class OfficialElement(StrEnum):
    """The elements of an official document (GB/T 9704—2012 §7), as the paths of its custom tags."""

    COPY_NUMBER = "份号"
    CLASSIFICATION = "密级和保密期限"
    URGENCY = "紧急程度"
    ISSUER_MARK = "发文机关标志"
    DOCUMENT_NUMBER = "发文字号"
    SIGNATORY = "签发人"
    TITLE = "标题"
    ADDRESSEE = "主送机关"
    BODY = "正文"
    ATTACHMENT_NOTE = "附件说明"
    ISSUER = "发文机关署名"
    DATE = "成文日期"
    NOTE = "附注"
    ATTACHMENT = "附件"
    COPIES_TO = "抄送机关"
    PRINTED_BY = "印发机关和印发日期"


class InvoiceElement(StrEnum):
    """The elements that e-invoices mark, as the paths of their custom tags."""

    CODE = "InvoiceCode"
    NUMBER = "InvoiceNo"
    DATE = "IssueDate"
    CHECK_CODE = "InvoiceCheckCode"
    BUYER = "Buyer/BuyerName"
    BUYER_ID = "Buyer/BuyerTaxID"
    SELLER = "Seller/SellerName"
    SELLER_ID = "Seller/SellerTaxID"
    AMOUNT = "TaxExclusiveTotalAmount"
    TAX = "TaxTotalAmount"
    TOTAL = "TaxInclusiveTotalAmount"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title (level 1, centred) or a heading inside (2 and below); ``tag`` is the path of a custom tag."""

    text: str
    level: int = 1
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running words; line breaks in ``text`` are kept, each line beginning like a paragraph."""

    text: str
    align: Align = Align.JUSTIFIED
    is_indented: bool = True
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; ``widths`` are shares of the line, equal when empty; a first row can be repeated."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    repeats_first_row: bool = True
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in the text, as wide as said but never wider than the line."""

    image: bytes | Path
    width_mm: float


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block: TypeAlias = Heading | Paragraph | Table | Picture | PageBreak


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paper and type area in millimetres; ``size_mm`` and ``line_mm`` are of the running words."""

    width_mm: float = 210.0
    height_mm: float = 297.0
    left_mm: float = 28.0
    top_mm: float = 37.0
    area_width_mm: float = 156.0
    area_height_mm: float = 225.0
    size_mm: float = THREE
    line_mm: float = 225.0 / 22
    has_page_numbers: bool = True


# GB/T 9704—2012 §5: A4, head margin 37, binding margin 28, type area 156 × 225 mm of 22 lines in size 3.
OFFICIAL_SHEET = Sheet()
PLAIN_SHEET = Sheet(
    left_mm=25.0, top_mm=25.0, area_width_mm=160.0, area_height_mm=245.0, size_mm=4.2, line_mm=7.0
)


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word (or line) with its box on the page, in millimetres from the upper left corner."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """The picture of a page, its size on paper, and the words that were recognised on it."""

    image: bytes | Path
    width_mm: float
    height_mm: float
    words: Sequence[Word] = ()


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file to be put into the document."""

    name: str
    content: bytes | Path
    format: str = ""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the document says of itself; without an id one is made from the content, always the same.

    Dates are ISO dates (``2026-11-22``).
    """

    title: str = ""
    author: str = ""
    subject: str = ""
    abstract: str = ""
    created_on: str = ""
    modified_on: str = ""
    usage: str = ""
    doc_id: str = ""
    keywords: Sequence[str] = ()
    custom_data: Sequence[tuple[str, str]] = ()
