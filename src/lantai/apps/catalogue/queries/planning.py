"""What a move, a merger, a split or a numbering would make of rows: worked out without changing any."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from lantai.apps.catalogue.marks import marks_of
from lantai.apps.catalogue.models import Description, FormerCode
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.arranging import arrangeable
from lantai.apps.catalogue.queries.reading import standing, visible
from lantai.apps.catalogue.queries.tree import ancestors
from lantai.apps.catalogue.tree import (
    ContentDestroyed,
    Deed,
    NotBeneath,
    NothingChosen,
    NotMergeable,
    OtherCustodian,
    OtherFonds,
    Plan,
    PlanLine,
    TooManyRows,
    UnderItself,
    WholeUnit,
)
from lantai.apps.catalogue.types import BENEATH, Level
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

MOST = 20_000
NEW = 0  # stands for the unit that a split makes
_DIGITS = 3
_DESTROYED = "销毁情况"


def chosen(ctx: Ctx, ids: Iterable[int], *, with_below: bool = False) -> list[Description]:
    """The rows to act on, by code, all of one fonds and custodian; raises what an act on them is refused for."""
    wanted = set(ids)
    if not wanted:
        raise NothingChosen
    if len(wanted) > MOST:
        raise TooManyRows(count=len(wanted), most=MOST)
    rows = list(arrangeable(ctx).filter(pk__in=wanted).order_by("reference_code", "pk"))
    if len(rows) < len(wanted):
        other = visible(ctx).filter(pk__in=wanted.difference(row.pk for row in rows)).first()
        if other is None:
            raise Missing
        policy.require(ctx, P.ITEM_ARRANGE, other.custodian_id)
    check_together(rows[0], rows[1:])
    refuse_destroyed(ctx, rows)
    return rows


def check_together(first: Description, rows: Iterable[Description]) -> None:
    """Raise ``OtherFonds`` or ``OtherCustodian`` where rows are not arranged together."""
    for row in rows:
        if row.fonds_id != first.fonds_id:
            raise OtherFonds(code=row.reference_code)
        if row.custodian_id != first.custodian_id:
            raise OtherCustodian(code=row.reference_code, custodian=row.custodian.name)


def refuse_destroyed(ctx: Ctx, rows: Sequence[Description]) -> None:
    """Raise ``ContentDestroyed`` where the list of destruction says how a row was called and where it lay."""
    gone = {pk for pk, marks in marks_of(ctx, rows).items() if any(mark.is_gone for mark in marks)}
    for row in rows:
        if row.pk in gone or _DESTROYED in row.metadata:
            raise ContentDestroyed(code=row.reference_code)


def plan_move(ctx: Ctx, *, ids: Iterable[int], to_id: int | None) -> Plan:
    """Rows under another unit, or directly under their fonds where ``to_id`` is None."""
    rows = chosen(ctx, ids)
    target = target_of(ctx, rows[0], to_id)
    _check_place(ctx, rows, target)
    codes = _codes_within(rows, target)
    lines = [line_of(row, parent_id=target.pk if target else None, code=codes.get(row.pk)) for row in rows]
    where = target.reference_code if target else rows[0].fonds.code
    told = _("%(n)d 条移到 %(where)s") % {"n": len(rows), "where": where}
    return Plan(Deed.MOVED, told, (*map(_warned, lines, rows), *renamed_below(ctx, lines)))


def target_of(ctx: Ctx, first: Description, to_id: int | None) -> Description | None:
    """The unit to put rows under; None for the fonds itself."""
    if to_id is None:
        return None
    target = policy.one(visible(ctx), pk=to_id)
    policy.require(ctx, P.ITEM_ARRANGE, target.custodian_id)
    check_together(first, [target])
    return None if target.level == Level.FONDS else target


def _check_place(ctx: Ctx, rows: list[Description], target: Description | None) -> None:
    level = Level(target.level) if target else Level.FONDS
    for row in rows:
        if row.level not in BENEATH[level]:
            raise NotBeneath(below=str(Level(row.level).label), above=str(level.label), field="to_id")
    if target is not None:
        above = {target.pk, *(one.pk for one in ancestors(ctx, target))}
        for row in rows:
            if row.pk in above:
                raise UnderItself(code=row.reference_code, field="to_id")


def _codes_within(
    rows: list[Description], target: Description | None, prefix: str = "", last: int | None = None
) -> dict[int, str]:
    """New codes for items that come into a file whose code theirs begin with; others keep theirs."""
    if target is None or target.level != Level.FILE:
        return {}
    prefix = prefix or f"{target.reference_code}-"
    there = list(standing().filter(parent=target).values_list("reference_code", flat=True)[:1])
    comes_from_file = any(is_within(row, row.parent) for row in rows)
    if not comes_from_file and not (there and there[0].startswith(prefix)):
        return {}
    number, digits = _last_number(target.fonds_id, prefix) if last is None else (last, _DIGITS)
    digits = max([digits, *(len(_tail(row)) for row in rows if is_within(row, row.parent))])
    coming = [row for row in rows if row.parent_id != target.pk]
    return {row.pk: f"{prefix}{n:0{digits}d}" for n, row in enumerate(coming, number + 1)}


def is_within(row: Description, parent: Description | None) -> bool:
    """Whether the code of a row begins with that of the file it lies in."""
    return parent is not None and row.reference_code.startswith(f"{parent.reference_code}-")


def _tail(row: Description) -> str:
    return row.reference_code.rsplit("-", 1)[-1]


def _last_number(fonds_id: int, prefix: str) -> tuple[int, int]:
    """The greatest number ever given after a prefix, and how many digits numbers have there."""
    now = Description.objects.filter(fonds_id=fonds_id, reference_code__startswith=prefix)
    former = FormerCode.objects.filter(description__fonds_id=fonds_id, code__startswith=prefix)
    codes = [*now.values_list("reference_code", flat=True), *former.values_list("code", flat=True)]
    tails = [code[len(prefix) :] for code in codes]
    numbers = [tail for tail in tails if tail.isascii() and tail.isdecimal()]
    return max(map(int, numbers), default=0), max(map(len, numbers), default=_DIGITS)


def line_of(
    row: Description,
    *,
    parent_id: int | None,
    code: str | None = None,
    merged_into: int | None = None,
    warning: str = "",
) -> PlanLine:
    """One row of a plan."""
    is_transferred = row.package_id is not None and row.creator_id not in (None, row.custodian_id)
    return PlanLine(
        id=row.pk,
        revision=row.revision,
        level=row.level,
        title=row.title,
        code=row.reference_code,
        new_code=row.reference_code if code is None else code,
        parent_id=row.parent_id,
        new_parent_id=parent_id,
        merged_into=merged_into,
        is_frozen=is_transferred,
        warning=warning,
    )


def _warned(line: PlanLine, row: Description) -> PlanLine:
    if not line.is_moved or line.is_renamed or not is_within(row, row.parent):
        return line
    return line_of(
        row, parent_id=line.new_parent_id, warning=_("档号里还含有原案卷号，移动之后请按规则重新编号。")
    )


def renamed_below(ctx: Ctx, lines: Sequence[PlanLine]) -> list[PlanLine]:
    """What lies in files that get another code, and is called after them."""
    files = {line.id: line for line in lines if line.is_renamed and line.level == Level.FILE}
    own = {line.id for line in lines}
    inside = [row for row in _below(ctx, files) if row.pk not in own and is_within(row, row.parent)]
    refuse_destroyed(ctx, inside)
    return [
        line_of(
            row,
            parent_id=row.parent_id,
            code=files[row.parent_id or 0].new_code
            + row.reference_code[len(files[row.parent_id or 0].code) :],
        )
        for row in inside
    ]


def _below(ctx: Ctx, parents: Collection[int]) -> list[Description]:
    """What lies directly under some units; all of it is the actor's to arrange, or nothing is done."""
    if not parents:
        return []
    rows = list(
        standing().filter(parent_id__in=parents)
        .select_related("fonds", "kind", "custodian", "parent")
        .order_by("reference_code", "pk")[: MOST + 1]
    )  # fmt: skip
    if len(rows) > MOST:
        raise TooManyRows(count=len(rows), most=MOST)
    for org_id in {row.custodian_id for row in rows}:
        policy.require(ctx, P.ITEM_ARRANGE, org_id)
    return rows


