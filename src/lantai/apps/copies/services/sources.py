"""Where trusted bytes come from: the other copies of a package, in the order in which places are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from lantai.apps.copies.models import Copy
from lantai.apps.copies.services.shelf import Shelf, fetch
from lantai.apps.copies.types import CopyState
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.inventory import INVENTORY, SIDECAR, sidecar
from lantai.kit.packages.ocfl.parts import Part, head_of, parts_of
from lantai.platform.places.types import PlaceState

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package

READABLE = (CopyState.WHOLE, CopyState.DAMAGED, CopyState.COPYING, CopyState.MISSING)


@dataclass(frozen=True, slots=True)
class Source:
    """A copy with its shelf."""

    copy: Copy
    shelf: Shelf


@dataclass(slots=True)
class Plan:
    """What an object must consist of, and where its bytes may be had."""

    package: Package
    version: int
    inventory_sha512: str
    inventory: bytes
    parts: list[Part]
    sources: Sources
    liars: list[tuple[Source, Part]] = field(default_factory=list)

    @property
    def prefix_of_newer(self) -> str:
        """Files of versions that are not entered yet are nobody's surplus."""
        return f"v{self.version + 1}/"


class Sources:
    """The copies that may have bytes of a package, asked for only when somebody needs them.

    Those behind a network or on a shelf come last.
    """

    def __init__(self, package: Package, *, but: int | None = None) -> None:
        self._package, self._but = package, but

    def __iter__(self) -> Iterator[Source]:
        return iter(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    @cached_property
    def _found(self) -> list[Source]:
        rows = Copy.objects.filter(package=self._package, state__in=READABLE, version__gt=0)
        rows = rows.exclude(place__state=PlaceState.RETIRED).exclude(pk=self._but).select_related("place")
        ordered = rows.order_by("place__is_offline", "place__read_order", "place_id")
        return [Source(copy, Shelf(copy.place, self._package.object_id)) for copy in ordered]


def expected_of(copy: Copy) -> tuple[int, str]:
    """Version and inventory digest that a copy must have: the storage root is always at the newest."""
    package = copy.package
    if copy.place.is_primary or not copy.inventory_sha512:
        return package.version, package.inventory_sha512
    return copy.version, copy.inventory_sha512


def plan_of(
    package: Package, version: int, inventory_sha512: str, first: Source | None, others: Sources
) -> Plan | None:
    """What the object of that version consists of; None where nobody has its inventory any more."""
    asked = chain([first] if first else [], others)
    found = next(_with_inventory(asked, version, inventory_sha512), None)
    if found is None:
        return None
    inventory, owner = found
    parts = parts_of(inventory, (first or owner).shelf.read)
    if not all(part.sha512 for part in parts):
        for other in others:
            parts = _completed(parts, inventory, other)
    return Plan(package, version, inventory_sha512, inventory, parts, others)


def _with_inventory(
    asked: Iterable[Source], version: int, inventory_sha512: str
) -> Iterator[tuple[bytes, Source]]:
    for source in asked:
        try:
            data = source.shelf.inventory(inventory_sha512, version)
        except (LantaiError, OSError):
            continue
        if data is not None:
            yield data, source


def _completed(parts: Sequence[Part], inventory: bytes, other: Source) -> list[Part]:
    """Digests that the first copy could not tell, as another copy tells them."""
    told = {part.path: part for part in parts_of(inventory, other.shelf.read)}
    return [
        Part(
            part.path,
            part.sha512 or told[part.path].sha512,
            part.sm3 or told[part.path].sm3,
            part.is_content,
        )
        for part in parts
    ]


def is_newer(shelf: Shelf, version: int) -> bool:
    """Whether a whole newer version lies there that no row knows yet: a writer is between disk and database."""
    try:
        inventory = shelf.read(INVENTORY)
        return head_of(inventory) > version and shelf.read(SIDECAR) == sidecar(inventory)
    except (LantaiError, OSError):
        return False


def bring(plan: Plan, part: Part, folder: Path) -> tuple[Path, Source] | None:
    """The verified bytes of a part from the first copy that has them; who answered wrongly is noted."""
    for source in plan.sources if part.sha512 else ():
        try:
            found = fetch(source.shelf, part, folder)
        except (LantaiError, OSError):
            continue
        if found is not None:
            return found, source
        plan.liars.append((source, part))
    return None
