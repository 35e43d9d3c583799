"""Daily figures: what was read, what is held, and when a place will be full."""

from __future__ import annotations

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


def add_to_day(ctx: Ctx, one: Slice, *, is_done: bool) -> None:
    """Add what was read of a copy to the figures of the day, in the caller's transaction."""
    values = {
        "day": timezone.localdate(ctx.now),
        "org": one.copy.package.custodian_id,
        "place": one.copy.place_id,
        "copies": 1 if is_done else 0,
        "files": one.file_count,
        "bytes": one.byte_count,
        "damages": len(one.faults),
        "repaired": one.repaired_count,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)


@transaction.atomic
def record_held(ctx: Ctx) -> int:
    """Write down what every place holds today; again on the same day it is brought up to date."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"day": timezone.localdate(ctx.now)})
        return cursor.rowcount