def plan_merge(ctx: Ctx, *, ids: Iterable[int], into_id: int) -> Plan:
    """Files into a file, or series into a series: what lies in them goes there, and their codes lead there."""
    rows = chosen(ctx, {*ids, into_id})
    target = next(row for row in rows if row.pk == into_id)
    sources = [row for row in rows if row.pk != into_id]
    if not sources:
        raise NothingChosen
    if target.level not in (Level.FILE, Level.SERIES) or any(r.level != target.level for r in sources):
        raise NotMergeable(field="into_id")
    if any(row.package_id for row in rows):
        raise NotMergeable(field="into_id")
    above = {one.pk for one in ancestors(ctx, target)}
    for row in sources:
        if row.pk in above:
            raise UnderItself(code=row.reference_code, field="into_id")
    inside = _below(ctx, [row.pk for row in sources])
    check_together(target, inside)
    refuse_destroyed(ctx, inside)
    merging = {row.pk for row in sources}
    codes = _codes_within(inside, target)
    lines = [line_of(r, parent_id=target.pk, code=codes.get(r.pk)) for r in inside if r.pk not in merging]
    lines += [line_of(row, parent_id=row.parent_id, merged_into=target.pk) for row in sources]
    told = _("%(n)d 个并入 %(where)s") % {"n": len(sources), "where": target.reference_code}
    return Plan(Deed.MERGED, told, tuple(lines))


def plan_split(ctx: Ctx, *, unit_id: int, ids: Iterable[int], code: str = "") -> Plan:
    """Some of what lies in a file or series into a new one beside it; its code follows where none is given."""
    (unit,) = chosen(ctx, [unit_id])
    inside = _below(ctx, [unit.pk])
    wanted = set(ids)
    moving = [row for row in inside if row.pk in wanted]
    if not moving or len(moving) == len(inside) or len(moving) != len(wanted):
        raise WholeUnit(field="ids")
    if unit.level not in (Level.FILE, Level.SERIES) or unit.package_id:
        raise NotMergeable
    refuse_destroyed(ctx, moving)
    new_code = code.strip() or next_code(unit)
    lines = []
    number = 0
    for row in moving:
        within = is_within(row, unit)
        number += within
        digits = max(_DIGITS, len(_tail(row)))
        lines.append(line_of(row, parent_id=NEW, code=f"{new_code}-{number:0{digits}d}" if within else None))
    told = _("从 %(from)s 拆出 %(n)d 条到 %(to)s") % {
        "from": unit.reference_code,
        "n": len(moving),
        "to": new_code,
    }
    return Plan(Deed.SPLIT, told, tuple(lines))


def next_code(unit: Description) -> str:
    """The next code after those of the units numbered alike: of 001 to 017 it is 018."""
    head, dash, tail = unit.reference_code.rpartition("-")
    if not (dash and tail.isascii() and tail.isdecimal()):
        return f"{unit.reference_code}-2"
    number, digits = _last_number(unit.fonds_id, f"{head}-")
    return f"{head}-{number + 1:0{max(digits, len(tail))}d}"
