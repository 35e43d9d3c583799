"""Plain folders with a catalogue as facts: each row an item, its files found in the folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.fourprops.facts import PackageFacts
from lantai.kit.numbering import ReferenceCodeInvalid
from lantai.kit.packages import names
from lantai.kit.packages.catalogue.checking import Entry
from lantai.kit.packages.catalogue.findings import CappedFindings
from lantai.kit.packages.catalogue.mapping import Saved
from lantai.kit.packages.catalogue.reader import CatalogueReader
from lantai.kit.packages.catalogue.rules import read_code
from lantai.kit.packages.catalogue.sent import lists_attachments, sent_item
from lantai.kit.packages.catalogue.tables import has_catalogue, is_table_name, table_files
from lantai.kit.packages.catalogue.vocabulary import vocabulary
from lantai.kit.packages.found import FolderSeen, FoundFile, FoundFiles
from lantai.kit.packages.sent import (
    Declared,
    Keys,
    SentFile,
    SentItem,
    SentPackage,
    SentReader,
    by_area,
    joined,
    whole,
)
from lantai.kit.packages.spreadsheet.digests import AMBIGUOUS, WEAK, settled
from lantai.kit.packages.spreadsheet.listed import Listed, file_lists, listed_in
from lantai.kit.packages.spreadsheet.locating import FolderNames, Locator, PathOutside
from lantai.kit.packages.spreadsheet.messages import MESSAGES
from lantai.kit.packages.spreadsheet.roles import role_by_name, with_main

_AMBIGUOUS_SHOWN = "SHA-256/SM3"
_STRUCTURE = frozenset({"files-missing", "folder-ambiguous", "file-claimed", "link", "name"})


def is_here(folder: Path, names_here: frozenset[str]) -> bool:
    """Whether a table here proves to be a catalogue, and there are other things beside it."""
    if not any(map(is_table_name, names_here)):
        return False
    others = (path for path in folder.iterdir() if not names.is_system_file(path.name))
    beside = any(path.is_dir() or not is_table_name(path.name) for path in others)
    return beside and has_catalogue(folder, vocabulary())


def open_sent(folder: Path, inside: str, *, saved: Saved | None = None) -> SentReader:
    """The package in ``folder``; ``saved`` is the mapping of columns agreed with the agency."""
    return _SpreadsheetSent(folder, inside, saved)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file of an item with what was stated of it; one without ``found`` is only stated."""

    path: str
    found: FoundFile | None
    stated: Listed | None


