"""What the reports of a transfer's newest test come to: item by item, and for the package as a whole.

A report that failed keeps its words when a second person lets it count; its items then pass with these words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from django.db import transaction

from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Conclusion
from lantai.apps.intake import facts, queries
from lantai.apps.intake.models import Submission, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.types import CONFIRM_CLOCK, OBJECT, ItemVerdict, SubmissionState
from lantai.kit.errors import N_
from lantai.kit.fourprops.report import Report, Result
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.platform.context import Ctx
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

ROWS_AT_ONCE = 1_000
Reason = dict[str, object]
VIRUSES = "YJ-4-2"
INFECTED = N_("文件“%(name)s”感染病毒（%(threat)s）。")
CLEANED = N_("请隔离该文件，清除病毒后重新提交。")
# The checks that answer for the areas of a package's problems.
_AREA_CHECKS = {
    "structure_problems": "YJ-1-13",
    "catalogue_problems": "YJ-1-12",
    "manifest_problems": "YJ-1-14",
    "metadata_problems": "YJ-2-10",
}


def give_verdicts(submission: Submission, reports: Sequence[Report]) -> None:
    """Enter verdict and reasons of every item, and the checks that failed for the package as a whole."""
    _enter(submission, [(report, False) for report in reports])


@transaction.atomic
def reconsider(ctx: Ctx, *, submission_id: int) -> bool:
    """Let what people have judged, or let count, in the newest test move a transfer that is not decided.

    The answer is whether its state has changed. The same again when it is repeated.
    """
    rows = Submission.objects.select_related("agency", "archives", "fonds").select_for_update(of=("self",))
    submission = rows.get(pk=submission_id)
    state, ids = submission.state, queries.checks_of(submission)
    fails = custody_queries.counts_as(ids) == Conclusion.FAILED
    if state == SubmissionState.TO_CONFIRM and fails and submission.decision.get("from") != "failed":
        _set_back(ctx, submission)
    elif state not in (SubmissionState.PASSED, SubmissionState.FAILED):
        return False
    _enter(submission, _kept(ctx, ids), persons=_said_by_people(submission))
    passes = not (fails or submission.failed_item_count or is_held_by_scan(submission))
    if passes == (submission.state == SubmissionState.PASSED):
        return submission.state != state
    name = "let_count" if passes else "find_failing"
    workflow.move(ctx, submission, SUBMISSION, name, detail={"checks": ids})
    _tell(ctx, submission, passes=passes)
    return True


def is_held_by_scan(submission: Submission) -> bool:
    """Whether a transfer may not pass because the scanner that is set has not looked at a file."""
    return custody.blocks_for_scan(scan for _path, scan in queries.scans_of(submission.pk))


def _set_back(ctx: Ctx, submission: Submission) -> None:
    """A decision that a judgement has overtaken is made anew."""
    workflow.move(ctx, submission, SUBMISSION, "find_failing")
    workflow.stop_clock(ctx, OBJECT, submission.pk, CONFIRM_CLOCK)
    submission.decision, submission.decider_name, submission.decided_at = {}, "", None
    submission.save(update_fields=["decision", "decider_name", "decided_at"])
    _tell(ctx, submission, passes=False)


def _kept(ctx: Ctx, check_ids: Sequence[int]) -> list[tuple[Report, bool]]:
    """The reports as they stand now, each with whether a second person has let it count."""
    checks = custody_queries.checks_by_id(check_ids)
    standings = custody_queries.standings(check_ids)
    return [(custody_queries.report_of(checks[one.check_id]), one.is_let_count) for one in standings]


def _said_by_people(submission: Submission) -> dict[str, list[Reason]]:
    """What deciders have held against items; a judgement of a report takes none of it back."""
    items = SubmissionItem.objects.filter(submission=submission).exclude(reasons=[])
    said = {item.item_key: [one for one in item.reasons if not one["code"]] for item in items}
    return {key: reasons for key, reasons in said.items() if reasons}


def _enter(
    submission: Submission,
    reports: Sequence[tuple[Report, bool]],
    *,
    persons: Mapping[str, Sequence[Reason]] = MappingProxyType({}),
) -> None:
    reasons: defaultdict[str, list[Reason]] = defaultdict(list)
    for report, is_let_count in reports:
        for key, reason in _told(submission, report):
            said = {**reason, "is_let_count": True} if is_let_count else reason
            if key and said not in reasons[key]:
                reasons[key].append(said)
    for key, more in persons.items():
        reasons[key] += more
    items = SubmissionItem.objects.filter(submission=submission)
    items.update(verdict=ItemVerdict.PASSED, reasons=[])
    named = list(items.filter(item_key__in=list(reasons)))
    for item in named:
        item.reasons = reasons[item.item_key]
        if not all(one.get("is_let_count") for one in item.reasons):
            item.verdict = ItemVerdict.FAILED
    SubmissionItem.objects.bulk_update(named, ["verdict", "reasons"], batch_size=ROWS_AT_ONCE)
    counted = [report for report, is_let_count in reports if not is_let_count]
    submission.failed_item_count = sum(item.verdict == ItemVerdict.FAILED for item in named)
    submission.package_failures = sorted(set(_of_package(submission, counted)))
    submission.save(update_fields=["failed_item_count", "package_failures"])


def _told(submission: Submission, report: Report) -> Iterator[tuple[str, Reason]]:
    results = {result.code: result for result in report.results}
    yield from _item_reasons(report)
    yield from _package_reasons(submission, results)
    yield from _infected(submission, results)


def _item_reasons(report: Report) -> Iterator[tuple[str, Reason]]:
    """Blocking failures by item; one whose wording the report left out is named by its check."""
    worded: set[tuple[str, str]] = set()
    results = {result.code: result for result in report.results}
    for result in report.results:
        for finding in result.findings if result.is_blocking else ():
            if finding.outcome is Outcome.FAIL and finding.place.item:
                worded.add((finding.place.item, result.code))
                yield finding.place.item, _reason(result, finding.message, finding.params, finding.remedy)
    for item in report.failed_items:
        for code in item.codes:
            if (item.key, code) not in worded:
                yield item.key, _reason(results[code], results[code].name, {}, "")


def _package_reasons(submission: Submission, results: Mapping[str, Result]) -> Iterator[tuple[str, Reason]]:
    """What is wrong with the package at a place that belongs to one item."""
    for area, code in _AREA_CHECKS.items():
        result = results.get(code)
        for told in submission.findings.get(area) or () if result and result.is_blocking else ():
            if told["is_error"] and told.get("item") and result:
                yield told["item"], _reason(result, told["message"], told["params"], "")


def _infected(submission: Submission, results: Mapping[str, Result]) -> Iterator[tuple[str, Reason]]:
    """A virus in a file is the fault of its item: the check itself looks at the package."""
    result = results.get(VIRUSES)
    for file in queries.infected_files(submission.pk) if result else ():
        if file.item is not None and result:
            params = {"name": file.name, "threat": file.scan["threat"]}
            yield file.item.item_key, _reason(result, INFECTED, params, CLEANED)


def _of_package(submission: Submission, reports: Iterable[Report]) -> Iterator[str]:
    """Codes of blocking checks that failed for something that is not one item's."""
    areas = {code: area for area, code in _AREA_CHECKS.items()}
    for report in reports:
        items = {code for item in report.failed_items for code in item.codes}
        for result in report.results:
            if not result.is_blocking or result.outcome is not Outcome.FAIL:
                continue
            told = submission.findings.get(areas.get(result.code, "")) or ()
            errors = [one for one in told if one["is_error"]]
            if any(not one.get("item") for one in errors) or not (errors or result.code in items):
                yield result.code


def _reason(result: Result, message: str, params: Mapping[str, object], remedy: str) -> Reason:
    return {
        "code": result.code,
        "name": result.name,
        "message": message,
        "params": facts.storable(params),
        "remedy": remedy,
    }


def _tell(ctx: Ctx, submission: Submission, *, passes: bool) -> None:
    text = (
        N_("移交批次“%(title)s”（%(number)s）的不合格项已判定合格或例外放行，可以接收。")
        if passes
        else N_("移交批次“%(title)s”（%(number)s）经人工检测不合格，请重新决定。")
    )
    notify.tell(
        ctx,
        org_id=submission.archives_id,
        permission=P.SUBMISSION_DECIDE,
        text=text,
        params={"title": submission.title, "number": submission.number},
        url=submission.get_absolute_url(),
    )
