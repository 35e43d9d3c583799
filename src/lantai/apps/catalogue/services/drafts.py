"""What somebody has written and not yet saved, and what they carry from one description into the next."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lantai.apps.catalogue import queries, sealing
from lantai.apps.catalogue.editing import DraftTooLong
from lantai.apps.catalogue.models import Carrying, Description, Draft
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.wording import scheme_of_row, values_of
from lantai.apps.kinds.types import shown
from lantai.kit.crypto import persons
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

MOST_DRAFT_CHARS, _MOST_NAMES = 200_000, 150
MOST_DRAFTS = 200  # of one list
_LAST_NUMBER = re.compile(r"\d+(?=\D*$)")


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What was written into a form, from when, against which revision of the row."""

    values: Mapping[str, str]
    revision: int
    saved_at: datetime


@transaction.atomic
def keep_draft(ctx: Ctx, *, description_id: int | None, revision: int, values: Mapping[str, str]) -> datetime:
    """Keep what the actor has written so far, encrypted; raises ``DraftTooLong``. It is no act of the record."""
    if description_id is not None:
        row = queries.get(ctx, description_id)
        policy.require(ctx, P.ITEM_DESCRIBE, row.custodian_id)
    text = json.dumps(dict(values), ensure_ascii=False)
    if len(text) > MOST_DRAFT_CHARS or len(values) > _MOST_NAMES:
        raise DraftTooLong
    keys = sealing.ring()
    Draft.objects.update_or_create(
        user_id=ctx.actor.id,
        description_id=description_id,
        defaults={
            "revision": revision,
            "sealed": persons.seal(keys, text, about=_about(ctx, description_id)),
            "key_number": keys.newest,
            "saved_at": ctx.now,
        },
    )
    return ctx.now


def draft_of(ctx: Ctx, description_id: int | None) -> KeptDraft | None:
    """What the actor has written about a row, or about a new one, and not saved."""
    row = Draft.objects.filter(user_id=ctx.actor.id, description_id=description_id).first()
    if row is None:
        return None
    text = persons.open_(sealing.ring(), row.key_number, bytes(row.sealed), about=_about(ctx, description_id))
    return KeptDraft(json.loads(text), row.revision, row.saved_at)


def drafts_of(ctx: Ctx) -> list[Draft]:
    """What the actor has written and not saved, the latest first, of rows that they may still see."""
    mine = (
        Draft.objects.filter(user_id=ctx.actor.id).select_related("description").order_by("-saved_at", "-pk")
    )
    known = list(mine.defer("sealed")[:MOST_DRAFTS])
    seen = set(
        queries.visible(ctx).filter(pk__in=[one.description_id for one in known]).values_list("pk", flat=True)
    )
    return [one for one in known if one.description_id is None or one.description_id in seen]


@transaction.atomic
def forget_draft(ctx: Ctx, *, description_id: int | None) -> None:
    """Throw away what the actor has written about a row, or about a new one."""
    Draft.objects.filter(user_id=ctx.actor.id, description_id=description_id).delete()


@transaction.atomic
def carry(ctx: Ctx, *, kind_id: int, names: Sequence[str], last_id: int) -> None:
    """Take these fields of a row over into the next description of its kind."""
    Carrying.objects.update_or_create(
        user_id=ctx.actor.id,
        kind_id=kind_id,
        defaults={"names": list(names)[:_MOST_NAMES], "last_id": last_id},
    )


def carried(ctx: Ctx, kind_id: int) -> tuple[dict[str, str], list[str]]:
    """What the actor takes over from their last description of a kind, as written, and the names of those fields.

    The reference code goes on by one. Numbers of persons are never taken over.
    """
    row = Carrying.objects.filter(user_id=ctx.actor.id, kind_id=kind_id).first()
    last = queries.visible(ctx).filter(pk=row.last_id).first() if row and row.last_id else None
    if row is None or last is None:
        return {}, list(row.names) if row else []
    scheme = scheme_of_row(last, is_new=True)
    values = values_of(last, scheme)
    found = {
        name: shown(scheme.by_name[name], values[name])
        for name in row.names
        if name in values and not scheme.by_name[name].is_sealed
    }
    return {**found, **_frame(last, row.names)}, list(row.names)


def _frame(last: Description, names: Sequence[str]) -> dict[str, str]:
    known = {
        "fonds": str(last.fonds_id),
        "level": last.level,
        "parent_code": last.parent.reference_code if last.parent else "",
        "reference_code": next_code(last.reference_code),
        "year": str(last.year or ""),
        "retention": last.retention,
        "class_code": last.class_code,
    }
    return {name: value for name, value in known.items() if name in names}


def next_code(code: str) -> str:
    """The code with its last number one higher, as wide as before."""
    return _LAST_NUMBER.sub(
        lambda match: str(int(match.group()) + 1).zfill(len(match.group())), code, count=1
    )


def _about(ctx: Ctx, description_id: int | None) -> str:
    return f"draft:{ctx.actor.id}:{description_id or 0}"
