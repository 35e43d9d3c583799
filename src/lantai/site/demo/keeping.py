"""Copies elsewhere and a backup: the city archives keeps a second copy on another disk, the bureau backs up.

Both places are folders of this machine and say so; a byte of one copy is spoilt, for the reading to find and mend.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from lantai.apps.backup import services as backup
from lantai.apps.backup.models import BackupPlan, BackupSet
from lantai.apps.copies import services as copies
from lantai.apps.copies.models import Copy, CopyPolicy, Reading
from lantai.apps.copies.types import CopyState
from lantai.platform.places import services as places
from lantai.platform.places.models import Place
from lantai.site.demo.region import Region

_KEEPER, _BUREAU = "shiguan", "bureau"
_COPIES, _BACKUPS = "yidi", "beifen"


def keep_copies(region: Region) -> int:
    """A second place and the policy that asks for it; returns how many copies there will be."""
    org = region.org(_KEEPER)
    place = _place(region, _KEEPER, _COPIES, "异地备份库（样例）", "异地库房（样例）")
    if not CopyPolicy.objects.filter(org=org).exists():
        copies.add_policy(
            region.ctx(_KEEPER, "archives_head"),
            org_id=org.pk,
            title="馆藏两份、两地（样例）",
            place_ids=[place.pk],
            copy_count=2,
            site_count=2,
            cycle_days=90,
            rate_mb_s=0,
        )
    return Copy.objects.filter(place=place, state=CopyState.WHOLE).count()


def spoil_one(region: Region) -> None:
    """Before anybody read the copies: one byte of one file in the second place is not what it was."""
    if Reading.objects.filter(org=region.org(_KEEPER)).exists():
        return
    root = Path(Place.objects.get(slug=_COPIES).address)
    contents = (path for path in root.glob("*/*/*/*/v1/content/**/*") if path.is_file())
    for path in sorted(contents)[:1]:
        with path.open("r+b") as held:
            held.seek(-1, 2)
            held.write(b"\xff")


def back_up(region: Region) -> int:
    """A plan of the bureau and its first set; returns how many sets are asked for."""
    place = _place(region, _BUREAU, _BACKUPS, "备份盘（样例）", "备份机房（样例）")
    ctx = region.ctx(_BUREAU, "system_officer")
    plan = BackupPlan.objects.filter(org=region.org(_BUREAU)).first()
    if plan is None:
        plan = backup.draw_up_plan(
            ctx, org_id=region.org(_BUREAU).pk, title="每日备份（样例）", place=place, includes_store=True
        )
    if BackupSet.objects.filter(plan=plan).exclude(state="failed").exists():
        return 0
    backup.order_backup(ctx, plan_id=plan.pk)
    return 1


def _place(region: Region, slug: str, name: str, title: str, site: str) -> Place:
    found = Place.objects.filter(slug=name).first()
    if found is not None:
        return found
    folder = Path(settings.LANTAI_HOME).resolve() / "places"
    folder.mkdir(exist_ok=True)
    return places.add_place(
        region.ctx(_BUREAU, "system_officer"),
        org_id=region.org(slug).pk,
        slug=name,
        title=title,
        kind="folder",
        address=str(folder / name),
        site=site,
    )
