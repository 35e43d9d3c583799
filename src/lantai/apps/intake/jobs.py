"""Long acts of this app; every step may be killed and is made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.apps.intake import annexes, online, quarantine, queries, reading, services
from lantai.apps.intake.models import Register, Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import (
    AcceptSubmission,
    CheckSubmission,
    KeepRegister,
    Mode,
    RemindOfDues,
    SubmissionState,
)
from lantai.kit.digests import digest_file
from lantai.kit.errors import N_, Refusal
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.platform.context import SYSTEM, Ctx
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.sandbox.types import ParseKilled, ParseRefused

FILES_A_STEP = 64
READ, TESTED = "read", "tested"
KEEP_UP, REMIND = "kept-up", "reminded"
KEPT, REGISTERED, ACCEPTED, DONE = "kept", "registered", "accepted", "done"


def _row(submission_id: int) -> Submission:
    related = ("agency", "archives", "fonds__archives", "package", "kind")
    return Submission.objects.select_related(*related).get(pk=submission_id)


@handles(CheckSubmission, label=_("检测移交批次"))
def check_submission(run: Running, args: CheckSubmission) -> None:
    """Read, open every file in steps, test; the quarantine is made anew when missing and gone at the end."""
    submission = _row(args.submission_id)
    if run.cursor == TESTED:
        quarantine.remove(submission)
        return
    custody.require_scanner(timezone.localdate(run.ctx.now))
    tester = _tester(run.ctx, submission)
    if not services.open_check(tester, submission):
        run.say(N_("移交批次已不在待检测状态，没有检测。"))
        return
    if not run.cursor:
        _read(run, submission)
    _open_files(run, submission)
    _scan_left(run, submission)
    with run.advance(to=TESTED, done=0):
        started_at = run.row.started_at or tester.now
        passed = services.conclude_check(tester, submission=submission, started_at=started_at)
    quarantine.remove(submission)
    run.say(N_("检测合格。") if passed else N_("检测不合格，请看检测报告。"))


def _tester(ctx: Ctx, submission: Submission) -> Ctx:
    """The archives tests: its person who asked for it, or its system; never the sender."""
    if submission.archives_id in ctx.actor.orgs_with(P.SUBMISSION_TEST):
        return ctx
    return replace(ctx, actor=SYSTEM, org_id=submission.archives_id, org_name=submission.archives.name)


def _read(run: Running, submission: Submission) -> None:
    """What was sent, or why it cannot be read: a refused package is one finding, and nothing else is kept."""
    try:
        _enter(run, submission, _as_sent(submission))
    except (ParseRefused, ParseKilled) as refusal:
        if not reading.speaks_of_package(refusal):
            raise
        _enter(run, submission, reading.refused(refusal))
    run.set_total(queries.unread_files(submission.pk).count())


def _as_sent(submission: Submission) -> reading.ReadPackage:
    if submission.mode == Mode.ONLINE:
        assert submission.package is not None
        titles = dict(queries.items_of(submission.pk).values_list("item_key", "title"))
        gone = queries.gone_from(submission.package.pk)
        return online.read_object(submission, submission.package, titles, gone)
    quarantine.remove(submission)
    folder = quarantine.opened(submission)
    names = quarantine.names_of(submission)
    return reading.read_package(folder, quarantine.facts_of(submission), custody.trust_folder(), names=names)


def _enter(run: Running, submission: Submission, read: reading.ReadPackage) -> None:
    with run.advance(to=READ, done=0):
        services.enter_reading(submission, read)
        if submission.mode != Mode.ONLINE and submission.item_count:
            services.enter_annex(submission, annexes.lines_of(submission))


def _open_files(run: Running, submission: Submission) -> None:
    if not queries.unread_files(submission.pk).exists():
        return
    stored, root = _content(submission)
    while files := list(queries.unread_files(submission.pk)[:FILES_A_STEP]):
        paths = [stored.file(file.path).path if stored else root / file.path for file in files]
        digests = [digest_file(path) for path in paths]
        surveys = list(custody.survey_files(zip(paths, (file.name for file in files), strict=True)))
        scans = list(custody.scan_files(timezone.localdate(run.ctx.now), paths))
        with run.advance(to=READ, done=len(files)):
            services.record_files(files, digests, surveys, scans)


def _scan_left(run: Running, submission: Submission) -> None:
    """What the scanner missed when the files were opened; raises ``ScannerNotReady`` where it must not be missed."""
    left = queries.unscanned_files(submission.pk)
    today = timezone.localdate(run.ctx.now)
    if not custody.has_scanner() or not left.exists():
        return
    stored, root = _content(submission)
    last = 0
    while files := list(left.filter(pk__gt=last)[:FILES_A_STEP]):
        paths = [stored.file(file.path).path if stored else root / file.path for file in files]
        for file, scan in zip(files, custody.scan_files(today, paths), strict=True):
            file.scan = scan
        with run.advance(to=READ, done=0):
            services.record_scans(files)
        last = files[-1].pk
    custody.require_scans(today, left.count())


def _content(submission: Submission) -> tuple[OcflObject | None, Path]:
    if submission.mode == Mode.ONLINE:
        assert submission.package is not None
        folder = custody_queries.object_folder(submission.package.object_id)
        return open_object(folder), folder
    return None, quarantine.opened(submission)


@handles(AcceptSubmission, label=_("接收移交批次"))
def accept_submission(run: Running, args: AcceptSubmission) -> None:
    """Custody and catalogue, register, receipt: four steps, each whole or not at all."""
    submission = _row(args.submission_id)
    for step in _steps_after(run.cursor):
        _STEPS[step](run, submission)
    quarantine.remove(submission)
    submission.refresh_from_db(fields=["accepted_item_count", "returned_item_count"])
    accepted, returned = submission.accepted_item_count, submission.returned_item_count
    run.say(
        N_("已接收 %(items)d 件，退回 %(returned)d 件，登记表和回执已生成。"),
        items=accepted,
        returned=returned,
    )


@handles(KeepRegister, label=_("登记表存入信息包"))
def keep_register(run: Running, args: KeepRegister) -> None:
    """One step: killed in between, the next run finds the version on disk and enters it."""
    if run.cursor:
        return
    register = Register.objects.select_related("submission__package").get(pk=args.register_id)
    with run.advance(to=KEPT, done=1):
        services.keep_register(run.ctx, register=register)
    run.say(N_("双方确认的登记表已作为新版本存入信息包。"))


@handles(RemindOfDues, label=_("移交日历"))
def remind_of_dues(run: Running, args: RemindOfDues) -> None:
    """Agreements begin and end on their days; then each line of the calendar that is near or gone, once."""
    today = date.fromisoformat(args.on)
    phase, _colon, last = run.cursor.partition(":")
    if phase != REMIND:
        for agreement in queries.agreements_to_keep_up(today):
            with run.advance(to=f"{KEEP_UP}:{agreement.pk}"):
                services.enforce(run.ctx, agreement, today)
                services.expire(run.ctx, agreement, today)
    after = int(last) if phase == REMIND else 0
    told = 0
    for due_id in list(queries.dues_to_remind_of(today).filter(pk__gt=after).values_list("pk", flat=True)):
        with run.advance(to=f"{REMIND}:{due_id}"):
            told += services.remind_of(run.ctx, due_id=due_id, today=today)
    run.say(N_("已提醒 %(n)d 项应移交。"), n=told)


def _steps_after(cursor: str) -> Iterator[str]:
    names = list(_STEPS)
    yield from names[names.index(cursor) + 1 if cursor else 0 :]


def _keep(run: Running, submission: Submission) -> None:
    if submission.state != SubmissionState.ACCEPTING:
        return
    try:
        root = None if submission.mode == Mode.ONLINE else quarantine.opened(submission)
        with run.advance(to=KEPT, done=0):
            services.take_custody(run.ctx, submission=submission, root=root)
    except Refusal:
        services.give_up_accepting(run.ctx, submission=submission)
        quarantine.remove(submission)
        raise


def _register(run: Running, submission: Submission) -> None:
    with run.advance(to=REGISTERED, done=0):
        services.issue_register(run.ctx, submission=submission)


def _finish(run: Running, submission: Submission) -> None:
    with run.advance(to=ACCEPTED, done=submission.item_count):
        services.finish_accepting(run.ctx, submission=submission)


def _hand_out(run: Running, submission: Submission) -> None:
    services.issue_receipt(run.ctx, submission=submission)


_STEPS = {KEPT: _keep, REGISTERED: _register, ACCEPTED: _finish, DONE: _hand_out}
