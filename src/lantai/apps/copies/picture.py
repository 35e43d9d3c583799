"""The overview: places × fonds, a square a day, growth and forecast. Reads for one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from lantai.apps.copies import queries
from lantai.apps.copies.models import DayFigure, JournalSegment
from lantai.apps.copies.permissions import P
from lantai.apps.copies.types import Cell, CopyState, Forecast, JournalAt, Square
from lantai.apps.holdings import queries as holdings
from lantai.platform.context import Ctx
from lantai.platform.places import queries as places
from lantai.platform.places.models import Place

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

MOST_FONDS = 200
WEEKS = 26
DAYS_LEARNT = 365
LEAST_DAYS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One fonds with a cell for every place, None where it has no copy there."""

    fonds: Fonds
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Places × fonds."""

    places: Sequence[Place]
    rows: Sequence[Row]
    left_out: int


def matrix(ctx: Ctx) -> Matrix:
    """How many copies of each fonds lie where and how they are; those with damage first."""
    waiting = Q(state__in=(CopyState.WANTED, CopyState.COPYING)) | Q(is_due=True)
    found = (
        queries.visible_copies(ctx)
        .exclude(state=CopyState.RETIRED)
        .order_by()
        .values("place_id", "package__fonds_id")
        .annotate(
            copies=Count("pk"),
            whole=Count("pk", filter=Q(state=CopyState.WHOLE)),
            damaged=Count("pk", filter=Q(state__in=queries.BAD)),
            waiting=Count("pk", filter=waiting),
            size=Sum(
                "package__byte_count"
            ),  # of the content: what a place adds to it differs from place to place
            oldest=Min("verified_at"),
        )
    )
    cells: dict[int, dict[int, Cell]] = {}
    for one in found:
        cells.setdefault(one["package__fonds_id"], {})[one["place_id"]] = Cell(
            one["place_id"], one["package__fonds_id"], one["copies"], one["whole"], one["damaged"],
            one["waiting"], one["size"] or 0, one["oldest"],
        )  # fmt: skip
    used = {place_id for row in cells.values() for place_id in row}
    columns = [place for place in places.active() if place.pk in used]
    rows = [
        Row(fonds, [cells[fonds.pk].get(place.pk) for place in columns])
        for fonds in holdings.visible_fonds(ctx).filter(pk__in=cells).order_by("code", "pk")
    ]
    rows.sort(key=lambda row: -sum(cell.damaged for cell in row.cells if cell))
    return Matrix(columns, rows[:MOST_FONDS], max(0, len(rows) - MOST_FONDS))


def calendar(ctx: Ctx, today: date, *, weeks: int = WEEKS) -> list[list[Square | None]]:
    """Seven rows, Monday to Sunday, of so many weeks up to today; None for days to come."""
    first = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    found = {
        one["day"]: one
        for one in _figures(ctx)
        .filter(day__gte=first)
        .order_by()
        .values("day")
        .annotate(
            copies=Sum("read_copies"), size=Sum("read_bytes"), found=Sum("damages"), healed=Sum("repaired")
        )
    }

    def square(day: date) -> Square | None:
        one = found.get(day, {})
        if day > today:
            return None
        return Square(
            day, one.get("copies", 0), one.get("size", 0), one.get("found", 0), one.get("healed", 0)
        )

    return [[square(first + timedelta(days=row + 7 * week)) for week in range(weeks)] for row in range(7)]


def forecasts(ctx: Ctx, today: date) -> list[Forecast]:
    """For every place: what it holds, how it has grown by the recorded days, and when it will be full."""
    days = _figures(ctx).filter(day__gt=today - timedelta(days=DAYS_LEARNT), held_bytes__gt=0)
    by_place: dict[int, list[tuple[date, int]]] = {}
    for one in days.order_by("day").values("place_id", "day").annotate(held=Sum("held_bytes")):
        by_place.setdefault(one["place_id"], []).append((one["day"], one["held"]))
    return [forecast(place, by_place[place.pk], today) for place in places.active() if place.pk in by_place]


def forecast(place: Place, held: Sequence[tuple[date, int]], today: date) -> Forecast:
    """A straight line through the recorded days; nothing is said from fewer than two."""
    now, growth = held[-1][1], round(slope(held))
    free = place.capacity_bytes - now if place.capacity_bytes else None
    full_on = None
    if free is not None and growth > 0:
        days = min(max(free, 0) // growth, 36_500)
        full_on = today + timedelta(days=days)
    return Forecast(place.title, now, growth, place.capacity_bytes, full_on)


def slope(held: Sequence[tuple[date, int]]) -> float:
    """Bytes a day by least squares."""
    if len(held) < LEAST_DAYS:
        return 0.0
    x = [day.toordinal() for day, _bytes in held]
    mean_x, mean_y = sum(x) / len(x), sum(size for _day, size in held) / len(held)
    spread = sum((one - mean_x) ** 2 for one in x)
    along = sum((one - mean_x) * (size - mean_y) for one, (_day, size) in zip(x, held, strict=True))
    return along / spread


def _figures(ctx: Ctx) -> QuerySet[DayFigure]:
    return DayFigure.objects.filter(org__in=ctx.actor.orgs_with(P.COPY_READ))


def journals(ctx: Ctx) -> list[JournalAt]:
    """The journal beside the objects, place by place: how much of it is there and how it stands."""
    last = JournalSegment.objects.aggregate(last=Max("number"))["last"] or 0
    bad = Count("damages", filter=Q(damages__repaired_at=None))
    return [
        JournalAt(
            row.place.title, row.segment_count, last, row.byte_count, row.verified_at, row.is_wanted, row.bad,
            row.why,
        )
        for row in queries.visible_journals(ctx).annotate(bad=bad)
    ]  # fmt: skip


def today_of(ctx: Ctx) -> date:
    """The local day of a request."""
    return timezone.localdate(ctx.now)
