"""How an item stands to its composition: which parts are there, which are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lantai.kit.compositions.composition import Composition, PartKind, Value


@dataclass(frozen=True, slots=True)
class Standing:
    """One part with the numbers (places in the item) of its files."""

    part: PartKind
    places: tuple[int, ...]

    @property
    def missing(self) -> int:
        """How many files are wanting."""
        return max(0, self.part.least - len(self.places))

    @property
    def surplus(self) -> int:
        """How many files are too many."""
        return max(0, len(self.places) - self.part.most) if self.part.most is not None else 0


def standing_of(composition: Composition, parts: Sequence[str], value: Value) -> tuple[Standing, ...]:
    """Every part that applies to the item, with the files that ``parts`` (a slug a file) puts into it.

    A part that does not apply and yet has files is shown too.
    """
    found = []
    for kind in composition.parts:
        places = tuple(place for place, slug in enumerate(parts) if slug == kind.slug)
        if places or kind.applies(value):
            found.append(Standing(kind, places))
    return tuple(found)
