"""Every read of this app."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext

from lantai.apps.carriers import queries as carriers
from lantai.apps.carriers.types import CarrierState
from lantai.apps.custody import queries as custody
from lantai.apps.custody.types import ScannerNotReady, Standing
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import NoRuleInForce
from lantai.apps.intake.models import Submission, SubmissionFile, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import (
    ENDED_WITHOUT,
    OBJECT,
    WORKING_DAYS,
    ItemVerdict,
    ReturnListState,
    SubmissionState,
)
from lantai.kit.errors import Missing
from lantai.kit.fourprops import telling
from lantai.kit.fourprops.vocabulary import OUTCOME_LABELS, Outcome
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.orgs.models import Org
from lantai.platform.ui.types import State, Tone

if TYPE_CHECKING:
    from lantai.apps.carriers.models import Carrier
    from lantai.apps.custody.models import Package

READ = policy.Granted(P.SUBMISSION_READ, "agency") | policy.Granted(P.SUBMISSION_READ, "archives")
PROBLEM_AREAS = ("structure_problems", "catalogue_problems", "manifest_problems", "metadata_problems")
MOST_SHOWN = 500
TONES = {
    Outcome.PASS: Tone.GOOD,
    Outcome.WARN: Tone.WARN,
    Outcome.FAIL: Tone.BAD,
    Outcome.MANUAL: Tone.BUSY,
    Outcome.NOT_RUN: Tone.WARN,
    Outcome.NOT_APPLICABLE: Tone.PLAIN,
}
FAILED_VERDICTS = (ItemVerdict.FAILED, ItemVerdict.RETURNED)


def visible(ctx: Ctx) -> QuerySet[Submission]:
    """Transfers of agencies, and to archives, where the actor may see them.

    With four more joins, for what few transfers have, the database planned each reading for 22 ms instead of 1.4.
    """
    rows = Submission.objects.select_related("agency", "archives", "fonds", "replaces")
    return policy.visible(rows, READ, ctx.actor)


def get(ctx: Ctx, submission_id: int) -> Submission:
    """One transfer, or ``Missing``."""
    return policy.one(visible(ctx), pk=submission_id)


def by_content(archives_id: int, agency_id: int, content_sha512: str) -> Submission | None:
    """The transfer of that content that was not returned or withdrawn."""
    rows = Submission.objects.filter(
        archives_id=archives_id, agency_id=agency_id, content_sha512=content_sha512
    )
    return rows.exclude(state__in=ENDED_WITHOUT).first()


def items_of(submission_id: int) -> QuerySet[SubmissionItem]:
    """The items of a transfer by their keys; the caller has checked that it may be seen."""
    return (
        SubmissionItem.objects.filter(submission_id=submission_id).select_related("kind").order_by("item_key")
    )


def items_with_files(submission_id: int, kind_ids: Collection[int]) -> QuerySet[SubmissionItem]:
    """Items of these kinds with their files, for the test; read it in chunks."""
    files = Prefetch("files", SubmissionFile.objects.defer("text").order_by("order", "id"))
    return items_of(submission_id).filter(kind_id__in=kind_ids).order_by("pk").prefetch_related(files)


def scans_of(submission_id: int) -> QuerySet[SubmissionFile, tuple[str, dict[str, object] | None]]:
    """Each file that is there, with what the virus scanner said of it."""
    rows = SubmissionFile.objects.filter(submission_id=submission_id).exclude(state="missing").order_by("pk")
    return rows.values_list("path", "scan")


def unscanned_files(submission_id: int) -> QuerySet[SubmissionFile]:
    """Files that were read and that no scanner has looked at."""
    rows = SubmissionFile.objects.filter(submission_id=submission_id, is_read=True, scan__isnull=True)
    return rows.exclude(state="missing").order_by("pk")


def waiting_for_scanner() -> list[Submission]:
    """Transfers whose newest test ended because the scanner was away."""
    own = Cast(OuterRef("pk"), CharField())
    newest = Run.objects.filter(about_type=OBJECT, about_id=own).order_by("-pk").values("pk")[:1]
    ended_so = Run.objects.filter(state=RunState.FAILED, message=ScannerNotReady.message)
    rows = Submission.objects.filter(state__in=(SubmissionState.SUBMITTED, SubmissionState.CHECKING))
    rows = rows.annotate(newest_run=Subquery(newest)).filter(newest_run__in=ended_so.values("pk"))
    return list(rows.order_by("pk"))


def infected_files(submission_id: int) -> QuerySet[SubmissionFile]:
    """Files in which the scanner has found something."""
    rows = SubmissionFile.objects.filter(submission_id=submission_id, scan__state="infected")
    return rows.select_related("item").order_by("pk")


def unread_files(submission_id: int) -> QuerySet[SubmissionFile]:
    """Files that have not been read and opened yet."""
    return SubmissionFile.objects.filter(submission_id=submission_id, is_read=False).order_by("pk")


def files_of(submission_id: int) -> QuerySet[SubmissionFile]:
    """All files that were sent and are there."""
    rows = SubmissionFile.objects.filter(submission_id=submission_id).select_related("item")
    return rows.exclude(state="missing").order_by("item__item_key", "order", "pk")


def sent_files(submission_id: int) -> QuerySet[SubmissionFile]:
    """All files with their own states, also those that were only declared."""
    return SubmissionFile.objects.filter(submission_id=submission_id).select_related("item").defer("text")


def files_to_take(submission: Submission) -> Iterator[SubmissionFile]:
    """The files that are sealed: all, or without those that belong to items that go back.

    A file that no item has goes back with an item when it lies in a folder that only such items use.
    """
    files = files_of(submission.pk)
    gone = [*items_of(submission.pk).filter(verdict=ItemVerdict.FAILED).values_list("pk", flat=True)]
    if not gone:
        yield from files
        return
    held = files.exclude(item=None)
    staying = {_folder(path) for path in held.exclude(item__in=gone).values_list("path", flat=True)}
    going = {_folder(path) for path in held.filter(item__in=gone).values_list("path", flat=True)} - staying
    for file in files:
        if file.item_id in gone or (file.item_id is None and _folder(file.path) in going):
            continue
        yield file


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def checks_of(submission: Submission) -> list[int]:
    """Ids of the reports of the newest test: one for each scheme that the items were held against."""
    if submission.check_run_id is None:
        return []
    rows = custody.checks_of(OBJECT, submission.pk)
    newest = rows.filter(pk=submission.check_run_id).values("started_at")
    return sorted(rows.filter(started_at__in=newest).values_list("pk", flat=True))


def standings(submission: Submission) -> list[Standing]:
    """What each report of the newest test counts as, and who asked for or decided an override."""
    return custody.standings(checks_of(submission))


def open_checks(submission: Submission) -> int:
    """How many checks no program could decide; whoever accepts decides them."""
    return custody.count_open_checks(checks_of(submission))


def properties_of(submission: Submission, codes: Collection[str]) -> dict[str, str]:
    """Check code → property, for checks of the newest test."""
    found: dict[str, str] = {}
    for pk in checks_of(submission) if codes else ():
        rows = custody.results(pk, is_summary=True).filter(code__in=list(codes))
        found |= dict(rows.values_list("code", "property"))
    return found


def bars(submission: Submission) -> list[custody.Bar]:
    """The four properties over all reports of the newest test, in the standard's order."""
    rows = custody.checks_of(OBJECT, submission.pk).filter(pk__in=checks_of(submission))
    counts = list(rows.values_list("counts", flat=True))
    return custody.bars(counts) if counts else []


