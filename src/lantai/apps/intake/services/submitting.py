"""Handing over: a sealed package, a package as a file, a carrier as a folder; the same content once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from lantai.apps.carriers import queries as carriers
from lantai.apps.catalogue import queries as catalogue
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import online, quarantine, queries
from lantai.apps.intake.models import Agreement, Announcement, NumberCounter, Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.services.agreed import require_agreed
from lantai.apps.intake.services.announcing import arrive
from lantai.apps.intake.services.checking import ROWS_AT_ONCE, enter_items
from lantai.apps.intake.services.opinions import enter_prepared
from lantai.apps.intake.services.turns import wait_for_turn
from lantai.apps.intake.types import (
    CLOCK,
    ENDED_WITHOUT,
    OBJECT,
    AnnouncementTaken,
    CheckSubmission,
    Mode,
    NoFonds,
    NoSuchFolder,
    NothingToTransfer,
    NotReplaceable,
)
from lantai.kit.errors import N_, Missing
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged, Uploaded
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.orgs import queries as orgs
from lantai.platform.orgs.models import Org
from lantai.platform.places import queries as places_queries
from lantai.platform.workflow import services as workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What is common to the three ways."""

    agency: Org
    archives_id: int
    fonds_id: int
    mode: Mode
    title: str
    note: str
    content_sha512: str
    replaces_id: int | None
    byte_count: int = 0
    blob_key: str = ""
    package_id: int | None = None
    item_count: int = 0
    kind_ids: tuple[int, ...] = ()
    announcement_id: int | None = None
    carrier_id: int | None = None


@transaction.atomic
def submit_online(
    ctx: Ctx, *, package_id: int, note: str = "", announcement_id: int | None = None
) -> Submission:
    """Transfer a sealed package of the own custody to its archives, with its annex, and queue the test.

    The same package again answers with the transfer that is there. Raises ``NothingToTransfer``,
    ``AnnouncementTaken``, and what the agreement in force refuses.
    """
    if sent := queries.visible(ctx).filter(package_id=package_id).exclude(state__in=ENDED_WITHOUT).first():
        return sent
    package = custody.get(ctx, package_id)
    policy.require(ctx, P.SUBMISSION_SUBMIT, package.origin_id)
    archives_id = package.fonds.archives_id
    wait_for_turn(ctx, package.origin_id)
    gone = queries.gone_from(package_id)
    rows = catalogue.item_rows(ctx).filter(package_id=package.pk).order_by("item_key")
    keys, kind_ids = rows.values_list("item_key", flat=True), rows.order_by("kind_id").values_list("kind_id")
    digest = online.content_digest(package, keys) if gone else package.inventory_sha512
    if known := queries.by_content(archives_id, package.origin_id, digest):
        return known
    count = rows.count()
    if gone and not count:
        raise NothingToTransfer(title=package.title, why=N_("它的各件都已移交"))
    if package.custodian_id != package.origin_id or package.custodian_id == archives_id:
        raise NothingToTransfer(title=package.title, why=N_("它已不在移交单位保管"))
    former = queries.former_of(package.pk)
    what = _Sent(
        agency=package.origin,
        archives_id=archives_id,
        fonds_id=package.fonds_id,
        mode=Mode.ONLINE,
        title=package.title,
        note=note,
        content_sha512=digest,
        replaces_id=former.pk if former else None,
        byte_count=package.byte_count,
        package_id=package.pk,
        item_count=count,
        kind_ids=tuple(kind_id for (kind_id,) in kind_ids.distinct()),
        announcement_id=announcement_id,
    )
    submission = _open(ctx, what)
    enter_items(submission, online.items_of(package, rows.iterator(chunk_size=ROWS_AT_ONCE)), None)
    enter_prepared(submission)
    _queue_check(ctx, submission)
    return submission


