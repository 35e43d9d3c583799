"""Which records the actor may see, and what stands in them. A merged record is read with the one that stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lantai.apps.authorities.models import Authority, AuthorityVersion, Name, Relation, Source
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.types import INVERSE, NameKind, RelationKind
from lantai.platform.accounts import policy
from lantai.platform.context import Actor, Ctx
from lantai.platform.orgs.models import Org


@dataclass(frozen=True, slots=True)
class Shared(policy.Rule):
    """Rows of organisations where the actor may read, and of the archives that their agencies transfer to."""

    path: str = "org_id"

    def q(self, actor: Actor) -> Q:
        """See Rule."""
        own = tuple(actor.orgs_with(P.AUTHORITY_READ))
        served = Org.objects.filter(pk__in=own, archives__isnull=False).values("archives_id")
        return Q(**{f"{self.path}__in": own}) | Q(**{f"{self.path}__in": served})


READ = Shared()


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation as it reads from one of its ends."""

    id: int
    label: str
    other_id: int
    other_name: str
    other_kind: str
    years: str
    note: str
    kind: str
    is_target: bool
    began_year: int | None
    ended_year: int | None


def visible(ctx: Ctx) -> QuerySet[Authority]:
    """Records the actor may see, merged ones too."""
    rows = Authority.objects.select_related("org", "unit", "merged_into")
    return policy.visible(rows, READ, ctx.actor)


def standing(ctx: Ctx) -> QuerySet[Authority]:
    """Records the actor may see that were not merged into others."""
    return visible(ctx).filter(merged_into=None)


def get(ctx: Ctx, authority_id: int) -> Authority:
    """One record, or ``Missing``."""
    return policy.one(visible(ctx), pk=authority_id)


def may_manage(ctx: Ctx, row: Authority) -> bool:
    """Whether the actor may change the record as it is now."""
    return row.merged_into_id is None and row.org_id in ctx.actor.orgs_with(P.AUTHORITY_MANAGE)


def orgs_to_manage(ctx: Ctx) -> QuerySet[Org]:
    """Where the actor may enter records."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.AUTHORITY_MANAGE), is_active=True)


def roots_of(ids: Iterable[int]) -> dict[int, int]:
    """For each of the ids the record that stands for it; the caller has checked who may see them."""
    rows = Authority.objects.filter(pk__in=set(ids)).values_list("pk", "merged_into_id")
    return {pk: into or pk for pk, into in rows}


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Preferred names by id, of a merged record that of the one that stands; one query."""
    rows = Authority.objects.filter(pk__in=set(ids)).values_list("pk", "name", "merged_into__name")
    return {pk: into or name for pk, name, into in rows}


def index_names(ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Every name by which records are found, by the id of the one that stands: the preferred one first."""
    rows = Name.objects.filter(Q(authority__in=ids) | Q(authority__merged_into__in=ids))
    found: dict[int, list[str]] = defaultdict(list)
    for pk, into, kind, text in rows.values_list("authority_id", "authority__merged_into_id", "kind", "text"):
        is_first = into is None and kind == NameKind.PREFERRED
        found[into or pk].insert(0 if is_first else len(found[into or pk]), text)
    return {pk: tuple(dict.fromkeys(texts)) for pk, texts in found.items()}


def cluster_of(authority_id: int) -> list[int]:
    """A record that stands and those merged into it."""
    absorbed = Authority.objects.filter(merged_into=authority_id).values_list("pk", flat=True)
    return [authority_id, *absorbed]


def names_in(cluster: Collection[int]) -> QuerySet[Name]:
    """The names of a cluster: by their years."""
    return Name.objects.filter(authority__in=cluster).order_by("began_year", "pk")


def sources_of(cluster: Collection[int]) -> QuerySet[Source]:
    """Where a cluster has its facts from."""
    return Source.objects.filter(authority__in=cluster).order_by("pk")


def relations_of(cluster: Collection[int]) -> list[RelationRow]:
    """How a cluster stands to others, read from its end; two queries."""
    rows = Relation.objects.filter(Q(source__in=cluster) | Q(target__in=cluster)).order_by(
        "kind", "began_year", "pk"
    )
    others = rows.select_related("source__merged_into", "target__merged_into")
    return list(_read_from(cluster, others))


def _read_from(cluster: Collection[int], rows: Iterable[Relation]) -> Iterator[RelationRow]:
    for row in rows:
        is_target = row.source_id not in cluster
        other = row.source if is_target else row.target
        other = other.merged_into or other
        if other.pk in cluster:
            continue  # two that were merged since
        label = INVERSE[row.kind] if is_target else RelationKind(row.kind).label
        yield RelationRow(
            row.pk, str(label), other.pk, other.name, other.kind, row.years, row.note,
            row.kind, is_target, row.began_year, row.ended_year,
        )  # fmt: skip


def versions_of(row: Authority) -> QuerySet[AuthorityVersion]:
    """The record as it stood after each edit, newest first."""
    return row.versions.order_by("-revision")


def differences(row: Authority) -> list[tuple[AuthorityVersion, list[tuple[str, object, object]]]]:
    """Each version with what differs from the one before it: element, before, after."""
    versions = list(versions_of(row))
    found = []
    for number, version in enumerate(versions):
        older = versions[number + 1].body if number + 1 < len(versions) else {}
        keys = sorted(older.keys() | version.body.keys())
        changes = [
            (key, older.get(key, ""), version.body.get(key, ""))
            for key in keys
            if (older.get(key) or "") != (version.body.get(key) or "")
        ]
        found.append((version, changes))
    return found


def called(versions: Iterable[AuthorityVersion]) -> dict[str, dict[int, str]]:
    """What versions mention by id alone, as it is called now: the other ends of relations, and units."""
    bodies = [version.body for version in versions]
    ends = {one["target_id"] for body in bodies for one in body.get("relations", ())}
    units = {body["unit_id"] for body in bodies if body.get("unit_id")}
    return {
        "relations": dict(Authority.objects.filter(pk__in=ends).values_list("pk", "name")),
        "unit_id": dict(Org.objects.filter(pk__in=units).values_list("pk", "name")),
    }