def reasons(item: SubmissionItem) -> list[str]:
    """Why an item failed, in the reader's language."""
    return [told(reason) for reason in item.reasons]


def reasons_and_remedies(item: SubmissionItem) -> tuple[list[str], list[str]]:
    """Why an item failed, and what to do about it, each once."""
    why = [told({**reason, "remedy": ""}) for reason in item.reasons]
    remedies = [
        told({**reason, "code": "", "message": ""}) for reason in item.reasons if reason.get("remedy")
    ]
    return list(dict.fromkeys(why)), list(dict.fromkeys(remedies))


def told(reason: dict[str, object]) -> str:
    """One stored reason: the check, what was found and what to do."""
    params = reason.get("params") or {}
    parts = [
        telling.told(str(reason[name]), params, gettext)  # type: ignore[arg-type]
        for name in ("message", "remedy")
        if reason.get(name)
    ]
    said = " ".join(parts)
    if reason.get("is_let_count"):
        said = gettext("（已例外放行）%(reason)s") % {"reason": said}
    return f"{reason['code']} {said}" if reason.get("code") else said


def package_problems(submission: Submission) -> list[str]:
    """What is wrong with the package as a whole, in the reader's language; items have their own reasons."""
    found = []
    for area in PROBLEM_AREAS:
        for problem in submission.findings.get(area) or ():
            if problem["is_error"] and not problem.get("item"):
                found.append(told({**problem, "code": ""}))
    return list(dict.fromkeys(found))[:MOST_SHOWN]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report in the reader's language."""

    code: str
    name: str
    outcome: str
    state: State
    place: str
    text: str
    basis: str


def report_lines(check_ids: Iterable[int], *, is_summary: bool) -> list[ReportLine]:
    """Lines of reports: one a check, or one a finding (the first of them)."""
    rows = [row for pk in check_ids for row in custody.results(pk, is_summary=is_summary)[:MOST_SHOWN]]
    return [
        ReportLine(
            row.code,
            gettext(row.name),
            row.outcome,
            State(gettext(OUTCOME_LABELS[Outcome(row.outcome)]), TONES[Outcome(row.outcome)]),
            row.place,
            told({"message": row.message, "params": row.params, "remedy": row.remedy}),
            row.basis,
        )
        for row in rows
    ]


def report_files(ctx: Ctx, submission: Submission) -> list[int]:
    """Ids of the reports that the actor may also open, and download, among the tests."""
    return list(custody.visible_checks(ctx).filter(pk__in=checks_of(submission)).values_list("pk", flat=True))


def kept(key: str) -> bytes:
    """A paper that was issued, or ``Missing``; the caller has checked that its transfer may be seen."""
    if not key:
        raise Missing
    with blobs.open_blob(key) as stored:
        return stored.read()


