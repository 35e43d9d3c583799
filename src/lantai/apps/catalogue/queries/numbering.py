"""Which codes a rule would give to rows: the list that is looked at before any is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lantai.apps.catalogue.models import Description, FormerCode
from lantai.apps.catalogue.queries.planning import MOST, chosen, is_within, line_of, renamed_below
from lantai.apps.catalogue.queries.tree import filtered
from lantai.apps.catalogue.tree import CannotNumber, CodeTwice, Deed, LevelsMixed, Plan, PlanLine
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings import queries as holdings
from lantai.kit import numbering
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

_RETENTION, _YEAR, _CLASS, _PARTS = "retention", "year", "class_code", "parts"


class Order(StrEnum):
    """In which order running numbers are given."""

    CODE = "code"
    DATE = "date"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A rule as it was chosen; what is left out is as the rule of the fonds and kind says.

    ``start`` is the first number under each prefix; None goes on after the greatest that there is.
    """

    style: str = ""
    width: int | None = None
    parts: tuple[str, ...] | None = None
    start: int | None = None
    order: Order = Order.CODE


def ids_below(rows: QuerySet[Description], parent: Description | Fonds, text: str = "") -> list[int]:
    """The ids of what lies directly under a unit and fits a filter, a few more than an act may take at most."""
    found = filtered(rows, parent, text)
    return list(found.order_by("reference_code", "pk").values_list("pk", flat=True)[: MOST + 1])


def plan_numbering(ctx: Ctx, *, ids: Iterable[int], asked: Asked) -> Plan:
    """New codes for files, or for items, by a rule; raises ``LevelsMixed``, ``CannotNumber``, ``CodeTwice``."""
    rows = chosen(ctx, ids)
    levels = {row.level for row in rows}
    if len(levels) != 1 or not levels <= {Level.FILE, Level.ITEM}:
        raise LevelsMixed
    rows.sort(key=_SORTS[asked.order])
    prefixes: dict[str, list[tuple[Description, int]]] = {}
    for row in rows:
        prefix, width = _prefix_of(ctx, row, asked)
        prefixes.setdefault(prefix, []).append((row, width))
    own = {row.pk for row in rows}
    lines = [line for prefix, some in prefixes.items() for line in _numbered(prefix, some, asked, own)]
    _refuse_twice(lines)
    told = _("%(n)d 条按规则编号") % {"n": len(lines)}
    return Plan(Deed.NUMBERED, told, (*lines, *renamed_below(ctx, lines)))


_SORTS = {
    Order.CODE: lambda row: (row.reference_code, row.pk),
    Order.DATE: lambda row: (row.dated_on or date.max, row.document_number, row.reference_code, row.pk),
    Order.TITLE: lambda row: (row.title, row.reference_code, row.pk),
}


def _prefix_of(ctx: Ctx, row: Description, asked: Asked) -> tuple[str, int]:
    """What stands before the running number of a row, and the digits of the number."""
    try:
        rule = rule_for(ctx, row, asked)
        in_file = row.parent is not None and row.parent.level == Level.FILE
        if row.parent and in_file and (is_within(row, row.parent) or rule.level is numbering.Level.FILE_ITEM):
            return f"{row.parent.reference_code}-", min(rule.width, 4)
        given: dict[str, object] = {
            _YEAR: row.year,
            _RETENTION: numbering.Retention.parse(row.retention) if row.retention else None,
            _CLASS: row.class_code,
            _PARTS: holdings.subclasses(row.fonds, row.kind, ctx.now.date()),
        }
        used = {name: value for name, value in given.items() if name in rule.parts}
        prefix = rule.prefix(fonds=row.fonds.code, category=row.kind.category_code, **used)  # type: ignore[arg-type]
    except Refusal as refusal:
        why = _(refusal.message) % refusal.params if refusal.params else _(refusal.message)
        raise CannotNumber(title=row.title[:40], why=why) from refusal
    return prefix, rule.width


def rule_for(ctx: Ctx, row: Description, asked: Asked) -> numbering.NumberingRule:
    """The rule of a row's fonds and kind, with what was chosen instead."""
    known = holdings.numbering_rule(row.fonds, row.kind, ctx.now.date())
    level = numbering.Level.FILE if row.level == Level.FILE else known.level
    is_file = level is numbering.Level.FILE
    style = numbering.Style(asked.style) if asked.style in set(numbering.Style) else known.style
    if is_file and style is numbering.Style.DAT22:
        style = numbering.Style.DAT13  # DA/T 22 knows no files
    return numbering.NumberingRule(
        style=style,
        width=asked.width or (min(known.width, known.file_width) if is_file else known.width),
        parts=known.parts if asked.parts is None else asked.parts,  # type: ignore[arg-type]
        level=numbering.Level.ITEM if level is numbering.Level.FILE_ITEM and row.parent is None else level,
        file_width=known.file_width,
    )


def _numbered(
    prefix: str, rows: list[tuple[Description, int]], asked: Asked, own: set[int]
) -> list[PlanLine]:
    last = asked.start - 1 if asked.start else _last(rows[0][0], prefix, own)
    lines = []
    for number, (row, width) in enumerate(rows, last + 1):
        if number >= 10**width:
            raise numbering.NumbersExhausted(prefix=prefix, width=width, most=10**width - 1, count=len(rows))
        lines.append(line_of(row, parent_id=row.parent_id, code=f"{prefix}{number:0{width}d}"))
    return lines


def _last(row: Description, prefix: str, own: set[int]) -> int:
    """The greatest number under a prefix that no row of the act has."""
    now = Description.objects.filter(
        fonds_id=row.fonds_id, level=row.level, reference_code__startswith=prefix
    ).exclude(pk__in=own)
    former = FormerCode.objects.filter(
        description__fonds_id=row.fonds_id, description__level=row.level, code__startswith=prefix
    ).exclude(description_id__in=own)
    codes = [*now.values_list("reference_code", flat=True), *former.values_list("code", flat=True)]
    tails = (code[len(prefix) :] for code in codes)
    return max((int(tail) for tail in tails if tail.isascii() and tail.isdecimal()), default=0)


def _refuse_twice(lines: list[PlanLine]) -> None:
    seen: dict[str, PlanLine] = {}
    for line in lines:
        if other := seen.get(line.new_code):
            raise CodeTwice(code=line.new_code, first=other.title[:40], second=line.title[:40])
        seen[line.new_code] = line
