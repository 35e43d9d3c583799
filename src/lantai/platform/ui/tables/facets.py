"""How many rows each choice of a list would leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import EmptyResultSet, FieldError
from django.db import connections
from django.db.models import QuerySet

FACET_LIMIT = 10_000

Counts = Mapping[str, int]


def count_by(rows: QuerySet, paths: Iterable[str]) -> dict[str, Counts]:
    """Rows of each value of each field of ``paths``, asked for in one look where rows do not repeat by it.

    A field has no counts where there are more than ``FACET_LIMIT`` rows to look at.
    """
    known = dict.fromkeys(paths)
    together = [path for path in known if not _repeats(rows, path)]
    groups = [together, *([path] for path in known if path not in together)]
    return {path: found for group in groups if group for path, found in _counted(rows, group).items()}


def _repeats(rows: QuerySet, path: str) -> bool:
    """Whether a row has several values of the field, so that it comes once for each of them."""
    try:
        steps = rows.query.names_to_path(path.split("__"), rows.model._meta)[0]
    except FieldError:
        return False  # a value made by the query
    return any(step.m2m for step in steps)


def _counted(rows: QuerySet, paths: Sequence[str]) -> dict[str, Counts]:
    values = rows.order_by().values_list(*paths)[: FACET_LIMIT + 1]
    try:
        inner, given = values.query.sql_with_params()
    except EmptyResultSet:
        return {path: {} for path in paths}
    names = [f"v{number}" for number in range(len(paths))]
    listed, sets = ", ".join(names), ", ".join(f"({name})" for name in names)
    counts: dict[str, dict[str, int]] = {path: {} for path in paths}
    with connections[rows.db].cursor() as cursor:  # Django joins a cut set of rows with the whole table again
        cursor.execute(
            f"SELECT GROUPING({listed}), {listed}, count(*) FROM ({inner}) AS few ({listed})"
            f" GROUP BY GROUPING SETS ({sets})",
            given,
        )
        for away, *found, count in cursor:
            place = _only_kept(away, len(paths))
            counts[paths[place]][str(found[place])] = count
    return {path: found if sum(found.values()) <= FACET_LIMIT else {} for path, found in counts.items()}


def _only_kept(away: int, size: int) -> int:
    """Which of ``size`` fields a row is grouped by: GROUPING sets the bits of all others, the first one highest."""
    return size - (~away & ((1 << size) - 1)).bit_length()
