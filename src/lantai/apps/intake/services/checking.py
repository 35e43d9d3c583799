"""Testing a transfer: what was read is entered, files are opened, the transfer-stage test concludes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from operator import itemgetter

from django.db import transaction
from django.utils import timezone

from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Conclusion, Occasion, Survey
from lantai.apps.intake import facts, queries
from lantai.apps.intake.models import Submission, SubmissionFile, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.reading import ReadFile, ReadItem, ReadPackage
from lantai.apps.intake.services import agreed, opinions, returning, verdicts
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.types import OBJECT, CheckSubmission, Mode, SubmissionState
from lantai.kit.digests import Digests
from lantai.kit.errors import N_
from lantai.kit.fourprops.engine import run as run_checks
from lantai.kit.fourprops.facts import ItemFacts, PackageFacts, PackageProblem
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import Scheme
from lantai.kit.fourprops.vocabulary import Stage
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

ROWS_AT_ONCE = 1_000
CODE_TAKEN = N_("档号“%(code)s”在本全宗已用于“%(title)s”，不能重复接收。")
OTHER_FONDS = N_("档号“%(code)s”的全宗号不是本批移交的全宗“%(fonds)s”。")


def open_check(ctx: Ctx, submission: Submission) -> bool:
    """Move a submitted transfer to its test; False where it no longer waits for one (withdrawn meanwhile)."""
    if submission.state == SubmissionState.SUBMITTED:
        workflow.move(ctx, submission, SUBMISSION, "start_checking")
    return submission.state == SubmissionState.CHECKING


def enter_reading(submission: Submission, read: ReadPackage) -> None:
    """Enter what the reader found, in place of what an earlier test had entered; in the run's own step."""
    SubmissionFile.objects.filter(submission=submission).delete()
    if submission.mode == Mode.ONLINE:
        _enter_online_files(submission, read)
    else:
        SubmissionItem.objects.filter(submission=submission).delete()
        enter_items(submission, read.items, submission.kind_id)
    _insert_files(_file(submission, None, 0, file) for file in read.loose_files)
    submission.item_count = SubmissionItem.objects.filter(submission=submission).count()
    submission.declared_item_count = read.facts.declared_item_count
    submission.findings = facts.findings_of(read)
    submission.save(update_fields=["item_count", "declared_item_count", "findings"])


def enter_items(submission: Submission, items: Iterable[ReadItem], kind_id: int | None) -> None:
    """Enter items with their files, some at a time; each has its own kind, or the transfer's."""
    waiting = iter(items)
    while read := list(islice(waiting, ROWS_AT_ONCE)):
        rows = [_item(submission, item, kind_id) for item in read]
        SubmissionItem.objects.bulk_create(rows)
        _insert_files(
            _file(submission, row, order, file)
            for row, item in zip(rows, read, strict=True)
            for order, file in enumerate(item.files, 1)
        )


def _item(submission: Submission, item: ReadItem, kind_id: int | None) -> SubmissionItem:
    return SubmissionItem(
        submission=submission,
        item_key=item.key,
        kind_id=item.kind_id or kind_id,
        reference_code=item.reference_code,
        title=str(facts.storable({"": item.title})[""]),
        metadata=facts.storable(item.metadata),
        row=facts.storable(item.row),
        events=[list(event) for event in item.events],
        carried=facts.carried(item),
    )


def _enter_online_files(submission: Submission, read: ReadPackage) -> None:
    """Files of items that the catalogue no longer has are left to the package's problems."""
    items = SubmissionItem.objects.filter(submission=submission).only("pk", "item_key")
    rows = {row.item_key: row for row in items.iterator(chunk_size=ROWS_AT_ONCE)}
    _insert_files(
        _file(submission, rows.get(item.key), order, file)
        for item in read.items
        for order, file in enumerate(item.files, 1)
    )


def _insert_files(rows: Iterator[SubmissionFile]) -> None:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        SubmissionFile.objects.bulk_create(some)


