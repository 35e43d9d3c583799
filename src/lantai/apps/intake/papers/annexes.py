"""移交附表 as a spreadsheet: the columns of the annex with choices, one line an item."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from lantai.kit.handover import opinions
from lantai.kit.handover.sheet import CODE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lantai.apps.catalogue.models import Description

TITLE = "题名"


def annex(rows: QuerySet[Description]) -> bytes:
    """The annex of ``rows``, which carry ``said``; texts are never formulas."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    with override("zh-hans"):
        sheet = book.add_worksheet(_("移交附表"))
        headings = (CODE, TITLE, *opinions.HEADINGS.values())
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, 1, 34, text)
        sheet.set_column(2, len(headings) - 1, 18, text)
        sheet.write_row(0, 0, headings, book.add_format({"bold": True, "bottom": 1}))
        count = 0
        for count, row in enumerate(rows.iterator(), 1):
            said = opinions.as_row(opinions.read(row.said or {})[0])
            sheet.write_string(count, 0, row.reference_code)
            sheet.write_string(count, 1, row.title[:1_000])
            for column, heading in enumerate(opinions.HEADINGS.values(), 2):
                sheet.write_string(count, column, said.get(heading, ""))
        _offer_choices(sheet, count)
    book.close()
    return made.getvalue()


def _offer_choices(sheet: xlsxwriter.worksheet.Worksheet, last: int) -> None:
    words = {"opening": opinions.OPENINGS, "disclosure": opinions.DISCLOSURES, "change": opinions.CHANGES}
    for column, name in enumerate(opinions.HEADINGS, 2):
        if name in words:
            allowed = list(words[name].values())
            sheet.data_validation(1, column, max(last, 1), column, {"validate": "list", "source": allowed})
