"""Reads of what follows a decision: returns, registers, annexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.custody import queries as custody
from lantai.apps.intake.models import (
    PreparedOpinion,
    Register,
    ReturnEntry,
    ReturnList,
    Submission,
    SubmissionItem,
)
from lantai.apps.intake.permissions import P
from lantai.apps.intake.queries.submissions import FAILED_VERDICTS, READ, items_of
from lantai.apps.intake.types import ReturnListState
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.custody.models import Package


def return_lists(ctx: Ctx) -> QuerySet[ReturnList]:
    """Lists of what went back, where the actor may see the transfers."""
    rows = ReturnList.objects.select_related("submission", "agency", "archives")
    return policy.visible(rows, READ, ctx.actor)


def return_list_of(submission: Submission) -> ReturnList | None:
    """The list of a transfer that was accepted in part."""
    return ReturnList.objects.filter(submission=submission).first()


def open_list_answered_by(submission: Submission) -> ReturnList | None:
    """The open list that a transfer answers, by what it replaces."""
    if submission.replaces_id is None:
        return None
    rows = ReturnList.objects.filter(submission=submission.replaces_id, state=ReturnListState.OPEN)
    return rows.first()


def open_entries(return_list: ReturnList) -> QuerySet[ReturnEntry]:
    """What is still to come of a list."""
    rows = return_list.entries.filter(answered_by=None, dropped_at=None)
    return rows.select_related("item").order_by("pk")


def returned_items(submission: Submission) -> QuerySet[SubmissionItem]:
    """The items that went back, or that would: those that fail the newest test."""
    wanted = Q(verdict__in=FAILED_VERDICTS) | Q(return_entry__isnull=False)
    return items_of(submission.pk).filter(wanted).select_related("return_entry__answered_by")


def registers(ctx: Ctx) -> QuerySet[Register]:
    """Registers, where the actor may see the transfers."""
    related = ("submission__fonds", "submission__package", "agency", "archives")
    return policy.visible(Register.objects.select_related(*related), READ, ctx.actor)


def register_of(ctx: Ctx, submission_id: int) -> Register:
    """The register of a transfer, or ``Missing``."""
    return policy.one(registers(ctx), submission_id=submission_id)


def sides_to_confirm(ctx: Ctx, register: Register) -> Iterator[str]:
    """For which sides the actor may still confirm a register."""
    if not register.agency_confirmed_at and register.agency_id in ctx.actor.orgs_with(P.SUBMISSION_SUBMIT):
        yield "agency"
    if not register.archives_confirmed_at and register.archives_id in ctx.actor.orgs_with(
        P.SUBMISSION_CONFIRM
    ):
        yield "archives"


def packages_of_sender(ctx: Ctx) -> QuerySet[Package]:
    """Sealed packages that the actor's own agencies keep."""
    return custody.visible(ctx).filter(custodian_id__in=ctx.actor.orgs_with(P.SUBMISSION_SUBMIT))


def items_to_annotate(ctx: Ctx, package_id: int) -> QuerySet[Description]:
    """The described items of a package of the own custody, with ``said``: what its annex says so far."""
    package = policy.one(packages_of_sender(ctx), pk=package_id)
    prepared = PreparedOpinion.objects.filter(
        package_id=OuterRef("package_id"), item_key=OuterRef("item_key")
    )
    rows = catalogue.item_rows(ctx).filter(package_id=package.pk)
    return rows.annotate(said=Subquery(prepared.values("opinion")[:1]))


def prepared_opinions(package_id: int) -> dict[str, dict[str, str]]:
    """Item key → what the annex of a sealed package says of it; the caller has checked the package."""
    rows = PreparedOpinion.objects.filter(package_id=package_id)
    return dict(rows.values_list("item_key", "opinion"))


def open_return_entries(ctx: Ctx) -> QuerySet[ReturnEntry]:
    """Entries of open lists that the actor may see."""
    lists = return_lists(ctx).filter(state=ReturnListState.OPEN)
    rows = ReturnEntry.objects.filter(return_list__in=lists.values("pk"))
    return rows.filter(Q(answered_by=None), Q(dropped_at=None))
