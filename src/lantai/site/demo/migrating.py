"""Formats counted at the city archives, and one small plan that makes files of one fonds anew beside the originals."""

from __future__ import annotations

from lantai.apps.migration import queries, services
from lantai.apps.migration.models import HeldFormat, MigrationPlan
from lantai.apps.migration.registry import converter_named
from lantai.apps.migration.types import PlanState
from lantai.site.demo.region import Region

_KEEPER = "shiguan"


def count_formats(region: Region) -> int:
    """Count what the archives keeps; how many organisations are counted."""
    org = region.org(_KEEPER)
    if HeldFormat.objects.filter(org=org).exists():
        return 0
    services.start_count(region.ctx(_KEEPER, "archivist"), org_id=org.pk)
    return 1


def try_out(region: Region) -> int:
    """Draw up the plan and convert its sample; returns how many files it names."""
    plan = MigrationPlan.objects.filter(org=region.org(_KEEPER)).first() or _drawn_up(region)
    if plan is None or plan.state != PlanState.DRAFT:
        return 0
    services.start_preview(region.ctx(_KEEPER, "archivist"), plan_id=plan.pk)
    return plan.file_count


def migrate(region: Region) -> int:
    """Another person approves, and the plan is run; returns how many files it names."""
    plan = MigrationPlan.objects.filter(org=region.org(_KEEPER)).first()
    if plan is None or plan.state not in (PlanState.PREVIEWED, PlanState.APPROVED):
        return 0
    if plan.state == PlanState.PREVIEWED:
        services.move(region.ctx(_KEEPER, "archives_head"), plan_id=plan.pk, name="approve")
    services.start_run(region.ctx(_KEEPER, "archivist"), plan_id=plan.pk)
    return plan.file_count


def _drawn_up(region: Region) -> MigrationPlan | None:
    """For the smallest format that a converter here reads; None where there is none."""
    org = region.org(_KEEPER)
    for row in HeldFormat.objects.filter(org=org).order_by("byte_count", "pk"):
        converter = converter_named(row.target)
        if converter is not None and row.puid in converter.sources and not converter.trouble():
            return services.draft_plan(
                region.ctx(_KEEPER, "archivist"),
                org_id=org.pk,
                fonds_id=row.fonds_id,
                puid=row.puid,
                converter=row.target,
                title=f"{queries.name_of(row.puid)} 转换（样例）",
                reason="样例：试用长期保存格式，原件保留，可以撤销。",
                sample_size=2,
            )
    return None
