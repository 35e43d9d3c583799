"""The number that a description keeps for good, whatever row it stands in."""

from __future__ import annotations

from django.db.models import BigIntegerField, Func


class NewNumber(Func):
    """A number by the clock: a mark, hundredths of a second since 2026, and a counter that goes round.

    It goes up, so that the index of a great import grows at its end only. It needs no memory of the numbers given
    before: a database that was set back to yesterday, or made again from the storage root, gives none twice.
    """

    template = (
        "(1::bigint << 58)"
        " | (((date_part('epoch', clock_timestamp()) * 100)::bigint - 176722560000) << 18)"
        " | nextval('catalogue_permanent')"
    )
    output_field = BigIntegerField()