def _file(submission: Submission, item: SubmissionItem | None, order: int, file: ReadFile) -> SubmissionFile:
    return SubmissionFile(
        submission=submission,
        item=item,
        order=order,
        path=file.path,
        raw_name_hex=file.raw_name_hex,
        name=file.name[:255],
        role=file.role,
        declared=facts.storable(file.declared),
        size_bytes=file.size_bytes,
        is_read=file.is_missing,
        state="missing" if file.is_missing else "",
    )


def record_files(
    files: Sequence[SubmissionFile],
    digests: Sequence[tuple[Digests, int]],
    surveys: Sequence[Survey],
    scans: Sequence[dict[str, object] | None],
) -> None:
    """Note digests and what opening and scanning the files has shown; in the run's own step."""
    for file, (found, size), survey, scan in zip(files, digests, surveys, scans, strict=True):
        file.sha256, file.sha512, file.sm3, file.size_bytes = found.sha256, found.sha512, found.sm3, size
        file.puid, file.mime, file.state = survey.puid, survey.mime, survey.state
        file.extension_ok, file.page_count, file.text = survey.extension_ok, survey.page_count, survey.text
        file.examination, file.scan, file.is_read = survey.examination, scan, True
    names = ["sha256", "sha512", "sm3", "size_bytes", "puid", "mime", "state", "extension_ok", "page_count"]
    SubmissionFile.objects.bulk_update(files, [*names, "text", "is_read", "examination"])
    record_scans(files)


def record_scans(files: Sequence[SubmissionFile]) -> None:
    """Keep what the scanner said of files; what was not scanned keeps no value at all."""
    SubmissionFile.objects.bulk_update([file for file in files if file.scan is not None], ["scan"])


def start_waiting_checks() -> None:
    """Test again what waited for the scanner, once it is back; a beat, and nothing without a scanner."""
    ctx = system_ctx(Channel.JOB)
    waiting = queries.waiting_for_scanner() if custody.has_scanner() else []
    if not waiting or not custody.is_scanner_ready(timezone.localdate(ctx.now)):
        return
    for submission in waiting:
        with transaction.atomic():
            jobs.start(ctx, CheckSubmission(submission.pk), org_id=submission.archives_id,
                       about=(OBJECT, submission.pk))  # fmt: skip


def conclude_check(ctx: Ctx, *, submission: Submission, started_at: datetime) -> bool:
    """Test by the scheme of each kind of record, keep reports and verdicts, move; returns whether it passed.

    A transfer passes when no report failed; what needs a person stays open and is shown to whoever decides.
    In the run's own step.
    """
    package = _with_own_problems(ctx, submission)
    reports = list(_reports(ctx, submission, package))
    checks = [
        custody.record_check(ctx, report, occasion=Occasion.TRANSFER, subject=(OBJECT, submission.pk),
                             subject_name=submission.title,
                             org_id=submission.archives_id, subject_org_id=submission.agency_id,
                             started_at=started_at)
        for report in reports
    ]  # fmt: skip
    passed = all(report.conclusion != Conclusion.FAILED for report in reports)
    passed = passed and not verdicts.is_held_by_scan(submission)
    gravest = next((n for n, report in enumerate(reports) if report.conclusion == Conclusion.FAILED), 0)
    submission.check_run = checks[gravest]
    submission.save(update_fields=["check_run", "findings"])
    verdicts.give_verdicts(submission, reports)
    detail = {
        "items": submission.item_count,
        "failed": submission.failed_item_count,
        "checks": [c.pk for c in checks],
    }
    workflow.move(ctx, submission, SUBMISSION, "pass_check" if passed else "fail_check", detail=detail)
    _tell(ctx, submission, passed=passed)
    return passed


def _with_own_problems(ctx: Ctx, submission: Submission) -> PackageFacts:
    """The package's facts with what only our own rows can tell: of codes, agreement, annex and returns."""
    package = facts.package_facts(submission.findings)
    catalogue = [*opinions.problems_of(ctx, submission)]
    if submission.mode != Mode.ONLINE:
        catalogue += [*_code_problems(submission), *returning.problems_of(submission)]
    structure = [*agreed.problems_of(submission)]
    return replace(
        package,
        catalogue_problems=_joined(submission, "catalogue_problems", package.catalogue_problems, catalogue),
        structure_problems=_joined(submission, "structure_problems", package.structure_problems, structure),
    )


