"""Writing plain folders with a catalogue and a list of files, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.digests import Digests, Source, digest_file
from lantai.kit.errors import N_
from lantai.kit.packages import names
from lantai.kit.packages.building import NameInvalid, copy_hashed, new_folder
from lantai.kit.packages.catalogue.writer import (
    CATALOGUE_NAME,
    FILE_LIST_NAME,
    Form,
    NothingToList,
    RowSpool,
    cells_of,
    write_tables,
)
from lantai.kit.packages.spreadsheet.roles import WORDS, role_by_name, with_main
from lantai.kit.packages.transfer.types import OutgoingItem
from lantai.kit.packages.transfer.writer import CodeInvalid

_LIST_HEADINGS = ("档号", "文件路径", "文件角色", "文件大小", "SHA-256", "SM3")


@dataclass(frozen=True, slots=True)
class WrittenSpreadsheet:
    """What was written; sizes in bytes, the catalogue not counted."""

    folder: Path
    item_count: int
    file_count: int
    byte_count: int


def write_spreadsheet(
    target: Path, items: Iterable[OutgoingItem], *, form: Form = "xlsx", may_link: bool = False
) -> WrittenSpreadsheet:
    """Write ``items``, taken one after the other, as folders with a catalogue at ``target``.

    With ``may_link`` a file on the same disk is linked instead of copied: only for sources that will
    never be written to. Raises `TargetExists`, `NothingToList`, `CodeInvalid`, `NameInvalid`,
    `TooMuchForSheet`, `XmlUnsayable` and `StoreFull`.
    """
    with new_folder(target) as folder, RowSpool() as rows, RowSpool(_LIST_HEADINGS) as files:
        writing = _Writing(folder, rows, files, may_link=may_link)
        for item in items:
            writing.item(item)
        if not rows.count:
            raise NothingToList
        write_tables(folder, {CATALOGUE_NAME: rows, FILE_LIST_NAME: files}, form)
    return WrittenSpreadsheet(target, rows.count, files.count, writing.byte_count)


class _Writing:
    def __init__(self, folder: Path, rows: RowSpool, files: RowSpool, *, may_link: bool) -> None:
        self._folder = folder
        self._rows = rows
        self._files = files
        self._may_link = may_link
        self._codes: set[str] = set()
        self._keys: set[str] = set()
        self.byte_count = 0

    def item(self, item: OutgoingItem) -> None:
        """Write one item: its files, their lines and its row."""
        code = item.row.reference_code
        if not code or "/" in code or names.trouble_with(code) or code in self._codes:
            raise CodeInvalid(code=code, field="reference_code")
        self._codes.add(code)
        folder = "/".join(step for step in (item.fonds, *item.class_path, code) if step)
        roles = with_main([role_by_name(name) for name, _source in item.files])
        for (name, source), role in zip(item.files, roles, strict=True):
            self._file(code, f"{folder}/{name}", source, role)
        self._rows.add(cells_of(item, self._rows.count + 1))

    def _file(self, code: str, path: str, source: Path | Source, role: str) -> None:
        reason = names.trouble_with(path)
        if reason or names.key_of(path) in self._keys:
            raise NameInvalid(path=path, reason=reason or N_("与另一个文件同名"), field="path")
        self._keys.add(names.key_of(path))
        digests, size = self._put(source, self._folder / path)
        self.byte_count += size
        values = (code, path, WORDS.get(role, ""), str(size), digests.sha256, digests.sm3)
        self._files.add(dict(zip(_LIST_HEADINGS, values, strict=True)))

    def _put(self, source: Path | Source, target: Path) -> tuple[Digests, int]:
        if self._may_link and isinstance(source, Path) and not source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except OSError:
                pass  # another disk, or one without links: copied below
            else:
                return digest_file(target)
        return copy_hashed(source, target)
