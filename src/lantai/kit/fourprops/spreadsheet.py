"""A report as a workbook, written row by row: summary, rules, problems, failed items, sheets for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from lantai.kit.errors import N_
from lantai.kit.fourprops.report import Report, Result
from lantai.kit.fourprops.scheme import scheme_for, slugs
from lantai.kit.fourprops.telling import told
from lantai.kit.fourprops.vocabulary import (
    CONCLUSION_LABELS,
    OUTCOME_LABELS,
    PROPERTY_LABELS,
    STAGE_LABELS,
    Outcome,
)

Translate = Callable[[str], str]
_LONGEST_CELL = 32_000  # Excel takes 32,767 characters


def report_xlsx(report: Report, out: Path | BinaryIO, translate: Translate = str) -> None:
    """Write ``report`` as a workbook to ``out``; ``translate`` is applied to every message id."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(out) if isinstance(out, Path) else out, options) as book:
        # The workbook tells of the day of the check; so the same report is the same workbook whenever it is written.
        book.set_properties({"created": datetime.fromisoformat(report.checked_on)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for title, widths, rows in _sheets(report, translate):
            with _sheet(book, translate(title), widths) as write:
                for number, row in enumerate(rows):
                    write(number, row, plain if number else bold)


@contextmanager
def _sheet(
    book: Any, title: str, widths: Iterable[int]
) -> Iterator[Callable[[int, Iterable[object], object], None]]:
    sheet = book.add_worksheet(title[:31])
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)

    def write(number: int, row: Iterable[object], style: object) -> None:
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value, style)
            else:
                sheet.write_string(number, column, str(value)[:_LONGEST_CELL], style)

    yield write


Rows = Iterator[Iterable[object]]


def _sheets(report: Report, translate: Translate) -> Iterator[tuple[str, tuple[int, ...], Rows]]:
    yield N_("概况"), (18, 60), _summary(report, translate)
    yield N_("检测项"), (12, 10, 44, 12, 8, 8, 8, 8, 30), _rules(report, translate)
    yield N_("问题"), (12, 30, 10, 30, 40, 14, 50, 40), _problems(report, translate)
    yield N_("不合格件"), (40, 40, 40), _items(report, translate)
    yield N_("人工检测"), (12, 40, 40, 30, 30), _worksheets(report, translate)


def _summary(report: Report, translate: Translate) -> Rows:
    title = translate(scheme_for(report.scheme).title) if report.scheme in slugs() else report.scheme
    yield translate(N_("项目")), translate(N_("内容"))
    yield translate(N_("结论")), translate(CONCLUSION_LABELS[report.conclusion])
    yield translate(N_("检测环节")), translate(STAGE_LABELS[report.stage])
    yield translate(N_("检测方案")), f"{title} {report.scheme_edition}"
    yield translate(N_("检测日期")), report.checked_on
    yield translate(N_("检测件数")), report.items_checked
    yield translate(N_("不合格件数")), report.items_failed
    for prop, counts in report.counts.items():
        told = "  ".join(f"{translate(OUTCOME_LABELS[out])} {n}" for out, n in counts.items() if n)
        yield translate(PROPERTY_LABELS[prop]), told


def _rules(report: Report, translate: Translate) -> Rows:
    heads = (
        N_("代码"), N_("性质"), N_("检测项"), N_("结果"), N_("通过"), N_("提示"), N_("不通过"), N_("未决"), N_("依据"),
    )  # fmt: skip
    yield tuple(map(translate, heads))
    for result in report.results:
        counts = result.counts
        yield (
            result.code,
            translate(PROPERTY_LABELS[result.property]),
            translate(result.name),
            translate(OUTCOME_LABELS[result.outcome]),
            counts.get(Outcome.PASS, 0),
            counts.get(Outcome.WARN, 0),
            counts.get(Outcome.FAIL, 0),
            counts.get(Outcome.MANUAL, 0) + counts.get(Outcome.NOT_RUN, 0),
            result.basis,
        )


def _problems(report: Report, translate: Translate) -> Rows:
    heads = (
        N_("代码"), N_("检测项"), N_("结果"), N_("档号"), N_("文件"), N_("元数据项"), N_("原因"), N_("处理办法"),
    )  # fmt: skip
    yield tuple(map(translate, heads))
    for result in report.results:
        yield from _problems_of(result, translate)


def _problems_of(result: Result, translate: Translate) -> Rows:
    for finding in result.findings:
        place = finding.place
        yield (
            result.code,
            translate(result.name),
            translate(OUTCOME_LABELS[finding.outcome]),
            place.reference_code or place.item,
            place.path,
            translate(place.field) if place.field else "",
            told(finding.message, finding.params, translate),
            told(finding.remedy, finding.params, translate),
        )
    if result.findings_left_out:
        left = translate(N_("另有 %(count)d 处同类问题未逐条列出。")) % {"count": result.findings_left_out}
        yield result.code, translate(result.name), "", "", "", "", left, ""


def _items(report: Report, translate: Translate) -> Rows:
    yield translate(N_("件")), translate(N_("档号")), translate(N_("不合格的检测项"))
    for item in report.failed_items:
        yield item.key, item.reference_code, "、".join(item.codes)


def _worksheets(report: Report, translate: Translate) -> Rows:
    heads = (N_("代码"), N_("检测内容"), N_("查看"), N_("填写"), N_("抽到的档案"))
    yield tuple(map(translate, heads))
    for result in report.results:
        sheet = result.worksheet
        if sheet is None:
            continue
        lines = [translate(sheet.task), *(translate(line) for line in sheet.look_at)]
        answers = [f"{translate(one.label)}：{sheet.answers.get(one.name, '')}" for one in sheet.questions]
        places = [str(place) for place in sheet.sample]
        for row in range(max(len(lines) - 1, len(answers), len(places), 1)):
            yield (
                result.code,
                lines[0] if not row else "",
                lines[row + 1] if row + 1 < len(lines) else "",
                answers[row] if row < len(answers) else "",
                places[row] if row < len(places) else "",
            )
