"""Reading: which fields a kind has, its versions, and checking values against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lantai.apps.holdings import queries as holdings
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.types import KindField, KindRow, KindScheme, VersionState
from lantai.apps.kinds.types import parse as parse  # public here
from lantai.apps.kinds.types import problems as problems  # public here
from lantai.apps.kinds.types import shown as shown  # public here
from lantai.kit.errors import Missing
from lantai.kit.metadata import kinds as kit
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.holdings.models import RecordKind

READ = policy.Granted(P.KIND_READ, "archives") | policy.RowIs({"archives": None})
UNDER_WAY = (VersionState.DRAFT, VersionState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class SearchedFields:
    """The own fields that are searched and the columns that are about persons, by kind and archives."""

    by_archives: Mapping[tuple[int, int | None], tuple[KindField, ...]]

    def of(self, kind_id: int, archives_id: int) -> tuple[KindField, ...]:
        """Those of a kind at an archives: by its own version, else by the shipped one."""
        own = self.by_archives.get((kind_id, archives_id))
        return self.by_archives.get((kind_id, None), ()) if own is None else own


@dataclass(frozen=True, slots=True)
class InForce:
    """Which versions of kinds hold where; what a version says is read when it is asked for, and then kept."""

    named: Mapping[int, tuple[str, str]]  # code and name of each kind
    held: Mapping[tuple[int, int | None], tuple[int, int]]  # id and number, by kind and archives

    def of(self, kind_id: int, archives_id: int | None) -> KindScheme:
        """The fields of a kind at an archives; raises ``Missing`` for a kind that is not among them."""
        if kind_id not in self.named:
            raise Missing
        slug, name = self.named[kind_id]
        held = self.held.get((kind_id, archives_id)) or self.held.get((kind_id, None))
        if held is None:
            return KindScheme(kind_id=kind_id, slug=slug, name=name, version=0, fields=kit.fields_of(slug))
        return _scheme(kind_id, slug, name, *held)


def in_force(kind_ids: Iterable[int] | None = None) -> InForce:
    """What holds of these kinds, else of all, at every archives; two queries.

    A kind without any version gets the fields of an item by DA/T 18; of one that an archives designed there are only
    its own, wherever it is met.
    """
    kinds = holdings.kinds() if kind_ids is None else holdings.kinds().filter(pk__in=set(kind_ids))
    named = {pk: (slug, name) for pk, slug, name in kinds.values_list("pk", "slug", "name")}
    rows = KindVersion.objects.filter(kind_id__in=named, state=VersionState.PUBLISHED)
    held = {
        (kind_id, archives_id if designed is None else None): (pk, number)
        for pk, kind_id, archives_id, number, designed in rows.values_list(
            "pk", "kind_id", "archives_id", "number", "kind__designed"
        )
    }
    return InForce(named, held)


def scheme_of(kind_id: int, archives_id: int | None = None) -> KindScheme:
    """The fields in force: of the archives' own version, else of the shipped one; raises ``Missing``."""
    return in_force([kind_id]).of(kind_id, archives_id)


def schemes_of(kind_ids: Iterable[int], archives_id: int | None = None) -> dict[int, KindScheme]:
    """As ``scheme_of`` for several kinds in two queries; unknown kinds are left out."""
    found = in_force(kind_ids)
    return {pk: found.of(pk, archives_id) for pk in found.named}


def sealed_fields() -> dict[int, tuple[KindField, ...]]:
    """The fields of each kind whose values are kept encrypted, by any version in force anywhere; two queries."""
    found: dict[int, dict[str, KindField]] = {}
    for (kind_id, _archives_id), fields in _fields().items():
        found.setdefault(kind_id, {}).update((field.name, field) for field in fields if field.is_sealed)
    return {pk: tuple(own.values()) for pk, own in found.items() if own}


def searched_fields() -> SearchedFields:
    """What an index depends on, by what is in force at each archives; two queries."""
    return SearchedFields({whose: tuple(filter(_is_searched, fields)) for whose, fields in _fields().items()})


def _is_searched(field: KindField) -> bool:
    return field.is_private if field.column else field.weight > 0 and not field.is_sealed


def _fields() -> dict[tuple[int, int | None], tuple[KindField, ...]]:
    """The fields of each kind by archives; None for those that come with the product."""
    named = {pk: (slug, name) for pk, slug, name in holdings.kinds().values_list("pk", "slug", "name")}
    found: dict[tuple[int, int | None], tuple[KindField, ...]] = {
        (pk, None): kit.fields_of(slug) for pk, (slug, _name) in named.items()
    }
    rows = KindVersion.objects.filter(state=VersionState.PUBLISHED)
    for pk, kind_id, archives_id, number in rows.values_list("pk", "kind_id", "archives_id", "number"):
        found[kind_id, archives_id] = _scheme(kind_id, *named[kind_id], pk, number).fields
    return found


def how_searched(fields: Iterable[KindField]) -> dict[str, tuple[object, ...]]:
    """What an index depends on of fields: two versions that agree in it find the same."""
    return {
        field.name: (field.column or field.type, 0 if field.column else field.weight, field.is_private)
        for field in fields
        if field.is_private or not field.column
    }


def scheme_at(version_id: int) -> KindScheme:
    """The fields of one version, in force or not: by which an old row was described. Raises ``Missing``."""
    row = policy.one(KindVersion.objects.select_related("kind"), pk=version_id)
    return _read(row)


