"""Reads of agreements, the calendar and announcements."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from lantai.apps.intake.models import Agreement, Announcement, Due
from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import (
    REMIND_BEFORE_DAYS,
    AgreementState,
    AnnouncementState,
    DueStatus,
    Terms,
)
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

READ_AGREEMENT = policy.Granted(P.AGREEMENT_READ, "agency") | policy.Granted(P.AGREEMENT_READ, "archives")
ANNOUNCED = (AnnouncementState.SENT, AnnouncementState.PROPOSED, AnnouncementState.CONFIRMED)


def agreements(ctx: Ctx) -> QuerySet[Agreement]:
    """Agreements of agencies, and of archives, where the actor may see them."""
    return policy.visible(Agreement.objects.select_related("agency", "archives"), READ_AGREEMENT, ctx.actor)


def agreement(ctx: Ctx, agreement_id: int) -> Agreement:
    """One version of an agreement, or ``Missing``."""
    return policy.one(agreements(ctx), pk=agreement_id)


def agreement_in_force(agency_id: int, archives_id: int | None) -> Agreement | None:
    """What holds between the two now."""
    rows = Agreement.objects.filter(agency=agency_id, archives=archives_id, state=AgreementState.IN_FORCE)
    return rows.prefetch_related("kinds").first()


def versions_of(row: Agreement) -> QuerySet[Agreement]:
    """Every version of an agreement, newest first; the caller has checked that it may be seen."""
    return Agreement.objects.filter(number=row.number).order_by("-version")


def terms_of(row: Agreement) -> Terms:
    """What a version says, as services take it."""
    return Terms(
        title=row.title,
        kinds=dict(row.kinds.values_list("kind_id", "scheme")),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        layouts=tuple(row.layouts),
        formats=tuple(row.formats),
        most_bytes=row.most_bytes,
        most_files=row.most_files,
        most_items=row.most_items,
        needs_two_people=row.needs_two_people,
        due_within_years=row.due_within_years,
        counts_from=row.counts_from,
        agency_signer=row.agency_signer,
        archives_signer=row.archives_signer,
        note=row.note,
    )


def agencies_to_agree_with(ctx: Ctx) -> QuerySet[Org]:
    """Agencies for which the actor may draft: the own ones, and those that the own archives serves."""
    mine = ctx.actor.orgs_with(P.AGREEMENT_DRAFT)
    rows = Org.objects.filter(Q(pk__in=mine) | Q(archives__in=mine))
    return rows.filter(is_active=True, archives__isnull=False)


def agencies_of_sender(ctx: Ctx) -> QuerySet[Org]:
    """The agencies for which the actor hands over."""
    mine = ctx.actor.orgs_with(P.SUBMISSION_SUBMIT)
    return Org.objects.filter(pk__in=mine, is_active=True, archives__isnull=False)


def agreements_to_keep_up(today: date) -> QuerySet[Agreement]:
    """Versions whose first day has come, or whose last has passed."""
    begins = Q(state=AgreementState.AGREED, valid_from__lte=today)
    ended = Q(state=AgreementState.IN_FORCE, valid_until__lt=today)
    return Agreement.objects.filter(begins | ended).order_by("pk")


def dues(ctx: Ctx) -> QuerySet[Due]:
    """The calendar, where the actor may see agreements."""
    rows = Due.objects.select_related("agency", "archives", "kind", "settled_by")
    return policy.visible(rows, READ_AGREEMENT, ctx.actor)


def due(ctx: Ctx, due_id: int) -> Due:
    """One line of the calendar, or ``Missing``."""
    return policy.one(with_status(dues(ctx), timezone.localdate(ctx.now)), pk=due_id)


def with_status(rows: QuerySet[Due], today: date) -> QuerySet[Due]:
    """Lines with ``deadline`` (the day that counts) and ``status`` as of ``today``."""
    soon = today + timedelta(days=REMIND_BEFORE_DAYS)
    return rows.annotate(deadline=Coalesce("extended_to", "due_on")).annotate(
        status=Case(
            When(waived_at__isnull=False, then=Value(DueStatus.WAIVED.value)),
            When(settled_at__isnull=False, then=Value(DueStatus.DONE.value)),
            When(deadline__lt=today, then=Value(DueStatus.OVERDUE.value)),
            When(deadline__lte=soon, then=Value(DueStatus.SOON.value)),
            default=Value(DueStatus.PLANNED.value),
        )
    )


def counts_by_status(ctx: Ctx) -> dict[str, int]:
    """How many lines of the calendar stand in each status today."""
    rows = with_status(dues(ctx), timezone.localdate(ctx.now)).order_by()
    return dict(rows.values_list("status").annotate(Count("pk")))


def dues_to_remind_of(today: date) -> QuerySet[Due]:
    """Open lines whose day is near or gone, for the daily run."""
    rows = Due.objects.filter(settled_at=None, waived_at=None).annotate(
        deadline=Coalesce("extended_to", "due_on")
    )
    return rows.filter(deadline__lte=today + timedelta(days=REMIND_BEFORE_DAYS)).order_by("pk")


def dues_to_announce(ctx: Ctx) -> QuerySet[Due]:
    """Open lines of the actor's own agencies, nearest first."""
    mine = dues(ctx).filter(agency__in=ctx.actor.orgs_with(P.SUBMISSION_SUBMIT))
    return mine.filter(settled_at=None, waived_at=None).order_by("due_on", "pk")


def announcements(ctx: Ctx) -> QuerySet[Announcement]:
    """Announcements, where the actor may see transfers."""
    rows = Announcement.objects.select_related("agency", "archives", "kind", "due__kind")
    read = policy.Granted(P.SUBMISSION_READ, "agency") | policy.Granted(P.SUBMISSION_READ, "archives")
    return policy.visible(rows, read, ctx.actor)


def announcement(ctx: Ctx, announcement_id: int) -> Announcement:
    """One announcement, or ``Missing``."""
    return policy.one(announcements(ctx), pk=announcement_id)


def announcements_to_answer_by_sending(ctx: Ctx) -> QuerySet[Announcement]:
    """Announcements whose transfer has not come yet."""
    return announcements(ctx).filter(state__in=ANNOUNCED).order_by("planned_on", "pk")
