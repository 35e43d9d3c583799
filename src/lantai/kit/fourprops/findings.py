"""What one check says about one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantai.kit.fourprops.facts import FileFacts, ItemFacts
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.kit.metadata import Element


@dataclass(frozen=True, slots=True)
class Place:
    """Where: an item, a file, an element; all empty means the package or the environment as a whole.

    ``field`` is the element's name for people, ``element`` its identifier.
    """

    item: str = ""
    reference_code: str = ""
    path: str = ""
    field: str = ""
    element: str = ""

    def __str__(self) -> str:
        parts = (self.reference_code or self.item, self.path, self.field)
        return " · ".join(part for part in parts if part)


WHOLE = Place()


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome at one place; `message` and `remedy` are message ids, `params` fill both."""

    outcome: Outcome
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    place: Place = WHOLE
    evidence: str = ""
    remedy: str = ""

    @property
    def is_fixable(self) -> bool:
        """Whether a clerk can put it right by typing: something is wrong with one element of one item."""
        is_wrong = self.outcome in (Outcome.FAIL, Outcome.WARN)
        return is_wrong and bool(self.place.item and self.place.element) and not self.place.path


def at(
    item: ItemFacts, file: FileFacts | None = None, field: str = "", *, element: Element | None = None
) -> Place:
    """The place of an item, of one of its files or of one of its elements."""
    name = element.name if element else field
    identifier = element.identifier if element else ""
    return Place(item.key, item.reference_code, file.path if file else "", name, identifier)