class _SpreadsheetSent:
    def __init__(self, folder: Path, inside: str, saved: Saved | None) -> None:
        self._folder = folder
        self._inside = inside
        self._words = vocabulary()
        self._findings = CappedFindings(MESSAGES)
        self._reader = CatalogueReader(table_files(folder), saved=saved, findings=self._findings)
        self._names = FolderNames()
        self._files = FoundFiles(folder, self._look)
        self._locator = Locator(self._files, self._names)
        self._lists = file_lists(self._reader.file_lists, self._findings)
        self._of_catalogue = self._reader.files
        for name in self._of_catalogue:
            self._files.take(name)
        self._keys = Keys()
        self._count = self._stated = self._digests = 0
        self._weak: Counter[str] = Counter()

    def _look(self, seen: FolderSeen) -> None:
        self._names.see(seen)
        for name in seen.specials:
            self._findings.error("link", seen.at(name), path=names.shown(seen.at(name)))
        for name, _size in seen.files:
            reason = names.trouble_with(name)
            if reason:
                self._findings.error("name", seen.at(name), path=names.shown(seen.at(name)), reason=reason)

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        lists = lists_attachments(self._reader)
        for entry in self._reader.entries():
            self._count += 1
            key = self._keys.give(entry.code, *entry.places)
            files = tuple(self._sent(entry, self._located(entry)))
            yield sent_item(entry, self._words, key, len(files), lists_attachments=lists), files
        for code, listed in self._lists.items():  # each was taken out with its item
            for one in listed:
                self._findings.error("list-code-unknown", one.place, code=code)

    def loose(self) -> Iterator[SentFile]:
        for file in self._loose():
            yield SentFile(joined(self._inside, file.path), file.path.rpartition("/")[2], file.size_bytes)

    def _loose(self) -> Iterator[FoundFile]:
        return (file for file in self._files.left() if not names.is_system_file(file.path))

    def _located(self, entry: Entry) -> tuple[_Taken, ...]:
        """The files of one item, by the surest way that finds any."""
        listed = (*self._lists.pop(entry.code, ()), *listed_in(entry, self._findings))
        self._stated += sum(bool(one.path) for one in listed)
        self._digests += sum(bool(one.digests) for one in listed)
        if any(one.path for one in listed):
            taken = [found for one in listed if one.path for found in self._at_path(one)]
            return tuple({one.path: one for one in reversed(taken)}.values())[::-1]
        found = self._by_name(entry)
        if not listed:
            return tuple(_Taken(file.path, file, None) for file in found)
        if len(listed) != len(found):
            self._findings.warning("digest-unplaced", entry.place, count=len(listed), files=len(found))
            return tuple(_Taken(file.path, file, None) for file in found)
        return tuple(_Taken(file.path, file, one) for file, one in zip(found, listed, strict=True))

    def _at_path(self, listed: Listed) -> Iterator[_Taken]:
        try:
            found = self._only_content(self._locator.at_path(listed.path))
        except PathOutside:
            self._findings.error("path-outside", listed.place, path=names.shown(listed.path))
            return
        if self._locator.is_folder(listed.path):
            yield from (_Taken(file.path, file, None) for file in found)
        elif len(found) == 1:
            yield _Taken(found[0].path, found[0], listed)
        else:
            shown = names.shown(listed.path)
            code = "path-ambiguous" if found else "path-missing"
            self._findings.error(code, listed.place, path=shown, count=len(found))
            yield _Taken(listed.path.replace("\\", "/"), None, listed)

    def _by_name(self, entry: Entry) -> Sequence[FoundFile]:
        folders = self._locator.folders_of(entry.code)
        if len(folders) > 1:
            shown = "、".join(map(names.shown, folders))
            self._findings.error("folder-ambiguous", entry.place, code=entry.code, folders=shown)
            return ()
        found = self._locator.in_folder(folders[0]) if folders else ()
        found = self._only_content(found or self._locator.by_prefix(entry.code))
        found = found or self._only_content(self._by_number(entry))
        if not found:
            self._findings.error("files-missing", entry.place, code=entry.code or entry.first("title"))
        return found

    def _by_number(self, entry: Entry) -> tuple[FoundFile, ...]:
        number, year = entry.first("agencyItemNumber"), entry.first("year")
        try:
            code = read_code(entry.code, None)
        except ReferenceCodeInvalid:
            pass  # told already; the columns may still have the number
        else:
            number, year = number or str(code.number), year or str(code.year or "")
        return self._locator.by_number(int(number), year) if number.isdecimal() else ()

    def _only_content(self, files: Sequence[FoundFile]) -> tuple[FoundFile, ...]:
        return tuple(
            file
            for file in files
            if file.path not in self._of_catalogue and not names.is_system_file(file.path)
        )

    def _sent(self, entry: Entry, taken: Sequence[_Taken]) -> Iterator[SentFile]:
        told = [(one.stated.role if one.stated else "") or role_by_name(one.path) for one in taken]
        for one, role in zip(taken, with_main(told), strict=True):
            if one.found is None:
                yield self._missing(one, role)
                continue
            if self._files.is_taken(one.path):
                self._findings.error("file-claimed", entry.place, path=names.shown(one.path))
            self._files.take(one.path)
            name = one.path.rpartition("/")[2]
            declared = self._declared(one.path, one.found.size_bytes, one.stated)
            yield SentFile(joined(self._inside, one.path), name, one.found.size_bytes, declared, role=role)

    def _missing(self, one: _Taken, role: str) -> SentFile:
        name = one.path.rpartition("/")[2]
        path = joined(self._inside, one.path if names.is_inside(one.path) else name)
        digests = dict(one.stated.digests) if one.stated else {}
        digests.pop(AMBIGUOUS, None)
        return SentFile(path, name, 0, Declared(name=name, digests=digests), is_missing=True, role=role)

    def _declared(self, path: str, size: int, stated: Listed | None) -> Declared:
        if stated is None:
            return Declared()
        digests, wrong = settled(self._folder / path, stated.digests)
        shown = names.shown(path)
        for algorithm in wrong:
            named = _AMBIGUOUS_SHOWN if algorithm == AMBIGUOUS else algorithm.upper()
            self._findings.error("digest-differs", stated.place, path=shown, algorithm=named)
        if digests and digests.keys() <= WEAK:
            self._weak[max(digests)] += 1
        size_bytes = whole(stated.size)
        if size_bytes is not None and size_bytes != size:
            self._findings.error("size-differs", stated.place, path=shown, actual=size, stated=stated.size)
        name = stated.path.replace("\\", "/").rpartition("/")[2]
        is_whole = "." in name  # a name without its extension is no statement about the extension
        return Declared(name=name if is_whole else None, size_bytes=size_bytes, digests=digests)

    def package(self) -> SentPackage:
        for algorithm, count in sorted(self._weak.items()):
            self._findings.warning("digest-weak", "", count=count, algorithm=algorithm.upper())
        self._findings.tell_uncounted()
        facts = self._facts()
        return SentPackage(facts, self._keys.of_problems(facts))

    def _facts(self) -> PackageFacts:
        areas = by_area(self._findings, _area)
        loose = tuple(file.path for file in self._loose())
        tables = [name for name in self._of_catalogue if name in self._files]
        return PackageFacts(
            kind="spreadsheet",
            item_count=self._count,
            bytes=self._files.byte_count - sum(map(self._files.size_of, tables)),
            declared_file_count=self._stated or None,
            file_count=len(self._files) - len(tables),
            structure_problems=areas.get("structure", ()),
            catalogue_problems=areas.get("catalogue", ()),
            manifest_problems=areas.get("manifest", ()) if self._stated or self._digests else None,
            metadata_problems=(),
            extra_files=loose,
            unlinked_files=loose,
            readable_metadata=True,
        )


def _area(code: str) -> str:
    if code in _STRUCTURE:
        return "structure"
    return "manifest" if code.startswith(("digest-", "path-", "size-", "list-")) else "catalogue"
