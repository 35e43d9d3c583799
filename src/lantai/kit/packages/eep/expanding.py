"""The computer files inside packages laid out as plain files beside them, once, where the limits are watched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

# by its full name: the registry is looking for the layouts, of which this is one, when it is imported
import lantai.kit.packages.registry as registry
from lantai.kit.packages.eep.contents import DataBroken, Keep
from lantai.kit.packages.eep.found import EXPANDED, packages_in
from lantai.kit.packages.eep.reader import read_contents
from lantai.kit.packages.eep.types import Stored
from lantai.kit.packages.unpack.limits import Limits, NamesCollide
from lantai.kit.packages.unpack.quarantine import Quarantine
from lantai.kit.packages.xml import XmlBroken, XmlHostile


def expand(folder: Path, limits: Limits) -> int:
    """Lay out what the packages in ``folder`` hold, where they are its layout; how many files that makes.

    The files of `x.eep` go to `x.eep.展开/`. What is wrong with a package is told when it is read. Raises an
    `UnpackRefused` for what breaks a limit and for a folder of that name that the sender has sent.
    """
    try:
        found = registry.find_package(folder)
    except registry.UnknownPackage:
        return 0
    if found.kind is not registry.PackageKind.EEP:
        return 0
    packages = tuple(packages_in(found.folder))
    packed_bytes = sum((found.folder / path).stat().st_size for path in packages)
    quarantine = Quarantine(found.folder, limits, packed_bytes)
    made = 0
    for path in packages:
        target = found.folder / f"{path}{EXPANDED}"
        if target.exists() or target.is_symlink():
            raise NamesCollide(path=path, other=target.name)
        made += _expand_one(found.folder, path, quarantine)
    return made


def _expand_one(folder: Path, path: str, quarantine: Quarantine) -> int:
    """One that cannot be read to its end leaves no files: nobody could say what belongs to it."""
    before = len(quarantine.files)
    try:
        read_contents(folder / path, _into(quarantine, folder, f"{path}{EXPANDED}"))
    except (XmlBroken, XmlHostile):
        shutil.rmtree(folder / f"{path}{EXPANDED}", ignore_errors=True)
        return 0
    return len(quarantine.files) - before


def _into(quarantine: Quarantine, folder: Path, below: str) -> Keep:
    def keep(path: str, content: Iterator[bytes]) -> Stored:
        quarantine.count_entry()
        try:
            quarantine.file(f"{below}/{path}", path.encode(), content)
        except DataBroken:
            (folder / below / path).unlink(missing_ok=True)
            raise
        made = quarantine.files[-1]
        return Stored(path, made.size_bytes, made.digests)

    return keep
