"""Objects and journal out of a place of copies into the storage root of this home, before its rows are rebuilt.

Whoever has lost machine, disks and database and has one place left (a folder, a bucket, sealed or not) needs no more
than that. Each object is brought beside the root, read against its own inventory, and given its place by one rename.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import groupby
from pathlib import Path

from lantai.kit.errors import LantaiError
from lantai.kit.packages.durable import TreeSync, refusing_when_full
from lantai.kit.packages.journal import FOLDER, JournalDamaged, read_segment
from lantai.kit.packages.ocfl.layout import ensure_root
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.kit.packages.problems import Severity
from lantai.platform.places.types import Held, PlaceStore

DEPTH = 4  # three folders out of the digest of the id, and the folder of the object
_PIECE = 1024 * 1024


def bring_from(stores: Iterable[PlaceStore], root: Path, say: Callable[[str], None]) -> list[str]:
    """Bring what the root lacks from one place after the other; what none has whole, with the reason."""
    damaged: dict[str, str] = {}
    for store in stores:
        damaged |= bring(store, root, say)
    return [f"{name}: {why}" for name, why in damaged.items() if _fault(root / name)]


def bring(store: PlaceStore, root: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Bring what the root lacks; names what could not be brought whole, with the reason. Safe to repeat."""
    ensure_root(root)
    scratch = root.parent / "incoming" / "bringing"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    damaged: dict[str, str] = {}
    try:
        for number, (name, held) in enumerate(groupby(store.held(), key=lambda one: _folder_of(one.name)), 1):
            if name and (why := _bring(store, root, name, held, scratch)):
                damaged[name] = why
            if number % 1_000 == 0:
                say(f"{number} brought")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return damaged


def _folder_of(name: str) -> str:
    """The object, or the segment, that a file belongs to; nothing for what else lies in a place."""
    if name.startswith(f"{FOLDER.as_posix()}/"):
        return name
    parts = name.split("/")
    is_object = len(parts) > DEPTH and all(len(part) == 3 for part in parts[:3])
    return "/".join(parts[:DEPTH]) if is_object else ""


def _bring(store: PlaceStore, root: Path, name: str, held: Iterable[Held], scratch: Path) -> str:
    """Why an object or a segment could not be brought; "" when it is here whole."""
    target, made = root / name, scratch / Path(name).name
    if not _fault(target):
        return ""
    with closing(TreeSync(scratch)) as sync:
        try:
            for one in held:
                _fetch(store, one.name, made / Path(one.name).relative_to(name))
            sync.flush()
            why = _fault(made)
        except (LantaiError, OSError) as error:
            why = str(error)
    if not why:
        if target.exists():  # it is here and not whole: kept aside, for whoever asks what it was
            aside = root.parent / "quarantine" / f"before-bringing-{target.name}"
            aside.parent.mkdir(exist_ok=True)
            _remove(aside)
            target.rename(aside)
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)
    _remove(made)
    return why


def _fault(path: Path) -> str:
    """Why what lies there is not a whole object, or not a whole segment."""
    if path.suffix == ".jsonl":
        try:
            read_segment(path)
        except (JournalDamaged, OSError) as error:
            return str(error) or "unreadable"
        return ""
    if not path.is_dir():
        return "missing"
    errors = (problem for problem in validate_object(path) if problem.severity is Severity.ERROR)
    return next(map(str, errors), "")


def _fetch(store: PlaceStore, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with store.open(name) as source, refusing_when_full(), target.open("wb") as out:
        shutil.copyfileobj(source, out, _PIECE)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