@transaction.atomic
def submit_package(
    ctx: Ctx,
    *,
    staged: Staged,
    name: str,
    agency_id: int,
    kind: str = "document",
    title: str = "",
    note: str = "",
    replaces_id: int | None = None,
    announcement_id: int | None = None,
    carrier_id: int | None = None,
) -> Submission:
    """Take in a package file (zip, tar, tar.gz) of any known layout, and queue the test.

    The agency itself, or its archives on its behalf. The same content again answers with the transfer that is
    there, and the staged copy is given up. ``carrier_id`` is what it came on, in the register of the archives.
    What a transfer that was accepted in part sent back is answered by
    one that ``replaces`` it. Raises ``NoFonds``, ``NotReplaceable``, ``AnnouncementTaken``, ``Missing``, and
    what the agreement in force refuses.
    """
    submission, is_new = _send_file(
        ctx,
        staged,
        Mode.PACKAGE,
        agency_id,
        kind,
        title or Path(name).stem or name,
        note=note,
        replaces_id=replaces_id,
        announcement_id=announcement_id,
        carrier_id=carrier_id,
    )
    if is_new:
        _queue_check(ctx, submission)
    return submission


def submit_folder(
    ctx: Ctx, *, path: Path, agency_id: int, kind: str = "document", carrier_number: str = ""
) -> Submission:
    """Take in the folder of an offline carrier and wait for its test; what the test found stands in the row.

    With ``carrier_number`` the register of carriers tells what was inspected of it.

    The folder is kept as one archive of exactly its bytes, so the same carrier again is the same transfer.
    Raises ``NoSuchFolder``, ``NoFonds``, ``StoreFull``.
    """
    if not path.is_dir():
        raise NoSuchFolder(name=path.name)
    _require_sender(ctx, orgs.get(agency_id))
    places_queries.require_room_for_intake()
    carrier_id = _numbered(ctx, agency_id, carrier_number)
    staged = blobs.stage(quarantine.as_archive(path))
    with transaction.atomic():
        submission, is_new = _send_file(
            ctx, staged, Mode.FOLDER, agency_id, kind, path.resolve().name, carrier_id=carrier_id
        )
    if is_new:
        jobs.run_now(ctx, CheckSubmission(submission.pk), about=(OBJECT, submission.pk))
        submission.refresh_from_db()
    return submission


def _numbered(ctx: Ctx, agency_id: int, number: str) -> int | None:
    if not number:
        return None
    archives_id = orgs.get(agency_id).archives_id or 0
    return policy.one(carriers.carriers_to_read(ctx, archives_id), number=number).pk


def gather_folder(files: Sequence[Uploaded]) -> Staged:
    """One archive of a folder whose files were uploaded one by one: the same files, the same bytes."""
    ordered = sorted(files, key=lambda file: file.relative_path)
    return blobs.stage(quarantine.of_uploads((file.relative_path, file.staged) for file in ordered))


def _send_file(
    ctx: Ctx,
    staged: Staged,
    mode: Mode,
    agency_id: int,
    kind: str,
    title: str,
    *,
    note: str = "",
    replaces_id: int | None = None,
    announcement_id: int | None = None,
    carrier_id: int | None = None,
) -> tuple[Submission, bool]:
    agency = orgs.get(agency_id)
    _require_sender(ctx, agency)
    places_queries.require_room_for_intake()
    fonds = holdings.fonds_of_agency(agency_id).first()
    if fonds is None:
        raise NoFonds(agency=agency.name, field="agency")
    wait_for_turn(ctx, agency_id)
    if known := queries.by_content(fonds.archives_id, agency_id, staged.digests.sha512):
        blobs.discard(staged.key)
        return known, False
    kind_id = holdings.kind(kind).pk
    sent = _Sent(
        agency=agency,
        archives_id=fonds.archives_id,
        fonds_id=fonds.pk,
        mode=mode,
        title=title[:200],
        note=note,
        content_sha512=staged.digests.sha512,
        replaces_id=_replaced(ctx, agency_id, replaces_id),
        byte_count=staged.size,
        blob_key=staged.key,
        kind_ids=(kind_id,),
        announcement_id=announcement_id,
        carrier_id=_seen(ctx, fonds.archives_id, carrier_id),
    )
    return _open(ctx, sent, kind_id=kind_id), True


def _seen(ctx: Ctx, archives_id: int, carrier_id: int | None) -> int | None:
    """A carrier in the register of the archives that receives, or ``Missing``."""
    if carrier_id is None:
        return None
    return policy.one(carriers.carriers_to_read(ctx, archives_id), pk=carrier_id).pk


