"""Daily figures: what was read, what is held, and when a place will be full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from lantai.apps.copies.services.examining import Slice
from lantai.platform.context import Ctx

_ADD = """
    insert into copies_dayfigure (day, org_id, place_id, held_bytes, held_copies, read_copies, read_files,
        read_bytes, damages, repaired)
    values (%(day)s, %(org)s, %(place)s, 0, 0, %(copies)s, %(files)s, %(bytes)s, %(damages)s, %(repaired)s)
    on conflict (day, org_id, place_id) do update set
        read_copies = copies_dayfigure.read_copies + excluded.read_copies,
        read_files = copies_dayfigure.read_files + excluded.read_files,
        read_bytes = copies_dayfigure.read_bytes + excluded.read_bytes,
        damages = copies_dayfigure.damages + excluded.damages,
        repaired = copies_dayfigure.repaired + excluded.repaired
"""

_HELD = """
    insert into copies_dayfigure (day, org_id, place_id, held_bytes, held_copies, read_copies, read_files,
        read_bytes, damages, repaired)
    select %(day)s, p.custodian_id, c.place_id, sum(c.byte_count), count(*), 0, 0, 0, 0, 0
    from copies_copy c join custody_package p on p.id = c.package_id
    where c.state in ('whole', 'damaged') group by p.custodian_id, c.place_id
    on conflict (day, org_id, place_id) do update
        set held_bytes = excluded.held_bytes, held_copies = excluded.held_copies
"""


def add_to_day(ctx: Ctx, slices: Iterable[Slice]) -> None:
    """Add what was read to the figures of the day, in the caller's transaction: a row a place."""
    day, by_place = timezone.localdate(ctx.now), defaultdict[tuple[int, int], list[Slice]](list)
    for one in slices:
        by_place[one.copy.package.custodian_id, one.copy.place_id].append(one)
    with connection.cursor() as cursor:
        for (org_id, place_id), read in sorted(by_place.items()):
            values = {
                "day": day,
                "org": org_id,
                "place": place_id,
                "copies": sum(one.is_last and not one.is_away for one in read),
                "files": sum(one.file_count for one in read),
                "bytes": sum(one.byte_count for one in read),
                "damages": sum(len(one.faults) for one in read),
                "repaired": sum(one.repaired_count for one in read),
            }
            cursor.execute(_ADD, values)


@transaction.atomic
def record_held(ctx: Ctx) -> int:
    """Write down what every place holds today; again on the same day it is brought up to date."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"day": timezone.localdate(ctx.now)})
        return cursor.rowcount
