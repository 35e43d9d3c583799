"""The inventory of an OCFL object as a value, and its JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
TYPE = "https://ocfl.io/1.1/spec/#inventory"
SM3_MANIFEST = "lantai/manifest-sm3.txt"  # logical path; OCFL knows no SM3, so a fixity block may not hold it

Paths = Mapping[str, tuple[str, ...]]  # digest → paths


@dataclass(frozen=True, slots=True)
class Version:
    """One version block; ``created`` is RFC 3339, ``state`` maps content digests to logical paths."""

    created: str
    message: str
    user_name: str
    user_address: str
    state: Paths


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an object holds; ``versions`` in order, the last one is the head."""

    object_id: str
    digest_algorithm: str
    content_directory: str
    manifest: Paths
    versions: Mapping[str, Version]
    fixity: Mapping[str, Paths]

    @property
    def head(self) -> str:
        """The name of the newest version."""
        return list(self.versions)[-1]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Inventory:
        """The value of an inventory that `inventory_rules` found without error."""
        return cls(
            object_id=data["id"],
            digest_algorithm=data["digestAlgorithm"],
            content_directory=data.get("contentDirectory", "content"),
            manifest=_paths(data["manifest"]),
            versions={name: _version(data["versions"][name]) for name in _in_order(data["versions"])},
            fixity={name: _paths(block) for name, block in data.get("fixity", {}).items()},
        )

    def to_json(self) -> bytes:
        """The bytes of inventory.json (OCFL 1.1 §3.5)."""
        document = {
            "id": self.object_id,
            "type": TYPE,
            "digestAlgorithm": self.digest_algorithm,
            "head": self.head,
            "contentDirectory": self.content_directory,
            "fixity": self.fixity,
            "manifest": self.manifest,
            "versions": {name: _version_json(version) for name, version in self.versions.items()},
        }
        return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def sidecar(inventory: bytes) -> bytes:
    """The bytes of inventory.json.sha512 for these bytes of inventory.json."""
    return f"{hashlib.sha512(inventory).hexdigest()}  {INVENTORY}\n".encode()


def _paths(block: Mapping[str, list[str]]) -> Paths:
    return {digest: tuple(paths) for digest, paths in block.items()}


def _in_order(versions: Mapping[str, object]) -> list[str]:
    return sorted(versions, key=lambda name: int(name[1:]))


def _version(block: Mapping[str, Any]) -> Version:
    user = block.get("user", {})
    return Version(
        created=block["created"],
        message=block.get("message", ""),
        user_name=user.get("name", ""),
        user_address=user.get("address", ""),
        state=_paths(block["state"]),
    )


def _version_json(version: Version) -> dict[str, object]:
    document: dict[str, object] = {"created": version.created, "state": version.state}
    if version.message:
        document["message"] = version.message
    if version.user_name:
        address = {"address": version.user_address} if version.user_address else {}
        document["user"] = {"name": version.user_name, **address}
    return document