def _require_sender(ctx: Ctx, agency: Org) -> None:
    """The agency's own right, or that of its archives to take in a carrier for it."""
    if agency.archives_id in ctx.actor.orgs_with(P.SUBMISSION_TEST):
        return
    policy.require(ctx, P.SUBMISSION_SUBMIT, agency.pk)


def _replaced(ctx: Ctx, agency_id: int, replaces_id: int | None) -> int | None:
    if replaces_id is None:
        return None
    agencies = Org.objects.filter(pk=agency_id)
    try:
        return policy.one(queries.replaceable(ctx, agencies), pk=replaces_id).pk
    except Missing as gone:
        raise NotReplaceable(field="replaces") from gone


def _next_number(agency: Org, ctx: Ctx) -> str:
    counter, year = wait_for_turn(ctx, agency.pk), timezone.localdate(ctx.now).year
    last = counter.last + 1 if counter.year == year else 1
    NumberCounter.objects.filter(pk=counter.pk).update(year=year, last=last)
    return f"YJ{agency.code}-{year}-{last:04d}"


def _due_of_replaced(replaces_id: int | None) -> int | None:
    """What comes in place of a transfer is for the same line of the calendar."""
    return Submission.objects.values_list("due_id", flat=True).filter(pk=replaces_id).first()


def _announced(ctx: Ctx, sent: _Sent) -> Announcement | None:
    """The announcement that this transfer keeps, which has then arrived."""
    if sent.announcement_id is None:
        return None
    row = queries.announcements(ctx).filter(pk=sent.announcement_id, agency=sent.agency).first()
    if row is None or row.state not in queries.ANNOUNCED:
        raise AnnouncementTaken(number=row.number if row else "", field="announcement")
    arrive(ctx, row)
    return row


def _agreed(ctx: Ctx, sent: _Sent) -> Agreement | None:
    today = timezone.localdate(ctx.now)
    found = None
    for kind_id in sent.kind_ids or (None,):
        found = require_agreed(
            sent.agency, kind_id, today, byte_count=sent.byte_count, item_count=sent.item_count
        )
    return found


def _open(ctx: Ctx, sent: _Sent, *, kind_id: int | None = None) -> Submission:
    agreement, announcement = _agreed(ctx, sent), _announced(ctx, sent)
    submission = Submission.objects.create(
        agreement=agreement,
        announcement=announcement,
        due_id=announcement.due_id if announcement else _due_of_replaced(sent.replaces_id),
        number=_next_number(sent.agency, ctx),
        title=sent.title,
        agency=sent.agency,
        archives_id=sent.archives_id,
        fonds_id=sent.fonds_id,
        kind_id=kind_id,
        mode=sent.mode,
        package_id=sent.package_id,
        carrier_id=sent.carrier_id,
        blob_key=sent.blob_key,
        content_sha512=sent.content_sha512,
        item_count=sent.item_count,
        byte_count=sent.byte_count,
        replaces_id=sent.replaces_id,
        note=sent.note,
        submitter_name=ctx.actor.name,
        submitted_at=ctx.now,
    )
    detail = {"mode": str(sent.mode), "content_sha512": sent.content_sha512, "agency": sent.agency.code}
    ledger.record(ctx, "intake:submission:submitted", object_type=OBJECT, object_id=submission.pk,
                  object_name=submission.number, detail=detail)  # fmt: skip
    days = queries.working_days(ctx, "decide_working_days")
    workflow.start_clock(ctx, OBJECT, submission.pk, CLOCK, working_days=days)
    notify.tell(
        ctx,
        org_id=sent.archives_id,
        permission=P.SUBMISSION_DECIDE,
        text=N_("%(agency)s移交了“%(title)s”（%(number)s），正在检测。"),
        params={"agency": sent.agency.name, "title": sent.title, "number": submission.number},
        url=submission.get_absolute_url(),
    )
    return submission


def _queue_check(ctx: Ctx, submission: Submission) -> None:
    jobs.start(
        ctx, CheckSubmission(submission.pk), org_id=submission.archives_id, about=(OBJECT, submission.pk)
    )
