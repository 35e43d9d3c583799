"""Which of a policy's places are taken: the first in order that give enough copies, sites and media."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from lantai.platform.places.models import Place

MOST_PLACES = 12


def choose(
    primary: Place, listed: Sequence[Place], *, copies: int, sites: int, media: int
) -> tuple[Place, ...] | None:
    """The places beside the storage root, in the order listed; None where no choice satisfies.

    The storage root counts as the first copy. Places that take no writes are not chosen.
    """
    usable = [place for place in listed if place.takes_writes and not place.is_primary]
    for chosen in combinations(usable[:MOST_PLACES], max(copies - 1, 0)):
        every = (primary, *chosen)
        if len({place.site for place in every}) >= sites and len({place.medium for place in every}) >= media:
            return chosen
    return None
