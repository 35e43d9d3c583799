"""The report at a terminal: four bars, the rules that fail with their first places, what is left to do."""

from __future__ import annotations

from collections.abc import Sequence

from lantai.kit.cli import Console
from lantai.kit.errors import N_
from lantai.kit.fourprops.grouping import OPEN, RuleFailures, bars
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import scheme_for, slugs
from lantai.kit.fourprops.telling import place_told, told
from lantai.kit.fourprops.vocabulary import CONCLUSION_LABELS, OUTCOME_LABELS, PROPERTY_LABELS, Outcome

WIDTH = 40
PLACES = 3
_SIGNS = {
    Outcome.PASS: "█",
    Outcome.WARN: "▒",
    Outcome.MANUAL: "?",
    Outcome.NOT_RUN: "·",
    Outcome.FAIL: "X",
}


def say_summary(report: Report, console: Console, wrong: Sequence[RuleFailures]) -> None:
    """Short enough for one screen where little is wrong."""
    title = scheme_for(report.scheme).title if report.scheme in slugs() else report.scheme
    console.say(
        N_("四性检测：%(conclusion)s（%(scheme)s，%(items)d 件，不合格 %(failed)d 件）"),
        conclusion=console.text(CONCLUSION_LABELS[report.conclusion]),
        scheme=console.text(title),
        items=report.items_checked,
        failed=report.items_failed,
    )
    for bar in bars(report):
        drawn = "".join(_SIGNS[outcome] * max(1, round(share * WIDTH / 100)) for outcome, share in bar.shares)
        told = " ".join(
            f"{console.text(OUTCOME_LABELS[out])} {bar.counts[out]}" for out, _share in bar.shares
        )
        console.line(f"  {console.text(PROPERTY_LABELS[bar.property])}  {drawn[:WIDTH]:<{WIDTH}}  {told}")
    for rule in wrong:
        _say_rule(rule, console)
    waiting = [result.code for result in report.results if result.is_blocking and result.outcome in OPEN]
    if waiting:
        console.say(
            N_("还有 %(count)d 项须由人工或外部设备检测：%(codes)s。详见检测报告中的工作单。"),
            count=len(waiting),
            codes="、".join(waiting),
        )


def _say_rule(rule: RuleFailures, console: Console) -> None:
    outcome = console.text(OUTCOME_LABELS[rule.result.outcome])
    console.line(f"{rule.result.code} {console.text(rule.result.name)}：{outcome}")
    for reason in rule.reasons:
        for finding in reason.findings[:PLACES]:
            place = place_told(f"{finding.place}", console.text)
            said = told(finding.message, finding.params, console.text)
            console.line(f"  - {place}：{said}" if place else f"  - {said}")
        more = len(reason.findings) - PLACES + rule.result.findings_left_out
        if more > 0:
            console.say(N_("    另有 %(count)d 处。"), count=more)
        if reason.remedy:
            console.line(f"    → {told(reason.remedy, reason.findings[0].params, console.text)}")
