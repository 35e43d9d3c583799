"""Drawing up plans, and letting them begin, be tried again and be taken back."""

from __future__ import annotations

from itertools import islice

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from lantai.apps.migration import queries, registry
from lantai.apps.migration.models import MigrationPlan, PlanItem, PlanPackage
from lantai.apps.migration.permissions import P
from lantai.apps.migration.states import PLAN
from lantai.apps.migration.types import (
    MOST_FILES,
    MOST_SAMPLES,
    OBJECT,
    Converter,
    ConverterAway,
    DrafterApproves,
    ItemState,
    NothingFailed,
    NothingToMigrate,
    PreviewPlan,
    RunPlan,
    UndoPlan,
    UndoTooLate,
)
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org
from lantai.platform.workflow import services as workflow

BY_HAND = frozenset({"approve", "send_back", "withdraw"})
_AT_ONCE = 2_000


@transaction.atomic
def draft_plan(
    ctx: Ctx,
    *,
    org_id: int,
    fonds_id: int | None,
    puid: str,
    converter: str,
    title: str,
    reason: str,
    sample_size: int = 3,
) -> MigrationPlan:
    """List the files of a format that no plan has in hand; raises ``NothingToMigrate``, ``ConverterUnfit``."""
    policy.require(ctx, P.PLAN_DRAFT, org_id)
    registry.fitting(converter, puid)
    # Of two who draft at once the second finds the files taken.
    Org.objects.select_for_update(no_key=True).get(pk=org_id)
    files = queries.files_of(ctx, org_id=org_id, fonds_id=fonds_id, puid=puid)[:MOST_FILES]
    plan = MigrationPlan.objects.create(
        org_id=org_id,
        fonds_id=fonds_id,
        number=_next_number(org_id, timezone.localdate(ctx.now).year),
        title=title,
        reason=reason,
        puid=puid,
        converter=converter,
        sample_size=max(1, min(sample_size, MOST_SAMPLES)),
        file_count=0,
        byte_count=0,
        package_count=0,
        drafter_id=ctx.actor.id,
        drafter_name=ctx.actor.name,
        drafted_at=ctx.now,
    )
    waiting = (_item(plan, file) for file in files.iterator(chunk_size=_AT_ONCE))
    while batch := list(islice(waiting, _AT_ONCE)):
        PlanItem.objects.bulk_create(batch)
    _count(plan)
    _choose_samples(plan)
    ledger.record(
        ctx,
        "migration:plan:drafted",
        object_type=OBJECT,
        object_id=plan.pk,
        object_name=str(plan),
        detail={"files": plan.file_count, "puid": puid, "converter": converter},
    )
    return plan


def _count(plan: MigrationPlan) -> None:
    """How much a plan has before it, and in which packages; raises ``NothingToMigrate``."""
    found = plan.items.aggregate(files=Count("pk"), octets=Sum("size_bytes"))
    if not found["files"]:
        raise NothingToMigrate
    packages = list(plan.items.order_by().values_list("package_id", flat=True).distinct())
    parts = (PlanPackage(plan=plan, package_id=package_id) for package_id in sorted(packages))
    PlanPackage.objects.bulk_create(parts, batch_size=_AT_ONCE)
    plan.file_count, plan.byte_count, plan.package_count = found["files"], found["octets"], len(packages)
    plan.save(update_fields=["file_count", "byte_count", "package_count"])


def _item(plan: MigrationPlan, file: dict[str, object]) -> PlanItem:
    return PlanItem(
        plan=plan,
        package_id=file["pk"],
        file_id=file["file_pk"],
        logical_path=file["file_path"],
        original_name=file["file_name"],
        size_bytes=file["file_size"],
    )


