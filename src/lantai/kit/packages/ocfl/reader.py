"""Reading OCFL objects: versions, files by their logical path, and where their bytes are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from lantai.kit.digests import Digests
from lantai.kit.errors import N_, Missing, Refusal
from lantai.kit.packages.manifests import split_our_line
from lantai.kit.packages.ocfl.inventory import INVENTORY, SM3_MANIFEST, Inventory
from lantai.kit.packages.ocfl.inventory_rules import check_inventory, load_json
from lantai.kit.packages.ocfl.layout import object_path


class NoSuchObject(Missing):
    """Nothing under this id in the storage root."""

    message = N_("存储根里没有对象“%(name)s”。")


class NoSuchContent(Missing):
    """The version has no file of this logical path."""

    message = N_("对象“%(object_id)s”的版本 %(version)s 里没有文件“%(path)s”。")


class ObjectUnreadable(Refusal):
    """The inventory cannot be trusted, so that nothing is read through it."""

    message = N_("对象“%(name)s”的清单不可读（%(code)s：%(reason)s）；请先校验并从副本修复。")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of one version; ``sm3`` and ``sha256`` are empty in objects that others wrote."""

    logical_path: str
    content_path: str  # relative to the object
    path: Path
    digests: Digests


class OcflObject:
    """An object on disk whose inventory was found sound; its content is not yet checked."""

    def __init__(self, path: Path, inventory: Inventory) -> None:
        self.path = path
        self.inventory = inventory
        self._sm3: dict[str, dict[str, str]] = {}
        self._digests: dict[str, dict[str, str]] = {}

    @property
    def object_id(self) -> str:
        """The id of the object."""
        return self.inventory.object_id

    @property
    def head(self) -> str:
        """The name of the newest version."""
        return self.inventory.head

    @property
    def number(self) -> int:
        """The number of the newest version."""
        return int(self.head[1:])

    @property
    def versions(self) -> tuple[str, ...]:
        """The names of the versions, oldest first."""
        return tuple(self.inventory.versions)

    @property
    def has_sm3_manifest(self) -> bool:
        """Whether the newest version carries our manifest of SM3 digests."""
        return SM3_MANIFEST in self._digests_of(self.head)

    def located(self, logical_path: str) -> tuple[Path, str] | None:
        """Where the bytes of a file of the newest version lie, and their digest by the inventory's algorithm."""
        digest = self._digests_of(self.head).get(logical_path, "")
        return (self.path / self._paths_by_digest[digest], digest.lower()) if digest else None

    def content_path(self, digest: str) -> str:
        """Where the content of this digest lies, relative to the object; empty where there is none."""
        return self._paths_by_digest.get(digest, "")

    def files(self, version: str = "") -> Iterator[StoredFile]:
        """The files of ``version`` (the head when empty) in the order of their logical paths."""
        name = version or self.head
        sm3 = self._sm3_of(name)
        for logical_path, digest in sorted(self._digests_of(name).items()):
            yield self._stored(logical_path, digest, sm3.get(logical_path, ""))

    def file(self, logical_path: str, version: str = "") -> StoredFile:
        """One file; raises `NoSuchContent`."""
        found = self.find(logical_path, version)
        if found is None:
            raise NoSuchContent(object_id=self.object_id, version=version or self.head, path=logical_path)
        return found

    def find(self, logical_path: str, version: str = "") -> StoredFile | None:
        """One file, or None where the version has none of this path."""
        name = version or self.head
        digest = self._digests_of(name).get(logical_path, "")
        return (
            self._stored(logical_path, digest, self._sm3_of(name).get(logical_path, "")) if digest else None
        )

    def open(self, logical_path: str, version: str = "") -> BinaryIO:
        """The bytes of one file; raises `NoSuchContent`."""
        return self.file(logical_path, version).path.open("rb")

    def _stored(self, logical_path: str, digest: str, sm3: str) -> StoredFile:
        content_path = self._paths_by_digest[digest]
        by_name = {self.inventory.digest_algorithm: digest.lower(), **self._fixity.get(content_path, {})}
        digests = Digests(by_name.get("sha256", ""), by_name.get("sha512", ""), sm3)
        return StoredFile(logical_path, content_path, self.path / content_path, digests)

    def _digests_of(self, version: str) -> dict[str, str]:
        """Logical path → digest of one version; indexed once."""
        if version not in self._digests:
            block = self.inventory.versions.get(version)
            state = block.state if block else {}
            self._digests[version] = {path: digest for digest, paths in state.items() for path in paths}
        return self._digests[version]

    def _sm3_of(self, version: str) -> dict[str, str]:
        """Logical path → SM3 of one version, out of our manifest; read once."""
        if version not in self._sm3:
            digest = self._digests_of(version).get(SM3_MANIFEST, "")
            path = self.path / self._paths_by_digest[digest] if digest else None
            self._sm3[version] = dict(read_sm3_manifest(path)) if path else {}
        return self._sm3[version]

    @cached_property
    def _paths_by_digest(self) -> dict[str, str]:
        return {digest: paths[0] for digest, paths in self.inventory.manifest.items()}

    @cached_property
    def _fixity(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, block in self.inventory.fixity.items():
            for digest, paths in block.items():
                for path in paths:
                    found.setdefault(path, {})[name] = digest.lower()
        return found


def read_sm3_manifest(path: Path) -> Iterator[tuple[str, str]]:
    """(logical path, SM3) of each line of our manifest; lines that are none are left to the validator."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            pair = split_our_line(line.removesuffix("\n"))
            if pair is not None:
                yield pair[1], pair[0]


def open_object(path: Path) -> OcflObject:
    """The object in the folder ``path``; raises `NoSuchObject` or `ObjectUnreadable`."""
    try:
        data = load_json(path / INVENTORY)
    except FileNotFoundError as error:
        raise NoSuchObject(name=path.name) from error
    except (json.JSONDecodeError, ValueError) as error:
        raise ObjectUnreadable(name=path.name, code="E033", reason=str(error)) from error
    found = check_inventory(data, where=INVENTORY)
    first = next((problem for problem in found.findings if problem.severity == "error"), None)
    if first is not None:
        raise ObjectUnreadable(name=path.name, code=first.code, reason=str(first))
    return OcflObject(path, Inventory.from_json(data))


def open_unchanged(path: Path) -> tuple[OcflObject, str]:
    """The object in a folder and its inventory's SHA-512, for whoever reads every object there is.

    An inventory that is what its digest beside it says was checked when it was written; only paths are looked at. Any
    other is read as `open_object` reads it. Raises what that raises.
    """
    try:
        data = (path / INVENTORY).read_bytes()
        digest = hashlib.sha512(data).hexdigest()
        beside = (path / f"{INVENTORY}.sha512").read_text("ascii").split()
        if beside[:1] == [digest]:
            found = Inventory.from_json(json.loads(data))
            paths = (name for names in found.manifest.values() for name in names)
            if found.digest_algorithm == "sha512" and not any(map(_leaves_its_folder, paths)):
                return OcflObject(path, found), digest
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass  # the full check says what is wrong
    return open_object(path), hashlib.sha512((path / INVENTORY).read_bytes()).hexdigest()


def _leaves_its_folder(path: str) -> bool:
    return path.startswith("/") or "/../" in f"/{path}/" or "\0" in path


def find_object(root: Path, object_id: str) -> OcflObject:
    """The object of this id in the storage root; raises `NoSuchObject` or `ObjectUnreadable`."""
    return open_object(root / object_path(object_id))


def object_folders(root: Path) -> Iterator[Path]:
    """Every object folder below ``root``, found by its declaration: the way to rebuild a catalogue."""
    for entry in sorted(root.iterdir()):
        if not entry.is_dir() or entry.is_symlink() or entry == root / "extensions":
            continue
        if any(entry.glob("0=ocfl_object_*")):
            yield entry
        else:
            yield from object_folders(entry)
