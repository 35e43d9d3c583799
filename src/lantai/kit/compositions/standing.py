"""How an item stands to its composition: which parts are there, which are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lantai.kit.compositions.composition import Composition, PartKind, Value
from lantai.kit.compositions.lines import Placed


@dataclass(frozen=True, slots=True)
class Standing:
    """One part with its files; without ``part``, files of which nobody knows what they are."""

    part: PartKind | None
    files: tuple[Placed, ...]

    @property
    def missing(self) -> int:
        """How many files are wanting."""
        return max(0, self.part.least - len(self.files)) if self.part else 0

    @property
    def surplus(self) -> int:
        """How many files are too many."""
        return max(0, len(self.files) - self.part.most) if self.part and self.part.most is not None else 0

    @property
    def lines(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each file with what is noted of it, under the names that people know."""
        return [(one.file, [(self._label(key), text) for key, text in one.values.items() if text])
                for one in self.files]  # fmt: skip

    def _label(self, key: str) -> str:
        element = self.part.element(key) if self.part else None
        return element.name if element else key


def standing_of(composition: Composition, placed: Sequence[Placed], value: Value) -> tuple[Standing, ...]:
    """Every part that applies to the item with its files, in the order of the composition.

    A part that does not apply and yet has files is shown too, and at the end the files of no part.
    """
    found = []
    for kind in composition.parts:
        files = tuple(one for one in placed if one.part == kind.slug)
        if files or kind.applies(value):
            found.append(Standing(kind, files))
    left = tuple(one for one in placed if composition.part(one.part) is None)
    return (*found, Standing(None, left)) if left else tuple(found)
