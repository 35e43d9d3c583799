"""The steps of the runs: those with a cursor in the caller's transaction, the last ones in their own; done twice
a step does nothing twice."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.custody.types import Conclusion, ItemsUnreadable, NewFile, Occasion
from lantai.apps.migration import queries
from lantai.apps.migration.models import MigrationPlan, PlanItem
from lantai.apps.migration.services.counting import count_anew
from lantai.apps.migration.states import PLAN
from lantai.apps.migration.types import ROLE, ItemState, PlanState
from lantai.kit.digests import Digests
from lantai.kit.errors import N_
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow

_UNDONE = "撤销 %s"  # in the object's own history
_AFTER = 1_000  # what was made stands behind the originals of its item
_FIELDS = ["state", "message", "params", "made", "made_bytes", "lost", "proof", "seconds"]
UNTESTED = N_("信息包没有可检测的条目元数据。")


def keep_made(item: PlanItem) -> None:
    """Save what became of a file; what was made for it before is given up."""
    before = PlanItem.objects.values_list("made", flat=True).get(pk=item.pk)
    item.save(update_fields=_FIELDS)
    blobs.discard(*(one["key"] for one in before))


@transaction.atomic
def conclude_preview(ctx: Ctx, *, plan_id: int) -> MigrationPlan:
    """Say what the sample promises for all, or that nothing of it could be converted."""
    plan = MigrationPlan.objects.select_for_update().get(pk=plan_id)
    if plan.state != PlanState.PREVIEWING:
        return plan
    shown = queries.samples(plan).filter(state=ItemState.MADE)
    found = shown.aggregate(source=Sum("size_bytes"), made=Sum("made_bytes"), seconds=Sum("seconds"))
    if found["made"] is None:
        workflow.move(ctx, plan, PLAN, "not_shown")
        return plan
    share = plan.byte_count / max(1, found["source"])
    plan.estimated_bytes = round(found["made"] * share)
    plan.estimated_seconds = max(1, round(found["seconds"] * share))
    plan.save(update_fields=["estimated_bytes", "estimated_seconds"])
    workflow.move(ctx, plan, PLAN, "shown")
    return plan


def add_part(ctx: Ctx, *, plan_id: int, package_id: int) -> int:
    """Add everything that was made for one package as one version of its object; how many files were migrated.

    Whoever runs it again after a crash finds the version there, for what was made is staged under its digest.
    """
    plan = MigrationPlan.objects.get(pk=plan_id)
    waiting = plan.items.filter(package_id=package_id, state=ItemState.MADE).select_for_update(of=("self",))
    items = list(waiting.select_related("file").defer("file__text", "file__examination").order_by("pk"))
    for item in [item for item in items if item.file is None]:  # destroyed while it was made
        drop_made(item)
    items = [item for item in items if item.file is not None]
    if not items:
        return 0
    files = [file for item in items for file in _new_files(item)]
    package = custody_services.add_files(ctx, package_id=package_id, files=files, message=str(plan)[:200])
    for item in items:
        item.state = ItemState.ADDED
    PlanItem.objects.bulk_update(items, ["state"], batch_size=2_000)
    plan.packages.filter(package_id=package_id).update(version=package.version)
    blobs.discard(*(one["key"] for item in items for one in item.made))
    return len(items)


def drop_made(item: PlanItem) -> None:
    """Give up what was made of a file that is no longer kept."""
    blobs.discard(*(one["key"] for one in item.made))
    item.state, item.made, item.made_bytes = ItemState.FAILED, [], None
    item.message = N_("原件已不在信息包中（可能已销毁），没有转换。")
    item.save(update_fields=["state", "made", "made_bytes", "message"])


def _new_files(item: PlanItem) -> list[NewFile]:
    assert item.file is not None
    return [
        NewFile(
            item_key=item.file.item_key,
            order=item.file.order + _AFTER + number,
            logical_path=one["path"],
            original_name=one["name"],
            role=ROLE,
            digests=Digests(one["sha256"], one["sha512"], one["sm3"]),
            size_bytes=one["size"],
            blob_key=one["key"],
            puid=one["puid"],
            mime=one["mime"],
            state=one["state"],
            page_count=one["pages"],
            extension_ok=one["extension_ok"],
            examination=one["examination"],
        )
        for number, one in enumerate(item.made)
    ]


def test_part(ctx: Ctx, *, plan_id: int, package_id: int) -> str:
    """The four-property test of a package after its migration; its conclusion. Repeated it makes a fresh report."""
    part = MigrationPlan.objects.get(pk=plan_id).packages.get(package_id=package_id)
    if part.is_tested or part.version is None:
        return part.conclusion
    try:
        checks = custody_services.test_after(ctx, part.package, Occasion.MIGRATION)
        part.conclusion = str(custody.counts_as([check.pk for check in checks]))
    except ItemsUnreadable:
        part.conclusion = ""
    part.is_tested = True
    part.save(update_fields=["conclusion", "is_tested"])
    return part.conclusion


test_part.__test__ = False  # type: ignore[attr-defined]  # a test of records, not of this program


@transaction.atomic
def finish(ctx: Ctx, *, plan_id: int) -> MigrationPlan:
    """Say that a plan is done; from now on it can be taken back for as long as the settings say."""
    plan = MigrationPlan.objects.select_for_update().get(pk=plan_id)
    if plan.state != PlanState.RUNNING:
        return plan
    plan.finished_at = ctx.now
    plan.undo_until = ctx.now + timedelta(days=settings.LANTAI_MIGRATION_UNDO_DAYS)
    plan.save(update_fields=["finished_at", "undo_until"])
    found = queries.standing(plan)
    detail = {
        "files": found.by_state.get(ItemState.ADDED, 0),
        "failed": found.by_state.get(ItemState.FAILED, 0),
        "packages": found.added,
        "tests_failed": found.not_passed,
    }
    workflow.move(ctx, plan, PLAN, "finish", detail=detail)
    count_anew(ctx, org_id=plan.org_id)
    return plan


def undo_part(ctx: Ctx, *, plan_id: int, package_id: int) -> int:
    """Take what a plan added to one package out of its newest version; how many files. Earlier versions keep it."""
    plan = MigrationPlan.objects.get(pk=plan_id)
    items = list(plan.items.filter(package_id=package_id, state=ItemState.ADDED).select_for_update())
    if not items:
        return 0
    paths = [one["path"] for item in items for one in item.made]
    package = custody_services.leave_out_files(
        ctx, package_id=package_id, paths=paths, message=(_UNDONE % plan)[:200]
    )
    plan.items.filter(pk__in=[item.pk for item in items]).update(state=ItemState.UNDONE)
    plan.packages.filter(package_id=package_id).update(undone_version=package.version)
    return len(paths)


@transaction.atomic
def finish_undo(ctx: Ctx, *, plan_id: int) -> MigrationPlan:
    """Say that everything was taken back."""
    plan = MigrationPlan.objects.select_for_update().get(pk=plan_id)
    if plan.state == PlanState.UNDOING:
        workflow.move(ctx, plan, PLAN, "taken_back")
        count_anew(ctx, org_id=plan.org_id)
    return plan


def failed_tests(plan_id: int) -> int:
    """Packages whose test after the migration failed."""
    return MigrationPlan.objects.get(pk=plan_id).packages.filter(conclusion=Conclusion.FAILED).count()
