"""The official template: headings, what to choose from, notes in the words of the standards, an example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from lantai.kit.errors import N_
from lantai.kit.metadata import Element, Obligation, ValueKind
from lantai.kit.packages.catalogue.checking import EXAMPLE_CODE, EXAMPLE_WORD, REQUIRED
from lantai.kit.packages.catalogue.tables import NOTES_SHEET
from lantai.kit.packages.catalogue.vocabulary import vocabulary
from lantai.kit.tabular.writing import CELL_LENGTH

STANDARD = (  # the item list of DA/T 22-2015 with 保管期限 as in DA/T 93-2022, then what R-30 asks for at transfer
    *("sequence", "archivalCode", "documentNumber", "author", "title", "date"),
    *("retentionPeriod", "securityClassification", "totalNumberOfPages", "annotation"),
    *("openingOpinion", "openingClause", "informationDisclosure", "filePath"),
)
_ROWS = 10_000  # as far as drop-downs and text format reach
_WIDTHS = {"title": 48, "archivalCode": 34, "filePath": 40, "author": 20, "openingClause": 30}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "retentionPeriod": ("永久", "30年", "10年"),
    "securityClassification": ("公开", "国内", "内部", "限制"),
}
_NOTES: Mapping[str, str] = {
    "sequence": N_("从 1 起的连续编号。"),
    "archivalCode": N_("按 DA/T 13—2022、DA/T 22—2015 编制，如 Z109-WS·2011·D30·办公室-0001；不得重复。"),
    "documentNumber": N_("发文字号，照原文填写，如“样例发〔2011〕1号”；没有的不填。"),
    "author": N_("制发文件的组织或个人，用全称或规范简称。"),
    "title": N_("照录文件标题；没有标题或不能说明内容的，自拟或补充并外加方括号。"),
    "date": N_("文件形成日期，8 位数字，如 20110305；不知道的月、日不写，推定的外加方括号。"),
    "retentionPeriod": N_("永久、30年、10年，或门类规定的其他年数。"),
    "securityClassification": N_("公开、国内、内部、限制；涉密的不得在此填写和传输。"),
    "totalNumberOfPages": N_("整数，不带单位。"),
    "annotation": N_("需要说明的情况，如缺号的原因。"),
    "openingOpinion": N_("《档案法实施条例》第三十条：移交时附具到期开放意见。"),
    "openingClause": N_("延期或控制的理由条款。"),
    "informationDisclosure": N_("《档案法实施条例》第三十条：政府信息公开情况。"),
    "filePath": N_("包内的相对路径，几个文件各占一行；文件夹以档号命名时可不填。"),
}
_EXAMPLE: Mapping[str, str] = {
    "sequence": EXAMPLE_WORD,
    "archivalCode": EXAMPLE_CODE,
    "documentNumber": "样例发〔2011〕1号",
    "author": "样例单位",
    "title": "样例：关于填写本模板的说明（正式填写前请删去这一行）",
    "date": "20110305",
    "retentionPeriod": "30年",
    "securityClassification": "公开",
    "totalNumberOfPages": "2",
    "openingOpinion": "开放",
    "informationDisclosure": "主动公开",
    "filePath": f"{EXAMPLE_CODE}/正文.pdf",
}
_BY_KIND: Mapping[ValueKind, str] = {
    ValueKind.DATE: "20110305",
    ValueKind.YEAR: "2011",
    ValueKind.INTEGER: "1",
}


def write_template(
    target: Path, elements: Sequence[Element] = (), *, required: Iterable[str] = REQUIRED
) -> None:
    """A new workbook to fill in; ``elements`` of a kind of record come after the standard columns.

    Every cell is text; what has a list of values gets a drop-down; the second row is an example
    that says so, and that the reader leaves out.
    """
    words = vocabulary()
    standard = [element for key in STANDARD if (element := words.element(key)) is not None]
    taken = {element.identifier for element in standard}
    more = [one for one in elements if one.identifier not in taken and one.kind is not ValueKind.GROUP]
    with target.open("xb") as stream, xlsxwriter.Workbook(stream) as book:
        _write_sheet(book, [*standard, *more], frozenset(required))
        _write_notes(book, [*standard, *more], frozenset(required))


def _write_sheet(book: xlsxwriter.Workbook, elements: Sequence[Element], required: frozenset[str]) -> None:
    text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    head = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "bg_color": "#EEEEEE"})
    must = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "bg_color": "#FCE8D8"})
    example = book.add_format({"num_format": "@", "italic": True, "font_color": "#808080", "text_wrap": True})
    sheet = book.add_worksheet("目录")
    sheet.freeze_panes(1, 2)
    for column, element in enumerate(elements):
        sheet.set_column(column, column, _WIDTHS.get(element.identifier, 14), text)
        is_required = element.identifier in required
        sheet.write_string(0, column, element.name, must if is_required else head)
        sheet.write_comment(0, column, _note(element), {"x_scale": 2})
        sheet.write_string(1, column, _example(element), example)
        choices = _CHOICES.get(element.identifier, element.values)
        if choices and len(",".join(choices)) <= 255:  # the most that a list of words can hold
            sheet.data_validation(1, column, _ROWS, column, _list_of(element, choices))


def _list_of(element: Element, choices: Sequence[str]) -> dict[str, object]:
    is_open = not element.values  # a vocabulary may go on: 15年, 机密★10年
    return {
        "validate": "list",
        "source": list(choices),
        "ignore_blank": True,
        "error_type": "warning" if is_open else "stop",
        "error_title": element.name[:32],
        "error_message": _note(element)[:255],
    }


def _note(element: Element) -> str:
    own = _NOTES.get(element.identifier, "")
    if own:
        return own
    return f"{'、'.join(element.values)}"[:CELL_LENGTH] if element.values else element.name


def _example(element: Element) -> str:
    if element.identifier in _EXAMPLE or element.identifier in STANDARD:
        return _EXAMPLE.get(element.identifier, "")
    return element.values[0] if element.values else _BY_KIND.get(element.kind, EXAMPLE_WORD)


def _write_notes(book: xlsxwriter.Workbook, elements: Sequence[Element], required: frozenset[str]) -> None:
    """What each column means, once more in full, for those who print it."""
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(NOTES_SHEET)
    for column, (heading, width) in enumerate((("栏目", 20), ("要求", 10), ("说明", 90))):
        sheet.set_column(column, column, width, wrap)
        sheet.write_string(0, column, heading, bold)
    for row, element in enumerate(elements, 1):
        is_must = element.identifier in required or element.obligation is Obligation.MANDATORY
        sheet.write_string(row, 0, element.name)
        sheet.write_string(row, 1, "必填" if is_must else "有则必填")
        sheet.write_string(row, 2, _note(element), wrap)
