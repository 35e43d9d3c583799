"""移交预告: what is coming is announced, the day is agreed, and the transfer that comes names it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from lantai.apps.intake import queries
from lantai.apps.intake.models import Announcement
from lantai.apps.intake.permissions import P
from lantai.apps.intake.services.agreed import require_agreed
from lantai.apps.intake.services.turns import wait_for_turn
from lantai.apps.intake.states import ANNOUNCED
from lantai.apps.intake.types import ANNOUNCEMENT, CLOCK, AnnouncementState, DayPassed, NoFonds, Plan
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.orgs import queries as orgs
from lantai.platform.workflow import services as workflow


@transaction.atomic
def announce(ctx: Ctx, *, agency_id: int, plan: Plan) -> Announcement:
    """Announce a transfer; the archives confirms the day or proposes another within its clock.

    Raises ``DayPassed``, ``KindNotAgreed``, ``MoreBytesThanAgreed``, ``MoreItemsThanAgreed``, ``NoAgreement``.
    """
    policy.require(ctx, P.SUBMISSION_SUBMIT, agency_id)
    agency, today = orgs.get(agency_id), timezone.localdate(ctx.now)
    if agency.archives is None:
        raise NoFonds(agency=agency.name)
    if plan.planned_on < today:
        raise DayPassed(day=plan.planned_on, field="planned_on")
    require_agreed(agency, plan.kind_id, today, byte_count=plan.byte_count, item_count=plan.item_count)
    due = policy.one(queries.dues(ctx), pk=plan.due_id, agency=agency) if plan.due_id else None
    wait_for_turn(ctx, agency.pk)
    count = Announcement.objects.filter(agency=agency, announced_at__year=today.year).count()
    row = Announcement.objects.create(
        number=f"YG{agency.code}-{today.year}-{count + 1:03d}",
        title=plan.title,
        agency=agency,
        archives=agency.archives,
        due=due,
        kind_id=plan.kind_id,
        mode=plan.mode,
        item_count=plan.item_count,
        byte_count=plan.byte_count,
        carrier=plan.carrier,
        planned_on=plan.planned_on,
        note=plan.note,
        announcer_name=ctx.actor.name,
        announced_at=ctx.now,
    )
    detail = {"number": row.number, "items": row.item_count, "on": row.planned_on.isoformat()}
    ledger.record(ctx, "intake:announcement:announced", object_type=ANNOUNCEMENT, object_id=row.pk,
                  object_name=row.title, detail=detail)  # fmt: skip
    days = queries.working_days(ctx, "reply_working_days")
    workflow.start_clock(ctx, ANNOUNCEMENT, row.pk, CLOCK, working_days=days)
    _tell(ctx, row, row.archives_id, P.SUBMISSION_DECIDE,
          N_("%(agency)s预告 %(day)s 移交“%(title)s”，请答复。"), row.planned_on)  # fmt: skip
    return row


@transaction.atomic
def confirm_announcement(ctx: Ctx, *, announcement_id: int) -> Announcement:
    """Agree to the day: the archives to the agency's, or the agency to the one that the archives proposed."""
    row = queries.announcement(ctx, announcement_id)
    if row.state == AnnouncementState.PROPOSED:
        workflow.move(ctx, row, ANNOUNCED, "agree")
        row.planned_on = row.proposed_on or row.planned_on
        row.save(update_fields=["planned_on"])
        _tell(ctx, row, row.archives_id, P.SUBMISSION_DECIDE,
              N_("%(agency)s同意在 %(day)s 移交“%(title)s”。"), row.planned_on)  # fmt: skip
        return row
    workflow.move(ctx, row, ANNOUNCED, "confirm")
    workflow.stop_clock(ctx, ANNOUNCEMENT, row.pk, CLOCK)
    _tell(ctx, row, row.agency_id, P.SUBMISSION_SUBMIT,
          N_("档案馆同意在 %(day)s 接收“%(title)s”（%(agency)s）。"), row.planned_on)  # fmt: skip
    return row


@transaction.atomic
def propose_day(ctx: Ctx, *, announcement_id: int, day: date, reason: str) -> Announcement:
    """Propose another day; raises ``DayPassed``."""
    row = queries.announcement(ctx, announcement_id)
    if day < timezone.localdate(ctx.now):
        raise DayPassed(day=day, field="day")
    workflow.move(ctx, row, ANNOUNCED, "propose", reason=reason, detail={"on": day.isoformat()})
    row.proposed_on = day
    row.save(update_fields=["proposed_on"])
    workflow.stop_clock(ctx, ANNOUNCEMENT, row.pk, CLOCK)
    _tell(ctx, row, row.agency_id, P.SUBMISSION_SUBMIT,
          N_("档案馆建议在 %(day)s 移交“%(title)s”（%(agency)s），请答复。"), day)  # fmt: skip
    return row


@transaction.atomic
def withdraw_announcement(ctx: Ctx, *, announcement_id: int, reason: str) -> Announcement:
    """Take an announcement back."""
    row = queries.announcement(ctx, announcement_id)
    workflow.move(ctx, row, ANNOUNCED, "withdraw", reason=reason)
    workflow.stop_clock(ctx, ANNOUNCEMENT, row.pk, CLOCK)
    _tell(ctx, row, row.archives_id, P.SUBMISSION_DECIDE,
          N_("%(agency)s取消了 %(day)s 移交“%(title)s”的预告。"), row.planned_on)  # fmt: skip
    return row


def arrive(ctx: Ctx, row: Announcement) -> None:
    """Note that what was announced has come; in the caller's transaction."""
    workflow.move(ctx, row, ANNOUNCED, "arrive")
    workflow.stop_clock(ctx, ANNOUNCEMENT, row.pk, CLOCK)


def _tell(ctx: Ctx, row: Announcement, org_id: int, permission: P, text: str, day: date) -> None:
    params = {"agency": row.agency.name, "title": row.title, "day": day.isoformat()}
    notify.tell(ctx, org_id=org_id, permission=permission, text=text, params=params,
                url=row.get_absolute_url())  # fmt: skip
