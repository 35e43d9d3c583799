"""退回清单: each item that goes back with every reason and its remedy, as a spreadsheet and as PDF/A."""

from __future__ import annotations

import io
from collections.abc import Iterator

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lantai.apps.intake import queries
from lantai.apps.intake.models import Submission, SubmissionItem
from lantai.apps.intake.papers.registers import TYPST
from lantai.apps.intake.types import ItemVerdict
from lantai.platform.documents import services as documents

LONGEST_CELL = 32_000
MOST_PRINTED = 2_000


def _cells(number: int, item: SubmissionItem) -> tuple[str, ...]:
    why, remedies = queries.reasons_and_remedies(item)
    verdict = str(ItemVerdict(item.verdict).label)
    return (str(number), item.reference_code, item.title, verdict, "\n".join(why), "\n".join(remedies))


def _rows(submission: Submission) -> Iterator[tuple[str, ...]]:
    for number, item in enumerate(queries.returned_items(submission).iterator(), 1):
        yield _cells(number, item)


def _head() -> tuple[str, ...]:
    return (_("序号"), _("档号"), _("题名"), _("结论"), _("不合格原因"), _("补正办法"))


def return_list(submission: Submission) -> bytes:
    """The list as xlsx; texts are never formulas."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("退回清单"))
    bold = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 5, 32)
    sheet.write_row(0, 0, (_("移交批次号"), submission.number, submission.title))
    sheet.write_row(1, 0, _head(), bold)
    for line, cells in enumerate(_rows(submission), 2):
        for column, text in enumerate(cells):
            sheet.write_string(line, column, text[:LONGEST_CELL], wrapped)
    book.close()
    return made.getvalue()


def return_list_pdf(submission: Submission) -> bytes:
    """The list as a sheet of paper with both numbers and the general reason, in Chinese whoever prints it."""
    asked = queries.return_list_of(submission)
    with override("zh-hans"):
        rows = [list(cells) for cells in list(_rows(submission))[:MOST_PRINTED]]
        made_at = asked.made_at if asked else submission.decided_at or submission.submitted_at
        data = {
            "archives": submission.archives.name,
            "title": _("电子档案移交退回清单"),
            "source": _("移交批次号 %(number)s") % {"number": submission.number},
            "facts": [
                [_("退回清单号"), asked.number if asked else submission.number],
                [_("移交单位"), submission.agency.name],
                [_("交接工作名称"), submission.title],
                [_("接收件数"), str(submission.accepted_item_count)],
                [_("退回件数"), str(queries.returned_items(submission).count())],
                [_("退回日期"), timezone.localtime(made_at).strftime("%Y-%m-%d")],
                [_("经办人"), submission.decider_name],
            ],
            "head": list(_head()),
            "rows": rows,
        }
        return documents.render("returns.typ", data, root=TYPST, made_at=made_at)
