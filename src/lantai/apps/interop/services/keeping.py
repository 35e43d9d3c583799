"""Records of other archives come in: one statement a page, whatever way they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lantai.apps.interop.models import Foreign, Source
from lantai.apps.interop.types import Incoming
from lantai.kit.errors import N_
from lantai.platform.context import Ctx
from lantai.platform.search import services as search

FOREIGN = "foreign"
HELD_ELSEWHERE = N_("同一标识也由其他来源提供")
_FIELDS = ("title", "author", "reference_code", "dated", "fonds", "archives", "address", "note", "body")
_WIDTHS = {name: Foreign._meta.get_field(name).max_length for name in _FIELDS}
_SAID = ("datestamp", "is_deleted", *_FIELDS)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a page brought."""

    new: int = 0
    changed: int = 0
    deleted: int = 0
    conflicts: int = 0

    def plus(self, other: Kept) -> Kept:
        """Both together."""
        return Kept(
            self.new + other.new,
            self.changed + other.changed,
            self.deleted + other.deleted,
            self.conflicts + other.conflicts,
        )


def keep(ctx: Ctx, source: Source, records: Iterable[Incoming]) -> Kept:
    """Enter new records, change known ones, mark withdrawn ones; call it in the transaction of the step.

    A withdrawn record keeps its identifier and its times, not its content: its archives wants it gone.
    """
    coming = {one.identifier: one for one in records}  # the last word of a page counts
    known = {row.identifier: row for row in source.records.filter(identifier__in=coming)}
    elsewhere = set(
        Foreign.objects.filter(org_id=source.org_id, identifier__in=coming, is_deleted=False)
        .exclude(source=source)
        .values_list("identifier", flat=True)
    )
    rows = [
        _row(ctx, source, one, known.get(one.identifier), is_double=one.identifier in elsewhere)
        for one in coming.values()
        if _is_news(one, known.get(one.identifier))
    ]
    _write(rows)
    search.changed(ctx, FOREIGN, _ids(source, rows))
    fresh = [row for row in rows if row.identifier not in known]
    return Kept(
        new=sum(not row.is_deleted for row in fresh),
        changed=sum(row.identifier in known and not row.is_deleted for row in rows),
        deleted=sum(row.is_deleted for row in rows if row.identifier in known),
        conflicts=sum(bool(row.conflict) for row in rows),
    )


def _is_news(one: Incoming, row: Foreign | None) -> bool:
    """Told once already is no news; neither is a tombstone of what we never had."""
    if row is None:
        return not one.is_deleted
    if one.is_deleted:
        return not row.is_deleted
    return any(getattr(row, name) != value for name, value in _values(one).items())


def _values(one: Incoming) -> dict[str, object]:
    if one.is_deleted:
        one = Incoming(identifier=one.identifier, datestamp=one.datestamp, is_deleted=True)
    texts = {name: str(getattr(one, name)).replace("\x00", "")[: _WIDTHS[name]] for name in _FIELDS}
    return {"datestamp": one.datestamp[:30], "is_deleted": one.is_deleted, **texts}


def _row(ctx: Ctx, source: Source, one: Incoming, row: Foreign | None, *, is_double: bool) -> Foreign:
    return Foreign(
        org_id=source.org_id,
        source=source,
        identifier=one.identifier,
        sets=[] if one.is_deleted else list(one.sets),
        conflict=HELD_ELSEWHERE if is_double and not one.is_deleted else "",
        came_at=row.came_at if row else ctx.now,
        changed_at=ctx.now,
        **_values(one),
    )


def _write(rows: Sequence[Foreign]) -> None:
    Foreign.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source", "identifier"],
        update_fields=[*_SAID, "sets", "conflict", "changed_at"],
    )


def _ids(source: Source, rows: Sequence[Foreign]) -> list[int]:
    named = source.records.filter(identifier__in=[row.identifier for row in rows])
    return list(named.values_list("pk", flat=True))


def forget(ctx: Ctx, source: Source) -> int:
    """Remove all that a source has brought; how many."""
    ids = list(source.records.values_list("pk", flat=True))
    source.records.all().delete()
    search.changed(ctx, FOREIGN, ids)
    return len(ids)
