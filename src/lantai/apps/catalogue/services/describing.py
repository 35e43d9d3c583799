"""Correcting descriptions, with every former wording kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from lantai.apps.catalogue import queries, sealing
from lantai.apps.catalogue.editing import ValueRefused
from lantai.apps.catalogue.models import Description, DescriptionVersion, SealedNumber
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.wording import scheme_of_row
from lantai.apps.catalogue.sealing import Number
from lantai.apps.catalogue.types import EditedMeanwhile, NotEditable, NothingToRestore, TitleMissing
from lantai.apps.kinds.types import KindField, KindScheme, ValueUnreadable, is_masked, masked_number, parse
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

# Year, retention and class are parts of the reference code, which is frozen once a record is filed
# (DA/T 13-2022); classification and openness are decided by their own procedures.
EDITABLE = frozenset({"title", "author", "document_number", "dated_on", "persons", "page_count", "note"})
_SOURCE = "catalogue"


@dataclass(slots=True)
class Edit:
    """What differs, before and after, by field name; of numbers only what is masked."""

    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def describe(
    ctx: Ctx, *, description_id: int, revision: int, changes: Mapping[str, object], adopts: bool = False
) -> Description:
    """Change elements of a description, by field name of its kind, as it was read at ``revision``.

    ``adopts`` describes it by the version of the kind that is in force now. What does not differ is no change;
    without any, nothing is written. Raises ``EditedMeanwhile`` when it is no longer at that revision,
    ``NotEditable``, ``TitleMissing``, ``ValueRefused``.
    """
    row = _locked(ctx, description_id)
    if row.revision != revision:
        raise EditedMeanwhile
    scheme = scheme_of_row(row, is_new=adopts)
    edit = edit_of(row, scheme, changes)
    if adopts and scheme.version_id and row.kind_version_id != scheme.version_id:
        row.kind_version_id = scheme.version_id
        row.save(update_fields=["kind_version"])
    return _keep(ctx, row, edit, act="catalogue:item:described")


@transaction.atomic
def restore(ctx: Ctx, *, description_id: int, revision: int, undone: int, only: str = "") -> Description:
    """Take back the edit that made revision ``undone`` and all after it, of one field where ``only`` names it.

    This is a new edit of its own. Raises ``EditedMeanwhile``, ``NothingToRestore``.
    """
    row = _locked(ctx, description_id)
    former: dict[str, object] = {}
    for version in queries.versions_of(row).filter(revision__gte=undone):
        former.update(version.before)
    if only:
        former = {name: value for name, value in former.items() if name == only}
    if not former:
        raise NothingToRestore
    if row.revision != revision:
        raise EditedMeanwhile
    return _keep(ctx, row, _former(row, former, undone), act="catalogue:item:restored")


def _locked(ctx: Ctx, description_id: int) -> Description:
    row = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=description_id)
    policy.require(ctx, P.ITEM_DESCRIBE, row.custodian_id)
    return row


def edit_of(row: Description, scheme: KindScheme, changes: Mapping[str, object]) -> Edit:
    """What ``changes`` make of a row; raises ``NotEditable``, ``TitleMissing``, ``ValueRefused``."""
    edit = Edit()
    for name, value in changes.items():
        if name in EDITABLE:
            _column(row, name, _typed(scheme.by_name.get(name), name, value), edit)
            continue
        asked = scheme.by_name.get(name)
        if asked is None or asked.column:
            raise NotEditable(name=name, field=name)
        if asked.is_sealed:
            _number(row, asked, value, edit)
        else:
            _own(row, asked, read(asked, value), edit)
    return edit


def read(asked: KindField, value: object) -> object:
    """A value as the row keeps it; raises ``ValueRefused``."""
    try:
        return parse(asked, value)
    except ValueUnreadable as why:
        raise ValueRefused(why.reason, field=asked.name, **why.params) from why


def _typed(asked: KindField | None, name: str, value: object) -> object:
    """A value as its column holds it: what comes as text from a sheet or a machine is read."""
    if name in _TEXTS:
        return "" if value is None else str(value)
    if value is None or value == "":
        return [] if name == "persons" else None
    return read(asked, value) if isinstance(value, str) and asked is not None else value


_TEXTS = frozenset({"title", "author", "document_number", "note"})


def _column(row: Description, name: str, value: object, edit: Edit) -> None:
    if name == "title" and not str(value).strip():
        raise TitleMissing(field="title")
    old = getattr(row, name)
    if old != value:
        edit.before[name], edit.after[name] = _to_json(old), _to_json(value)


def _own(row: Description, asked: KindField, value: object, edit: Edit) -> None:
    old = row.metadata.get(asked.name)
    if (old if old != "" else None) != value:
        edit.before[asked.name], edit.after[asked.name] = old, value


def _number(row: Description, asked: KindField, value: object, edit: Edit) -> None:
    """A masked number is the one that is there: nobody who saves a form need have seen it."""
    text, old = str(value or ""), row.metadata.get(asked.name)
    if is_masked(text):
        if text != old:
            raise ValueRefused(_MASKED, field=asked.name, label=asked.label)
        return
    number = str(read(asked, text) or "")
    held = SealedNumber.objects.filter(description=row, field=asked.name, is_current=True).first()
    if sealing.same(held, number):
        return
    edit.before[asked.name], edit.after[asked.name] = old, masked_number(number) if number else None
    edit.numbers[asked.name] = number


_MASKED = N_("“%(label)s”里有星号。请填写完整的号码，或者保持原样不动。")


def _former(row: Description, former: Mapping[str, object], undone: int) -> Edit:
    edit = Edit()
    for name, value in former.items():
        old = _to_json(getattr(row, name)) if name in EDITABLE else row.metadata.get(name)
        kept = SealedNumber.objects.filter(description=row, field=name)
        if kept.exists():
            held = kept.filter(revision__lt=undone).order_by("-revision").first()
            edit.numbers[name] = sealing.opened(held) if held else ""
        if old != value or name in edit.numbers:
            edit.before[name], edit.after[name] = old, value
    return edit


def apply(row: Description, edit: Edit) -> list[str]:
    """Write what an edit says into the row that is at hand; the columns to save."""
    columns = [name for name in edit.after if name in EDITABLE]
    for name in columns:
        setattr(row, name, from_json(name, edit.after[name]))
    own = {name: value for name, value in edit.after.items() if name not in EDITABLE}
    if own:
        row.metadata = {k: v for k, v in {**row.metadata, **own}.items() if k not in own or v is not None}
    return [*columns, *(["metadata"] if own else [])]


def _keep(ctx: Ctx, row: Description, edit: Edit, *, act: str) -> Description:
    if not edit.after:
        return row
    columns = apply(row, edit)
    row.revision, row.updated_at = row.revision + 1, ctx.now
    row.save(update_fields=[*columns, "revision", "updated_at"])
    sealing.keep([Number(row.pk, name, text) for name, text in edit.numbers.items()], revision=row.revision)
    DescriptionVersion.objects.create(
        description=row,
        revision=row.revision,
        before=edit.before,
        after=edit.after,
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
        detail={"fields": ",".join(sorted(edit.after)), "revision": row.revision},
    )
    return row


def _to_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def from_json(name: str, value: object) -> object:
    """A value as its column takes it, from a version that kept it."""
    return date.fromisoformat(str(value)) if name == "dated_on" and value else value
