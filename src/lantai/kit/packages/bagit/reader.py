"""Reading and judging bags (RFC 8493, and BagIt 0.93 to 0.97), every file read once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.digests import CHUNK_BYTES, Running, new_sm3
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.bagit.messages import MESSAGES
from lantai.kit.packages.bagit.tagfiles import Manifest, TagFiles, TagReader
from lantai.kit.packages.problems import Findings, Problem

_OXUM = re.compile(r"(\d+)\.(\d+)")


class NotABag(Invalid):
    """There is no folder, or none that says that it is a bag."""

    message = N_("“%(name)s”不是 BagIt 包：没有 bagit.txt。")


@dataclass(frozen=True, slots=True)
class BagFile:
    """One payload file; ``path`` begins with ``data/``."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag as it lies there; ``problems`` tell whether it is to be trusted."""

    folder: Path
    version: str
    info: tuple[tuple[str, str], ...]
    files: tuple[BagFile, ...]
    algorithms: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        """Whether no problem is an error."""
        return all(problem.severity != "error" for problem in self.problems)


def read_bag(folder: Path, *, check_digests: bool = True) -> Bag:
    """Read and validate the bag in ``folder``; raises `NotABag` only where there is nothing to read."""
    if not (folder / "bagit.txt").exists():
        raise NotABag(name=folder.name)
    return _judge(folder, check_digests=check_digests)


def validate_bag(folder: Path, *, check_digests: bool = True) -> tuple[Problem, ...]:
    """Every finding about the bag in ``folder``, which may lack anything."""
    return _judge(folder, check_digests=check_digests).problems


def _judge(folder: Path, *, check_digests: bool) -> Bag:
    check = _BagCheck(folder)
    check.run(check_digests=check_digests)
    payload = [manifest for manifest in check.tags.manifests if not manifest.is_tag]
    return Bag(
        folder=folder,
        version=check.tags.version,
        info=tuple(check.tags.info),
        files=tuple(BagFile(path, size) for path, size in check.sizes.items() if path.startswith("data/")),
        algorithms=tuple(manifest.algorithm for manifest in payload),
        problems=check.findings.as_tuple(),
    )


class _BagCheck:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings = Findings(MESSAGES)
        self.tags = TagFiles()
        self.sizes: dict[str, int] = {}
        self._by_key: dict[str, str] = {}
        self._expected: dict[str, list[tuple[Manifest, str]]] = {}

    def run(self, *, check_digests: bool) -> None:
        for path, size in self._walk():
            self.sizes[path] = size
        self.tags = TagReader(self.folder, self.findings).read()
        self._look_alikes()
        payload = [manifest for manifest in self.tags.manifests if not manifest.is_tag]
        if not (self.folder / "data").is_dir():
            self.findings.error("no-payload", "data")
        if not payload:
            self.findings.error("no-manifest", ".")
        for manifest in self.tags.manifests:
            self._listed_files(manifest)
        self._unlisted(payload)
        self._oxum()
        if check_digests:
            for path in sorted(self._expected):
                self._digests_of(path)

    def _walk(self) -> Iterator[tuple[str, int]]:
        for parent, folders, files in os.walk(self.folder):
            here = Path(parent).relative_to(self.folder).as_posix()
            for name in sorted([*folders, *files]):
                path = Path(parent, name)
                relative = name if here == "." else f"{here}/{name}"
                if path.is_symlink() or not (path.is_dir() or path.is_file()):
                    self.findings.error("link", here, found=relative)
                elif path.is_file():
                    yield relative, path.stat().st_size

    def _look_alikes(self) -> None:
        for path in sorted(self.sizes):
            other = self._by_key.setdefault(names.key_of(path), path)
            if other != path:
                self.findings.warning("same-name", path, found=path, other=other)
            if path.startswith("data/") and names.is_system_file(path):
                self.findings.warning("system-file", path, found=path)

    def _listed_files(self, manifest: Manifest) -> None:
        keys: dict[str, str] = {}
        for path, digest in manifest.entries.items():
            twin = keys.setdefault(names.key_of(path), path)
            if twin != path:
                self.findings.warning("same-name", manifest.name, found=path, other=twin)
            found = self._found(manifest, path, has_twin=twin != path)
            if found:
                self._expected.setdefault(found, []).append((manifest, digest))

    def _found(self, manifest: Manifest, path: str, *, has_twin: bool) -> str:
        """The file that ``path`` means, under the name it has on this disk; empty where there is none."""
        if path in self.sizes:
            return path
        other = self._by_key.get(names.key_of(path), "")
        if other and (has_twin or other not in manifest.entries):
            # a disk that folds case or normalises Unicode keeps one file for two spellings
            self.findings.warning("written-otherwise", manifest.name, found=path, other=other)
            return other
        if path in self.tags.fetch:
            self.findings.error("to-fetch", manifest.name, found=path)
        elif names.is_system_file(path):
            self.findings.warning("system-file", manifest.name, found=path)
        else:
            self.findings.error("missing", manifest.name, found=path)
        return ""

    def _unlisted(self, payload: list[Manifest]) -> None:
        """1.0 asks that every manifest lists every file; before, one of them was enough."""
        listed = [{names.key_of(path) for path in manifest.entries} for manifest in payload]
        for path in sorted(path for path in self.sizes if path.startswith("data/")):
            lacking = [
                one.name for one, keys in zip(payload, listed, strict=True) if names.key_of(path) not in keys
            ]
            if len(lacking) == len(payload) or (self.tags.version == "1.0" and lacking):
                self.findings.error("unlisted", "、".join(lacking) or "manifest", found=path)

    def _oxum(self) -> None:
        stated = [value for label, value in self.tags.info if label.casefold() == "payload-oxum"]
        payload = [size for path, size in self.sizes.items() if path.startswith("data/")]
        actual = f"{sum(payload)}.{len(payload)}"
        for value in stated:
            if not _OXUM.fullmatch(value) or value != actual:
                self.findings.error("oxum", "bag-info.txt", found=value, actual=actual)

    def _digests_of(self, path: str) -> None:
        expected = self._expected[path]
        running = {manifest.algorithm: _new(manifest.algorithm) for manifest, _digest in expected}
        with (self.folder / path).open("rb", buffering=0) as stream:
            while data := stream.read(CHUNK_BYTES):
                for one in running.values():
                    one.update(data)
        for manifest, digest in expected:
            if running[manifest.algorithm].hexdigest() != digest:
                self.findings.error("digest", manifest.name, found=path)


def _new(algorithm: str) -> Running:
    return new_sm3() if algorithm == "sm3" else hashlib.new(algorithm, usedforsecurity=False)
