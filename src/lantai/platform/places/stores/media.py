"""A place that is a shelf of tapes, discs and disks. The address is the folder below which they are mounted.

A medium is known by the label file at its top; its files lie in an OCFL root beside that file, so that it can be
read without us. What lies on which medium is known without any of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from lantai.kit.errors import N_
from lantai.kit.packages import durable
from lantai.kit.packages.ocfl.layout import ensure_root
from lantai.platform.places.models import Place, Volume, VolumeFile
from lantai.platform.places.stores.folder import FolderPlace
from lantai.platform.places.types import (
    Held,
    Locked,
    Medium,
    NotAnAddress,
    NothingThere,
    PlaceAway,
    PlaceFull,
    Room,
    Site,
    VolumeNotEmpty,
    VolumeState,
    VolumeWanted,
    checked_name,
    is_of_root,
)

LABEL = "lantai-medium.json"
_LABEL_BYTES = 64 * 1024
_BATCH = 2000
_SPARE_BYTES = 16 * 1024 * 1024


class MediaPlace:
    """Files on media of which some are mounted and most lie on a shelf."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def put(self, name: str, source: Path, *, size: int) -> None:
        """On the first open medium that is here and has room; raises `VolumeWanted` where none is."""
        checked_name(name)
        row = self._find(name)
        volume = row.volume if row else self._writable(size)
        if row is None or volume.number in self._mounted():
            self._on(volume).put(name, source, size=size)
        elif row.size_bytes != size:
            raise PlaceAway(place=self._site.title, why=N_("介质目录中的长度不同"))
        if row is None:
            VolumeFile.objects.get_or_create(
                place=volume.place,
                name=name,
                defaults={"volume": volume, "size_bytes": size, "put_at": timezone.now()},
            )

    def open(self, name: str) -> BinaryIO:
        row = self._find(checked_name(name))
        if row is None:
            raise NothingThere(place=self._site.title, name=name)
        return self._on(row.volume).open(name)

    def size(self, name: str) -> int | None:
        row = self._find(checked_name(name))
        return None if row is None else row.size_bytes

    def remove(self, name: str) -> None:
        """From its medium, which has to be here; what was written once stays for ever."""
        row = self._find(checked_name(name))
        if row is None:
            return
        if row.volume.place.medium == Medium.OPTICAL:
            raise Locked(place=self._site.title, name=name)
        self._on(row.volume).remove(name)
        row.delete()

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        while True:
            rows = VolumeFile.objects.filter(
                place__slug=self._site.slug, name__gt=after, name__startswith=prefix
            )
            found = list(rows.exclude(volume__state=VolumeState.LOST).order_by("name")[:_BATCH])
            yield from (Held(row.name, row.size_bytes, row.put_at) for row in found)
            if len(found) < _BATCH:
                return
            after = found[-1].name

    def room(self) -> Room | None:
        return None

    def mounted(self) -> dict[str, Path]:
        """The media that are here, by number."""
        return self._mounted()

    def catalogue(self, volume: Volume) -> int:
        """Enter what lies on a medium that is here and was not known; how many files."""
        known = set(VolumeFile.objects.filter(place=volume.place).values_list("name", flat=True))
        found = [h for h in self._on(volume).held() if h.name not in known and not is_of_root(h.name)]
        VolumeFile.objects.bulk_create(
            (VolumeFile(place=volume.place, volume=volume, name=h.name, size_bytes=h.size, put_at=h.modified_at)
             for h in found),
            batch_size=_BATCH,
            ignore_conflicts=True,
        )  # fmt: skip
        return len(found)

    def label(self, volume: Volume) -> bool:
        """Write the label of a new medium, mounted under its number; False where none is. Raises `VolumeNotEmpty`."""
        top = Path(self._site.address) / volume.number
        if volume.number in self._mounted():
            return True
        if not top.is_dir():
            return False
        if any(path.name != "lost+found" for path in top.iterdir()):
            raise VolumeNotEmpty(number=volume.number)
        ensure_root(top / "ocfl")
        said = {"format": "lantai-medium/1", "place": self._site.slug, "number": volume.number}
        durable.write_durably(top / LABEL, json.dumps(said, ensure_ascii=False, indent=1).encode())
        return True

    def _find(self, name: str) -> VolumeFile | None:
        rows = VolumeFile.objects.select_related("volume__place").filter(
            place__slug=self._site.slug, name=name
        )
        return rows.first()

    def _on(self, volume: Volume) -> FolderPlace:
        top = self._mounted().get(volume.number)
        if top is None:
            raise VolumeWanted(
                place=self._site.title, number=volume.number, shelf=volume.shelf, why=volume.number
            )
        return FolderPlace(
            Site(self._site.slug, f"{self._site.title} {volume.number}", str(top / "ocfl"), top)
        )

    def _writable(self, size: int) -> Volume:
        place = Place.objects.get(slug=self._site.slug)
        volumes = list(place.volumes.filter(state=VolumeState.OPEN).order_by("number"))
        here = self._mounted()
        for volume in volumes:
            if volume.number in here:
                room = self._on(volume).room()
                if room is None or room.free_bytes > size + _SPARE_BYTES:
                    return volume
        for volume in volumes:
            if volume.number not in here:
                raise VolumeWanted(
                    place=self._site.title, number=volume.number, shelf=volume.shelf, why=volume.number
                )
        raise PlaceFull(place=self._site.title, name=N_("全部介质"))

    def _mounted(self) -> dict[str, Path]:
        top = Path(self._site.address)
        found: dict[str, Path] = {}
        try:
            for folder in sorted(path for path in top.iterdir() if path.is_dir() and not path.is_symlink()):
                label = _read_label(folder / LABEL)
                if label.get("place") == self._site.slug and isinstance(number := label.get("number"), str):
                    found[number] = folder
        except OSError as why:
            raise PlaceAway(place=self._site.title, why=why.strerror or str(why)) from why
        return found


def _read_label(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(_LABEL_BYTES))
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def check_address(address: str) -> None:
    """Raise `NotAnAddress` unless `address` is an absolute folder that is there."""
    path = Path(address)
    if not path.is_absolute() or ".." in path.parts or "\0" in address or not path.is_dir():
        raise NotAnAddress(why=N_("请填写介质挂载点所在文件夹的绝对路径，文件夹须已存在"), field="address")