@lru_cache(maxsize=512)  # by version, and what was published never changes
def _scheme(kind_id: int, slug: str, name: str, version_id: int, number: int) -> KindScheme:
    body = KindVersion.objects.values_list("body", flat=True).get(pk=version_id)
    fields = kit.from_data(body)
    return KindScheme(
        kind_id=kind_id, slug=slug, name=name, version=number, fields=fields, version_id=version_id
    )


def _read(row: KindVersion) -> KindScheme:
    return KindScheme(
        kind_id=row.kind_id,
        slug=row.kind.slug,
        name=row.kind.name,
        version=row.number,
        fields=row.fields(),
        version_id=row.pk,
    )


def read(row: KindVersion) -> KindScheme:
    """The fields of a version that is at hand, draft or not."""
    return _read(row)


def visible(ctx: Ctx) -> QuerySet[KindVersion]:
    """Versions that the actor may see: the shipped ones, and those of the archives where they may read kinds."""
    return policy.visible(KindVersion.objects.select_related("archives", "kind"), READ, ctx.actor)


def get(ctx: Ctx, version_id: int) -> KindVersion:
    """One version, or ``Missing``."""
    return policy.one(visible(ctx), pk=version_id)


def archives_of(ctx: Ctx, permission: str = P.KIND_READ) -> QuerySet[Org]:
    """The archives at which the actor holds ``permission``."""
    rows = Org.objects.filter(pk__in=ctx.actor.orgs_with(permission), kind="archives", is_active=True)
    return rows.order_by("code")


def one_archives(ctx: Ctx, archives_id: int | None = None) -> Org | None:
    """The archives asked for, else the actor's own, else the first; ``Missing`` for one that is not theirs."""
    rows = archives_of(ctx)
    if archives_id is not None:
        return policy.one(rows, pk=archives_id)
    return rows.filter(pk=ctx.org_id).first() or rows.first()


def kinds_at(archives_id: int | None) -> dict[int, str]:
    """The kinds by which an archives describes, by id: the shipped ones and its own."""
    return dict(_kinds(archives_id).values_list("pk", "name"))


def one_kind(archives_id: int | None, slug: str) -> RecordKind:
    """A kind by which an archives describes, by its code; ``Missing``."""
    return policy.one(_kinds(archives_id), slug=slug)


def _kinds(archives_id: int | None) -> QuerySet[RecordKind]:
    return holdings.kinds().filter(Q(designed__isnull=True) | Q(designed__archives=archives_id))


def listed(archives_id: int | None) -> QuerySet[RecordKind]:
    """The kinds of an archives for a list: ``held`` and ``draft`` are numbers of versions, where there are any."""
    own = KindVersion.objects.filter(kind=OuterRef("pk"), archives=archives_id, archives__isnull=False)
    shipped = KindVersion.objects.filter(kind=OuterRef("pk"), archives=None, state=VersionState.PUBLISHED)
    return _kinds(archives_id).annotate(
        held=Coalesce(
            Subquery(own.filter(state=VersionState.PUBLISHED).values("number")[:1]),
            Subquery(shipped.values("number")[:1]),
        ),
        draft=Subquery(own.filter(state__in=UNDER_WAY).values("number")[:1]),
    )


def rows_of(archives_id: int | None) -> list[KindRow]:
    """Every kind of an archives with what holds there and what is under way; four queries."""
    kinds = list(_kinds(archives_id).select_related("designed"))
    schemes = schemes_of([row.pk for row in kinds], archives_id)
    own = KindVersion.objects.filter(archives_id=archives_id, archives__isnull=False)
    drafts = {row.kind_id: row for row in own.filter(state__in=UNDER_WAY).defer("body")}
    in_force = set(own.filter(state=VersionState.PUBLISHED).values_list("pk", flat=True))
    return [
        KindRow(
            kind_id=row.pk,
            slug=row.slug,
            name=row.name,
            category_code=row.category_code,
            is_personal=row.is_personal,
            is_designed=hasattr(row, "designed"),
            field_count=len(schemes[row.pk].asked),
            version=schemes[row.pk].version,
            version_id=schemes[row.pk].version_id,
            is_own_version=schemes[row.pk].version_id in in_force,
            draft_id=drafts[row.pk].pk if row.pk in drafts else None,
            draft_state=drafts[row.pk].state if row.pk in drafts else "",
        )
        for row in kinds
    ]


def versions_of(ctx: Ctx, kind_id: int, archives_id: int | None) -> QuerySet[KindVersion]:
    """The versions of a kind, newest first: the shipped ones and those of one archives."""
    rows = visible(ctx).filter(Q(archives=None) | Q(archives=archives_id), kind_id=kind_id)
    return rows.defer("body").order_by("-drafted_at", "-pk")


def searched_values(
    fields: Iterable[KindField], values: Mapping[str, object]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a kind's own fields say for searching: the persons they name, each once, and the other texts.

    A text stands as often as its field weighs: what stands more often in a record counts more in every search.
    """
    persons, texts = dict[str, None](), list[str]()
    for field in fields:
        value = None if field.column else values.get(field.name)
        if not isinstance(value, str) or not value:
            continue
        if field.type == "person":
            persons |= dict.fromkeys(one for one in value.split("、") if one)
        else:
            texts += [value] * field.weight
    return tuple(persons), tuple(texts)
