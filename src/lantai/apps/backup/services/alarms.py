"""One alarm for each cause, told once, until it is mended."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from lantai.apps.backup.models import Alarm, BackupPlan
from lantai.apps.backup.permissions import P
from lantai.apps.backup.types import PLAN, Cause
from lantai.kit.errors import N_
from lantai.platform.accounts import queries as accounts
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify

_SAID = {
    Cause.STALE: N_("备份方案“%(title)s”过期没有新的备份，请尽快处理。%(why)s"),
    Cause.SET_FAILED: N_("备份方案“%(title)s”的备份没有完成，原有备份不受影响。%(why)s"),
    Cause.DAMAGED: N_("备份方案“%(title)s”的备份读出的内容有损坏。%(why)s"),
    Cause.DRILL_FAILED: N_("备份方案“%(title)s”的恢复演练没有通过，请查看报告。%(why)s"),
    Cause.DRILL_DUE: N_("备份方案“%(title)s”的恢复演练逾期没有做。%(why)s"),
    Cause.WAL_LOST: N_("备份方案“%(title)s”的数据库日志不连续，将重新制作完整备份。%(why)s"),
}


def alarm(ctx: Ctx, plan: BackupPlan, cause: Cause, why: str = "") -> Alarm:
    """Raise an alarm, or add to one that is open; people are told of the first alone."""
    try:
        with transaction.atomic():
            row = Alarm.objects.create(plan=plan, cause=cause, why=why, since=ctx.now)
            _tell(ctx, plan, cause, why)
            return row
    except IntegrityError:
        row = Alarm.objects.get(plan=plan, cause=cause, mended_at=None)
        Alarm.objects.filter(pk=row.pk).update(why=why)
        return row


def _tell(ctx: Ctx, plan: BackupPlan, cause: Cause, why: str) -> None:
    detail = {"cause": cause.value, "why": why[:300]}
    ledger.record(
        ctx, "backup:plan:alarmed", object_type=PLAN, object_id=plan.pk, object_name=plan.title, detail=detail
    )
    # also the one who started what failed: an alarm is no act of theirs
    officers = accounts.holders(P.PLAN_MANAGE, plan.org_id, timezone.localdate(ctx.now))
    notify.tell(
        ctx, user_ids=officers, text=_SAID[cause],
        params={"title": plan.title, "why": why[:200]}, url=plan.get_absolute_url(),
    )  # fmt: skip


@transaction.atomic
def mend(ctx: Ctx, plan: BackupPlan, *causes: Cause) -> int:
    """Close the alarms of these causes; returns how many were open."""
    open_ones = Alarm.objects.filter(plan=plan, cause__in=causes, mended_at=None)
    closed = [row.cause for row in open_ones]
    if closed:
        open_ones.update(mended_at=ctx.now)
        ledger.record(
            ctx, "backup:plan:calmed", object_type=PLAN, object_id=plan.pk, object_name=plan.title,
            detail={"causes": closed},
        )  # fmt: skip
    return len(closed)
