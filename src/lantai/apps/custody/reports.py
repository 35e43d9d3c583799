"""The report of a four-property test as a page's rows, a spreadsheet and a printed document."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from lantai.apps.custody import queries
from lantai.apps.custody.models import CheckOverride, CheckResult, CheckRun
from lantai.apps.custody.services import fixers
from lantai.apps.custody.types import Conclusion
from lantai.kit.errors import Missing
from lantai.kit.fourprops import telling
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import scheme_for, slugs
from lantai.kit.fourprops.spreadsheet import report_xlsx
from lantai.kit.fourprops.vocabulary import OUTCOME_LABELS, PROPERTY_LABELS, Outcome, Property
from lantai.kit.metadata import crosswalk
from lantai.platform.context import Ctx
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
_FORM_NAMES = {"class_code": "class_id"}  # chosen from a list there
MOST_PRINTED = 1_000


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
    outcome: str


def lines(rows: Iterable[CheckResult]) -> list[Line]:
    """Stored results in the reader's language."""
    return [_line(row) for row in rows]


def _line(row: CheckResult) -> Line:
    outcome = Outcome(row.outcome)
    return Line(
        row.code, gettext(row.name), gettext(PROPERTY_LABELS[Property(row.property)]),
        State(gettext_lazy(OUTCOME_LABELS[outcome]), TONES[outcome]),
        telling.place_told(row.place, gettext), said(row.message, row.params),
        said(row.remedy, row.params), row.basis, row.tested, row.failed, row.outcome,
    )  # fmt: skip


def said(text: str, params: dict[str, object]) -> str:
    """A message id with its values, in the reader's language."""
    return telling.told(text, params, gettext)


def spreadsheet(report: Report) -> bytes:
    """The whole report as xlsx, in the reader's language; texts are never formulas."""
    made = io.BytesIO()
    report_xlsx(report, made, gettext)
    return made.getvalue()


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a finding."""

    place: str
    message: str
    item_url: str
    fix_url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule and outcome that ask for the same remedy."""

    line: Line
    is_blocking: bool
    spots: tuple[Spot, ...]


def groups(ctx: Ctx, check: CheckRun, rows: Sequence[CheckResult]) -> list[Group]:
    """Findings under their rules, in the order they come, with links to their items and to where to mend them."""
    fixer = fixers.fixer_of(check.subject_type)
    keys = {row.item_key for row in rows if row.item_key}
    items = fixer.item_urls(ctx, check.subject_id, keys) if fixer else {}
    mends = fixer.fix_urls(ctx, check.subject_id, {r.item_key for r in rows if r.element}) if fixer else {}
    found: list[Group] = []
    anchors = _anchors(check, {row.element for row in rows if row.element}) if mends else {}
    for _key, same in groupby(rows, key=lambda row: (row.code, row.outcome, row.remedy)):
        some = list(same)
        spots = tuple(
            Spot(telling.place_told(row.place, gettext), said(row.message, row.params), items.get(row.item_key, ""),
                 _fix_url(mends.get(row.item_key, ""), anchors.get(row.element, "")))
            for row in some
        )  # fmt: skip
        found.append(Group(_line(some[0]), some[0].is_blocking, spots))
    return found


def _fix_url(url: str, anchor: str) -> str:
    """The form in which a finding is mended, at the field that it is about."""
    return f"{url}#{anchor}" if url and anchor else ""


def _anchors(check: CheckRun, elements: Iterable[str]) -> dict[str, str]:
    """Element → the id of its field, in the forms of every app: our own name for it, or the kind's own element."""
    scheme = scheme_for(check.scheme).elements if check.scheme in slugs() else None
    try:
        ours = crosswalk(scheme.name).to_fields({one: one for one in elements}) if scheme else {}
    except Missing:
        ours = {}
    own = {element: f"id_element_{element}" for element in elements}
    return own | {element: f"id_{_FORM_NAMES.get(name, name)}" for name, element in ours.items()}


def sentence(check: CheckRun, override: CheckOverride | None) -> str:
    """The conclusion in one sentence that says what follows from it."""
    told = {"items": check.item_count, "failed": check.failed_item_count}
    if check.conclusion == Conclusion.PASSED:
        return _("检测 %(items)d 件，必检项目全部通过。") % told
    if check.conclusion == Conclusion.NEEDS_PERSON:
        return _("检测 %(items)d 件，没有发现不合格，但有必检项目须由人工检测后才能下结论。") % told
    if override and override.is_granted:
        return _("检测 %(items)d 件，不合格 %(failed)d 件；经另一人同意例外放行，原检测结果保留。") % told
    return _("检测 %(items)d 件，不合格 %(failed)d 件。请按下列原因改正后重新检测。") % told


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
            [_("检测方案"), f"{check.scheme_title} {check.scheme_version}"],
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
