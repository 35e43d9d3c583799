"""Entering and revising records."""

from __future__ import annotations

from dataclasses import asdict, replace

from django.db import transaction

from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.services.keeping import keep, locked, new_name, respell
from lantai.apps.authorities.types import (
    AuthorityKind,
    CreditCodeWrong,
    DatesNotInOrder,
    DatesUnreadable,
    NameKind,
    NameMissing,
    NameTaken,
    PlaceCodeWrong,
    Said,
    UnitOfCreatorOnly,
    UnitTaken,
)
from lantai.kit.authorities import credit_code_is_right, place_code_is_right, year_of
from lantai.kit.text import fold
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

_CREDIT_CODE_LENGTH = 18


@transaction.atomic
def enter(ctx: Ctx, *, org_id: int, said: Said) -> Authority:
    """Enter a record; raises ``NameTaken``, ``DatesUnreadable`` and what its codes are refused for."""
    policy.require(ctx, P.AUTHORITY_MANAGE, org_id)
    row = Authority(org_id=org_id, created_at=ctx.now, updated_at=ctx.now)
    fill(row, said)
    row.save()
    new_name(row, kind=NameKind.PREFERRED, text=row.name).save()
    keep(ctx, row, "entered", {"kind": row.kind})
    return row


@transaction.atomic
def revise(ctx: Ctx, *, authority_id: int, revision: int, said: Said) -> Authority:
    """Change a record as it was read at ``revision``; another name takes the place of the preferred one.

    The kind stays what it is. Raises ``AuthorityChanged`` and what `enter` raises.
    """
    row = locked(ctx, authority_id, revision)
    fill(row, replace(said, kind=row.kind))
    row.save()
    name = row.names.get(kind=NameKind.PREFERRED)
    respell(name, row.name, row.kind)
    name.save()
    keep(ctx, row, "revised")
    return row


def fill(row: Authority, said: Said) -> None:
    """Put what was said into a row; raises what is wrong with it."""
    for field, value in asdict(said).items():
        setattr(row, field, value.strip().replace("\x00", "") if isinstance(value, str) else value)
    if not row.name:
        raise NameMissing(field="name")
    row.folded = fold(row.name)
    row.began_year, row.ended_year = _year(row.began, "began"), _year(row.ended, "ended")
    check_order(row.began_year, row.ended_year)
    _check_code(row)
    _check_unit(row)
    same = Authority.objects.filter(
        org_id=row.org_id, kind=row.kind, folded=row.folded, began_year=row.began_year, merged_into=None
    )
    if other := same.exclude(pk=row.pk).first():
        raise NameTaken(name=other.name, dates=other.dates or "—", field="name")


def _year(text: str, field: str) -> int | None:
    try:
        return year_of(text)
    except ValueError as wrong:
        raise DatesUnreadable(text=text, field=field) from wrong


def check_order(began: int | None, ended: int | None, field: str = "ended") -> None:
    """Raise ``DatesNotInOrder`` for years that run backwards."""
    if began is not None and ended is not None and ended < began:
        raise DatesNotInOrder(began=began, ended=ended, field=field)


def _check_code(row: Authority) -> None:
    if not row.code:
        return
    if row.kind == AuthorityKind.PLACE and not place_code_is_right(row.code):
        raise PlaceCodeWrong(field="code")
    is_credit = row.kind == AuthorityKind.CREATOR and len(row.code) == _CREDIT_CODE_LENGTH
    if is_credit and not credit_code_is_right(row.code):
        raise CreditCodeWrong(code=row.code, field="code")


def _check_unit(row: Authority) -> None:
    if row.unit_id is None:
        return
    if row.kind != AuthorityKind.CREATOR:
        raise UnitOfCreatorOnly(field="unit")
    taken = Authority.objects.filter(org_id=row.org_id, unit_id=row.unit_id, merged_into=None)
    if other := taken.exclude(pk=row.pk).select_related("unit").first():
        raise UnitTaken(unit=str(other.unit), name=other.name, field="unit")
