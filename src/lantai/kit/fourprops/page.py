"""A report as one page that needs nothing besides itself: to be read, mailed and printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from lantai.kit.errors import N_
from lantai.kit.fourprops.findings import Finding
from lantai.kit.fourprops.grouping import OPEN, WRONG, Bar, Reason, RuleFailures, bars, failures_by_rule
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.telling import place_told, told
from lantai.kit.fourprops.vocabulary import (
    CONCLUSION_LABELS,
    OUTCOME_LABELS,
    PROPERTY_LABELS,
    STAGE_LABELS,
    Outcome,
)
from lantai.kit.fourprops.worksheets import Worksheet

Translate = Callable[[str], str]
_FOUND = N_("发现的问题")
_STILL_OPEN = N_("尚未检测、待人工检测的项目")
_MORE = N_("另有 %(count)d 处。")
_ALL_CHECKS = N_("全部检测项")
MOST_PLACES = 50  # of one reason on the page; the workbook names all that are kept

_STYLE = """
:root{color-scheme:light}body{font:15px/1.6 "Noto Sans SC","Source Han Sans SC","Microsoft YaHei",sans-serif;
max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f}h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;
margin:2rem 0 .5rem;border-bottom:1px solid #ccc}h3{font-size:1rem;margin:1.2rem 0 .2rem}dl{display:grid;
grid-template-columns:auto 1fr;gap:.1rem 1rem}dt{color:#555}dd{margin:0}ul{margin:.2rem 0 .6rem;padding-left:1.4rem}
.bar{display:flex;height:1.1rem;border:1px solid #888;margin:.1rem 0}.bar i{display:block;min-width:2px}
.pass{background:#3a7d44}.warn{background:#e0b12e}.manual{background:#7a9cc6}.not_run{background:#bbb}
.fail{background:#b3261e}.not_applicable{background:#fff}.remedy{color:#1b5e20}.basis{color:#555;font-size:.85rem}
.verdict{font-size:1.2rem;font-weight:700}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;
padding:.2rem .5rem;text-align:left;vertical-align:top}@media print{body{margin:0;max-width:none;font-size:11pt}
h2{break-after:avoid}.rule,table{break-inside:avoid}.bar i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
""".strip()


def report_html(
    report: Report, translate: Translate = str, *, subject: str = "", language: str = "zh-Hans"
) -> str:
    """``report`` as a whole HTML page; ``translate`` is applied to every message id, ``subject`` names the package."""
    return "".join(_page(report, translate, subject, language))


def _page(report: Report, translate: Translate, subject: str, language: str) -> Iterator[str]:
    title = escape(translate(N_("四性检测报告")))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
    yield from _head(report, translate, subject)
    yield from _bars(report, translate)
    wrong = list(failures_by_rule(report, WRONG))
    yield f"<h2>{escape(translate(_FOUND))}</h2>"
    if not wrong:
        yield f"<p>{escape(translate(N_('没有发现问题。')))}</p>"
    for rule in wrong:
        yield from _rule(rule, translate)
    still_open = list(failures_by_rule(report, OPEN))
    if still_open:
        yield f"<h2>{escape(translate(_STILL_OPEN))}</h2>"
    for rule in still_open:
        yield from _rule(rule, translate)
        if rule.result.worksheet is not None:
            yield from _worksheet(rule.result.worksheet, translate)
    yield from _table(report, translate)
    yield "</body></html>"


def _head(report: Report, translate: Translate, subject: str) -> Iterator[str]:
    rows = (
        (N_("检测对象"), subject),
        (N_("检测环节"), translate(STAGE_LABELS[report.stage])),
        (N_("检测方案"), f"{report.scheme} {report.scheme_edition}"),
        (N_("检测日期"), report.checked_on),
        (N_("检测件数"), str(report.items_checked)),
        (N_("不合格件数"), str(report.items_failed)),
    )
    yield f'<p class="verdict">{escape(translate(CONCLUSION_LABELS[report.conclusion]))}</p><dl>'
    for label, value in rows:
        if value:
            yield f"<dt>{escape(translate(label))}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"


def _bars(report: Report, translate: Translate) -> Iterator[str]:
    for bar in bars(report):
        yield f"<h3>{escape(translate(PROPERTY_LABELS[bar.property]))}</h3>"
        parts = "".join(
            f'<i class="{outcome}" style="width:{share:.2f}%"></i>' for outcome, share in bar.shares
        )
        yield f'<div class="bar" role="img" aria-label="{escape(_said(bar, translate))}">{parts}</div>'
        yield f"<div>{escape(_said(bar, translate))}</div>"


def _said(bar: Bar, translate: Translate) -> str:
    told = [f"{translate(OUTCOME_LABELS[outcome])} {bar.counts[outcome]}" for outcome, _share in bar.shares]
    return " · ".join(told)


def _rule(rule: RuleFailures, translate: Translate) -> Iterator[str]:
    result = rule.result
    blocking = translate(N_("不通过即退回")) if result.is_blocking else translate(N_("仅供参考"))
    yield f'<div class="rule"><h3>{escape(result.code)} {escape(translate(result.name))}</h3>'
    yield f'<div class="basis">{escape(result.basis)} · {escape(blocking)}</div>'
    for reason in rule.reasons:
        yield from _reason(reason, translate)
    if result.findings_left_out:
        left = translate(N_("另有 %(count)d 处同类问题未逐条列出。")) % {"count": result.findings_left_out}
        yield f"<p>{escape(left)}</p>"
    yield "</div>"


def _reason(reason: Reason, translate: Translate) -> Iterator[str]:
    outcome = escape(translate(OUTCOME_LABELS[reason.outcome]))
    yield f"<ul><li><b>{outcome}</b><ul>"
    for finding in reason.findings[:MOST_PLACES]:
        yield f"<li>{escape(_line(finding, translate))}</li>"
    more = len(reason.findings) - MOST_PLACES
    if more > 0:
        yield f"<li>{escape(translate(_MORE) % {'count': more})}</li>"
    yield "</ul>"
    if reason.remedy:
        said = told(reason.remedy, reason.findings[0].params, translate)
        yield f'<div class="remedy">→ {escape(said)}</div>'
    yield "</li></ul>"


def _line(finding: Finding, translate: Translate) -> str:
    said = told(finding.message, finding.params, translate)
    place = place_told(str(finding.place), translate)
    return f"{place}：{said}" if place else said


def _worksheet(sheet: Worksheet, translate: Translate) -> Iterator[str]:
    yield f"<p>{escape(translate(sheet.task))}</p><ul>"
    yield from (f"<li>{escape(translate(line))}</li>" for line in sheet.look_at)
    yield "</ul>"
    if sheet.sample:
        drawn = translate(N_("按 %(percent)d%% 从 %(population)d 件中抽取 %(count)d 件（种子“%(seed)s”）："))
        said = drawn % {
            "percent": sheet.percent, "population": sheet.population, "count": len(sheet.sample), "seed": sheet.seed,
        }  # fmt: skip
        yield f"<p>{escape(said)}</p><ul>"
        yield from (f"<li>{escape(str(place))}</li>" for place in sheet.sample)
        yield "</ul>"
    yield "<table>"
    for question in sheet.questions:
        answer = sheet.answers.get(question.name, "")
        yield f'<tr><th style="width:16rem">{escape(translate(question.label))}</th><td>{escape(answer)}</td></tr>'
    yield "</table>"


def _table(report: Report, translate: Translate) -> Iterator[str]:
    yield f"<h2>{escape(translate(_ALL_CHECKS))}</h2><table>"
    for result in report.results:
        wrong = result.counts.get(Outcome.FAIL, 0)
        shown = f" {wrong}" if wrong else ""
        outcome = escape(translate(OUTCOME_LABELS[result.outcome]))
        name = escape(translate(result.name))
        yield f"<tr><td>{escape(result.code)}</td><td>{name}</td><td>{outcome}{shown}</td></tr>"
    yield "</table>"
