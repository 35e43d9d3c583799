"""Whether an object on disk is what OCFL 1.1 calls valid; the findings carry the codes of its list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.digests import CHUNK_BYTES
from lantai.kit.packages import durable
from lantai.kit.packages.ocfl import algorithms
from lantai.kit.packages.ocfl.inventory import INVENTORY, SM3_MANIFEST
from lantai.kit.packages.ocfl.inventory_rules import (
    MAX_INVENTORY_BYTES,
    SPEC_VERSIONS,
    CheckedInventory,
    check_inventory,
    load_json,
)
from lantai.kit.packages.ocfl.messages import MESSAGES
from lantai.kit.packages.ocfl.reader import object_folders, read_sm3_manifest
from lantai.kit.packages.problems import Findings, Problem

_EXTENSIONS = frozenset(
    {
        "0001-digest-algorithms",
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0005-mutable-head",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0008-schema-registry",
        "0009-digest-algorithms",
    }
)
_VERSION_NAME = re.compile(r"v\d+", re.ASCII)
_SIDECAR = re.compile(rb"([0-9A-Fa-f]+)[ \t]+inventory\.json\r?\n?")
_LARGEST_SIDECAR = 1024


@dataclass(frozen=True, slots=True)
class _Expected:
    code: str
    algorithm: str
    digest: str
    name: str


def validate_object(path: Path, *, check_digests: bool = True) -> tuple[Problem, ...]:
    """Every finding about the object in the folder ``path``; no error among them means valid.

    With ``check_digests`` every content file is read once, for all the digests recorded of it.
    """
    check = _ObjectCheck(path)
    check.run(check_digests=check_digests)
    return check.findings.as_tuple()


def validate_root(root: Path, *, check_digests: bool = True) -> Iterator[tuple[Path, tuple[Problem, ...]]]:
    """(folder, findings) of the storage root and then of each object below it."""
    yield root, validate_storage_root(root)
    for folder in object_folders(root):
        yield folder, validate_object(folder, check_digests=check_digests)


class _ObjectCheck:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings = Findings(MESSAGES)
        self._expected: dict[str, list[_Expected]] = {}
        self._sidecars: dict[str, str] = {}
        self._entries: dict[str, os.DirEntry[str]] = {}

    def run(self, *, check_digests: bool) -> None:
        with os.scandir(self.path) as entries:
            self._entries = {entry.name: entry for entry in entries}
        self._declaration()
        root = self._inventory("")
        if root is None:
            return
        self._object_root(root)
        self._earlier_inventories(root)
        found = set(self._content_files(root))
        if not root.is_sound:
            return
        self._compare(root, found)
        if check_digests:
            self._expect_sm3(root, found)
            for content_path in sorted(found & self._expected.keys()):
                self._digests_of(content_path)

    def _declaration(self) -> None:
        names = sorted(name for name in self._entries if name.startswith("0="))
        if len(names) != 1:
            self.findings.error("E003", ".", found="、".join(names))
        for name in names:
            version = name.removeprefix("0=ocfl_object_")
            if version not in SPEC_VERSIONS:
                self.findings.error("E006", ".", found=name)
                continue
            if _head_bytes(self.path / name) not in (name[2:].encode() + b"\n", name[2:].encode() + b"\r\n"):
                self.findings.error("E007", ".", found=name)

    def _inventory(self, version: str) -> CheckedInventory | None:
        """Read, check and compare with its sidecar the inventory of a version folder or of the root."""
        folder = self.path / version
        where = f"{version}/{INVENTORY}" if version else INVENTORY
        try:
            checked = check_inventory(load_json(folder / INVENTORY), where=where)
        except FileNotFoundError:
            self.findings.error("E063", where)
            return None
        except (ValueError, OSError) as error:
            self.findings.error("E033", where, found=str(error))
            return None
        self.findings.extend(checked.findings)
        self._sidecars[version] = f"{INVENTORY}.{checked.algorithm}"
        self._sidecar(folder, where, checked.algorithm)
        return checked

    def _sidecar(self, folder: Path, where: str, algorithm: str) -> None:
        name = f"{INVENTORY}.{algorithm}"
        if not (folder / name).is_file():
            self.findings.error("E058", where, found=name)
            return
        found = _SIDECAR.fullmatch(_head_bytes(folder / name))
        if found is None or not algorithms.has_form(algorithm, found[1].decode()):
            self.findings.error("E061", where, found=name)
        elif _digests(folder / INVENTORY, {algorithm})[algorithm] != found[1].decode().lower():
            self.findings.error("E060", where)

    def _object_root(self, root: CheckedInventory) -> None:
        for name, entry in sorted(self._entries.items()):
            if entry.is_symlink():
                self.findings.error("E090", ".", found=name)
            elif entry.is_dir():
                self._root_folder(name, root)
            elif not name.startswith("0=") and name not in (INVENTORY, self._sidecars[""]):
                self.findings.error("E001", ".", found=name)
        for version in root.versions:
            if version not in self._entries:
                self.findings.error("E046", ".", found=version)
                if version != root.versions[-1]:
                    self.findings.error("E010", ".", found=version)

    def _root_folder(self, name: str, root: CheckedInventory) -> None:
        if name in root.versions or name == "logs":
            return
        if name == "extensions":
            self._extensions()
        else:
            self.findings.error("E046" if _VERSION_NAME.fullmatch(name) else "E001", ".", found=name)

    def _extensions(self) -> None:
        for entry in sorted((self.path / "extensions").iterdir()):
            if entry.is_symlink() or not entry.is_dir():
                self.findings.error("E067", "extensions", found=entry.name)
            elif entry.name not in _EXTENSIONS:
                self.findings.warning("W013", "extensions", found=entry.name)

    def _earlier_inventories(self, root: CheckedInventory) -> None:
        latest_spec = SPEC_VERSIONS[0]
        set_before = True
        for version in root.versions:
            if not (self.path / version / INVENTORY).is_file():
                if version in self._entries:
                    self.findings.warning("W010", version)
                continue
            if version == root.versions[-1]:
                self._newest_inventory(version)
                checked: CheckedInventory | None = root
            else:
                checked = self._inventory(version)
            if checked is None:
                continue
            if checked.spec_version < latest_spec:
                self.findings.error("E103", version, found=checked.spec_version)
            latest_spec = max(latest_spec, checked.spec_version)
            if checked.sets_content_directory and not set_before:
                self.findings.error("E019", version)
            set_before = set_before and checked.sets_content_directory
            if checked is not root:
                self._compare_with_root(version, checked, root)
        self._expect(root)

    def _newest_inventory(self, version: str) -> None:
        ours, theirs = self.path / INVENTORY, self.path / version / INVENTORY
        if ours.stat().st_size != theirs.stat().st_size or _read(ours) != _read(theirs):
            self.findings.error("E064", INVENTORY, found=version)
        self._sidecars[version] = self._sidecars[""]
        self._sidecar(
            self.path / version, f"{version}/{INVENTORY}", self._sidecars[""].removeprefix(f"{INVENTORY}.")
        )

    def _compare_with_root(self, version: str, checked: CheckedInventory, root: CheckedInventory) -> None:
        where = f"{version}/{INVENTORY}"
        if checked.object_id != root.object_id:
            self.findings.error("E037", where, found=checked.object_id)
        if checked.content_directory != root.content_directory:
            self.findings.error("E020", where, found=checked.content_directory)
        if checked.versions and checked.versions[-1] != version:
            self.findings.error("E040", where, found=checked.versions[-1])
        if not (checked.is_sound and root.is_sound):
            return
        self._expect(checked)
        for name in checked.versions:
            if name not in root.versions or not _same_state(checked, root, name):
                self.findings.error("E066", where, found=name)
            elif _description(checked, name) != _description(root, name):
                self.findings.warning("W011", where, found=name)

    def _expect(self, checked: CheckedInventory) -> None:
        """Note which digests the content must have by this inventory."""
        if not checked.is_sound:
            return
        for path, digest in checked.manifest.items():
            self._expect_one(path, _Expected("E092", checked.algorithm, digest.lower(), path))
        for algorithm, block in checked.data.get("fixity", {}).items():
            for digest, paths in block.items():
                for path in paths:
                    self._expect_one(path, _Expected("E093", algorithm, digest.lower(), path))

    def _expect_one(self, path: str, expected: _Expected) -> None:
        known = self._expected.setdefault(path, [])
        if expected not in known:
            known.append(expected)

    def _content_files(self, root: CheckedInventory) -> Iterator[str]:
        for version in root.versions:
            if version not in self._entries or not self._entries[version].is_dir(follow_symlinks=False):
                continue
            for entry in sorted(os.scandir(self.path / version), key=lambda entry: entry.name):
                if entry.is_symlink():
                    self.findings.error("E090", version, found=f"{version}/{entry.name}")
                elif entry.is_dir():
                    if entry.name == root.content_directory:
                        yield from self._content_of(version, entry.name)
                    else:
                        self.findings.warning("W002", version, found=entry.name)
                elif entry.name not in (INVENTORY, self._sidecars.get(version, "")):
                    self.findings.error("E015", version, found=entry.name)

    def _content_of(self, version: str, content_directory: str) -> Iterator[str]:
        top = self.path / version / content_directory
        count = 0
        for parent, folders, names in durable.walk(top):
            here = Path(parent).relative_to(self.path).as_posix()
            if not folders and not names and Path(parent) != top:
                self.findings.error("E024", version, found=here)
            for name in [*folders, *names]:
                path = Path(parent, name)
                if path.is_symlink() or not (path.is_dir() or path.is_file()):
                    self.findings.error("E090", version, found=f"{here}/{name}")
            for name in names:
                count += 1
                yield f"{here}/{name}"
        if count == 0:
            self.findings.warning("W003", version)

    def _compare(self, root: CheckedInventory, found: set[str]) -> None:
        for path in sorted(found - root.manifest.keys()):
            self.findings.error("E023", path.split("/")[0], found=path)
        for path in sorted(root.manifest.keys() - found):
            self.findings.error("E092", path.split("/")[0], found=path)

    def _expect_sm3(self, root: CheckedInventory, found: set[str]) -> None:
        """Our manifest of the newest version names every file of it, once, and nothing else."""
        state = root.data["versions"][root.versions[-1]]["state"]
        paths = {path: root.data["manifest"][digest][0] for digest, names in state.items() for path in names}
        content = paths.pop(SM3_MANIFEST, "")
        if not content or content not in found:
            return
        listed = dict(read_sm3_manifest(self.path / content))
        for logical_path in sorted(listed.keys() ^ paths.keys()):
            self.findings.error("SM3", SM3_MANIFEST, found=logical_path)
        for logical_path in listed.keys() & paths.keys():
            expected = _Expected("SM3", "sm3", listed[logical_path], logical_path)
            self._expect_one(paths[logical_path], expected)

    def _digests_of(self, content_path: str) -> None:
        path = self.path / content_path
        if path.is_symlink() or not path.is_file():
            return
        expected = self._expected[content_path]
        found = _digests(path, {one.algorithm for one in expected})
        for one in expected:
            if found[one.algorithm] != one.digest:
                self.findings.error(one.code, content_path.split("/")[0], found=one.name)


def _digests(path: Path, names: set[str]) -> dict[str, str]:
    """Hex digests of ``path`` by several algorithms in one read."""
    running = {name: algorithms.new(name) for name in names}
    with path.open("rb", buffering=0) as stream:
        while data := stream.read(CHUNK_BYTES):
            for one in running.values():
                one.update(data)
    return {name: one.hexdigest() for name, one in running.items()}


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_INVENTORY_BYTES)


def _head_bytes(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        return b""
    with path.open("rb") as stream:
        return stream.read(_LARGEST_SIDECAR)


def _same_state(prior: CheckedInventory, root: CheckedInventory, version: str) -> bool:
    if prior.algorithm == root.algorithm and _state(prior, version) != _state(root, version):
        return False
    before, now = _contents(prior, version), _contents(root, version)
    return before.keys() == now.keys() and all(before[path] <= now[path] for path in before)


def _state(checked: CheckedInventory, version: str) -> dict[str, str]:
    """Logical path → digest."""
    state = checked.data["versions"][version]["state"]
    return {path: digest.lower() for digest, paths in state.items() for path in paths}


def _contents(checked: CheckedInventory, version: str) -> dict[str, frozenset[str]]:
    """Logical path → content paths; comparable between inventories of different algorithms."""
    state = checked.data["versions"][version]["state"]
    manifest = checked.data["manifest"]
    return {path: frozenset(manifest[digest]) for digest, paths in state.items() for path in paths}


def _description(checked: CheckedInventory, version: str) -> list[object]:
    block = checked.data["versions"][version]
    return [block.get(key) for key in ("created", "message", "user")]


def validate_storage_root(root: Path) -> tuple[Problem, ...]:
    """Findings of the root and the folders down to its objects, not of the objects."""
    findings = Findings(MESSAGES)
    names = sorted(path.name for path in root.glob("0=*"))
    sound = len(names) == 1 and names[0] in ("0=ocfl_1.0", "0=ocfl_1.1")
    if not sound or _head_bytes(root / names[0]) != names[0][2:].encode() + b"\n":
        findings.error("E069", ".", found="、".join(names))
    if (root / "ocfl_layout.json").exists() and not _is_layout(root / "ocfl_layout.json"):
        findings.error("E070", "ocfl_layout.json")
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and folder.name != "extensions":
            _hierarchy(folder, root, findings)
    return findings.as_tuple()


def _is_layout(path: Path) -> bool:
    try:
        data = load_json(path)
    except (ValueError, OSError):
        return False
    return isinstance(data, dict) and all(isinstance(data.get(k), str) for k in ("extension", "description"))


def _hierarchy(folder: Path, root: Path, findings: Findings) -> None:
    place = folder.relative_to(root).as_posix()
    entries = list(folder.iterdir())
    if any(entry.name.startswith("0=ocfl_object_") for entry in entries):
        return
    if not entries:
        findings.error("E073", place, found=place)
    for entry in sorted(entries):
        if entry.is_symlink() or not entry.is_dir():
            findings.error("E072", place, found=entry.relative_to(root).as_posix())
        else:
            _hierarchy(entry, root, findings)
