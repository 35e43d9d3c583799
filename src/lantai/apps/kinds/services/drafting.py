"""A draft and its fields: added, changed, put in another place, retired, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Max

from lantai.apps.holdings import queries as holdings
from lantai.apps.kinds import queries
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.types import (
    OBJECT,
    DraftExists,
    FieldHasValues,
    FieldNameTaken,
    FieldUnknown,
    KindField,
    NotADraft,
    TypeHasValues,
    VersionState,
)
from lantai.apps.kinds.usage import count_values
from lantai.kit.errors import N_, Missing
from lantai.kit.metadata import kinds as kit
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org


@transaction.atomic
def begin_draft(ctx: Ctx, *, archives_id: int, kind_id: int) -> KindVersion:
    """Begin a version of an archives' own from what is in force there; raises ``DraftExists``, ``Missing``."""
    policy.require(ctx, P.KIND_DESIGN, archives_id)
    if kind_id not in queries.kinds_at(archives_id):
        raise Missing
    fields = queries.scheme_of(kind_id, archives_id).fields
    return enter(ctx, archives_id, kind_id, fields, "drafted")


def enter(
    ctx: Ctx, archives_id: int, kind_id: int, fields: Sequence[KindField], past: str, note: str = ""
) -> KindVersion:
    """The next version of a kind at an archives, as a draft; the caller has checked the permission."""
    Org.objects.select_for_update(no_key=True).get(pk=archives_id)  # versions are numbered one at a time
    own = KindVersion.objects.filter(archives_id=archives_id, kind_id=kind_id)
    if own.filter(state__in=queries.UNDER_WAY).exists():
        name = str(holdings.kinds().get(pk=kind_id).name)
        raise DraftExists(name=name)
    row = KindVersion.objects.create(
        archives_id=archives_id,
        kind_id=kind_id,
        number=(own.aggregate(last=Max("number"))["last"] or 0) + 1,
        note=note,
        body=kit.to_data(fields),
        editor_id=ctx.actor.id,
        editor_name=ctx.actor.name,
        drafted_at=ctx.now,
    )
    _record(ctx, row, past)
    return row


@transaction.atomic
def describe(ctx: Ctx, *, version_id: int, note: str) -> KindVersion:
    """Say why this version is made; raises ``NotADraft``."""
    row = _draft(ctx, version_id)
    row.note = note
    return _keep(ctx, row, row.fields(), "described")


@transaction.atomic
def add_field(ctx: Ctx, *, version_id: int, field: KindField, after: str = "") -> KindVersion:
    """Add a field behind another one, or at the end; raises ``NotADraft``, ``FieldNameTaken``, ``KindMalformed``."""
    row = _draft(ctx, version_id)
    fields = list(row.fields())
    if taken := next((one for one in fields if one.name == field.name), None):
        raise FieldNameTaken(name=field.name, label=taken.label, field="name")
    at = _place(fields, after) + 1 if after else len(fields)
    return _keep(ctx, row, [*fields[:at], field, *fields[at:]], "field_added", field=field.name)


@transaction.atomic
def change_field(ctx: Ctx, *, version_id: int, name: str, field: KindField) -> KindVersion:
    """Say otherwise what a field is; its name and column stay, and with values its type.

    Raises ``NotADraft``, ``FieldUnknown``, ``TypeHasValues``, ``KindMalformed``.
    """
    row = _draft(ctx, version_id)
    fields = list(row.fields())
    at = _place(fields, name)
    old = fields[at]
    if field.type is not old.type and (n := _values(row, old)):
        raise TypeHasValues(label=old.label, n=n, field="type")
    fields[at] = replace(field, name=old.name, column=old.column, is_retired=old.is_retired)
    return _keep(ctx, row, fields, "field_changed", field=name)


@transaction.atomic
def set_fields(ctx: Ctx, *, version_id: int, fields: Sequence[KindField], note: str = "") -> KindVersion:
    """Say all fields of a draft anew; raises ``FieldHasValues``, ``TypeHasValues``, ``NotADraft``."""
    row = _draft(ctx, version_id)
    fresh = {field.name: field for field in fields}
    for old in row.fields():
        new = fresh.get(old.name)
        if (new is None or (new.type, new.column) != (old.type, old.column)) and (n := _values(row, old)):
            raise (FieldHasValues if new is None else TypeHasValues)(label=old.label, n=n)
    row.note = note or row.note
    return _keep(ctx, row, fields, "fields_set", count=len(fresh))


@transaction.atomic
def move_field(ctx: Ctx, *, version_id: int, name: str, steps: int) -> KindVersion:
    """Put a field ``steps`` places further down (up where negative), no further than the ends."""
    row = _draft(ctx, version_id)
    fields = list(row.fields())
    at = _place(fields, name)
    field = fields.pop(at)
    fields.insert(max(0, min(at + steps, len(fields))), field)
    return _keep(ctx, row, fields, "field_moved", field=name)


@transaction.atomic
def retire_field(ctx: Ctx, *, version_id: int, name: str, is_retired: bool) -> KindVersion:
    """Ask for a field no more, or again; its values stay. Raises ``NotADraft``, ``FieldUnknown``."""
    row = _draft(ctx, version_id)
    fields = list(row.fields())
    at = _place(fields, name)
    fields[at] = replace(fields[at], is_retired=is_retired)
    return _keep(ctx, row, fields, "field_retired" if is_retired else "field_revived", field=name)


@transaction.atomic
def remove_field(ctx: Ctx, *, version_id: int, name: str) -> KindVersion:
    """Remove a field in which nothing was ever written; raises ``FieldHasValues``, ``NotADraft``."""
    row = _draft(ctx, version_id)
    fields = list(row.fields())
    field = fields.pop(_place(fields, name))
    if n := _values(row, field):
        raise FieldHasValues(label=field.label, n=n)
    return _keep(ctx, row, fields, "field_removed", field=name)


def _values(row: KindVersion, field: KindField) -> int:
    return count_values(row.kind_id, row.archives_id, field)


def _place(fields: Sequence[KindField], name: str) -> int:
    for at, field in enumerate(fields):
        if field.name == name:
            return at
    raise FieldUnknown(name=name, field="name")


def _draft(ctx: Ctx, version_id: int) -> KindVersion:
    seen = queries.get(ctx, version_id)
    if seen.archives_id is None:
        raise NotADraft
    policy.require(ctx, P.KIND_DESIGN, seen.archives_id)
    row = KindVersion.objects.select_for_update(of=("self",)).select_related("kind").get(pk=seen.pk)
    if row.state != VersionState.DRAFT:
        raise NotADraft
    return row


def _keep(
    ctx: Ctx, row: KindVersion, fields: Sequence[KindField], past: str, **detail: str | int
) -> KindVersion:
    if any(field.column == "title" and field.is_private for field in fields):
        raise kit.KindMalformed(reason=N_("题名总是公开，不能标为个人信息"), field="is_personal")
    row.body = kit.to_data(kit.check(fields))
    row.editor_id, row.editor_name = ctx.actor.id, ctx.actor.name
    row.save(update_fields=["body", "note", "editor_id", "editor_name"])
    _record(ctx, row, past, **detail)
    return row


def _record(ctx: Ctx, row: KindVersion, past: str, **detail: str | int) -> None:
    ledger.record(
        ctx,
        f"kinds:version:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail={"kind": row.kind.slug, "number": row.number, **detail},
    )
