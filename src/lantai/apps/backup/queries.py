"""Every read of this app."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lantai.apps.backup.models import Alarm, BackupPlan, BackupSet, RestoreDrill
from lantai.apps.backup.permissions import P
from lantai.apps.backup.types import DrillState, Light, SetState, Standing
from lantai.apps.disposal.services import BackupsLeft
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

PLANS = policy.Granted(P.PLAN_READ, "org_id")
OF_PLAN = policy.Granted(P.PLAN_READ, "plan__org_id")
_PATIENCE = 3  # how many intervals may pass before somebody is alarmed


def visible(ctx: Ctx) -> QuerySet[BackupPlan]:
    """Plans of organisations where the actor may see them."""
    rows = BackupPlan.objects.select_related("org", "place", "second_place")
    return policy.visible(rows, PLANS, ctx.actor)


def get(ctx: Ctx, plan_id: int) -> BackupPlan:
    """One plan, or ``Missing``."""
    return policy.one(visible(ctx), pk=plan_id)


def sets(ctx: Ctx) -> QuerySet[BackupSet]:
    """Sets of visible plans."""
    rows = BackupSet.objects.select_related("plan__place", "plan__second_place")
    return policy.visible(rows, OF_PLAN, ctx.actor)


def get_set(ctx: Ctx, set_id: int) -> BackupSet:
    """One set, or ``Missing``."""
    return policy.one(sets(ctx), pk=set_id)


def drills(ctx: Ctx) -> QuerySet[RestoreDrill]:
    """Drills of visible plans."""
    return policy.visible(RestoreDrill.objects.select_related("plan", "backup_set"), OF_PLAN, ctx.actor)


def get_drill(ctx: Ctx, drill_id: int) -> RestoreDrill:
    """One drill, or ``Missing``."""
    return policy.one(drills(ctx), pk=drill_id)


def kept_from_before(moment: datetime) -> list[BackupsLeft]:
    """Sets from before a moment that are not cleared: by plan, how many, and when the last goes at the latest."""
    found: dict[int, list[BackupSet]] = {}
    for row in BackupSet.objects.filter(begun_at__lt=moment, is_cleared=False).select_related("plan"):
        found.setdefault(row.plan_id, []).append(row)
    return [
        BackupsLeft(rows[0].plan.title, len(rows), max(map(_kept_until, rows))) for rows in found.values()
    ]


def _kept_until(row: BackupSet) -> date:
    plan = row.plan
    days = max(plan.keep_daily, plan.keep_weekly * 7, plan.keep_monthly * 31, plan.keep_yearly * 366)
    return timezone.localdate(row.begun_at) + timedelta(days=days)


def orgs_to_manage(ctx: Ctx) -> QuerySet[Org]:
    """The organisations whose backups the actor keeps."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.PLAN_MANAGE), is_active=True)


def open_alarms(plan: BackupPlan) -> QuerySet[Alarm]:
    """What must be mended."""
    return plan.alarms.filter(mended_at=None)


def count_alarms(ctx: Ctx) -> int:
    """How many alarms are open in the actor's plans."""
    return Alarm.objects.filter(plan__in=visible(ctx), mended_at=None).count()


def plan_titled(title: str) -> BackupPlan:
    """The plan of that name, or the only one there is; ``Missing`` otherwise. For the command line."""
    rows = BackupPlan.objects.select_related("org", "place", "second_place")
    if title:
        return policy.one(rows, title=title)
    return policy.one(rows.filter(pk__in=[row.pk for row in rows[:2]] if rows.count() == 1 else []))


def newest_good(plan: BackupPlan) -> BackupSet | None:
    """The set from which a restore would be made."""
    return plan.sets.filter(state=SetState.GOOD, vault=plan.vault).order_by("-id").first()


def newest_for_reading(plan: BackupPlan) -> BackupSet:
    """The newest set that lies in its places, good or not; ``Missing`` without one."""
    kept = plan.sets.filter(state__in=(SetState.GOOD, SetState.DAMAGED)).order_by("-id")
    return policy.one(kept)


def last_restored_on() -> date | None:
    """The day of the last drill that passed and in which archival content came back, not the database alone."""
    passed = RestoreDrill.objects.filter(state=DrillState.PASSED, plan__includes_store=True)
    last = passed.aggregate(at=Max("finished_at"))["at"]
    return timezone.localdate(last) if last else None


def standing(plan: BackupPlan, now: datetime) -> Standing:
    """How a plan stands: red when what is saved is older than promised, yellow for open alarms."""
    good = newest_good(plan)
    drill = plan.drills.exclude(state=DrillState.RUNNING).order_by("-id").first()
    next_set = good.begun_at + timedelta(hours=plan.full_every_hours) if good else plan.created_at
    since = drill.begun_at if drill else (good.begun_at if good else None)
    next_drill = since + timedelta(days=plan.drill_every_days) if since and plan.drill_every_days else None
    light, why = _light(plan, good, now)
    return Standing(light, why, good.covered_until if good else None, next_set, next_drill)


def _light(plan: BackupPlan, good: BackupSet | None, now: datetime) -> tuple[Light, str]:
    promised = timedelta(minutes=max(plan.rpo_minutes, _PATIENCE * plan.increment_every_minutes))
    if good is None or good.covered_until is None:
        if now - plan.created_at > promised:
            return Light.RED, _("还没有可用的备份")
        return Light.YELLOW, _("等待第一次备份")
    if now - good.covered_until > promised:
        minutes = int((now - good.covered_until).total_seconds() // 60)
        return Light.RED, _("最近 %(n)d 分钟没有备份，超过承诺的 %(rpo)d 分钟") % {
            "n": minutes,
            "rpo": plan.rpo_minutes,
        }
    causes = [row.get_cause_display() for row in open_alarms(plan)]
    if causes:
        return Light.YELLOW, "；".join(map(str, causes))
    return Light.GREEN, ""
