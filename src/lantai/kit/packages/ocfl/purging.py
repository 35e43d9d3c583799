"""Taking content out of an object for good, also out of its earlier versions, so that a valid object is left.

OCFL itself never forgets. Where the law has content destroyed, the object is built anew beside the old one: without
the files, without the places where its versions named them, and with a new version that says what was taken out.
The old inventories are kept as documents of that version: they hold digests and names, and no content.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Self

from lantai.kit.packages import durable
from lantai.kit.packages.ocfl.inventory import INVENTORY, SIDECAR, Inventory, Paths, Version, sidecar
from lantai.kit.packages.ocfl.layout import object_path
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.kit.packages.ocfl.writer import ObjectWriter


class PurgingWriter(ObjectWriter):
    """Builds a version of an object in which no version has these logical paths; ends as `ObjectWriter` does."""

    def __init__(self, root: Path, object_id: str, *, prior: OcflObject, paths: Collection[str]) -> None:
        self._taken_out, self._kept_content = frozenset(paths), frozenset[str]()
        super().__init__(root, object_id, prior=prior)
        for path in [path for path in self._state if path in self._taken_out]:
            self.remove(path)

    @classmethod
    def of(cls, root: Path, object_id: str, paths: Collection[str]) -> Self:
        """A writer that starts from the head version without `paths`."""
        return cls(root, object_id, prior=open_object(root / object_path(object_id)), paths=paths)

    def keep_inventories(self, folder: str) -> None:
        """Take the inventories that the object has had in as documents below the logical path `folder`."""
        assert self._prior is not None
        for name in self._prior.versions:
            data = (self._prior.path / name / INVENTORY).read_bytes()
            self.add_bytes(f"{folder}/inventory-{name}.json", data)

    def _inventory(self, version: Version) -> Inventory:
        found = self._forgetting(super()._inventory(version), own=self._version)
        self._kept_content = frozenset(path for paths in found.manifest.values() for path in paths)
        return found

    def _forgetting(self, whole: Inventory, own: str = "") -> Inventory:
        """The inventory as it would be had the content never been there; the version ``own`` is without it."""
        versions = {
            name: one if name == own else replace(one, state=_without(one.state, self._taken_out))
            for name, one in whole.versions.items()
        }
        used = {digest for one in versions.values() for digest in one.state}
        manifest = {digest: paths for digest, paths in whole.manifest.items() if digest in used}
        gone = {path for digest, paths in whole.manifest.items() if digest not in used for path in paths}
        fixity = {name: _without(block, gone) for name, block in whole.fixity.items()}
        return replace(whole, manifest=manifest, versions=versions, fixity=fixity)

    def _link_earlier_versions(self) -> None:
        assert self._prior is not None
        for path in sorted(self._kept_content):
            target = self._built / path
            if not path.startswith(f"{self._version}/"):
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(self._prior_path / path, target, follow_symlinks=False)
        for name in self._prior.versions:
            self._write_earlier(name)

    def _write_earlier(self, name: str) -> None:
        whole = Inventory.from_json(json.loads((self._prior_path / name / INVENTORY).read_bytes()))
        data = self._forgetting(whole).to_json()
        folder = self._built / name
        folder.mkdir(exist_ok=True)
        with durable.refusing_when_full():
            (folder / INVENTORY).write_bytes(data)
            (folder / SIDECAR).write_bytes(sidecar(data))


def _without(block: Paths, gone: Collection[str]) -> Paths:
    left = {digest: tuple(path for path in paths if path not in gone) for digest, paths in block.items()}
    return {digest: paths for digest, paths in left.items() if paths}
