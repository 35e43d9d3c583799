"""Every write of disposal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue import services as catalogue_services
from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.disposal import queries
from lantai.apps.disposal.elsewhere import BackupsLeft as BackupsLeft
from lantai.apps.disposal.elsewhere import register_backups as register_backups
from lantai.apps.disposal.models import DisposalLine, DisposalList, LegalHold, Opinion, Supervisor
from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.states import LIST
from lantai.apps.disposal.types import (
    APPRAISE,
    HOLD,
    MOST_LINES,
    OBJECT,
    SUPERVISORS,
    WATCH,
    DestroyList,
    HoldEnded,
    HoldNeedsTarget,
    HoldScope,
    ListState,
    NotDue,
    NothingDue,
    OpinionGiven,
    SupervisorsWrong,
    UnderWay,
    Verdict,
)
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing
from lantai.kit.evidence.receipts import statement_digest
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as jobs_queries
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow
from lantai.platform.workflow.models import Transition

BY_HAND = frozenset({"submit", "conclude", "approve_first", "approve_second", "send_back", "withdraw"})


@transaction.atomic
def draft_list(
    ctx: Ctx, *, org_id: int, title: str, reason: str, item_ids: Collection[int] | None = None
) -> DisposalList:
    """Make a list of what is due: of `item_ids`, or of everything. Raises ``NothingDue``, ``NotDue``."""
    policy.require(ctx, P.LIST_DRAFT, org_id)
    today = timezone.localdate(ctx.now)
    due = queries.due(ctx, [org_id], today)
    if item_ids is not None:
        due = due.filter(pk__in=list(item_ids))
        _refuse_others(ctx, due, item_ids)
    items = list(due.order_by("reference_code", "pk")[:MOST_LINES])
    if not items:
        raise NothingDue
    row = DisposalList.objects.create(
        org_id=org_id,
        number=_next_number(org_id, today.year),
        title=title,
        reason=reason,
        drafter_name=ctx.actor.name,
        drafted_at=ctx.now,
    )
    DisposalLine.objects.bulk_create((_line(row, item) for item in items), batch_size=2000)
    _record(ctx, "drafted", row, {"items": len(items)})
    return row


def _refuse_others(ctx: Ctx, due: QuerySet, item_ids: Collection[int]) -> None:
    wrong = set(item_ids) - set(due.values_list("pk", flat=True))
    if wrong:
        raise NotDue(title=catalogue.get(ctx, min(wrong)).title)


def _line(row: DisposalList, item: object) -> DisposalLine:
    return DisposalLine(
        disposal_list=row,
        description=item,
        package_id=item.package_id,  # type: ignore[attr-defined]
        item_key=item.item_key,  # type: ignore[attr-defined]
        reference_code=item.reference_code,  # type: ignore[attr-defined]
        title=item.title,  # type: ignore[attr-defined]
        author=item.author,  # type: ignore[attr-defined]
        dated_on=item.dated_on,  # type: ignore[attr-defined]
        page_count=item.page_count,  # type: ignore[attr-defined]
        retention=item.retention,  # type: ignore[attr-defined]
        expired_on=date(item.last_year, 12, 31),  # type: ignore[attr-defined]
    )


def _next_number(org_id: int, year: int) -> str:
    taken = DisposalList.objects.select_for_update().filter(org_id=org_id, number__startswith=f"XH-{year}-")
    return f"XH-{year}-{len(taken) + 1:04d}"


@transaction.atomic
def judge_line(ctx: Ctx, *, line_id: int, verdict: str, note: str = "") -> DisposalLine:
    """Say of one item that it is destroyed or kept; only while the group appraises."""
    line = policy.one(queries.visible_lines(ctx).select_related("disposal_list"), pk=line_id)
    row = line.disposal_list
    policy.require(ctx, P.LIST_APPRAISE, row.org_id)
    if row.state not in {ListState.DRAFTING, ListState.APPRAISING}:
        raise Missing
    line.verdict, line.note = Verdict(verdict).value, note
    line.save(update_fields=["verdict", "note"])
    _record(ctx, "line_judged", row, {"code": line.reference_code, "verdict": line.verdict})
    return line


@transaction.atomic
def give_opinion(ctx: Ctx, *, list_id: int, duty: str, text: str) -> Opinion:
    """The word of one member of the appraisal group; raises ``OpinionGiven``."""
    row = queries.get(ctx, list_id)
    policy.require(ctx, P.LIST_APPRAISE, row.org_id)
    if row.state != ListState.APPRAISING:
        raise Missing
    try:
        with transaction.atomic():
            found = Opinion.objects.create(
                disposal_list_id=row.pk,
                member_id=ctx.actor.id,
                member_name=ctx.actor.name,
                duty=duty,
                text=text,
                given_at=ctx.now,
            )
    except IntegrityError as why:
        raise OpinionGiven from why
    _record(ctx, "opinion_given", row, {})
    return found


@transaction.atomic
def move(ctx: Ctx, *, list_id: int, name: str, reason: str = "") -> DisposalList:
    """Submit, conclude, approve, send back or withdraw; raises ``Missing`` for other moves."""
    if name not in BY_HAND:
        raise Missing
    row = queries.get(ctx, list_id)
    if name not in {"send_back", "withdraw"}:  # a step back is always free
        queries.refuse_held(row, timezone.localdate(ctx.now))
    workflow.move(ctx, row, LIST, name, reason=reason)
    if name == "submit":
        said = {"number": row.number, "title": row.title}
        url = row.get_absolute_url()
        notify.tell(ctx, org_id=row.org_id, permission=P.LIST_APPRAISE, text=APPRAISE, params=said, url=url)
    if name == "send_back":
        row.opinions.all().delete()  # they were given on what is changed now; the ledger has that they were given
    return row


@transaction.atomic
def execute(ctx: Ctx, *, list_id: int, supervisor_ids: Sequence[int], method: str, place: str) -> Run:
    """Begin the destruction of an approved list under the eyes of two people who had no part in it.

    Raises ``SupervisorsWrong``, ``LegalHoldActive``, and what the state table refuses.
    """
    row = policy.one(
        DisposalList.objects.select_for_update().filter(pk__in=queries.visible(ctx).values("pk")), pk=list_id
    )
    policy.require(ctx, P.LIST_EXECUTE, row.org_id)
    people = queries.may_supervise(row.org_id, timezone.localdate(ctx.now)).filter(
        pk__in=list(supervisor_ids)
    )
    steps = Transition.objects.filter(object_type=OBJECT, object_id=str(row.pk))
    involved = {*steps.values_list("actor_id", flat=True), ctx.actor.id}
    chosen = list(people)
    if len(chosen) != SUPERVISORS or involved & {user.pk for user in chosen}:
        raise SupervisorsWrong(field="supervisors")
    queries.refuse_held(row, timezone.localdate(ctx.now))
    row.executor_name, row.method, row.place = ctx.actor.name, method, place
    row.save(update_fields=["executor_name", "method", "place"])
    Supervisor.objects.bulk_create(
        Supervisor(disposal_list=row, user=user, name=user.name) for user in chosen
    )
    workflow.move(ctx, row, LIST, "execute")
    notify.tell(
        ctx, user_ids=[user.pk for user in chosen], text=WATCH, params={"number": row.number},
        url=row.get_absolute_url(),
    )  # fmt: skip
    return jobs.start(ctx, DestroyList(row.pk), org_id=row.org_id, about=(OBJECT, row.pk))


@transaction.atomic
def resume(ctx: Ctx, *, list_id: int) -> Run:
    """Go on with a destruction that was begun and whose run ended or is lost; raises ``UnderWay``, ``Missing``.

    What is destroyed already stays so; the approvals and the supervisors are those of the beginning.
    """
    row = policy.one(
        DisposalList.objects.select_for_update().filter(pk__in=queries.visible(ctx).values("pk")), pk=list_id
    )
    policy.require(ctx, P.LIST_EXECUTE, row.org_id)
    if row.state != ListState.DESTROYING:
        raise Missing
    if jobs_queries.is_under_way(DestroyList(row.pk)):
        raise UnderWay
    queries.refuse_held(row, timezone.localdate(ctx.now))
    _record(ctx, "execution_resumed", row, {})
    return jobs.start(ctx, DestroyList(row.pk), org_id=row.org_id, about=(OBJECT, row.pk))


def destroy_part(ctx: Ctx, *, list_id: int, package_id: int) -> int:
    """Destroy what a list names of one package, in the caller's transaction; how many items.

    The hold is asked again: one that was placed since the approval stops what is not destroyed yet.
    """
    row = DisposalList.objects.get(pk=list_id)
    queries.refuse_held(row, timezone.localdate(ctx.now))
    waiting = row.lines.filter(package_id=package_id, verdict=Verdict.DESTROY, destroyed_at=None)
    lines = list(waiting.select_for_update())
    if not lines:
        return 0
    keys = [line.item_key for line in lines]
    sizes = queries.sizes_of_items(package_id, keys)
    package = custody_services.destroy_content(
        ctx,
        package_id=package_id,
        item_keys=keys,
        key=row.number,
        stub=custody_services.as_document(_stub(row, lines)),
        message=f"{row.number} {row.title}"[:200],
    )
    catalogue_services.mark_destroyed(ctx, package_id=package_id, item_keys=keys, list_number=row.number)
    for line in lines:
        line.file_count, line.byte_count = sizes.get(line.item_key, (0, 0))
        line.destroyed_at, line.version = ctx.now, package.version
    fields = ["file_count", "byte_count", "destroyed_at", "version"]
    DisposalLine.objects.bulk_update(lines, fields, batch_size=2000)
    return len(lines)


@transaction.atomic
def confirm_supervision(ctx: Ctx, *, list_id: int) -> Supervisor:
    """One who was named to watch says that it was done under the own eyes; raises ``Missing`` for everybody else."""
    row = queries.get(ctx, list_id)
    found = queries.watching(ctx, row)
    if found is None:
        raise Missing
    policy.require(ctx, P.LIST_SUPERVISE, row.org_id)
    found.confirmed_at = ctx.now
    found.save(update_fields=["confirmed_at"])
    _record(ctx, "supervision_confirmed", row, {})
    return found


@transaction.atomic
def finish(ctx: Ctx, *, list_id: int) -> DisposalList:
    """Say that everything on the list is destroyed, with the line in the log that the certificate proves."""
    row = DisposalList.objects.select_for_update().get(pk=list_id)
    if row.state == ListState.DESTROYED:
        return row
    catalogue_services.forget_previews()
    row.destroyed_at = ctx.now
    row.statement = _statement(row)
    entry = ledger.record(
        ctx,
        "disposal:list:destroyed",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail={"statement_sha256": statement_digest(row.statement), "number": row.number},
    )
    row.entry_id = entry.pk
    row.save(update_fields=["destroyed_at", "entry_id", "statement"])
    workflow.move(ctx, row, LIST, "finish")
    return row


@dataclass(frozen=True, slots=True)
class Target:
    """What a hold covers: one of the three."""

    fonds_id: int | None = None
    package_id: int | None = None
    description_id: int | None = None


@transaction.atomic
def place_hold(
    ctx: Ctx, *, org_id: int, target: Target, reason: str, basis: str = "", ends_on: date | None = None
) -> LegalHold:
    """Forbid the destruction of a fonds, a package or an item; raises ``HoldNeedsTarget``, ``Missing``."""
    policy.require(ctx, P.HOLD_MANAGE, org_id)
    scope, name = _covered(ctx, org_id, target)
    row = LegalHold.objects.create(
        org_id=org_id,
        scope=scope,
        fonds_id=target.fonds_id,
        package_id=target.package_id,
        description_id=target.description_id,
        target_name=name[:300],
        reason=reason,
        basis=basis,
        placed_by=ctx.actor.name,
        placed_at=ctx.now,
        ends_on=ends_on,
    )
    _record_hold(ctx, "placed", row, {"scope": scope, "reason": reason})
    return row


def _covered(ctx: Ctx, org_id: int, target: Target) -> tuple[HoldScope, str]:
    given = [one for one in (target.fonds_id, target.package_id, target.description_id) if one is not None]
    if len(given) != 1:
        raise HoldNeedsTarget
    if target.fonds_id is not None:
        return HoldScope.FONDS, str(policy.one(holdings.visible_fonds(ctx), pk=target.fonds_id))
    if target.package_id is not None:
        return HoldScope.PACKAGE, str(
            policy.one(custody.visible(ctx), pk=target.package_id, custodian_id=org_id)
        )
    found = policy.one(catalogue.visible(ctx), pk=target.description_id, custodian_id=org_id)
    return HoldScope.ITEM, f"{found.reference_code} {found.title}"


@transaction.atomic
def lift_hold(ctx: Ctx, *, hold_id: int, reason: str) -> LegalHold:
    """End a hold; raises ``HoldEnded``."""
    row = policy.one(queries.visible_holds(ctx).select_for_update(of=("self",)), pk=hold_id)
    policy.require(ctx, P.HOLD_MANAGE, row.org_id)
    if row.lifted_at is not None:
        raise HoldEnded
    row.lifted_at, row.lifted_why = ctx.now, reason
    row.save(update_fields=["lifted_at", "lifted_why"])
    _record_hold(ctx, "lifted", row, {"reason": reason})
    return row


def _statement(row: DisposalList) -> dict[str, str | int]:
    """What the certificate says, without a title or a person: the ledger commits to its digest."""
    done = row.lines.filter(destroyed_at__isnull=False).aggregate(
        items=Count("pk"), files=Sum("file_count"), octets=Sum("byte_count")
    )
    return {
        "kind": "destruction-certificate",
        "number": row.number,
        "archives": row.org.name,
        "archives_code": row.org.code,
        "items": done["items"] or 0,
        "files": done["files"] or 0,
        "bytes": done["octets"] or 0,
        "destroyed_at": row.destroyed_at.isoformat() if row.destroyed_at else "",
    }


def _stub(row: DisposalList, lines: Sequence[DisposalLine]) -> dict[str, object]:
    return {
        "format": "lantai-destroyed/1",
        "list": row.number,
        "reason": row.reason,
        "items": [
            {"key": line.item_key, "code": line.reference_code, "retention": line.retention,
             "expired_on": line.expired_on.isoformat()}
            for line in lines
        ],
    }  # fmt: skip


def _record(ctx: Ctx, past: str, row: DisposalList, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx,
        f"disposal:list:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail=detail,
    )


def _record_hold(ctx: Ctx, past: str, row: LegalHold, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx, f"disposal:hold:{past}", object_type=HOLD, object_id=row.pk, object_name=str(row), detail=detail
    )
