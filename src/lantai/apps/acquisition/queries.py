"""Reading: cases, their objects, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from lantai.apps.acquisition.models import AcquiredObject, Acquisition, Agreement, ObjectFile
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.types import IN_HAND, Means
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

READ_CASE = policy.Granted(P.CASE_READ, "org_id")


def visible_cases(ctx: Ctx) -> QuerySet[Acquisition]:
    """Cases of archives where the actor may see them."""
    rows = Acquisition.objects.select_related("org", "package").annotate(object_count=Count("objects_listed"))
    return policy.visible(rows, READ_CASE, ctx.actor)


def get_case(ctx: Ctx, acquisition_id: int) -> Acquisition:
    """One case, or ``Missing``."""
    return policy.one(visible_cases(ctx), pk=acquisition_id)


def get_object(ctx: Ctx, acquired_object_id: int) -> AcquiredObject:
    """One line of a list, or ``Missing``."""
    rows = AcquiredObject.objects.filter(acquisition__in=visible_cases(ctx).values("pk"))
    return policy.one(rows.select_related("acquisition__org"), pk=acquired_object_id)


def get_object_file(ctx: Ctx, object_file_id: int) -> ObjectFile:
    """One file of an object, or ``Missing``."""
    rows = ObjectFile.objects.filter(owner__acquisition__in=visible_cases(ctx).values("pk"))
    return policy.one(rows.select_related("owner__acquisition"), pk=object_file_id)


def objects_of(acquisition_id: int) -> QuerySet[AcquiredObject]:
    """The list in its order, with the files."""
    return AcquiredObject.objects.filter(acquisition_id=acquisition_id).prefetch_related("files")


def agreement_of(acquisition_id: int) -> Agreement | None:
    """The agreement; None until it was written."""
    return Agreement.objects.filter(acquisition_id=acquisition_id).first()


def orgs_to_handle(ctx: Ctx) -> QuerySet[Org]:
    """The archives for which the actor acquires."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.CASE_HANDLE), kind="archives", is_active=True)


def fonds_for(ctx: Ctx, archives_id: int) -> QuerySet[Fonds]:
    """The fonds of an archives into which acquired records go."""
    return holdings.visible_fonds(ctx).filter(archives_id=archives_id)


def by_check_code(check_code: str) -> Acquisition:
    """The case whose certificate carries that code, or ``Missing``; for anybody who holds the paper."""
    rows = Acquisition.objects.select_related("org").exclude(check_code="")
    return policy.one(rows, check_code=check_code.strip().upper())


def deposits_ending(until: date) -> QuerySet[Acquisition]:
    """Deposits in hand that end by a day and of which nobody was reminded yet."""
    rows = Acquisition.objects.filter(means=Means.DEPOSIT, state__in=IN_HAND, reminded_on__isnull=True)
    return rows.filter(agreement__deposit_until__lte=until).select_related("org", "agreement")


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Which of these blobs are held here."""
    return set(ObjectFile.objects.filter(blob_key__in=list(keys)).values_list("blob_key", flat=True))


def has_files(acquisition_id: int) -> bool:
    """Whether a case has anything digital."""
    return ObjectFile.objects.filter(owner__acquisition_id=acquisition_id).exists()
