"""Reading copies: every file of every copy against the digests of its object, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from lantai.apps.copies.models import Copy
from lantai.apps.copies.services.shelf import Shelf, differs
from lantai.apps.copies.services.sources import Plan, Source, Sources, expected_of, is_newer, plan_of
from lantai.apps.copies.types import DamageKind
from lantai.kit.digests.pairs import Pace, Pair
from lantai.kit.packages.ocfl.inventory import INVENTORY
from lantai.kit.packages.ocfl.parts import Part
from lantai.platform.places.types import NothingThere, PlaceAway

PARTS_A_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is not what it must be; the path is empty where the whole object is gone."""

    path: str
    kind: DamageKind
    part: Part | None = None
    found_sha512: str = ""
    found_bytes: int = 0


@dataclass(slots=True)
class Slice:
    """Some files of one copy, read together; ``is_last`` when nothing of it is left to read."""

    copy: Copy
    shelf: Shelf
    plan: Plan | None
    parts: Sequence[Part] = ()
    end: int = 0
    is_last: bool = True
    is_away: bool = False
    faults: list[Fault] = field(default_factory=list)
    file_count: int = 0
    byte_count: int = 0
    repaired_count: int = 0

    @property
    def shelf_has_any(self) -> bool:
        """Whether anything of the object is left there."""
        return all(fault.path for fault in self.faults)


def slices_of(copy: Copy, start: int, *, size: int = PARTS_A_BATCH) -> Iterator[Slice]:
    """A copy in pieces of so many files from ``start`` on; one piece without files where nothing can be read."""
    shelf = Shelf(copy.place, copy.package.object_id)
    try:
        yield from _slices(copy, shelf, start, size)
    except PlaceAway:
        yield Slice(copy, shelf, None, is_away=True)


def _slices(copy: Copy, shelf: Shelf, start: int, size: int) -> Iterator[Slice]:
    held = shelf.held()
    version, sha512 = expected_of(copy)
    others = Sources(copy.package, but=copy.pk)
    plan = plan_of(copy.package, version, sha512, Source(copy, shelf), others)
    if not held or plan is None:
        kind = DamageKind.FLIPPED if INVENTORY in held else DamageKind.MISSING
        yield Slice(copy, shelf, plan, faults=[Fault("" if not held else INVENTORY, kind)])
        return
    parts = _to_read(plan, shelf)
    extra = [*_extra(plan, shelf, parts, held)] if start == 0 else []
    for index in range(start, max(len(parts), 1), size):
        step = parts[index : index + size]
        end = index + len(step)
        yield Slice(copy, shelf, plan, step, end, end >= len(parts), faults=extra if index == 0 else [])


def _to_read(plan: Plan, shelf: Shelf) -> list[Part]:
    """All parts; but for the newest inventory where a version lies there that is about to be entered."""
    if not shelf.place.is_primary or not is_newer(shelf, plan.version):
        return plan.parts
    return [part for part in plan.parts if not part.is_root]


def _extra(plan: Plan, shelf: Shelf, parts: Sequence[Part], held: Iterable[str]) -> Iterator[Fault]:
    known = {part.path for part in plan.parts}
    newer = plan.prefix_of_newer if len(parts) != len(plan.parts) else "\0"
    for path in held:
        if path not in known and not path.startswith(newer):
            yield Fault(path, DamageKind.EXTRA)


def read(slices: Sequence[Slice], pool: ThreadPoolExecutor, pace: Pace | None) -> None:
    """Read the files of the slices side by side and note in each what was found."""
    todo = [(one, part) for one in slices for part in one.parts]
    chunk = max(1, min(32, len(todo) // 8))
    tasks = [todo[i : i + chunk] for i in range(0, len(todo), chunk)]
    for task, answers in zip(
        tasks, pool.map(lambda t: [_look(s, p, pace) for s, p in t], tasks), strict=True
    ):
        for (one, part), answer in zip(task, answers, strict=True):
            _note(one, part, answer)


def _look(one: Slice, part: Part, pace: Pace | None) -> Pair | DamageKind | None:
    """What lies there, in which way it is not there, or None where the place is away."""
    try:
        return one.shelf.pair(part.path, pace)
    except NothingThere:
        return DamageKind.MISSING
    except PlaceAway:
        return None if one.shelf.place_is_away() else DamageKind.UNREADABLE
    except OSError:
        return DamageKind.UNREADABLE


def _note(one: Slice, part: Part, answer: Pair | DamageKind | None) -> None:
    if answer is None:
        one.is_away = True
        return
    one.file_count += 1
    if isinstance(answer, DamageKind):
        one.faults.append(Fault(part.path, answer, part))
        return
    one.byte_count += answer.size_bytes
    if differs(part, answer):
        one.faults.append(Fault(part.path, DamageKind.FLIPPED, part, answer.sha512, answer.size_bytes))
