"""Every file that an OCFL object consists of, with the digests it must have: what copies and fixity go by.

The newest inventory is trusted by its digest, which stands outside the object. It names the content; SM3 comes out of
our own manifests, which are content themselves. The inventories of earlier versions are named by nobody, so each
is trusted when it agrees with its own sidecar.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lantai.kit.errors import LantaiError
from lantai.kit.packages.manifests import split_our_line
from lantai.kit.packages.ocfl.inventory import INVENTORY, SIDECAR, SM3_MANIFEST, Inventory, sidecar
from lantai.kit.packages.ocfl.layout import OBJECT_DECLARATION

Read = Callable[
    [str], bytes
]  # the content of a file by its path in the object; OSError or LantaiError when it cannot
DECLARATION = b"ocfl_object_1.1\n"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an object; ``sha512`` is empty where only another copy can tell, ``sm3`` where nobody noted it."""

    path: str
    sha512: str
    sm3: str = ""
    is_content: bool = False

    @property
    def is_root(self) -> bool:
        """Whether a new version replaces it."""
        return self.path in (INVENTORY, SIDECAR)


def parts_of(inventory: bytes, read: Read) -> list[Part]:
    """All files of the object whose newest inventory is ``inventory``, in the order in which a copy is written.

    Content comes first and the newest inventory last, so that what was cut short is never taken for an object.
    """
    known = Inventory.from_json(json.loads(inventory))
    sm3 = _sm3_by_digest(known, read)
    content = [
        Part(path, digest, sm3.get(digest, ""), is_content=True)
        for digest, paths in known.manifest.items()
        for path in paths
    ]
    content.sort(key=lambda part: part.path)
    head = _pair(inventory, known.head + "/")
    return [
        *content,
        *(part for version in known.versions if version != known.head for part in _earlier(version, read)),
        *head,
        _part(OBJECT_DECLARATION, DECLARATION),
        *_pair(inventory, ""),
    ]


def head_of(inventory: bytes) -> int:
    """The number of the newest version in an inventory, 0 where it is none."""
    try:
        return int(str(json.loads(inventory)["head"])[1:])
    except (ValueError, KeyError, TypeError):
        return 0


def sha512_of(data: bytes) -> str:
    """SHA-512 in lowercase hexadecimal."""
    return hashlib.sha512(data).hexdigest()


def _part(path: str, data: bytes) -> Part:
    return Part(path, sha512_of(data))


def _pair(inventory: bytes, folder: str) -> tuple[Part, Part]:
    return _part(folder + SIDECAR, sidecar(inventory)), _part(folder + INVENTORY, inventory)


def _earlier(version: str, read: Read) -> tuple[Part, Part]:
    """The inventory of an earlier version and its sidecar; unknown where they do not agree."""
    try:
        inventory = read(f"{version}/{INVENTORY}")
        if read(f"{version}/{SIDECAR}") == sidecar(inventory):
            return _pair(inventory, version + "/")
    except (OSError, LantaiError):
        pass
    return Part(f"{version}/{SIDECAR}", ""), Part(f"{version}/{INVENTORY}", "")


def _sm3_by_digest(known: Inventory, read: Read) -> dict[str, str]:
    """SHA-512 → SM3 of every content that one of our manifests speaks for."""
    found: dict[str, str] = {}
    for version in known.versions.values():
        by_path = {path: digest for digest, paths in version.state.items() for path in paths}
        digest = by_path.get(SM3_MANIFEST, "")
        if digest:
            for path, sm3 in _lines(known.manifest[digest][0], digest, read):
                if path in by_path:
                    found[by_path[path]] = sm3
    return found


def _lines(path: str, digest: str, read: Read) -> Iterator[tuple[str, str]]:
    """(logical path, SM3) of a manifest that is what it was; a damaged one says nothing."""
    try:
        data = read(path)
    except (OSError, LantaiError):
        return
    if sha512_of(data) != digest:
        return
    for line in data.decode().split("\n"):
        pair = split_our_line(line)
        if pair is not None:
            yield pair[1], pair[0]
