"""Reads over the region tree."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from lantai.kit.errors import Missing
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind


def get(org_id: int) -> Org:
    """The organisation with that id, or ``Missing``."""
    found = Org.objects.filter(pk=org_id).first()
    if found is None:
        raise Missing
    return found


def by_code(code: str) -> Org:
    """The organisation with that code, or ``Missing``."""
    found = Org.objects.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def of_kind(kind: OrgKind) -> QuerySet[Org]:
    """Active organisations of one kind in tree order."""
    return Org.objects.filter(kind=kind, is_active=True)


def named(ids: Iterable[int]) -> dict[int, str]:
    """Names by id, in one query."""
    return dict(Org.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def ids_below(org_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each organisation, the ids of its subtree including itself; two queries for all."""
    tops = dict(Org.objects.filter(pk__in=set(org_ids)).values_list("pk", "path"))
    reach = Q(pk__in=[])
    for path in tops.values():
        reach |= Q(path__startswith=path)
    rows = list(Org.objects.filter(reach).values_list("pk", "path"))
    return {
        top: frozenset(pk for pk, path in rows if path.startswith(prefix)) for top, prefix in tops.items()
    }


def ids_served(archives_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each archives, itself and the agencies that transfer to it."""
    served: dict[int, set[int]] = {pk: {pk} for pk in archives_ids}
    for agency, archives in Org.objects.filter(archives__in=served).values_list("pk", "archives_id"):
        served[archives].add(agency)
    return {pk: frozenset(ids) for pk, ids in served.items()}
