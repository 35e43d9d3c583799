"""Writing a set to a folder that stands for a removable medium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from lantai.apps.backup import queries
from lantai.apps.backup.models import BackupPlan, BackupSet
from lantai.apps.backup.types import SET, NothingToRestore
from lantai.apps.backup.vaults import alone, reading
from lantai.kit.backups import medium
from lantai.kit.backups.restoring import SetReader, require_empty
from lantai.kit.backups.types import Shelf
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places.types import Held, NothingThere, checked_name


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """What went to the medium."""

    set_id: str
    files: int
    bytes: int


def write(ctx: Ctx, plan: BackupPlan, folder: Path) -> WrittenOut:
    """Write the newest good set of a plan, whole and in the clear, into an empty folder, and read it back."""
    row = queries.newest_good(plan)
    if row is None:
        raise NothingToRestore(title=plan.title)
    require_empty(folder)
    making = folder.with_name(f"{folder.name}.writing")
    shutil.rmtree(making, ignore_errors=True)
    with alone(plan):
        shelf = reading(row)
        for name in _names(SetReader(shelf, row.set_id)):
            _copy(shelf, name, making / name)
    said = medium.readme(
        [row.set_id], origin=settings.LANTAI_LOG_ORIGIN, until=f"{row.covered_until:%Y-%m-%d %H:%M}Z"
    )
    medium.finish(making, said)
    found = medium.check(making)
    assert found.is_good, found
    _move_into(making, folder)
    _record(ctx, row, found.bytes)
    return WrittenOut(row.set_id, found.files, found.bytes)


class PlainFolder:
    """A folder that is no place of ours but holds sets: a medium, a healed copy of one. For reading only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def open(self, name: str) -> BinaryIO:
        """The file of that name; raises `NothingThere`."""
        path = self._root / checked_name(name)
        if not path.is_file():
            raise NothingThere(place=str(self._root), name=name)
        return path.open("rb")

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        """Every file whose name begins with `prefix`, in order of name."""
        found = (path for path in self._root.rglob("*") if path.is_file())
        for name, path in sorted((path.relative_to(self._root).as_posix(), path) for path in found):
            if name.startswith(prefix) and name > after:
                stat = path.stat()
                yield Held(name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


def _names(reader: SetReader) -> Iterator[str]:
    """Everything that a set needs, packs once each."""
    packs: set[str] = set()
    for manifest in reader.manifests():
        yield from (manifest.name, f"{manifest.name}.note", manifest.entries.name)
        packs |= {entry.located.pack for entry in reader.entries(manifest) if entry.located}
    yield from sorted(packs)


def _copy(shelf: Shelf, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with shelf.open(name) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)


def _move_into(making: Path, folder: Path) -> None:
    """The folder itself may be where a medium is mounted, so what is in it is moved, not the folder."""
    if not folder.exists():
        making.rename(folder)
        return
    for path in making.iterdir():
        shutil.move(path, folder / path.name)
    making.rmdir()


@transaction.atomic
def _record(ctx: Ctx, row: BackupSet, size: int) -> None:
    ledger.record(
        ctx, "backup:set:written_out", object_type=SET, object_id=row.pk, object_name=row.set_id,
        detail={"bytes": size},
    )  # fmt: skip
