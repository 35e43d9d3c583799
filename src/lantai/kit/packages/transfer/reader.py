"""Reading a transfer package of DA/T 93-2022: whatever is wrong in it is listed, not raised."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lantai.kit.errors import N_, Invalid
from lantai.kit.numbering import normalise
from lantai.kit.packages import names
from lantai.kit.packages.found import FolderSeen, FoundFile, FoundFiles
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.transfer.manifest_check import check_manifests, read_manifests
from lantai.kit.packages.transfer.messages import MESSAGES
from lantai.kit.packages.transfer.metadata import read_metadata
from lantai.kit.packages.transfer.types import (
    CATALOGUE_FILE,
    COLUMNS,
    DESCRIPTION_FILE,
    METADATA_WORD,
    OTHERS,
    REQUIRED_COLUMNS,
    REQUIRED_KEYS,
    CatalogueRow,
    TransferItem,
    TransferPackage,
)
from lantai.kit.packages.xml import End, Start, XmlBroken, XmlHostile, read_events

MAX_DESCRIPTION_BYTES = 1024 * 1024
_PAIR = re.compile(r"\s*([^:：]{1,40}?)\s*[:：]\s*(.*)", re.DOTALL)
_COUNT = re.compile(r"(\d+)\s*(?:件|卷)?", re.ASCII)
_RANGE = re.compile(r"\s*(?:~|～|—|–|至|到)+\s*")


class NotATransfer(Invalid):
    """Neither of the two files that make a folder a transfer package."""

    message = N_("“%(name)s”不是 DA/T 93 移交包：没有“说明文件.TXT”，也没有“目录文件.XML”。")


def read_transfer(folder: Path, *, check_digests: bool = True) -> TransferPackage:
    """Read the package in ``folder``; raises `NotATransfer` only where there is nothing to read."""
    reader = TransferReader(folder)
    items = tuple(reader.items())
    reader.finish(check_digests=check_digests)
    return TransferPackage(folder, reader.description, items, tuple(reader.files), reader.findings.as_tuple())


class TransferReader:
    """Gives the items one after the other, so that a package of any size fits; then `finish`.

    ``findings`` grow while the items are taken and are complete after `finish`.
    """

    def __init__(self, folder: Path) -> None:
        names_here = {path.name.casefold(): path for path in folder.iterdir()} if folder.is_dir() else {}
        self._description_file = names_here.get(DESCRIPTION_FILE.casefold())
        self._catalogue_file = names_here.get(CATALOGUE_FILE.casefold())
        if self._description_file is None and self._catalogue_file is None:
            raise NotATransfer(name=folder.name)
        self.folder = folder
        self.findings = Findings(MESSAGES)
        self.description: Mapping[str, str] = self._read_description()
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

    def declared_digests(self, path: str) -> dict[str, str]:
        """Algorithm → digest of the file ``path``, as the manifests say."""
        return self._declared.of(path)

    def loose(self) -> Iterator[FoundFile]:
        """The files that are the content of no item, after `items`."""
        yield from self.files.left()
        yield from self._metadata_files

    def items(self) -> Iterator[TransferItem]:
        """Each item of the catalogue, in its order, with its files and metadata."""
        seen: set[str] = set()
        for number, row in enumerate(self._rows(), 1):
            code = normalise(row.reference_code)
            self._check_row(number, row, code, seen)
            seen.add(code)
            self.item_count = number
            self._ends = (self._ends[0] if self._ends else row.reference_code, row.reference_code)
            yield self._item(row, code)

    def finish(self, *, check_digests: bool = True) -> None:
        """Check what only the whole package can show: counts, leftovers, manifests."""
        self._compare_with_description()
        for file in self.files.left():
            if "/" in file.path and not file.path.startswith(f"{OTHERS}/"):
                self.findings.error("file-unlisted", file.path, found=file.path)
        if check_digests:
            check_manifests(self.folder, self.files, self._declared, self.findings)

    def _read_description(self) -> dict[str, str]:
        path = self._description_file
        if path is None or path.is_symlink() or not path.is_file():
            self.findings.error("description-missing", DESCRIPTION_FILE)
            return {}
        with path.open("rb") as stream:
            raw = stream.read(MAX_DESCRIPTION_BYTES + 1)
        if len(raw) > MAX_DESCRIPTION_BYTES:
            self.findings.error("description-size", path.name)
            return {}
        found = self._pairs(self._decoded(raw, path.name))
        for key in REQUIRED_KEYS:
            if not found.get(key):
                self.findings.error("description-key", path.name, found=key)
        return found

    def _pairs(self, text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        last = ""
        for number, line in enumerate(text.splitlines(), 1):
            pair = _PAIR.fullmatch(line)
            if pair is None and last and line.strip():
                found[last] = f"{found[last]} {line.strip()}"
            elif pair is None and line.strip():
                self.findings.warning("description-line", DESCRIPTION_FILE, line=number)
            elif pair is not None and pair[1] in found:
                self.findings.warning("description-twice", DESCRIPTION_FILE, found=pair[1])
            elif pair is not None:
                last = pair[1]
                found[last] = pair[2].strip()
        return found

    def _decoded(self, raw: bytes, place: str) -> str:
        for encoding in ("utf-8-sig", "gb18030"):
            if encoding == "gb18030" and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                break
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        self.findings.error("encoding", place)
        return ""

    def _look(self, seen: FolderSeen) -> None:
        """Names in one folder: two paths collide only where two names in one folder do."""
        keys: dict[str, str] = {}
        for name in seen.specials:
            self.findings.error("link", seen.at(name), found=seen.at(name))
        for name in (*seen.folders, *(file for file, _size in seen.files)):
            path = seen.at(name)
            if reason := names.trouble_with(name):
                self.findings.error("name", names.shown(path), found=names.shown(path), reason=reason)
            other = keys.setdefault(names.look_alike_key(name), path)
            if other != path:
                self.findings.warning("same-name", path, found=path, other=other)
        if seen.path and not seen.path.startswith(f"{OTHERS}/") and seen.path != OTHERS:
            self._folders.setdefault(normalise(seen.path.rpartition("/")[2]), []).append(seen.path)

    def _rows(self) -> Iterator[CatalogueRow]:
        path = self._catalogue_file
        if path is None or path.is_symlink() or not path.is_file():
            self.findings.error("catalogue-missing", CATALOGUE_FILE)
            return
        try:
            with path.open("rb") as stream:
                yield from self._rows_of(read_events(stream))
        except (XmlBroken, XmlHostile) as refused:
            self.findings.error("catalogue-broken", path.name, reason=str(refused))

    def _rows_of(self, events: Iterator[Start | End]) -> Iterator[CatalogueRow]:
        values: dict[str, str] = {}
        number = 0
        for event in events:
            if event.depth == 1 and isinstance(event, Start) and event.name != "文件目录":
                self.findings.error("catalogue-root", CATALOGUE_FILE, found=event.name)
                return
            if event.depth == 2 and isinstance(event, Start):
                number += 1
                values = {}
                if event.name != "文件":
                    self.findings.error("catalogue-element", CATALOGUE_FILE, line=number, found=event.name)
            elif event.depth == 3 and isinstance(event, End):
                if event.name in COLUMNS:
                    values[COLUMNS[event.name]] = event.text
                else:
                    self.findings.warning("catalogue-element", CATALOGUE_FILE, line=number, found=event.name)
            elif event.depth == 2 and event.name == "文件":
                yield CatalogueRow(**values)

    def _check_row(self, number: int, row: CatalogueRow, code: str, seen: set[str]) -> None:
        for element in REQUIRED_COLUMNS:
            if not getattr(row, COLUMNS[element]):
                self.findings.error("row-incomplete", CATALOGUE_FILE, line=number, found=element)
        if code and code in seen:
            self.findings.error("row-twice", CATALOGUE_FILE, line=number, found=row.reference_code)
        if row.sequence != str(number) and row.sequence.lstrip("0") != str(number):
            self.findings.warning("row-sequence", CATALOGUE_FILE, line=number, found=row.sequence)

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
        held = [file for file in files if _is_metadata(file.path)]
        content = [file for file in files if not _is_metadata(file.path)]
        if not self.files.is_taken(files[0].path):
            self._metadata_files.extend(held)
            self.files.take(folder)
        self._check_folder(row.reference_code, folder, len(held), len(content))
        metadata_file = held[0].path if held else ""
        return TransferItem(row, folder, tuple(content), metadata_file, self._metadata(metadata_file, code))

    def _check_folder(self, code: str, folder: str, metadata_count: int, content_count: int) -> None:
        if metadata_count == 0:
            self.findings.error("metadata-missing", folder, found=code)
        elif metadata_count > 1:
            self.findings.warning("metadata-twice", folder, found=code)
        if content_count == 0:
            self.findings.error("content-missing", folder, found=code)

    def _metadata(self, path: str, code: str) -> dict[str, tuple[str, ...]]:
        if not path:
            return {}
        try:
            found = read_metadata(self.folder / path)
        except (XmlBroken, XmlHostile) as refused:
            self.findings.error("metadata-broken", path, reason=str(refused))
            return {}
        for stated in found.get("档号", ()):
            if normalise(stated) != code:
                self.findings.error("metadata-differs", path, found=stated)
        return found

    def _compare_with_description(self) -> None:
        stated = self.description.get("档案数量", "")
        count = _COUNT.fullmatch(stated)
        if stated and (count is None or int(count[1]) != self.item_count):
            self.findings.error("count-differs", DESCRIPTION_FILE, found=stated, actual=self.item_count)
        ends = [normalise(part) for part in _RANGE.split(self.description.get("起止档号", "")) if part]
        actual = self._ends or ()
        if len(ends) == 2 and actual and ends != [normalise(code) for code in actual]:
            self.findings.warning(
                "range-differs", DESCRIPTION_FILE, found="～".join(ends), actual="～".join(actual)
            )


def _is_metadata(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.casefold().endswith(".xml") and METADATA_WORD in name
