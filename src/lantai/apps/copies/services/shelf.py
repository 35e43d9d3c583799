"""One object in one place: reading and writing its files by their path in the object."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from lantai.kit.digests import Pair
from lantai.kit.digests.pairs import Pace, pair_of, pair_of_file
from lantai.kit.errors import LantaiError
from lantai.kit.packages.durable import refusing_when_full
from lantai.kit.packages.ocfl.inventory import INVENTORY
from lantai.kit.packages.ocfl.layout import object_path
from lantai.kit.packages.ocfl.parts import Part, sha512_of
from lantai.platform.places import queries as places
from lantai.platform.places.models import Place
from lantai.platform.places.types import NothingThere

LONGEST_SMALL = 512 * 1024 * 1024  # an inventory of a million files is a quarter of that


class Shelf:
    """The object ``object_id``, or another folder, in ``place``; raises what its store raises."""

    def __init__(self, place: Place, object_id: str, *, folder: str = "") -> None:
        self.place, self.store = place, places.store_of(place)
        self.folder = folder or str(object_path(object_id))

    def name(self, path: str) -> str:
        """The name in the place of a file of the object."""
        return f"{self.folder}/{path}"

    def open(self, path: str) -> BinaryIO:
        """The content of one file."""
        return self.store.open(self.name(path))

    def read(self, path: str) -> bytes:
        """The whole content of a file that we wrote ourselves: inventories and manifests."""
        with self.open(path) as stream:
            return stream.read(LONGEST_SMALL)

    def pair(self, path: str, pace: Pace | None = None) -> Pair:
        """Both digests of what lies there."""
        name = self.name(path)
        local = self.store.local(name)
        if local is not None:
            try:
                return pair_of_file(local, pace)
            except OSError:
                pass  # the store says what is the matter, and whether it is the file or the whole place
        with self.store.open(name) as stream:
            return pair_of(stream, pace)

    def held(self) -> dict[str, int]:
        """Path in the object → size of every file that lies there."""
        begin = self.folder + "/"
        return {held.name[len(begin) :]: held.size for held in self.store.held(begin)}

    def put(self, path: str, source: Path) -> None:
        """Write a file that is not there yet."""
        self.store.put(self.name(path), source, size=source.stat().st_size)

    def replace(self, path: str, source: Path) -> None:
        """Write a file in the place of what is there, in one step where the store has one."""
        self.store.replace(self.name(path), source, size=source.stat().st_size)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self.store.remove(self.name(path))

    def local(self, path: str) -> Path | None:
        """The file itself where it lies in the storage root of this machine."""
        found = places.storage_root() / self.name(path)
        return found if self.place.is_primary and found.is_file() else None

    def place_is_away(self) -> bool:
        """Whether the place as a whole does not answer, rather than one of its files."""
        try:
            return self.store.size(self.name(INVENTORY)) is None and self.store.room() is None
        except LantaiError:
            return True

    def inventory(self, sha512: str, version: int) -> bytes | None:
        """The inventory with that digest: the newest, or the one kept with its version."""
        for path in (INVENTORY, f"v{version}/{INVENTORY}"):
            try:
                data = self.read(path)
            except (NothingThere, OSError):
                continue
            if sha512_of(data) == sha512:
                return data
        return None


def differs(part: Part, found: Pair) -> bool:
    """Whether what was read is not what the object says; SM3 counts where it is known."""
    return found.sha512 != part.sha512 or bool(part.sm3 and found.sm3 != part.sm3)


@contextmanager
def transit() -> Iterator[Path]:
    """A folder on our own disk for what is on its way between two places; gone at the end."""
    above = Path(settings.LANTAI_STORE) / "incoming"
    above.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="copies-", dir=above))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fetch(shelf: Shelf, part: Part, folder: Path) -> Path | None:
    """The file brought here, if it is what it must be; None where it is not, or not there."""
    target = folder / sha512_of(part.path.encode())[:32]
    try:
        with shelf.open(part.path) as source, refusing_when_full(), target.open("wb") as kept:
            shutil.copyfileobj(source, kept, 1024 * 1024)
        with target.open("rb", buffering=0) as stream:
            if not differs(part, pair_of(stream)):
                return target
    except NothingThere:
        pass
    target.unlink(missing_ok=True)
    return None


def quarantine(shelf: Shelf, path: str, name: str) -> str:
    """Keep what lies there beside the store, for whoever asks what it was; "" where it cannot be read."""
    folder = Path(settings.LANTAI_STORE) / "quarantine"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    try:
        with shelf.open(path) as source, target.open("wb") as kept:
            shutil.copyfileobj(source, kept, 1024 * 1024)
    except (OSError, LantaiError):
        target.unlink(missing_ok=True)
        return ""
    return target.name