def _choose_samples(plan: MigrationPlan) -> None:
    """Small, middling and large ones: files at even steps of size."""
    count = min(plan.sample_size, plan.file_count)
    rows = plan.items.order_by("size_bytes", "pk")
    last = plan.file_count - 1
    places = {round(step * last / (count - 1)) for step in range(count)} if count > 1 else {last // 2}
    chosen = [rows[place].pk for place in sorted(places)]
    plan.items.filter(pk__in=chosen).update(is_sample=True)


def _next_number(org_id: int, year: int) -> str:
    taken = MigrationPlan.objects.select_for_update().filter(org_id=org_id, number__startswith=f"QY-{year}-")
    return f"QY-{year}-{len(taken) + 1:04d}"


@transaction.atomic
def move(ctx: Ctx, *, plan_id: int, name: str, reason: str = "") -> MigrationPlan:
    """Approve, send back or withdraw; raises ``DrafterApproves``, and ``Missing`` for other moves."""
    if name not in BY_HAND:
        raise Missing
    plan = queries.get(ctx, plan_id)
    if name == "approve" and plan.drafter_id is not None and plan.drafter_id == ctx.actor.id:
        raise DrafterApproves
    workflow.move(ctx, plan, PLAN, name, reason=reason)
    if name != "approve":
        give_up_made(plan.items.all())
    return plan


def give_up_made(items: QuerySet[PlanItem]) -> None:
    """Give up what was made and is in no package yet: the files wait again."""
    rows = items.filter(state=ItemState.MADE)
    blobs.discard(*(one["key"] for made in rows.values_list("made", flat=True) for one in made))
    rows.update(state=ItemState.WAITING, made=[], made_bytes=None, lost=[], proof={})


@transaction.atomic
def start_preview(ctx: Ctx, *, plan_id: int) -> Run:
    """Convert the sample; raises ``ConverterAway``."""
    plan = _locked(ctx, plan_id, P.PLAN_DRAFT)
    _require_working(plan)
    workflow.move(ctx, plan, PLAN, "preview")
    return _begin(ctx, plan, PreviewPlan(plan.pk), plan.sample_size)


@transaction.atomic
def start_run(ctx: Ctx, *, plan_id: int) -> Run:
    """Convert everything of an approved plan; raises ``ConverterAway``."""
    plan = _locked(ctx, plan_id, P.PLAN_RUN)
    _require_working(plan)
    workflow.move(ctx, plan, PLAN, "start")
    return _begin(ctx, plan, RunPlan(plan.pk), plan.file_count)


@transaction.atomic
def retry_failed(ctx: Ctx, *, plan_id: int) -> Run:
    """Try again what could not be converted; raises ``NothingFailed``, ``ConverterAway``."""
    plan = _locked(ctx, plan_id, P.PLAN_RUN)
    _require_working(plan)
    failed = plan.items.filter(state=ItemState.FAILED)
    count = failed.count()
    if not count:
        raise NothingFailed
    workflow.move(ctx, plan, PLAN, "retry")
    packages = list(failed.values_list("package_id", flat=True).distinct())
    plan.packages.filter(package_id__in=packages).update(is_tested=False)
    failed.update(state=ItemState.WAITING, message="", params={})
    return _begin(ctx, plan, RunPlan(plan.pk), count)


@transaction.atomic
def start_undo(ctx: Ctx, *, plan_id: int, reason: str) -> Run:
    """Take back what a plan has added, while there is time; raises ``UndoTooLate``."""
    plan = _locked(ctx, plan_id, P.PLAN_RUN)
    if plan.undo_until is not None and ctx.now > plan.undo_until:
        raise UndoTooLate(until=timezone.localtime(plan.undo_until).strftime("%Y-%m-%d"))
    workflow.move(ctx, plan, PLAN, "undo", reason=reason)
    return _begin(ctx, plan, UndoPlan(plan.pk), plan.package_count)


def _locked(ctx: Ctx, plan_id: int, permission: P) -> MigrationPlan:
    rows = MigrationPlan.objects.select_for_update().filter(pk__in=queries.visible(ctx).values("pk"))
    plan = policy.one(rows, pk=plan_id)
    policy.require(ctx, permission, plan.org_id)
    return plan


def _require_working(plan: MigrationPlan) -> Converter:
    found = registry.fitting(plan.converter, plan.puid)
    if trouble := found.trouble():
        raise ConverterAway(label=str(found.label), reason=trouble)
    return found


def _begin(ctx: Ctx, plan: MigrationPlan, args: object, total: int) -> Run:
    run = jobs.start(ctx, args, org_id=plan.org_id, about=(OBJECT, plan.pk), total=total)
    plan.run = run
    plan.save(update_fields=["run"])
    return run
