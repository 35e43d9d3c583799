"""Two reports about the same thing, side by side in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantai.apps.schemes.models import Preview
from lantai.apps.schemes.types import PreviewNotReady
from lantai.kit.fourprops.comparing import RuleChange, RunComparison, compare_runs
from lantai.kit.fourprops.findings import Finding
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.telling import place_told, told
from lantai.kit.fourprops.vocabulary import CONCLUSION_LABELS, OUTCOME_LABELS, Conclusion, Outcome
from lantai.platform.ui.types import State, Tone

MOST_PLACES = 20
_TONES = {Conclusion.PASSED: Tone.GOOD, Conclusion.FAILED: Tone.BAD, Conclusion.NEEDS_PERSON: Tone.WARN}


@dataclass(frozen=True, slots=True)
class Side:
    """One report in short."""

    state: State
    item_count: int
    failed_count: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One check that came out otherwise, with some of the places."""

    code: str
    name: str
    before: str
    after: str
    fixed: int
    new: int
    still: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides and what differs."""

    before: Side
    after: Side
    items_fixed: tuple[str, ...]
    items_new: tuple[str, ...]
    still_count: int
    rows: tuple[ChangeRow, ...]
    is_whole: bool


def compared(preview: Preview) -> Compared:
    """Both reports of a trial; raises ``PreviewNotReady``."""
    if not preview.report_tried:
        raise PreviewNotReady
    return side_by_side(Report.from_json(preview.report_in_force), Report.from_json(preview.report_tried))


def side_by_side(before: Report, after: Report) -> Compared:
    """What ``after`` found otherwise than ``before``."""
    found: RunComparison = compare_runs(before, after)
    return Compared(
        _side(before),
        _side(after),
        found.items_fixed,
        found.items_new,
        len(found.items_still),
        tuple(map(_row, found.rules)),
        found.is_whole,
    )


def _side(report: Report) -> Side:
    label = gettext_lazy(CONCLUSION_LABELS[report.conclusion])
    return Side(State(label, _TONES[report.conclusion]), report.items_checked, report.items_failed)


def _row(change: RuleChange) -> ChangeRow:
    return ChangeRow(
        change.code,
        _(change.name),
        _outcome(change.before),
        _outcome(change.after),
        len(change.fixed),
        len(change.new),
        len(change.still),
        tuple(_samples(change)),
    )


def _outcome(outcome: Outcome | None) -> str:
    return _(OUTCOME_LABELS[outcome]) if outcome else _("不检")


def _samples(change: RuleChange) -> Iterator[str]:
    signed = [
        *((_("新增：%(said)s"), one) for one in change.new),
        *((_("消除：%(said)s"), one) for one in change.fixed),
    ]
    for text, finding in signed[:MOST_PLACES]:
        yield text % {"said": _said(finding)}


def _said(finding: Finding) -> str:
    said = told(finding.message, finding.params, _)
    place = place_told(str(finding.place), _)
    return _("%(place)s：%(said)s") % {"place": place, "said": said} if place else said
