"""What changed between two runs over the same records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lantai.kit.fourprops.findings import Finding
from lantai.kit.fourprops.report import Report, Result
from lantai.kit.fourprops.vocabulary import Outcome, Property

_WRONG = frozenset({Outcome.FAIL, Outcome.WARN})
_Mark = tuple[str, str, str, str]  # item, path, element or field, message


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule in both runs; an outcome is None where the run did not have it. Codes are without a stage."""

    code: str
    name: str
    property: Property
    before: Outcome | None
    after: Outcome | None
    fixed: tuple[Finding, ...]
    new: tuple[Finding, ...]
    still: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Rules with a change or a failure that stays; items by key. Not whole where a run left findings out."""

    rules: tuple[RuleChange, ...]
    items_fixed: tuple[str, ...]
    items_new: tuple[str, ...]
    items_still: tuple[str, ...]
    is_whole: bool


def compare_runs(before: Report, after: Report) -> RunComparison:
    """What ``after`` no longer has, has newly and still has of failures and warnings, by rule and by item."""
    old, new = {_code(r): r for r in before.results}, {_code(r): r for r in after.results}
    codes = list(dict.fromkeys((*old, *new)))
    failed_before = {item.key: None for item in before.failed_items}
    failed_after = {item.key: None for item in after.failed_items}
    return RunComparison(
        tuple(change for code in codes if (change := _change(code, old.get(code), new.get(code)))),
        tuple(key for key in failed_before if key not in failed_after),
        tuple(key for key in failed_after if key not in failed_before),
        tuple(key for key in failed_after if key in failed_before),
        not any(result.findings_left_out for result in (*before.results, *after.results)),
    )


def _code(result: Result) -> str:
    return result.code.partition("-")[2]


def _change(code: str, old: Result | None, new: Result | None) -> RuleChange | None:
    either = new or old
    was, now = list(_wrong(old)), list(_wrong(new))
    fixed, added = list(_without(was, now)), list(_without(now, was))
    left = list(_without(now, added))
    before, after = old.outcome if old else None, new.outcome if new else None
    if either is None or not (fixed or added or left or before is not after):
        return None
    return RuleChange(
        code, either.name, either.property, before, after, tuple(fixed), tuple(added), tuple(left)
    )


def _wrong(result: Result | None) -> Iterator[Finding]:
    yield from (finding for finding in (result.findings if result else ()) if finding.outcome in _WRONG)


def _without(findings: list[Finding], others: list[Finding]) -> Iterator[Finding]:
    """``findings`` less ``others``, one for one: the same thing may be wrong twice at one place."""
    left = Counter(map(_mark, others))
    for finding in findings:
        mark = _mark(finding)
        if left[mark]:
            left[mark] -= 1
        else:
            yield finding


def _mark(finding: Finding) -> _Mark:
    """What makes two findings the same; figures in the wording may differ."""
    place = finding.place
    return place.item or place.reference_code, place.path, place.element or place.field, finding.message
