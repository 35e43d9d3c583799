"""Correcting descriptions, with every former wording kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description, DescriptionVersion
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.types import EditedMeanwhile, NotEditable, NothingToRestore, TitleMissing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

# Year, retention and class are parts of the reference code, which is frozen once a record is filed
# (DA/T 13-2022); classification and openness are decided by their own procedures.
EDITABLE = frozenset({"title", "author", "document_number", "dated_on", "persons", "page_count", "note"})
_SOURCE = "catalogue"


@transaction.atomic
def describe(ctx: Ctx, *, description_id: int, revision: int, changes: Mapping[str, object]) -> Description:
    """Change elements of a description as it was read at ``revision``.

    Raises ``EditedMeanwhile`` when it is no longer at that revision, ``NotEditable``, ``TitleMissing``.
    What does not differ is no change; without any, nothing is written.
    """
    return _change(ctx, description_id, revision, changes, act="catalogue:item:described")


@transaction.atomic
def restore(ctx: Ctx, *, description_id: int, revision: int, undone: int) -> Description:
    """Take back the edit that made revision ``undone`` and all after it; this is a new edit of its own.

    Raises ``EditedMeanwhile``, ``NothingToRestore``.
    """
    row = queries.get(ctx, description_id)
    policy.require(ctx, P.ITEM_DESCRIBE, row.custodian_id)
    former: dict[str, object] = {}
    for version in queries.versions_of(row).filter(revision__gte=undone):
        former.update(version.before)
    if not former:
        raise NothingToRestore
    values = {name: _from_json(name, value) for name, value in former.items()}
    return _change(ctx, description_id, revision, values, act="catalogue:item:restored")


def _change(
    ctx: Ctx, description_id: int, revision: int, changes: Mapping[str, object], *, act: str
) -> Description:
    row = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=description_id)
    policy.require(ctx, P.ITEM_DESCRIBE, row.custodian_id)
    _check(changes)
    if row.revision != revision:
        raise EditedMeanwhile
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not differing:
        return row
    before = {name: _to_json(getattr(row, name)) for name in differing}
    after = {name: _to_json(value) for name, value in differing.items()}
    for name, value in differing.items():
        setattr(row, name, value)
    row.revision, row.updated_at = revision + 1, ctx.now
    row.save(update_fields=[*differing, "revision", "updated_at"])
    DescriptionVersion.objects.create(
        description=row,
        revision=row.revision,
        before=before,
        after=after,
        editor_id=ctx.actor.id,
        editor_name=ctx.actor.name,
        changed_at=ctx.now,
    )
    search.changed(ctx, _SOURCE, [row.pk])
    ledger.record(
        ctx,
        act,
        object_type="catalogue:description",
        object_id=row.pk,
        object_name=row.reference_code,
        detail={"fields": ",".join(sorted(differing)), "revision": row.revision},
    )
    return row


def _check(changes: Mapping[str, object]) -> None:
    for name in changes:
        if name not in EDITABLE:
            raise NotEditable(name=name, field=name)
    if "title" in changes and not str(changes["title"]).strip():
        raise TitleMissing(field="title")


def _to_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _from_json(name: str, value: object) -> object:
    return date.fromisoformat(str(value)) if name == "dated_on" and value else value
