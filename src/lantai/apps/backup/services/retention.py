"""What is kept how long: grandfather, father, son; the last good set stays whatever the plan says."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantai.apps.backup.models import BackupPlan, BackupSet, Pack
from lantai.apps.backup.states import SET
from lantai.apps.backup.types import SetState
from lantai.apps.backup.vaults import Vault, vaults_of
from lantai.kit.errors import LantaiError
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow

logger = logging.getLogger("lantai.backup")
_PACKS_AT_ONCE = 500


def kept(
    made: Iterable[tuple[int, datetime]], *, daily: int, weekly: int, monthly: int, yearly: int
) -> set[int]:
    """Which of the sets (id, time) stay: the newest of each of the last days, weeks, months, years; and the newest."""
    newest_first = sorted(made, key=lambda one: one[1], reverse=True)
    rules = (
        (daily, lambda t: (t.year, t.month, t.day)),
        (weekly, lambda t: t.isocalendar()[:2]),
        (monthly, lambda t: (t.year, t.month)),
        (yearly, lambda t: (t.year,)),
    )
    stays = {newest_first[0][0]} if newest_first else set()
    for most, period_of in rules:
        first_of: dict[object, int] = {}
        for pk, at in newest_first:
            first_of.setdefault(period_of(timezone.localtime(at)), pk)
        stays |= set(list(first_of.values())[:most])
    return stays


def apply_retention(ctx: Ctx, plan: BackupPlan) -> int:
    """Expire what the plan no longer keeps and remove what no set needs; returns how many sets expired.

    The caller holds the vault. A set that may not be removed yet (WORM) is expired here and its files go later.
    """
    good = list(BackupSet.objects.filter(plan=plan, vault=plan.vault, state=SetState.GOOD))
    stays = kept(
        ((row.pk, row.begun_at) for row in good),
        daily=plan.keep_daily, weekly=plan.keep_weekly, monthly=plan.keep_monthly, yearly=plan.keep_yearly,
    )  # fmt: skip
    gone = [row for row in good if row.pk not in stays]
    if good:  # damaged ones are kept until something better is there
        gone += BackupSet.objects.filter(plan=plan, vault=plan.vault, state=SetState.DAMAGED)
    for row in gone:
        with transaction.atomic():
            workflow.move(ctx, row, SET, "expire", detail={"set": row.set_id})
            row.uses.all().delete()
    vaults = vaults_of(plan)
    _remove_manifests(plan, vaults)
    _remove_packs(plan, vaults)
    _clear_spool(plan)
    return len(gone)


def _remove_manifests(plan: BackupPlan, vaults: list[Vault]) -> None:
    ended = (SetState.EXPIRED, SetState.FAILED)
    rows = BackupSet.objects.filter(plan=plan, vault=plan.vault, state__in=ended, is_cleared=False)
    for row in rows:
        names = [(vault, name) for vault in vaults for name in vault.names(f"sets/{row.set_id}/")]
        removed = [_remove(vault, name) for vault, name in reversed(names)]  # the manifest before its list
        if all(removed):
            BackupSet.objects.filter(pk=row.pk).update(is_cleared=True)


def _remove_packs(plan: BackupPlan, vaults: list[Vault]) -> None:
    """The row goes first: a pack that is not known is written anew, one that is known and gone would be missed."""
    unused = Pack.objects.filter(vault=plan.vault, uses__isnull=True).order_by("pk")
    while batch := list(unused[:_PACKS_AT_ONCE]):
        Pack.objects.filter(pk__in=[pack.pk for pack in batch]).delete()
        for pack in batch:
            for vault in vaults:
                _remove(vault, pack.name)


def _remove(vault: Vault, name: str) -> bool:
    try:
        vault.remove(name)
        return True
    except LantaiError as why:  # locked, read-only or away: it stays, which is no harm to what is kept
        logger.info("not removed: %s in %s: %s", name, vault.title, why)
        return False


def _clear_spool(plan: BackupPlan) -> None:
    """What is left on this machine of sets of this plan that have ended."""
    live = {SetState.MAKING, SetState.GOOD}
    ended = set(BackupSet.objects.filter(plan=plan).exclude(state__in=live).values_list("set_id", flat=True))
    root = Path(settings.LANTAI_BACKUP_SPOOL)
    for folder in root.iterdir() if root.is_dir() else ():
        if "-".join(folder.name.split("-")[:2]) in ended:
            shutil.rmtree(folder, ignore_errors=True)
