"""The digests that a reader left: compared with those that opening the files has brought anyway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lantai.kit.digests import digest_file
from lantai.kit.fourprops.facts import FileFacts, FileState, ItemFacts, PackageFacts, PackageProblem
from lantai.kit.packages.manifests import OurLines
from lantai.kit.packages.sent import DigestsLeft, SentPackage


class LeftDigests:
    """Watches the items of a package pass by, and knows the whole of it afterwards."""

    def __init__(self, package: SentPackage, folder: Path) -> None:
        self._package, self._folder = package, folder
        self._problems: dict[tuple[str, str], PackageProblem] = {}  # by list and path: an item may come twice
        self._lines: dict[str, OurLines] = {}

    def passing(self, items: Iterable[ItemFacts]) -> Iterator[ItemFacts]:
        """The items, unchanged, their digests compared where the reader did not."""
        left = self._package.digests_left
        for item in items:
            if left is not None:
                for file in item.files:
                    self._compare(file, left)
            yield item

    def package(self) -> PackageFacts:
        """After all items: the package with what is wrong by its lists of digests."""
        facts = self._package.facts
        if not self._problems:
            return facts
        return replace(facts, manifest_problems=(*(facts.manifest_problems or ()), *self._problems.values()))

    def _compare(self, file: FileFacts, left: DigestsLeft) -> None:
        declared = {name: file.declared_digests[name] for name in left.lists if name in file.declared_digests}
        if file.state is FileState.MISSING or not declared:
            return
        found = file.digests or self._digests_of(file)
        for name, digest in declared.items():
            if found.get(name) != digest:
                place, path = left.lists[name], self._inside(file.path, left)
                params: dict[str, str | int] = {
                    "place": place,
                    "found": path,
                    "line": self._line_of(place, path),
                }
                self._problems[place, path] = PackageProblem(left.message, params, path)

    def _line_of(self, place: str, path: str) -> int:
        left = self._package.digests_left
        inside = self._folder / (left.inside if left else "")
        with suppress(OSError, UnicodeDecodeError):
            return self._lines.setdefault(place, OurLines(inside / place)).line_of(path)
        return 0

    def _digests_of(self, file: FileFacts) -> dict[str, str]:
        """Of a file over which the worker died; what cannot be read is not as declared."""
        with suppress(OSError):
            digests, _size = digest_file(self._folder / file.path)
            return {"sha256": digests.sha256, "sha512": digests.sha512, "sm3": digests.sm3}
        return {}

    @staticmethod
    def _inside(path: str, left: DigestsLeft) -> str:
        """The path as the lists of the package give it."""
        return path.removeprefix(f"{left.inside}/") if left.inside not in ("", ".") else path