def _joined(
    submission: Submission,
    area: str,
    read: tuple[PackageProblem, ...] | None,
    told: Sequence[tuple[PackageProblem, str]],
) -> tuple[PackageProblem, ...] | None:
    """What the reader found and what we tell; kept with the findings in place of what an earlier test told."""
    kept = [one for one in submission.findings.get(area) or () if not one.get("is_ours")]
    if not told:
        if submission.findings.get(area) is not None:
            submission.findings[area] = kept
        return read
    submission.findings[area] = [
        *kept,
        *(
            {"message": p.message, "params": dict(p.params), "path": p.path, "is_error": p.is_error,
             "item": key, "is_ours": True}
            for p, key in told
        ),
    ]  # fmt: skip
    return (*(read or ()), *(problem for problem, _key in told))


def _code_problems(submission: Submission) -> Iterator[tuple[PackageProblem, str]]:
    items, fonds = queries.items_of(submission.pk), submission.fonds.code
    taken = queries.codes_taken(submission, items)
    rows = items.order_by("reference_code", "item_key").values_list("reference_code", "item_key")
    for code, key in rows.iterator(chunk_size=ROWS_AT_ONCE):
        if code in taken:
            yield PackageProblem(CODE_TAKEN, {"code": code, "title": taken[code]}, code), key
        if facts.fonds_code_of(code) not in ("", fonds):
            yield PackageProblem(OTHER_FONDS, {"code": code, "fonds": fonds}, code), key


def _reports(ctx: Ctx, submission: Submission, package: PackageFacts) -> Iterator[Report]:
    """One report for each kind of record; a package that holds nothing is tested by the transfer's own kind."""
    by_kind: dict[int, str] = {}
    schemes = agreed.schemes_of(submission)
    for item in queries.items_of(submission.pk).order_by("kind_id").distinct("kind_id"):
        by_kind[item.kind_id] = schemes.get(item.kind_id, item.kind.test_scheme)
    if not by_kind:
        slug = submission.kind.test_scheme if submission.kind else "document"
        slug = schemes.get(submission.kind_id or 0, slug)
        scheme = _scheme(ctx, submission, slug, submission.kind_id or 0)
        yield run_checks(facts.subject_of(ctx, submission, package, ()), scheme)
        return
    is_mixed = len(by_kind) > 1
    for kind_id, slug in sorted(by_kind.items(), key=itemgetter(1, 0)):
        rows = queries.items_with_files(submission.pk, [kind_id])
        part = facts.as_part(package, rows.count()) if is_mixed else package
        items: Iterator[ItemFacts] = map(facts.item_facts, rows.iterator(chunk_size=ROWS_AT_ONCE))
        scheme = _scheme(ctx, submission, slug, kind_id)
        yield run_checks(facts.subject_of(ctx, submission, part, items), scheme)


def _scheme(ctx: Ctx, submission: Submission, slug: str, kind_id: int) -> Scheme:
    return custody.scheme_in_use(
        slug,
        stage=Stage.TRANSFER,
        org_id=submission.agency_id,
        kind_id=kind_id,
        on=timezone.localdate(ctx.now),
    )


def _tell(ctx: Ctx, submission: Submission, *, passed: bool) -> None:
    text = (
        N_("移交批次“%(title)s”（%(number)s）检测合格，等待接收单位办理。")
        if passed
        else N_("移交批次“%(title)s”（%(number)s）检测不合格，不合格 %(failed)d 件。")
    )
    params: dict[str, object] = {"title": submission.title, "number": submission.number}
    if not passed:
        params["failed"] = submission.failed_item_count
    for org_id, permission in (
        (submission.agency_id, P.SUBMISSION_SUBMIT),
        (submission.archives_id, P.SUBMISSION_DECIDE),
    ):
        notify.tell(ctx, org_id=org_id, permission=permission, text=text, params=params,
                    url=submission.get_absolute_url())  # fmt: skip
