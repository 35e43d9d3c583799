"""What every change of a record does: lock it, keep the version, write the line, tell those who hold it."""

from __future__ import annotations

from collections.abc import Mapping

from lantai.apps.authorities import holders, queries
from lantai.apps.authorities.models import Authority, AuthorityVersion, Name
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.types import OBJECT, AuthorityChanged, AuthorityKind, AuthorityMerged
from lantai.kit.text import fold, names
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

ELEMENTS = (
    "name", "kind", "code", "began", "ended", "history", "functions", "mandate", "structure", "context",
    "note", "maturity", "unit_id",
)  # fmt: skip
_BY_SURNAME = frozenset({AuthorityKind.PERSON.value, AuthorityKind.FAMILY.value})


def locked(ctx: Ctx, authority_id: int, revision: int | None = None) -> Authority:
    """The record to be changed; raises ``Missing``, ``AuthorityMerged`` and ``AuthorityChanged``."""
    row = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=authority_id)
    policy.require(ctx, P.AUTHORITY_MANAGE, row.org_id)
    if row.merged_into is not None:
        raise AuthorityMerged(name=row.name, into=row.merged_into.name)
    if revision is not None and row.revision != revision:
        raise AuthorityChanged
    return row


def keep(ctx: Ctx, row: Authority, past: str, detail: Mapping[str, str | int] | None = None) -> None:
    """Write the version and the line of a change that was just made; names may be others now."""
    if past != "entered":
        row.revision, row.updated_at = row.revision + 1, ctx.now
        row.save(update_fields=["revision", "updated_at"])
    AuthorityVersion.objects.create(
        authority=row,
        revision=row.revision,
        body=body_of(row),
        act=f"{OBJECT}:{past}",
        editor_id=ctx.actor.id,
        editor_name=ctx.actor.name,
        changed_at=ctx.now,
    )
    ledger.record(
        ctx,
        f"{OBJECT}:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name="" if row.kind in _BY_SURNAME else row.name,  # the ledger holds no personal data
        detail={"revision": row.revision, **(detail or {})},
    )
    holders.renamed(ctx, [row.pk])


def body_of(row: Authority) -> dict[str, object]:
    """The whole record as JSON."""
    body: dict[str, object] = {name: getattr(row, name) for name in ELEMENTS}
    fields = ("kind", "text", "began_year", "ended_year", "code", "note")
    body["names"] = list(row.names.order_by("pk").values(*fields))
    relations = row.relations.order_by("pk")
    body["relations"] = list(relations.values("kind", "target_id", "began_year", "ended_year", "note"))
    body["sources"] = list(row.sources.order_by("pk").values("citation", "found"))
    return body


def new_name(row: Authority, *, kind: str, text: str, **more: object) -> Name:
    """A name with what finds it; not saved."""
    name = Name(authority=row, kind=kind, **more)
    respell(name, text, row.kind)
    return name


def respell(name: Name, text: str, kind: str) -> None:
    """Write a name and what finds it: names of persons by the table of surnames."""
    name.text, name.folded = text, fold(text)
    if kind in _BY_SURNAME:
        name.sound, name.initials = names.full(text)[:400], names.initials(text)[:200]
    else:
        sound, initials = names.everyday(text)
        name.sound, name.initials = sound[:400], initials[:200]
