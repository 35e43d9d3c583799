"""Writing an object into a place file by file, inventory last, and reading all of it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from lantai.apps.copies.services.shelf import Shelf, differs, transit
from lantai.apps.copies.services.sources import Plan, bring
from lantai.apps.copies.types import CopyNotTrue, SourceNotVerified
from lantai.kit.digests.pairs import Pace
from lantai.kit.packages.ocfl.layout import LAYOUT, ROOT_DECLARATION
from lantai.kit.packages.ocfl.parts import Part
from lantai.platform.places import queries as places
from lantai.platform.places.models import Place
from lantai.platform.places.types import NameTaken, NothingThere

THREADS = 4
PARTS_A_STEP = 128
ROOT_FILES = (f"extensions/{LAYOUT}/config.json", "ocfl_layout.json", ROOT_DECLARATION)


def lay_out(place: Place) -> None:
    """Make a place an OCFL storage root of our layout; done where it is one."""
    store, root = places.store_of(place), places.storage_root()
    for name in ROOT_FILES:
        source = root / name
        if store.size(name) is None:
            store.put(name, source, size=source.stat().st_size)


def write_object(
    plan: Plan,
    shelf: Shelf,
    *,
    start: int = 0,
    stepped: Callable[[int], None] = lambda index: None,
    pace: Pace | None = None,
) -> tuple[int, int]:
    """Write the parts from ``start`` on, tell after each step how far it came, then read everything back.

    Safe to repeat from anywhere. Returns files and bytes. Raises `SourceNotVerified`, `CopyNotTrue` and what
    the store raises.
    """
    with transit() as folder, ThreadPoolExecutor(THREADS) as pool:
        content = [part for part in plan.parts if not part.is_root]
        for index in range(start, len(content), PARTS_A_STEP):
            step = content[index : index + PARTS_A_STEP]
            list(pool.map(lambda part: _write(plan, shelf, part, folder, pace), step))
            stepped(index + len(step))
        for part in plan.parts:  # in their order: what says that an object is there comes last
            if part.is_root:
                _write(plan, shelf, part, folder, pace)
        _drop_surplus(plan, shelf)
        return _read_back(plan, shelf, folder, pool, pace)


def _drop_surplus(plan: Plan, shelf: Shelf) -> None:
    """What the object does not consist of any more, because its content was destroyed, goes from its copies too."""
    if not shelf.place.is_primary:
        for path in shelf.held().keys() - {part.path for part in plan.parts}:
            shelf.remove(path)


def _write(plan: Plan, shelf: Shelf, part: Part, folder: Path, pace: Pace | None) -> None:
    with _file_of(plan, part, folder) as (source, is_verified):
        if pace is not None:
            pace.take(source.stat().st_size)
        try:
            shelf.put(part.path, source)
            return
        except NameTaken:
            if not differs(part, shelf.pair(part.path)):
                return  # it is ours: the source we compared it with is not
        if is_verified:
            shelf.replace(part.path, source)
        else:
            _write_verified(plan, shelf, part, folder)


@contextmanager
def _file_of(plan: Plan, part: Part, folder: Path) -> Iterator[tuple[Path, bool]]:
    """A file with the bytes of a part, and whether they were compared already.

    What lies on our own disk is handed over as it is: reading it back from the goal compares both at once.
    """
    local = next((p for s in plan.sources if (p := s.shelf.local(part.path)) is not None), None)
    if local is not None and not part.is_root:
        yield local, False
        return
    found = _brought(plan, part, folder)
    try:
        yield found, True
    finally:
        found.unlink(missing_ok=True)


def _brought(plan: Plan, part: Part, folder: Path) -> Path:
    found = bring(plan, part, folder)
    if found is None:
        raise SourceNotVerified(title=plan.package.title, path=part.path)
    return found[0]


def _write_verified(plan: Plan, shelf: Shelf, part: Part, folder: Path) -> None:
    source = _brought(plan, part, folder)
    try:
        shelf.replace(part.path, source)
    finally:
        source.unlink(missing_ok=True)


def _read_back(
    plan: Plan, shelf: Shelf, folder: Path, pool: ThreadPoolExecutor, pace: Pace | None
) -> tuple[int, int]:
    size = 0
    for step in _steps(plan.parts, PARTS_A_STEP):
        for part, (is_true, found) in zip(step, pool.map(lambda p: _look(shelf, p, pace), step), strict=True):
            size += found if is_true else _once_more(plan, shelf, part, folder)
    return len(plan.parts), size


def _look(shelf: Shelf, part: Part, pace: Pace | None) -> tuple[bool, int]:
    try:
        found = shelf.pair(part.path, pace)
    except NothingThere:
        return False, 0
    return not differs(part, found), found.size_bytes


def _once_more(plan: Plan, shelf: Shelf, part: Part, folder: Path) -> int:
    """The source was not what it should be, or the goal did not keep it: once more with compared bytes."""
    _write_verified(plan, shelf, part, folder)
    is_true, size = _look(shelf, part, None)
    if not is_true:
        raise CopyNotTrue(place=shelf.place.title, path=part.path)
    return size


def _steps(parts: Iterable[Part], size: int) -> Iterator[Sequence[Part]]:
    todo = iter(parts)
    while step := list(islice(todo, size)):
        yield step
