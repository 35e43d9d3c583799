"""Reading a transfer package of DA/T 93-2022: whatever is wrong in it is listed, not raised."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from lantai.kit.errors import N_, Invalid
from lantai.kit.numbering import normalise
from lantai.kit.packages.found import FolderSeen, FoundFile, FoundFiles
from lantai.kit.packages.listed import (
    DESCRIPTION_FILE,
    OTHERS,
    RowChecks,
    by_name,
    look_at_names,
    read_description,
    read_rows,
)
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.sent import whole
from lantai.kit.packages.transfer.manifest_check import check_manifests, read_manifests
from lantai.kit.packages.transfer.messages import MESSAGES
from lantai.kit.packages.transfer.metadata import is_metadata, read_of_item
from lantai.kit.packages.transfer.types import (
    CATALOGUE_FILE,
    LISTING,
    REQUIRED_KEYS,
    CatalogueRow,
    TransferItem,
)

_AT_TOP = frozenset({DESCRIPTION_FILE.casefold(), CATALOGUE_FILE.casefold()})
_COUNT = re.compile(r"(\d+)\s*(?:件|卷)?", re.ASCII)
_RANGE = re.compile(r"\s*(?:~|～|—|–|至|到)+\s*")


class NotATransfer(Invalid):
    """Neither of the two files that make a folder a transfer package."""

    message = N_("“%(name)s”不是 DA/T 93 移交包：没有“说明文件.TXT”，也没有“目录文件.XML”。")


class TransferReader:
    """Gives the items one after the other, so that a package of any size fits; then `finish`.

    ``findings`` grow while the items are taken and are complete after `finish`.
    """

    def __init__(self, folder: Path) -> None:
        names_here = by_name(folder)
        self._description_file = names_here.get(DESCRIPTION_FILE.casefold())
        self._catalogue_file = names_here.get(CATALOGUE_FILE.casefold())
        if self._description_file is None and self._catalogue_file is None:
            raise NotATransfer(name=folder.name)
        self.folder = folder
        self.findings = Findings(MESSAGES)
        self.description: Mapping[str, str] = read_description(
            self._description_file, DESCRIPTION_FILE, REQUIRED_KEYS, self.findings
        )
        self._metadata_files: list[FoundFile] = []
        self._folders: dict[str, list[str]] = {}  # normal form of a name → the folders of that name
        self.files = FoundFiles(folder, self._look)
        self._declared = read_manifests(folder, self.files, self.findings)
        self._ends: tuple[str, str] | None = None
        self.item_count = 0

    @property
    def declared_file_count(self) -> int | None:
        """How many files the manifests list; None where there is no manifest."""
        return self._declared.path_count if self._declared.algorithms else None

    @property
    def declared_item_count(self) -> int | None:
        """How many items the description counts; None where it gives no number."""
        count = _COUNT.fullmatch(self.description.get("档案数量", ""))
        return whole(count[1]) if count else None

    def declared_digests(self, path: str) -> dict[str, str]:
        """Algorithm → digest of the file ``path``, as the manifests say."""
        return self._declared.of(path)

    def loose(self) -> Iterator[FoundFile]:
        """The files that are the content of no item, after `items`."""
        yield from self.files.left()
        yield from self._metadata_files

    def items(self) -> Iterator[TransferItem]:
        """Each item of the catalogue, in its order, with its files and metadata."""
        checks = RowChecks(LISTING, self.findings)
        for number, values in enumerate(read_rows(self._catalogue_file, LISTING, self.findings), 1):
            row = CatalogueRow(**values)
            code = normalise(row.reference_code)
            checks.check(values, code)
            self.item_count = number
            self._ends = (self._ends[0] if self._ends else row.reference_code, row.reference_code)
            yield self._item(row, code)

    def finish(self, digests_left: Collection[str] = ()) -> None:
        """Check what only the whole package can show: counts, leftovers, manifests; not the digests that are left."""
        self._compare_with_description()
        for file in self.files.left():
            if file.path.casefold() not in _AT_TOP and not file.path.startswith(f"{OTHERS}/"):
                self.findings.error("file-unlisted", file.path, found=file.path)
        check_manifests(self.folder, self.files, self._declared, self.findings, digests_left)

    def _look(self, seen: FolderSeen) -> None:
        look_at_names(seen, self.findings)
        if seen.path and not seen.path.startswith(f"{OTHERS}/") and seen.path != OTHERS:
            self._folders.setdefault(normalise(seen.path.rpartition("/")[2]), []).append(seen.path)

    def _item(self, row: CatalogueRow, code: str) -> TransferItem:
        below = {folder: self.files.below(folder) for folder in self._folders.get(code, ()) if code}
        held_in = {folder: files for folder, files in below.items() if files}
        if not held_in:
            if code:
                self.findings.error("folder-missing", row.reference_code, found=row.reference_code)
            return TransferItem(row, "", (), "", {})
        if len(held_in) > 1:
            self.findings.error("folder-twice", "、".join(held_in), found=row.reference_code)
        folder, files = next(iter(held_in.items()))
        held = [file for file in files if is_metadata(file.path)]
        content = [file for file in files if not is_metadata(file.path)]
        if not self.files.is_taken(files[0].path):
            self._metadata_files.extend(held)
            self.files.take(folder)
        self._check_folder(row.reference_code, folder, len(held), len(content))
        metadata_file = held[0].path if held else ""
        metadata = read_of_item(self.folder, metadata_file, code, self.findings)
        return TransferItem(row, folder, tuple(content), metadata_file, metadata)

    def _check_folder(self, code: str, folder: str, metadata_count: int, content_count: int) -> None:
        if metadata_count == 0:
            self.findings.error("metadata-missing", folder, found=code)
        elif metadata_count > 1:
            self.findings.warning("metadata-twice", folder, found=code)
        if content_count == 0:
            self.findings.error("content-missing", folder, found=code)

    def _compare_with_description(self) -> None:
        stated = self.description.get("档案数量", "")
        if stated and self.declared_item_count != self.item_count:
            self.findings.error("count-differs", DESCRIPTION_FILE, found=stated, actual=self.item_count)
        ends = [normalise(part) for part in _RANGE.split(self.description.get("起止档号", "")) if part]
        actual = self._ends or ()
        if len(ends) == 2 and actual and ends != [normalise(code) for code in actual]:
            self.findings.warning(
                "range-differs", DESCRIPTION_FILE, found="～".join(ends), actual="～".join(actual)
            )
