"""Names, relations and sources of a record."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from lantai.apps.authorities import queries
from lantai.apps.authorities.models import Authority, Name, Relation, Source
from lantai.apps.authorities.services.entering import check_order
from lantai.apps.authorities.services.keeping import keep, locked, new_name, respell
from lantai.apps.authorities.types import (
    ACYCLIC,
    LastPreferredName,
    NameKind,
    NameMissing,
    PlaceCodeWrong,
    RelatedAlready,
    RelatedToItself,
    RelationInCircle,
    SourceMissing,
)
from lantai.kit.authorities import place_code_is_right
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx


@transaction.atomic
def add_name(
    ctx: Ctx,
    *,
    authority_id: int,
    kind: str,
    text: str,
    began_year: int | None = None,
    ended_year: int | None = None,
    code: str = "",
    note: str = "",
) -> Name:
    """Another name, with the years in which it was used and, of a place, its code in those years."""
    row = locked(ctx, authority_id)
    _check_name(text, began_year, ended_year, code)
    if kind == NameKind.PREFERRED:
        raise LastPreferredName
    name = new_name(
        row, kind=kind, text=text.strip(), began_year=began_year, ended_year=ended_year, code=code, note=note
    )
    name.save()
    keep(ctx, row, "name_added")
    return name


@transaction.atomic
def revise_name(
    ctx: Ctx,
    *,
    name_id: int,
    kind: str,
    text: str,
    began_year: int | None = None,
    ended_year: int | None = None,
    code: str = "",
    note: str = "",
) -> Name:
    """Correct a name; the preferred one stays preferred and names the record."""
    name = _name(ctx, name_id)
    row = locked(ctx, name.authority_id)
    _check_name(text, began_year, ended_year, code)
    if name.kind != NameKind.PREFERRED and kind == NameKind.PREFERRED:
        raise LastPreferredName
    name.kind = NameKind.PREFERRED if name.kind == NameKind.PREFERRED else kind
    name.began_year, name.ended_year, name.code, name.note = began_year, ended_year, code, note
    respell(name, text.strip(), row.kind)
    name.save()
    if name.kind == NameKind.PREFERRED and row.name != name.text:
        row.name, row.folded = name.text, name.folded
        row.save(update_fields=["name", "folded"])
    keep(ctx, row, "name_revised")
    return name


@transaction.atomic
def drop_name(ctx: Ctx, *, name_id: int) -> Authority:
    """Take a name away; raises ``LastPreferredName``."""
    name = _name(ctx, name_id)
    row = locked(ctx, name.authority_id)
    if name.kind == NameKind.PREFERRED:
        raise LastPreferredName
    name.delete()
    keep(ctx, row, "name_dropped")
    return row


def _name(ctx: Ctx, name_id: int) -> Name:
    rows = Name.objects.filter(authority__in=queries.visible(ctx).values("pk"))
    return policy.one(rows, pk=name_id)


def _check_name(text: str, began: int | None, ended: int | None, code: str) -> None:
    if not text.strip():
        raise NameMissing(field="text")
    check_order(began, ended, "ended_year")
    if code and not place_code_is_right(code):
        raise PlaceCodeWrong(field="code")


@transaction.atomic
def relate(
    ctx: Ctx,
    *,
    source_id: int,
    target_id: int,
    kind: str,
    began_year: int | None = None,
    ended_year: int | None = None,
    note: str = "",
) -> Relation:
    """Say how one record stands to another; raises ``RelatedAlready`` and ``RelationInCircle``."""
    source = locked(ctx, source_id)
    target = policy.one(queries.standing(ctx), pk=target_id)
    check_order(began_year, ended_year, "ended_year")
    if source.pk == target.pk:
        raise RelatedToItself(field="other")
    if kind in ACYCLIC and _leads_to(target.pk, source.pk, kind):
        raise RelationInCircle(name=source.name, field="other")
    row = Relation(
        source=source, target=target, kind=kind, began_year=began_year, ended_year=ended_year, note=note
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:
        raise RelatedAlready(field="other") from taken
    keep(ctx, source, "related", {"kind": kind, "to": target.pk})
    return row


def _leads_to(start: int, end: int, kind: str) -> bool:
    """Whether relations of one kind lead from ``start`` to ``end``, by way of what was merged too."""
    edge, seen = {start}, {start}
    while edge:
        rows = Relation.objects.filter(kind=kind, source__in=edge)
        merged = Relation.objects.filter(kind=kind, source__merged_into__in=edge)
        found = set((rows | merged).values_list("target_id", flat=True))
        edge = set(queries.roots_of(found).values()) - seen
        seen |= edge
    return end in seen


@transaction.atomic
def drop_relation(ctx: Ctx, *, relation_id: int, authority_id: int) -> Authority:
    """Take away a relation at either of whose ends ``authority_id`` stands."""
    row = locked(ctx, authority_id)
    cluster = queries.cluster_of(row.pk)
    found = Relation.objects.filter(pk=relation_id)
    relation = policy.one(found.filter(source__in=cluster) | found.filter(target__in=cluster))
    relation.delete()
    keep(ctx, row, "unrelated", {"kind": relation.kind})
    return row


@transaction.atomic
def add_source(ctx: Ctx, *, authority_id: int, citation: str, found: str = "") -> Source:
    """Say where something is from."""
    row = locked(ctx, authority_id)
    if not citation.strip():
        raise SourceMissing(field="citation")
    source = Source.objects.create(authority=row, citation=citation.strip(), found=found)
    keep(ctx, row, "source_added")
    return source


@transaction.atomic
def drop_source(ctx: Ctx, *, source_id: int) -> Authority:
    """Take a source away."""
    rows = Source.objects.filter(authority__in=queries.visible(ctx).values("pk"))
    source = policy.one(rows, pk=source_id)
    row = locked(ctx, source.authority_id)
    source.delete()
    keep(ctx, row, "source_dropped")
    return row
