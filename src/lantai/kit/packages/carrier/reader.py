"""Reading a carrier in the layout of 2012: whatever is wrong in it is listed, not raised."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from lantai.kit.errors import N_, Invalid
from lantai.kit.numbering import normalise
from lantai.kit.packages import names
from lantai.kit.packages.carrier.messages import MESSAGES
from lantai.kit.packages.carrier.types import BETWEEN, CONTENT, ITEMS, TOLD, VOLUMES, CarrierItem, CarrierRow
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
from lantai.kit.packages.transfer.manifest_check import check_manifests, read_manifests
from lantai.kit.packages.transfer.metadata import is_metadata, read_of_item


class NotACarrier(Invalid):
    """None of the marks of the layout."""

    message = N_("“%(name)s”不是 2012 年办法的移交载体：没有“文件目录.XML”，也没有“案卷目录.XML”。")


class CarrierReader:
    """Gives the items one after the other, so that a carrier of any size fits; then `finish`.

    ``findings`` grow while the items are taken and are complete after `finish`.
    """

    def __init__(self, folder: Path) -> None:
        here = by_name(folder)
        self._item_list = here.get(ITEMS.file.casefold())
        self._volume_list = here.get(VOLUMES.file.casefold())
        if self._item_list is None and self._volume_list is None:
            raise NotACarrier(name=folder.name)
        self.folder = folder
        self.findings = Findings(MESSAGES)
        self._named: dict[str, list[str]] = {}  # key of a name, or of a name without its suffix → paths
        self._folders: dict[str, list[str]] = {}  # key of a name → the folders of that name
        self.files = FoundFiles(folder, self._look)
        description = here.get(DESCRIPTION_FILE.casefold())
        self.description = read_description(description, DESCRIPTION_FILE, (), self.findings)
        self._check_description()
        self._table = read_manifests(folder, self.files, self.findings)
        self.volumes: tuple[CarrierRow, ...] = tuple(self._read_volumes())
        self._volume_codes = frozenset(normalise(row.reference_code) for row in self.volumes)
        self._metadata_files: list[FoundFile] = []
        self.item_count = 0

    @property
    def declared_file_count(self) -> int | None:
        """How many files the manifests list; None where there is no manifest."""
        return self._table.path_count if self._table.algorithms else None

    def declared_digests(self, path: str) -> dict[str, str]:
        """Algorithm → digest of the file ``path``, as the manifests say."""
        return self._table.of(path)

    def items(self) -> Iterator[CarrierItem]:
        """Each item of 文件目录.XML, in its order, with its files and metadata."""
        checks = RowChecks(ITEMS, self.findings)
        for values in read_rows(self._item_list, ITEMS, self.findings):
            row = CarrierRow(**values)
            checks.check(values, normalise(row.reference_code))
            self.item_count += 1
            self._check_volume(row.reference_code)
            yield self._item(row)

    def loose(self) -> Iterator[FoundFile]:
        """The files that are the content of no item, after `items`."""
        yield from self.files.left()
        yield from self._metadata_files

    def finish(self, digests_left: Collection[str] = ()) -> None:
        """Check what only the whole carrier can show: leftovers and manifests; not the digests that are left."""
        if not self.files.below(CONTENT):
            self.findings.error("content-folder", CONTENT)
        for file in self.files.left():
            if file.path.startswith(f"{CONTENT}/"):
                self.findings.error("file-unlisted", file.path, found=file.path)
        check_manifests(self.folder, self.files, self._table, self.findings, digests_left)

    def _look(self, seen: FolderSeen) -> None:
        look_at_names(seen, self.findings)
        if seen.path == OTHERS or seen.path.startswith(f"{OTHERS}/") or not seen.path:
            return
        self._folders.setdefault(_key(seen.path.rpartition("/")[2]), []).append(seen.path)
        for name, _size in seen.files:
            for key in {_key(name), _key(name.rpartition(".")[0] or name)}:
                self._named.setdefault(key, []).append(seen.at(name))

    def _check_description(self) -> None:
        for told, words in TOLD.items():
            if self.description and not any(
                value and any(word in key for word in words) for key, value in self.description.items()
            ):
                self.findings.warning("description-key", DESCRIPTION_FILE, found=told)

    def _read_volumes(self) -> Iterator[CarrierRow]:
        if self._volume_list is None:
            return
        checks = RowChecks(VOLUMES, self.findings)
        for values in read_rows(self._volume_list, VOLUMES, self.findings):
            row = CarrierRow(**values)
            checks.check(values, normalise(row.reference_code))
            yield row

    def _check_volume(self, code: str) -> None:
        """The code of an item begins with that of its volume (DA/T 13)."""
        parts = normalise(code).split("-")
        above = {"-".join(parts[:count]) for count in range(1, len(parts))}
        if self._volume_codes and not above & self._volume_codes:
            self.findings.warning("volume-missing", code, code=code)

    def _item(self, row: CarrierRow) -> CarrierItem:
        files: dict[str, FoundFile] = {}
        missing = []
        for name in _names(row.names, self._is_known):
            found = self._find(name, row.reference_code)
            if not found:
                missing.append(name)
            files.update((path, FoundFile(path, self.files.size_of(path))) for path in found)
        content = {path: file for path, file in files.items() if not is_metadata(path)}
        for path in content:
            if self.files.is_taken(path):
                self.findings.error("file-twice", path, name=path, code=row.reference_code)
            self.files.take(path)
        metadata_file = self._metadata_file(row, files)
        metadata = read_of_item(self.folder, metadata_file, row.reference_code, self.findings)
        return CarrierItem(row, tuple(content.values()), tuple(missing), metadata_file, metadata)

    def _is_known(self, name: str) -> bool:
        return bool(self._paths(name))

    def _paths(self, name: str) -> list[str]:
        """The files that a name may mean: a path, a name with or without its suffix, or a folder's files."""
        place = name.strip().replace("\\", "/").strip("/")
        for path in (place, f"{CONTENT}/{place}"):
            if path in self.files and not path.startswith(f"{OTHERS}/"):
                return [path]
            if path not in ("", CONTENT, f"{CONTENT}/") and (below := self.files.below(path)):
                return [file.path for file in below]
        if found := self._named.get(_key(place)):
            return found
        folders = self._folders.get(_key(place), [])
        return [file.path for file in self.files.below(folders[0])] if len(folders) == 1 else []

    def _find(self, name: str, code: str) -> list[str]:
        found = self._paths(name)
        if not found:
            self.findings.error("file-missing", code or ITEMS.file, name=name, code=code)
        if len(found) < 2 or len({path.rpartition("/")[0] for path in found}) == 1:
            return found
        wanted = normalise(code)
        own = [path for path in found if wanted and wanted in map(normalise, path.split("/")[:-1])]
        if own or self.files.below(f"{CONTENT}/{name}") or self._folders.get(_key(name)):
            return own or found
        self.findings.error("file-ambiguous", code or ITEMS.file, name=name, code=code, count=len(found))
        return []

    def _metadata_file(self, row: CarrierRow, files: Mapping[str, FoundFile]) -> str:
        """The metadata among the files of the item, beside them under their name, or in the item's folder."""
        named = [path for path in files if is_metadata(path)]
        own = [] if named else self._metadata_beside(row.reference_code, files)
        if not named and not own and row.names:
            place = row.reference_code or ITEMS.file
            self.findings.error("metadata-missing", place, code=row.reference_code)
        for path in [*named, *own]:
            if not self.files.is_taken(path):
                self.files.take(path)
                self._metadata_files.append(FoundFile(path, self.files.size_of(path)))
        return next(iter([*named, *own]), "")

    def _metadata_beside(self, code: str, files: Mapping[str, FoundFile]) -> list[str]:
        of_code = self._folders.get(_key(code), [])
        folder = next(iter(files), "").rpartition("/")[0] or (of_code[0] if len(of_code) == 1 else "")
        if not folder:
            return []
        stems = {_key(path.rpartition("/")[2].rpartition(".")[0]) for path in files} | {_key(code)}
        is_own = normalise(folder.rpartition("/")[2]) == normalise(code)
        beside = (file.path for file in self.files.below(folder) if is_metadata(file.path))
        return [
            path
            for path in beside
            if is_own or any(stem and _key(path.rpartition("/")[2]).startswith(stem) for stem in stems)
        ]


def _names(text: str, is_known: Callable[[str], bool]) -> list[str]:
    """The names in 电子档案名称; a separator that belongs to a name is left in it."""
    if not text.strip() or is_known(text.strip()):
        return [text.strip()] if text.strip() else []
    parts = [part.strip() for part in BETWEEN.split(text) if part.strip()]
    if len(parts) == 1 and "、" in text:
        return [part.strip() for part in text.split("、") if part.strip()]
    return parts


def _key(name: str) -> str:
    return names.look_alike_key(name)
