"""A report as a clerk works through it: rule by rule, reason by reason, with the places of each."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lantai.kit.fourprops.findings import Finding
from lantai.kit.fourprops.report import Report, Result
from lantai.kit.fourprops.vocabulary import GRAVITY, Outcome, Property

WRONG = (Outcome.FAIL, Outcome.WARN)
OPEN = (Outcome.NOT_RUN, Outcome.MANUAL)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is wrong, wherever it is: the findings differ in their places and values only."""

    outcome: Outcome
    message: str
    remedy: str
    findings: tuple[Finding, ...]

    @property
    def is_fixable(self) -> bool:
        """Whether a clerk can put all of them right by typing."""
        return all(finding.is_fixable for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RuleFailures:
    """One rule with its reasons, the gravest first."""

    result: Result
    reasons: tuple[Reason, ...]


def failures_by_rule(report: Report, outcomes: tuple[Outcome, ...] = WRONG) -> Iterator[RuleFailures]:
    """The rules with findings of these ``outcomes``: blocking ones before the others, then by code."""
    for result in sorted(report.results, key=lambda result: not result.is_blocking):
        reasons = _reasons(result, outcomes)
        if reasons:
            yield RuleFailures(result, reasons)


def _reasons(result: Result, outcomes: tuple[Outcome, ...]) -> tuple[Reason, ...]:
    found: dict[tuple[Outcome, str, str], list[Finding]] = {}
    for finding in result.findings:
        if finding.outcome in outcomes:
            found.setdefault((finding.outcome, finding.message, finding.remedy), []).append(finding)
    gravest_first = sorted(found.items(), key=lambda pair: GRAVITY.index(pair[0][0]))
    return tuple(Reason(*key, tuple(findings)) for key, findings in gravest_first)


def fixable_fields(report: Report) -> dict[str, frozenset[str]]:
    """Item key → identifiers of the elements that a clerk can correct there."""
    found: dict[str, set[str]] = {}
    for result in report.results:
        for finding in result.findings:
            if finding.is_fixable:
                found.setdefault(finding.place.item, set()).add(finding.place.element)
    return {key: frozenset(elements) for key, elements in found.items()}


@dataclass(frozen=True, slots=True)
class Bar:
    """One property in parts of a hundred, in the order of `shares`; none where no check was made."""

    property: Property
    counts: Mapping[Outcome, int]

    @builtins.property  # the field above takes the short name in this class
    def checks(self) -> int:
        """How many checks there are, those that do not apply left out."""
        return sum(count for outcome, count in self.counts.items() if outcome is not Outcome.NOT_APPLICABLE)

    @builtins.property  # the field above takes the short name in this class
    def shares(self) -> tuple[tuple[Outcome, float], ...]:
        """Outcomes that occur with their per cent, the good ones first."""
        order = (Outcome.PASS, Outcome.WARN, Outcome.MANUAL, Outcome.NOT_RUN, Outcome.FAIL)
        return tuple(
            (outcome, 100 * self.counts[outcome] / self.checks)
            for outcome in order
            if self.checks and self.counts[outcome]
        )


def bars(report: Report) -> tuple[Bar, ...]:
    """The four properties."""
    return tuple(Bar(prop, counts) for prop, counts in report.counts.items())