def codes_taken(submission: Submission, items: QuerySet[SubmissionItem]) -> dict[str, str]:
    """Of the items' reference codes those that the fonds has on items of other packages, with their titles."""
    codes = items.order_by().values("reference_code")
    rows = submission.fonds.descriptions.filter(level="item", reference_code__in=codes)
    if submission.package_id:
        rows = rows.exclude(package_id=submission.package_id)
    return dict(rows.values_list("reference_code", "title"))


def rule_value(on: date, key: str, default: int) -> int:
    """A number of the rule “electronic-transfer” in force on that day, or ``default`` where it says nothing."""
    try:
        body = holdings.rule("electronic-transfer", on).body
    except NoRuleInForce:
        return default
    return int(body.get(key, default))


def working_days(ctx: Ctx, key: str) -> int:
    """Working days of a clock, by its key in the rule."""
    return rule_value(timezone.localdate(ctx.now), key, WORKING_DAYS[key])


def agencies_to_send_for(ctx: Ctx) -> QuerySet[Org]:
    """Agencies whose transfers the actor may bring: the own ones, and those that the own archives serves."""
    own = Org.objects.filter(pk__in=ctx.actor.orgs_with(P.SUBMISSION_SUBMIT))
    served = Org.objects.filter(archives_id__in=ctx.actor.orgs_with(P.SUBMISSION_TEST))
    return (own | served).filter(is_active=True, archives__isnull=False)


def carriers_to_read(ctx: Ctx) -> QuerySet[Carrier]:
    """Kept carriers of the archives where the actor takes transfers in."""
    mine = carriers.visible(ctx).filter(org__in=ctx.actor.orgs_with(P.SUBMISSION_TEST))
    return mine.filter(state=CarrierState.KEPT).order_by("number")


def packages_to_send(ctx: Ctx) -> QuerySet[Package]:
    """Sealed packages in the own custody that are in no open or accepted transfer."""
    sent = Submission.objects.exclude(state__in=ENDED_WITHOUT).exclude(package=None).values("package_id")
    mine = custody.visible(ctx).filter(custodian_id__in=ctx.actor.orgs_with(P.SUBMISSION_SUBMIT))
    parts = Submission.objects.exclude(sent_package=None).exclude(return_list__state=ReturnListState.OPEN)
    settled = parts.values("sent_package_id")  # nothing of these is to come any more
    return mine.exclude(pk__in=sent).exclude(pk__in=settled).order_by("-id")


def former_of(package_id: int) -> Submission | None:
    """The transfer of a sealed package that a new one takes the place of, or whose list of returns it answers."""
    ended = Q(package_id=package_id, state__in=ENDED_WITHOUT)
    in_part = Q(sent_package_id=package_id, return_list__state=ReturnListState.OPEN)
    return Submission.objects.filter(ended | in_part).order_by("-pk").first()


def gone_from(package_id: int) -> set[str]:
    """Keys of the items of a sealed package that earlier transfers took out of it."""
    rows = SubmissionItem.objects.filter(submission__sent_package_id=package_id, verdict=ItemVerdict.ACCEPTED)
    return set(rows.values_list("item_key", flat=True))


def is_taken_in_part(submission: Submission) -> bool:
    """Whether a sealed package is not taken as a whole: some items go back, or went with an earlier transfer."""
    assert submission.package_id is not None
    return bool(submission.decision.get("is_part") or gone_from(submission.package_id))


def replaceable(ctx: Ctx, agencies: QuerySet[Org]) -> QuerySet[Submission]:
    """Transfers of agencies that a new one may take the place of, or whose list of returns it may answer."""
    ended = Q(state__in=ENDED_WITHOUT) | Q(return_list__state=ReturnListState.OPEN)
    return visible(ctx).filter(ended, agency__in=agencies.values("pk")).order_by("-id")


def items_to_return(submission_id: int, most: int) -> list[SubmissionItem]:
    """Items for the return form: the failed ones first, then the others."""
    rows = items_of(submission_id).annotate(is_bad=Case(When(verdict=ItemVerdict.FAILED, then=0), default=1))
    return list(rows.order_by("is_bad", "item_key")[:most])


def count_to_decide(ctx: Ctx) -> int:
    """Transfers that wait for a decision, or for a second person, at the actor's archives."""
    decide = Q(
        archives__in=ctx.actor.orgs_with(P.SUBMISSION_DECIDE),
        state__in=(SubmissionState.PASSED, SubmissionState.FAILED),
    )
    confirm = Q(archives__in=ctx.actor.orgs_with(P.SUBMISSION_CONFIRM), state=SubmissionState.TO_CONFIRM)
    return Submission.objects.filter(decide | confirm).count()


def keys_in_use(keys: Collection[str]) -> set[str]:
    """Which of these blobs transfers need: originals, registers and receipts are kept."""
    found: set[str] = set()
    for field in ("blob_key", "register_key", "receipt_key"):
        found |= set(Submission.objects.filter(**{f"{field}__in": list(keys)}).values_list(field, flat=True))
    return found
