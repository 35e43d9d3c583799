"""The report of a four-property test as a page's rows, a spreadsheet and a printed document."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from lantai.apps.custody import queries
from lantai.apps.custody.models import CheckResult, CheckRun
from lantai.kit.fourprops.vocabulary import OUTCOME_LABELS, PROPERTY_LABELS, Outcome, Property
from lantai.platform.documents import services as documents
from lantai.platform.ui.types import State, Tone

TONES = {
    Outcome.PASS: Tone.GOOD,
    Outcome.WARN: Tone.WARN,
    Outcome.FAIL: Tone.BAD,
    Outcome.MANUAL: Tone.BUSY,
    Outcome.NOT_RUN: Tone.WARN,
    Outcome.NOT_APPLICABLE: Tone.PLAIN,
}
MOST_FINDINGS = 5_000


@dataclass(frozen=True, slots=True)
class Bar:
    """One of the four properties with how its checks came out."""

    label: str
    passed: int
    warned: int
    failed: int
    open: int

    @property
    def total(self) -> int:
        """All checks that apply."""
        return self.passed + self.warned + self.failed + self.open


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report in the reader's language."""

    code: str
    name: str
    property: str
    state: State
    place: str
    message: str
    remedy: str
    basis: str
    tested: int
    failed: int


def bars(check: CheckRun) -> list[Bar]:
    """The four properties in the standard's order."""
    return [_bar(prop, check.counts.get(prop, {})) for prop in Property]


def _bar(prop: Property, counts: dict[str, int]) -> Bar:
    waiting = counts.get(Outcome.MANUAL, 0) + counts.get(Outcome.NOT_RUN, 0)
    return Bar(gettext(PROPERTY_LABELS[prop]), counts.get(Outcome.PASS, 0), counts.get(Outcome.WARN, 0),
               counts.get(Outcome.FAIL, 0), waiting)  # fmt: skip


def lines(rows: Iterable[CheckResult]) -> list[Line]:
    """Stored results in the reader's language."""
    return [_line(row) for row in rows]


def _line(row: CheckResult) -> Line:
    outcome = Outcome(row.outcome)
    return Line(
        row.code, gettext(row.name), gettext(PROPERTY_LABELS[Property(row.property)]),
        State(gettext_lazy(OUTCOME_LABELS[outcome]), TONES[outcome]), row.place, said(row.message, row.params),
        said(row.remedy, row.params), row.basis, row.tested, row.failed,
    )  # fmt: skip


def said(text: str, params: dict[str, object]) -> str:
    """A message id with its values, in the reader's language."""
    return (gettext(text) % params if params else gettext(text)) if text else ""


def _columns() -> tuple[str, ...]:
    return (
        _("检测项"),
        _("四性"),
        _("名称"),
        _("结果"),
        _("位置"),
        _("说明"),
        _("处理建议"),
        _("依据"),
        _("检测数"),
        _("不合格数"),
    )


def _cells(line: Line) -> tuple[str | int, ...]:
    return (line.code, line.property, line.name, str(line.state.label), line.place, line.message, line.remedy,
            line.basis, line.tested, line.failed)  # fmt: skip


def spreadsheet(check: CheckRun) -> bytes:
    """The whole report as xlsx: a sheet of checks and a sheet of findings; texts are never formulas."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for title, is_summary in ((_("检测项目"), True), (_("问题清单"), False)):
        sheet = book.add_worksheet(title)
        sheet.set_column(0, 9, 18)
        sheet.write_row(0, 0, _columns(), head)
        for number, line in enumerate(lines(queries.results(check.pk, is_summary=is_summary).iterator()), 1):
            sheet.write_row(number, 0, _cells(line))
    book.close()
    return made.getvalue()


def document(check: CheckRun, *, subject: str) -> bytes:
    """The report as PDF/A, with the first ``MOST_FINDINGS`` findings; the rest are in the spreadsheet."""
    findings = lines(queries.results(check.pk, is_summary=False)[:MOST_FINDINGS])
    data = {
        "archives": check.org.name,
        "title": _("四性检测报告"),
        "subject": subject,
        "source": _("检测编号 %(n)d") % {"n": check.pk},
        "facts": [
            [_("检测对象"), subject],
            [_("被检测单位"), check.subject_org.name],
            [_("时机"), str(check.get_occasion_display())],
            [_("环节"), str(check.get_stage_display())],
            [_("检测方案"), check.scheme_title],
            [_("件数"), str(check.item_count)],
            [_("不合格件数"), str(check.failed_item_count)],
            [_("结论"), str(check.get_conclusion_display())],
            [_("检测人"), check.operator_name],
            [_("检测时间"), timezone.localtime(check.finished_at).strftime("%Y-%m-%d %H:%M")],
        ],
        "checks_title": _("检测项目"),
        "findings_title": _("问题清单"),
        "check_head": [_("检测项"), _("四性"), _("名称"), _("结果"), _("检测数"), _("不合格数")],
        "checks": [[x.code, x.property, x.name, str(x.state.label), str(x.tested), str(x.failed)]
                   for x in lines(queries.results(check.pk, is_summary=True))],
        "finding_head": [_("检测项"), _("位置"), _("说明"), _("处理建议")],
        "findings": [[x.code, x.place, x.message, x.remedy] for x in findings],
        "no_findings": _("没有发现问题。"),
    }  # fmt: skip
    return documents.render(
        "report.typ", data, root=Path(__file__).parent / "typst", made_at=check.finished_at
    )
