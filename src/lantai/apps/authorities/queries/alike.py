"""Records that may be of one thing: same code, same name, same sound, or a name that differs by one character."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.types import Alike, Likeness
from lantai.platform.context import Ctx

PAGE = 100
# Names that differ by one character agree in one of their halves, so that a hash join finds them. Two people
# of the same sound are many; they are shown only where the years do not speak against it. Those that stand in
# a relation were told apart by whoever related them.
_PAIRS = """
with seen as (
    select a.id, a.kind, a.code, a.began_year, a.ended_year from authorities_authority a
    where a.merged_into_id is null and a.org_id = any(%(orgs)s)
), n as (
    select n.folded, n.sound, length(n.folded) as size, s.* from authorities_name n
    join seen s on s.id = n.authority_id
), pairs as (
    select a.id as first, b.id as second, 0 as rank from seen a join seen b
        on a.code <> '' and a.code = b.code and a.kind = b.kind and a.id < b.id
    union all
    select a.id, b.id, 1 from n a join n b on a.folded = b.folded and a.kind = b.kind and a.id < b.id
    union all
    select a.id, b.id, 2 from n a join n b on a.sound = b.sound and a.kind = b.kind and a.id < b.id
        where a.sound <> '' and a.folded <> b.folded and a.size > 1
    union all
    select a.id, b.id, 3 from n a join n b
        on left(a.folded, a.size / 2) = left(b.folded, b.size / 2) and a.kind = b.kind and a.id < b.id
        and a.size = b.size
        where a.size between 4 and 40 and a.folded <> b.folded
        and (select count(*) from generate_series(1, a.size) i
             where substr(a.folded, i, 1) <> substr(b.folded, i, 1)) = 1
    union all
    select a.id, b.id, 3 from n a join n b
        on right(a.folded, a.size / 2) = right(b.folded, b.size / 2) and a.kind = b.kind and a.id < b.id
        and a.size = b.size
        where a.size between 4 and 40 and a.folded <> b.folded
        and (select count(*) from generate_series(1, a.size) i
             where substr(a.folded, i, 1) <> substr(b.folded, i, 1)) = 1
), best as (
    select first, second, min(rank) as rank from pairs group by first, second
)
select best.first, best.second, best.rank,
    a.began_year is not null and a.began_year = b.began_year as agrees
from best
join authorities_authority a on a.id = best.first
join authorities_authority b on b.id = best.second
where not exists (select 1 from authorities_different d where d.first_id = best.first and d.second_id = best.second)
and not exists (select 1 from authorities_relation r where (r.source_id, r.target_id)
                in ((best.first, best.second), (best.second, best.first)))
and (%(one)s = 0 or best.first = %(one)s or best.second = %(one)s)
and (best.rank = 0 or not (coalesce(a.ended_year, 9999) < coalesce(b.began_year, -9999)
                          or coalesce(b.ended_year, 9999) < coalesce(a.began_year, -9999)))
order by best.rank, agrees desc, best.first, best.second limit %(limit)s offset %(skip)s
"""
_RANKS = (Likeness.SAME_CODE, Likeness.SAME_NAME, Likeness.SAME_SOUND, Likeness.ONE_OFF)


def alike(ctx: Ctx, orgs: Sequence[int], *, page: int = 0, one: int = 0) -> tuple[list[Alike], bool]:
    """A page of pairs within the organisations, the likeliest first, and whether there are more."""
    asked = {"orgs": list(orgs), "limit": PAGE + 1, "skip": page * PAGE, "one": one}
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, asked)
        pairs = cursor.fetchall()
    rows = Authority.objects.in_bulk({pk for first, second, _r, _a in pairs for pk in (first, second)})
    found = [
        Alike(
            first, rows[first].name, rows[first].dates, second, rows[second].name, rows[second].dates,
            str(rows[first].get_kind_display()), str(_RANKS[rank].label), bool(agrees),
        )
        for first, second, rank, agrees in pairs[:PAGE]
    ]  # fmt: skip
    return found, len(pairs) > PAGE


def may_be_same(ctx: Ctx, row: Authority) -> list[Alike]:
    """Pairs of one record with others of its archives."""
    return alike(ctx, [row.org_id], one=row.pk)[0]
