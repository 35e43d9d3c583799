"""The report of a run: kept as JSON with the record, shown as rows."""

from __future__ import annotations

import builtins
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from types import MappingProxyType

from lantai.kit.errors import N_, Invalid, Missing
from lantai.kit.fourprops.findings import Finding, Place
from lantai.kit.fourprops.telling import place_told, told
from lantai.kit.fourprops.vocabulary import (
    OUTCOME_LABELS,
    PROPERTY_LABELS,
    Conclusion,
    Outcome,
    Property,
    Stage,
    gravest,
)
from lantai.kit.fourprops.worksheets import Answer, Question, Worksheet

FORMAT = "lantai-fourprops-report/2"  # a reader of JSON may rely on every key that a version has
_OPEN: frozenset[Outcome] = frozenset({Outcome.MANUAL, Outcome.NOT_RUN})


@dataclass(frozen=True, slots=True)
class Result:
    """One check over the whole subject; passing items are counted, the others named."""

    code: str  # YJ-1-2
    name: str
    property: Property
    is_blocking: bool
    basis: str
    certainty: str  # how sure code and name are: A, B, C or D, see the scheme
    counts: Mapping[Outcome, int]
    findings: tuple[Finding, ...] = ()
    findings_left_out: int = 0
    worksheet: Worksheet | None = None  # for whoever decides what is open

    @builtins.property  # the field above takes the short name in this class
    def outcome(self) -> Outcome:
        """The gravest outcome that was counted."""
        return gravest({outcome for outcome, count in self.counts.items() if count})


