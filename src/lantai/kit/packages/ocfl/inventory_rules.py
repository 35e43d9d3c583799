"""Whether one inventory.json is sound by itself (OCFL 1.1 §3.5), looking at no other file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lantai.kit.packages.ocfl import algorithms
from lantai.kit.packages.ocfl.logical import folders_of
from lantai.kit.packages.ocfl.messages import MESSAGES
from lantai.kit.packages.problems import Findings

MAX_INVENTORY_BYTES = 1024 * 1024 * 1024
SPEC_VERSIONS = ("1.0", "1.1")

_TYPE = re.compile(r"https://ocfl\.io/(\d+\.\d+)/spec/#inventory")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_VERSION = re.compile(r"v(0*)([1-9]\d*)", re.ASCII)
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class RepeatedKey(ValueError):
    """A JSON object with one key twice: two readers would see two inventories."""


@dataclass(slots=True)
class CheckedInventory:
    """What the check learnt; the parts that were unsound are left empty."""

    data: Mapping[str, Any]
    findings: Findings
    object_id: str = ""
    spec_version: str = "1.1"
    algorithm: str = "sha512"
    content_directory: str = "content"
    sets_content_directory: bool = False
    versions: list[str] = field(default_factory=list)
    manifest: dict[str, str] = field(default_factory=dict)  # content path → digest as written

    @property
    def is_sound(self) -> bool:
        """Whether no error was found."""
        return self.findings.error_count == 0


def load_json(path: Path) -> Any:
    """The JSON of ``path``; raises ValueError for anything that two readers could read in two ways."""
    with path.open("rb") as stream:
        data = stream.read(MAX_INVENTORY_BYTES + 1)
    if len(data) > MAX_INVENTORY_BYTES:
        raise ValueError("too large")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RepeatedKey("a key stands twice in one object")
    return found


def check_inventory(data: Any, *, where: str) -> CheckedInventory:
    """Check an inventory; ``where`` names it in the findings."""
    rules = _Rules(where)
    checked = CheckedInventory({}, rules.findings)
    if not isinstance(data, dict):
        rules.error("E033", type(data).__name__)
        return checked
    checked.data = data
    rules.heading(checked)
    if rules.digest_algorithm(checked):
        rules.content_directory(checked)
        rules.manifest(checked)
        rules.versions(checked)
        rules.fixity(checked)
    return checked


class _Rules:
    def __init__(self, where: str) -> None:
        self.where = where
        self.findings = Findings(MESSAGES)

    def error(self, code: str, found: object = "") -> None:
        self.findings.error(code, self.where, found=found)

    def warning(self, code: str, found: object = "") -> None:
        self.findings.warning(code, self.where, found=found)

    def heading(self, checked: CheckedInventory) -> None:
        data = checked.data
        for key in ("id", "type", "digestAlgorithm", "head"):
            if key not in data:
                self.error("E036", key)
        self._id(checked)
        found = _TYPE.fullmatch(data["type"]) if isinstance(data.get("type"), str) else None
        if found is not None and found[1] in SPEC_VERSIONS:
            checked.spec_version = found[1]
        elif "type" in data:
            self.error("E038", data["type"])

    def _id(self, checked: CheckedInventory) -> None:
        object_id = checked.data.get("id", "")
        if "id" in checked.data and (not isinstance(object_id, str) or not object_id):
            self.error("E037", object_id)
        elif object_id:
            checked.object_id = object_id
            if not _URI.fullmatch(object_id):
                self.warning("W005", object_id)

    def digest_algorithm(self, checked: CheckedInventory) -> bool:
        name = checked.data.get("digestAlgorithm", "sha512")
        if name not in algorithms.FOR_CONTENT:
            self.error("E025", name)
            return False
        if name == "sha256":
            self.warning("W004")
        checked.algorithm = name
        return True

    def content_directory(self, checked: CheckedInventory) -> None:
        if "contentDirectory" not in checked.data:
            return
        name = checked.data["contentDirectory"]
        if not isinstance(name, str) or not name or "/" in name:
            self.error("E017", name)
        elif name in (".", ".."):
            self.error("E018")
        else:
            checked.content_directory = name
            checked.sets_content_directory = True

    def manifest(self, checked: CheckedInventory) -> None:
        block = checked.data.get("manifest")
        if not isinstance(block, dict):
            self.error("E041", "manifest")
            return
        seen: set[str] = set()
        for digest, paths in block.items():
            if not algorithms.has_form(checked.algorithm, digest):
                self.error("E025", digest)
            elif not _is_list_of_text(paths) or not paths:
                self.error("E091", digest)
            else:
                self._digest_once("E096", digest, seen)
                self._content_paths(checked, digest, paths)
        self._no_file_is_a_folder("E101", checked.manifest)

    def _digest_once(self, code: str, digest: str, seen: set[str]) -> None:
        if digest.lower() in seen:
            self.error(code, digest)
        seen.add(digest.lower())

    def _content_paths(self, checked: CheckedInventory, digest: str, paths: list[str]) -> None:
        for path in paths:
            if path in checked.manifest:
                self.error("E101", path)
            elif self._content_path(path, checked.content_directory):
                checked.manifest[path] = digest

    def _content_path(self, path: str, content_directory: str) -> bool:
        parts = path.split("/")
        if path.startswith("/") or path.endswith("/"):
            self.error("E100", path)
        elif any(part in ("", ".", "..") for part in parts) or "\0" in path:
            self.error("E099", path)
        elif len(parts) < 3 or not _VERSION.fullmatch(parts[0]) or parts[1] != content_directory:
            self.error("E042", path)
        else:
            return True
        return False

    def _no_file_is_a_folder(self, code: str, paths: Iterable[str]) -> None:
        files = set(paths)
        for folder in {folder for path in files for folder in folders_of(path)} & files:
            self.error(code, folder)

    def versions(self, checked: CheckedInventory) -> None:
        block = checked.data.get("versions")
        if block is None:
            self.error("E041", "versions")
        elif not isinstance(block, dict):
            self.error("E044")
        else:
            checked.versions = self._sequence(list(block))
            self._head(checked)
            used = {
                digest for name in checked.versions for digest in self._version(checked, name, block[name])
            }
            self._manifest_is_used(checked, used)

    def _sequence(self, names: list[str]) -> list[str]:
        if not names:
            self.error("E008")
            return []
        numbers: dict[int, str] = {}
        for name in names:
            found = _VERSION.fullmatch(name)
            if found is None or int(found[2]) in numbers:
                self.error("E046", name)
            else:
                numbers[int(found[2])] = name
        if 1 not in numbers:
            self.error("E009")
        elif sorted(numbers) != list(range(1, len(numbers) + 1)):
            self.error("E010", "、".join(sorted(names)))
        ordered = [numbers[number] for number in sorted(numbers)]
        self._padding(ordered)
        return ordered

    def _padding(self, names: list[str]) -> None:
        if not any(name.startswith("v0") for name in names):
            return
        self.warning("W001")
        if len({len(name) for name in names}) > 1 or not all(name.startswith("v0") for name in names):
            self.error("E011", "、".join(names))

    def _head(self, checked: CheckedInventory) -> None:
        head = checked.data.get("head")
        if "head" in checked.data and checked.versions and head != checked.versions[-1]:
            self.error("E040", head)
        for path in [path for path in checked.manifest if path.split("/")[0] not in checked.versions]:
            self.error("E042", path)

    def _version(self, checked: CheckedInventory, name: str, block: Any) -> list[str]:
        """Check one version block; the digests its state uses."""
        if not isinstance(block, dict):
            self.error("E047", name)
            return []
        self._created(name, block)
        self._message_and_user(name, block)
        state = block.get("state")
        if "state" not in block:
            self.error("E048", name)
        elif not isinstance(state, dict):
            self.error("E050", name)
        else:
            return self._state(checked, state)
        return []

    def _created(self, name: str, block: Mapping[str, Any]) -> None:
        created = block.get("created")
        if "created" not in block:
            self.error("E048", name)
        elif not isinstance(created, str) or not _is_time(created):
            self.error("E049", created)

    def _message_and_user(self, name: str, block: Mapping[str, Any]) -> None:
        if not isinstance(block.get("message", ""), str):
            self.error("E094")
        user = block.get("user")
        if "message" not in block or "user" not in block:
            self.warning("W007", name)
        if "user" not in block:
            return
        if not isinstance(user, dict) or not isinstance(user.get("name"), str) or not user["name"]:
            self.error("E054", name)
        elif "address" not in user:
            self.warning("W008", name)
        elif not isinstance(user["address"], str):
            self.error("E054", name)
        elif not _URI.fullmatch(user["address"]):
            self.warning("W009", name)

    def _state(self, checked: CheckedInventory, state: Mapping[str, Any]) -> list[str]:
        manifest = checked.data.get("manifest")
        known = manifest if isinstance(manifest, dict) else {}
        seen: set[str] = set()
        for digest, paths in state.items():
            if digest not in known or not _is_list_of_text(paths):
                self.error("E050", digest)
                continue
            for path in paths:
                self._logical_path(path, seen)
        self._no_file_is_a_folder("E095", seen)
        return list(state)

    def _logical_path(self, path: str, seen: set[str]) -> None:
        if path.startswith("/") or path.endswith("/"):
            self.error("E053", path)
        elif any(part in ("", ".", "..") for part in path.split("/")):
            self.error("E052", path)
        elif path in seen:
            self.error("E095", path)
        else:
            seen.add(path)

    def _manifest_is_used(self, checked: CheckedInventory, used: set[str]) -> None:
        manifest = checked.data.get("manifest")
        for digest in manifest if isinstance(manifest, dict) and checked.versions else ():
            if digest not in used:
                self.error("E107", digest)

    def fixity(self, checked: CheckedInventory) -> None:
        block = checked.data.get("fixity", {})
        if not isinstance(block, dict):
            self.error("E111")
            return
        for name, digests in block.items():
            if name not in algorithms.KNOWN:
                self.error("E056", name)
            elif not isinstance(digests, dict):
                self.error("E057", name)
            else:
                self._fixity_digests(checked, name, digests)

    def _fixity_digests(self, checked: CheckedInventory, name: str, digests: Mapping[str, Any]) -> None:
        seen: set[str] = set()
        for digest, paths in digests.items():
            if not algorithms.has_form(name, digest) or not _is_list_of_text(paths):
                self.error("E057", digest)
                continue
            self._digest_once("E097", digest, seen)
            for path in paths:
                if self._content_path(path, checked.content_directory) and path not in checked.manifest:
                    self.error("E057", path)


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _is_time(text: str) -> bool:
    if not _CREATED.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
