"""Founding fonds and drawing up their classification schemes."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.holdings import queries
from lantai.apps.holdings.models import Fonds, SchemeClass
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.types import (
    ClassCodeTaken,
    CreatorNotServed,
    FondsCodeTaken,
    FondsKind,
    YearsNotInOrder,
)
from lantai.kit.errors import Invalid
from lantai.kit.numbering import FondsPartInvalid, ReferenceCode
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs import queries as orgs


@transaction.atomic
def found_fonds(
    ctx: Ctx,
    *,
    archives_id: int,
    code: str,
    name: str,
    creator_id: int | None = None,
    kind: str = FondsKind.CREATOR,
    started_year: int | None = None,
    ended_year: int | None = None,
    note: str = "",
) -> Fonds:
    """Set up a fonds at an archives.

    Raises ``FondsCodeTaken``, ``CreatorNotServed``, ``YearsNotInOrder``, or ``Invalid`` for a code that
    is not one capital letter and three digits (DA/T 13-2022).
    """
    policy.require(ctx, P.FONDS_MANAGE, archives_id)
    _check_code(archives_id, code)
    _check_creator(archives_id, creator_id)
    _check_years(started_year, ended_year)
    fonds = Fonds.objects.create(
        archives_id=archives_id,
        code=code,
        name=name,
        creator_id=creator_id,
        kind=kind,
        started_year=started_year,
        ended_year=ended_year,
        note=note,
    )
    _record(ctx, "holdings:fonds:founded", fonds, {"code": code})
    return fonds


@transaction.atomic
def change_fonds(
    ctx: Ctx,
    *,
    fonds_id: int,
    name: str,
    kind: str,
    creator_id: int | None = None,
    started_year: int | None = None,
    ended_year: int | None = None,
    note: str = "",
) -> Fonds:
    """Correct what is said of a fonds; its number stays, since reference codes carry it."""
    fonds = policy.one(queries.visible_fonds(ctx).select_for_update(of=("self",)), pk=fonds_id)
    policy.require(ctx, P.FONDS_MANAGE, fonds.archives_id)
    _check_creator(fonds.archives_id, creator_id)
    _check_years(started_year, ended_year)
    values = {
        "name": name,
        "kind": kind,
        "creator_id": creator_id,
        "started_year": started_year,
        "ended_year": ended_year,
        "note": note,
    }
    changed = sorted(field for field, value in values.items() if getattr(fonds, field) != value)
    if changed:
        Fonds.objects.filter(pk=fonds.pk).update(**values)
        _record(ctx, "holdings:fonds:changed", fonds, {"fields": ",".join(changed)})
    fonds.refresh_from_db()
    return fonds


@transaction.atomic
def add_class(ctx: Ctx, *, fonds_id: int, code: str, name: str, parent_id: int | None = None) -> SchemeClass:
    """Add a 机构 or 问题 to the scheme of a fonds; raises ``ClassCodeTaken``, ``Invalid`` for a bad code."""
    fonds = queries.get_fonds(ctx, fonds_id)
    policy.require(ctx, P.FONDS_MANAGE, fonds.archives_id)
    if other := SchemeClass.objects.filter(fonds=fonds, code=code).first():
        raise ClassCodeTaken(code=code, name=other.name, field="code")
    ReferenceCode(fonds=fonds.code, category="WS", year=2000, class_code=code, item_no="0001")
    parent = policy.one(queries.classes_of(fonds.pk), pk=parent_id) if parent_id else None
    row = SchemeClass.objects.create(fonds=fonds, parent=parent, code=code, name=name)
    _record(ctx, "holdings:class:added", fonds, {"code": code})
    return row


@transaction.atomic
def retire_class(ctx: Ctx, *, class_id: int, is_active: bool) -> SchemeClass:
    """Take a class out of use, or back into it; what was filed under it stays."""
    row = policy.one(SchemeClass.objects.filter(fonds__in=queries.visible_fonds(ctx)), pk=class_id)
    policy.require(ctx, P.FONDS_MANAGE, row.fonds.archives_id)
    SchemeClass.objects.filter(pk=row.pk).update(is_active=is_active)
    row.is_active = is_active
    act = "holdings:class:restored" if is_active else "holdings:class:retired"
    _record(ctx, act, row.fonds, {"code": row.code})
    return row


def _check_code(archives_id: int, code: str) -> None:
    try:
        ReferenceCode(fonds=code, category="WS", item_no="0001")
    except FondsPartInvalid as wrong:
        raise Invalid(wrong.message, field="code", **wrong.params) from wrong
    if other := Fonds.objects.filter(archives_id=archives_id, code=code).first():
        raise FondsCodeTaken(code=code, name=other.name, field="code")


def _check_creator(archives_id: int, creator_id: int | None) -> None:
    if creator_id is None or creator_id == archives_id:
        return
    creator = orgs.get(creator_id)
    if creator.archives_id is not None and creator.archives_id != archives_id:
        raise CreatorNotServed(creator=creator.name, archives=creator.archives.name, field="creator_id")


def _check_years(started: int | None, ended: int | None) -> None:
    if started is not None and ended is not None and ended < started:
        raise YearsNotInOrder(started=started, ended=ended, field="ended_year")


def _record(ctx: Ctx, act: str, fonds: Fonds, detail: dict[str, str]) -> None:
    ledger.record(
        ctx,
        act,
        object_type="holdings:fonds",
        object_id=fonds.pk,
        object_name=str(fonds),
        detail=detail,
    )