@dataclass(frozen=True, slots=True)
class FailedItem:
    """An item with at least one failure in a blocking check, for the list of what goes back."""

    key: str
    reference_code: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found; the conclusion follows from the results and is never stored beside them."""

    stage: Stage
    scheme: str
    scheme_edition: str
    checked_on: str  # ISO date
    items_checked: int
    results: tuple[Result, ...]
    failed_items: tuple[FailedItem, ...] = field(default=())

    @property
    def items_failed(self) -> int:
        """How many items fail a blocking check."""
        return len(self.failed_items)

    @property
    def conclusion(self) -> Conclusion:
        """Failed by any blocking failure; a person is needed while a blocking check is not decided."""
        outcomes = {result.outcome for result in self.results if result.is_blocking}
        if Outcome.FAIL in outcomes:
            return Conclusion.FAILED
        if outcomes & _OPEN or Outcome.PASS not in outcomes | {Outcome.WARN}:
            return Conclusion.NEEDS_PERSON
        return Conclusion.PASSED

    @property
    def counts(self) -> dict[Property, dict[Outcome, int]]:
        """How many checks of each property came to each outcome."""
        table = {prop: dict.fromkeys(Outcome, 0) for prop in Property}
        for result in self.results:
            table[result.property][result.outcome] += 1
        return table

    def result(self, code: str) -> Result:
        """The result with `code` (with its stage letters); raises `Missing`."""
        for result in self.results:
            if result.code == code:
                return result
        raise Missing(N_("检测报告中没有检测项“%(code)s”。"), code=code)

    def judged(
        self,
        code: str,
        *,
        passes: bool,
        by: str,
        on: str,
        note: str = "",
        answers: Mapping[str, str] = MappingProxyType({}),
    ) -> Report:
        """The report after a person decided an open check; refuses to overrule what a machine found.

        ``answers`` are those to the questions of its worksheet.
        """
        result = self.result(code)
        if result.outcome not in _OPEN:
            raise Invalid(N_("检测项“%(code)s”已有自动检测结果，不能人工改判。"), field="code", code=code)
        outcome = Outcome.PASS if passes else Outcome.FAIL
        message = N_("人工检测：%(by)s，%(on)s。%(note)s")
        finding = Finding(outcome, message, {"by": by, "on": on, "note": note})
        counts = Counter({each: n for each, n in result.counts.items() if each not in _OPEN})
        counts[outcome] += 1
        decided = replace(
            result,
            counts=dict(counts),
            findings=(*result.findings, finding),
            worksheet=_answered(
                result.worksheet, {**answers, "judged_by": by, "judged_on": on, "note": note}
            ),
        )
        results = tuple(decided if each is result else each for each in self.results)
        return replace(self, results=results)

    def to_json(self) -> str:
        """The report as JSON, with conclusion and counts for readers that do not compute them."""
        raw = {
            "format": FORMAT,
            **asdict(self),
            "conclusion": self.conclusion,
            "items_failed": self.items_failed,
            "counts": self.counts,
        }
        return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The inverse of `to_json`; raises `Invalid` for any other text."""
        try:
            raw = json.loads(text)
            if raw["format"] != FORMAT:
                raise ValueError(raw["format"])
            return cls(
                Stage(raw["stage"]),
                raw["scheme"],
                raw["scheme_edition"],
                date.fromisoformat(raw["checked_on"]).isoformat(),
                raw["items_checked"],
                tuple(map(_result, raw["results"])),
                tuple(map(_failed_item, raw["failed_items"])),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(N_("检测报告无法读取：%(reason)s"), reason=repr(error)) from error


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line of the report as people read it."""

    code: str
    name: str
    property: str
    outcome: str
    place: str
    message: str
    remedy: str
    basis: str


def report_rows(report: Report, translate: Callable[[str], str] = str) -> Iterator[ReportRow]:
    """One row a check, or a row for each of its findings; `translate` is applied to every message id."""
    for result in report.results:
        for outcome, place, message, remedy in _lines(result, translate):
            yield ReportRow(
                result.code,
                translate(result.name),
                translate(PROPERTY_LABELS[result.property]),
                translate(OUTCOME_LABELS[outcome]),
                place,
                message,
                remedy,
                result.basis,
            )


def _lines(result: Result, translate: Callable[[str], str]) -> Iterator[tuple[Outcome, str, str, str]]:
    if not result.findings:
        passed = result.counts.get(Outcome.PASS, 0)
        said = N_("检测 %(count)d 个对象，全部符合。") if passed else N_("没有适用本项的对象。")
        yield result.outcome, "", translate(said) % {"count": passed}, ""
    for finding in result.findings:
        remedy = told(finding.remedy, finding.params, translate)
        place = place_told(str(finding.place), translate)
        yield finding.outcome, place, told(finding.message, finding.params, translate), remedy
    if result.findings_left_out:
        left = translate(N_("另有 %(count)d 处同类问题未逐条列出。")) % {"count": result.findings_left_out}
        yield result.outcome, "", left, ""


def _result(raw: Mapping[str, object]) -> Result:
    fields = dict(raw)
    counts, findings, sheet = fields.pop("counts"), fields.pop("findings"), fields.pop("worksheet")
    if not isinstance(counts, dict) or not isinstance(findings, list):
        raise TypeError("counts or findings")
    prop = Property(str(fields.pop("property")))
    known = {Outcome(outcome): int(count) for outcome, count in counts.items()}
    return Result(
        **fields,  # type: ignore[arg-type]
        property=prop,
        counts=known,
        findings=tuple(map(_finding, findings)),
        worksheet=_worksheet(sheet) if sheet is not None else None,
    )


def _worksheet(raw: object) -> Worksheet:
    if not isinstance(raw, dict):
        raise TypeError("worksheet")
    fields = dict(raw)
    return Worksheet(
        look_at=tuple(fields.pop("look_at")),
        questions=tuple(
            Question(one["name"], one["label"], Answer(one["answer"])) for one in fields.pop("questions")
        ),
        sample=tuple(Place(**place) for place in fields.pop("sample")),
        **fields,
    )


def _answered(sheet: Worksheet | None, answers: Mapping[str, str]) -> Worksheet | None:
    return None if sheet is None else replace(sheet, answers=dict(answers))


def _failed_item(raw: Mapping[str, object]) -> FailedItem:
    codes = raw["codes"]
    if not isinstance(codes, list):
        raise TypeError("codes")
    return FailedItem(str(raw["key"]), str(raw["reference_code"]), tuple(map(str, codes)))


def _finding(raw: Mapping[str, object]) -> Finding:
    fields = dict(raw)
    place = fields.pop("place")
    if not isinstance(place, dict):
        raise TypeError("place")
    outcome = Outcome(str(fields.pop("outcome")))
    return Finding(outcome=outcome, place=Place(**place), **fields)  # type: ignore[arg-type]
