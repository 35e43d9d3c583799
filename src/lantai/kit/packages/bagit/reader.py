"""Reading and judging bags (RFC 8493, and BagIt 0.93 to 0.97), every file read once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.digests import CHUNK_BYTES, Running, new_sm3
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.bagit.messages import MESSAGES
from lantai.kit.packages.bagit.tagfiles import Manifest, TagFiles, TagReader
from lantai.kit.packages.found import FolderSeen, FoundFile, FoundFiles
from lantai.kit.packages.problems import Findings, Problem

_OXUM = re.compile(r"(\d{1,18})\.(\d{1,18})", re.ASCII)
_PAYLOAD = "data"


class NotABag(Invalid):
    """There is no folder, or none that says that it is a bag."""

    message = N_("“%(name)s”不是 BagIt 包：没有 bagit.txt。")


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag as it lies there; ``problems`` tell whether it is to be trusted."""

    folder: Path
    version: str
    info: tuple[tuple[str, str], ...]
    found: FoundFiles
    manifests: tuple[Manifest, ...]
    problems: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        """Whether no problem is an error."""
        return all(problem.severity != "error" for problem in self.problems)

    @property
    def files(self) -> tuple[FoundFile, ...]:
        """The payload files; their paths begin with ``data/``."""
        return self.found.below(_PAYLOAD)

    @property
    def tag_files(self) -> tuple[FoundFile, ...]:
        """All files that are not payload."""
        return tuple(file for file in self.found if not file.path.startswith(f"{_PAYLOAD}/"))

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Of the payload's manifests."""
        return tuple(manifest.algorithm for manifest in self.manifests if not manifest.is_tag)

    def declared(self, path: str) -> dict[str, str]:
        """Algorithm → digest of the file ``path``, as the manifests say."""
        return {one.algorithm: one.entries[path].hex() for one in self.manifests if path in one.entries}


def read_bag(folder: Path) -> Bag:
    """Read and validate the bag in ``folder``; raises `NotABag` only where there is nothing to read."""
    if not (folder / "bagit.txt").exists():
        raise NotABag(name=folder.name)
    return _judge(folder)


def validate_bag(folder: Path) -> tuple[Problem, ...]:
    """Every finding about the bag in ``folder``, which may lack anything."""
    return _judge(folder).problems


def _judge(folder: Path) -> Bag:
    check = _BagCheck(folder)
    check.run()
    return Bag(
        folder=folder,
        version=check.tags.version,
        info=tuple(check.tags.info),
        found=check.files,
        manifests=tuple(check.tags.manifests),
        problems=check.findings.as_tuple(),
    )


class _BagCheck:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings = Findings(MESSAGES)
        self.files = FoundFiles(folder, self._look)
        self.tags = TagFiles()
        self._stayed_behind: set[str] = set()  # listed files of an operating system that are not here
        self._otherwise: dict[str, list[tuple[Manifest, str]]] = {}  # file → spellings of it in manifests

    def run(self) -> None:
        self.tags = TagReader(self.folder, self.findings).read()
        payload = [manifest for manifest in self.tags.manifests if not manifest.is_tag]
        if not (self.folder / _PAYLOAD).is_dir():
            self.findings.error("no-payload", _PAYLOAD)
        if not payload:
            self.findings.error("no-manifest", ".")
        for manifest in self.tags.manifests:
            for path in manifest.entries:
                if path not in self.files:
                    self._not_there(manifest, path)
        self._unlisted(payload)
        self._oxum()
        for path in self.files.paths:
            self._digests_of(path)

    def _look(self, seen: FolderSeen) -> None:
        """Names in one folder: two paths collide only where two names in one folder do."""
        keys: dict[str, str] = {}
        for name in seen.specials:
            self.findings.error("link", seen.path or ".", found=seen.at(name))
        for name in (*seen.folders, *(file for file, _size in seen.files)):
            path = seen.at(name)
            other = keys.setdefault(names.key_of(name), path)
            if other != path:
                self.findings.warning("same-name", path, found=path, other=other)
        for name, _size in seen.files:
            if seen.path.partition("/")[0] == _PAYLOAD and names.is_system_file(seen.at(name)):
                self.findings.warning("system-file", seen.at(name), found=seen.at(name))

    def _not_there(self, manifest: Manifest, path: str) -> None:
        """A listed path under which nothing lies may be another spelling of a file that does.

        A disk that folds case or normalises Unicode keeps one file for several spellings; their digests
        then tell whether it was one.
        """
        if other := self.files.alike(path):
            code = "same-name" if other in manifest.entries else "written-otherwise"
            self.findings.warning(code, manifest.name, found=path, other=other)
            self._otherwise.setdefault(other, []).append((manifest, path))
        elif path in self.tags.fetch:
            self.findings.error("to-fetch", manifest.name, found=path)
        elif names.is_system_file(path):
            self.findings.warning("system-file", manifest.name, found=path)
            self._stayed_behind.add(path)
        else:
            self.findings.error("missing", manifest.name, line=manifest.line_of(path), found=path)

    def _unlisted(self, payload: list[Manifest]) -> None:
        """1.0 asks that every manifest lists every file; before, one of them was enough."""
        for path in (path for path in self.files.paths if path.startswith(f"{_PAYLOAD}/")):
            spelled = [manifest for manifest, _path in self._otherwise.get(path, ())]
            lacking = [one.name for one in payload if path not in one.entries and one not in spelled]
            if len(lacking) == len(payload) or (self.tags.version == "1.0" and lacking):
                self.findings.error("unlisted", "、".join(lacking) or "manifest", found=path)

    def _oxum(self) -> None:
        payload = [file.size_bytes for file in self.files.below(_PAYLOAD)]
        actual = f"{sum(payload)}.{len(payload)}"
        for label, value in self.tags.info:
            if label.casefold() == "payload-oxum" and value != actual:
                stated = _OXUM.fullmatch(value)
                # listed .DS_Store and Thumbs.db may stay behind on the way (a warning there, so one here)
                count = len(payload) + len(self._stayed_behind)
                explained = stated and int(stated[1]) >= sum(payload) and int(stated[2]) == count
                tell = self.findings.warning if explained and self._stayed_behind else self.findings.error
                tell("oxum", "bag-info.txt", found=value, actual=actual)

    def _digests_of(self, path: str) -> None:
        expected = [(one, path) for one in self.tags.manifests if path in one.entries]
        expected += self._otherwise.get(path, ())
        running = {manifest.algorithm: _new(manifest.algorithm) for manifest, _listed in expected}
        if not expected:
            return
        with (self.folder / path).open("rb", buffering=0) as stream:
            while data := stream.read(CHUNK_BYTES):
                for one in running.values():
                    one.update(data)
        for manifest, listed in expected:
            if running[manifest.algorithm].digest() != manifest.entries[listed]:
                self.findings.error("digest", manifest.name, line=manifest.line_of(listed), found=path)


def _new(algorithm: str) -> Running:
    return new_sm3() if algorithm == "sm3" else hashlib.new(algorithm, usedforsecurity=False)
