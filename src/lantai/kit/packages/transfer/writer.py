"""Writing a transfer package in the layout of DA/T 93-2022, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TextIO

from lantai.kit.digests import Digests, Source, digest_file
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.building import NameInvalid, copy_hashed, new_folder
from lantai.kit.packages.manifests import manifest_line
from lantai.kit.packages.transfer.metadata import write_metadata
from lantai.kit.packages.transfer.types import (
    CARRIER_KEYS,
    CATALOGUE_FILE,
    COLUMNS,
    DESCRIPTION_FILE,
    MANIFESTS,
    METADATA_WORD,
    OTHERS,
    OutgoingDescription,
    OutgoingItem,
    WrittenTransfer,
)
from lantai.kit.packages.xml import write_element

Encoding = Literal["UTF-8", "GB18030"]


class NothingToTransfer(Invalid):
    """A package without a single item."""

    message = N_("移交包里一件档案也没有，没有生成。")


class CodeInvalid(Invalid):
    """A 档号 that cannot be a folder, or that stands twice."""

    message = N_("档号“%(code)s”不能写入移交包：为空、重复，或不能用作文件夹名。")


def write_transfer(
    target: Path,
    description: OutgoingDescription,
    items: Iterable[OutgoingItem],
    *,
    encoding: Encoding = "UTF-8",
    others: Iterable[tuple[str, Path | Source]] = (),
) -> WrittenTransfer:
    """Write ``items``, taken one after the other, as a package at ``target``, which must not exist.

    ``others`` go below 其他/ (rules, schemas, registration form). Raises `TargetExists`,
    `NothingToTransfer`, `CodeInvalid`, `NameInvalid`, `XmlUnsayable` and `StoreFull`.
    """
    with new_folder(target) as folder:
        (folder / OTHERS).mkdir()
        with _Writing(folder, encoding) as writing:
            writing.items(items)
            writing.others(others)
            writing.description(description)
    return WrittenTransfer(target, len(writing.codes), writing.file_count, writing.byte_count)


class _Writing:
    def __init__(self, folder: Path, encoding: Encoding) -> None:
        self._folder = folder
        self._encoding = encoding
        self._manifests: dict[str, TextIO] = {}
        self._keys: set[str] = set()
        self.codes: dict[str, None] = {}
        self.file_count = 0
        self.byte_count = 0

    def __enter__(self) -> _Writing:
        for algorithm, path in MANIFESTS.items():
            self._manifests[algorithm] = (self._folder / path).open("x", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *_error: object) -> None:
        for stream in self._manifests.values():
            stream.close()

    def items(self, items: Iterable[OutgoingItem]) -> None:
        path = self._folder / CATALOGUE_FILE
        with path.open("x", encoding=self._encoding, newline="\n") as catalogue:
            catalogue.write(f'<?xml version="1.0" encoding="{self._encoding}"?>\n<文件目录>\n')
            for item in items:
                self._item(item)
                catalogue.write(_row(item, len(self.codes)))
            catalogue.write("</文件目录>\n")
        if not self.codes:
            raise NothingToTransfer
        self._note(CATALOGUE_FILE)

    def others(self, others: Iterable[tuple[str, Path | Source]]) -> None:
        for path, source in others:
            self._put(f"{OTHERS}/{path}", source)

    def description(self, description: OutgoingDescription) -> None:
        codes = list(self.codes)
        values = {
            "移交单位": description.sender,
            "内容描述": description.content,
            "起止档号": f"{codes[0]}～{codes[-1]}",
            "档案数量": str(len(codes)),
            "软硬件环境": description.environment,
            **{key: description.carrier[key] for key in CARRIER_KEYS if key in description.carrier},
        }
        text = "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in values.items())
        self._put(DESCRIPTION_FILE, [text.encode(self._encoding)])

    def _item(self, item: OutgoingItem) -> None:
        code = item.row.reference_code
        if not code or "/" in code or names.trouble_with(code) or code in self.codes:
            raise CodeInvalid(code=code, field="reference_code")
        self.codes[code] = None
        folder = "/".join((item.fonds, *item.class_path, code))
        metadata = {"档号": [code], **item.metadata}
        self._put(f"{folder}/{code}{METADATA_WORD}.XML", [write_metadata(metadata, self._encoding)])
        for name, source in item.files:
            self._put(f"{folder}/{name}", source)

    def _put(self, path: str, source: Path | Source) -> None:
        reason = names.trouble_with(path)
        if reason or names.key_of(path) in self._keys or path in MANIFESTS.values():
            raise NameInvalid(path=path, reason=reason or N_("与另一个文件同名"), field="path")
        self._keys.add(names.key_of(path))
        digests, size = copy_hashed(source, self._folder / path)
        self._list(path, digests, size)

    def _note(self, path: str) -> None:
        """List a file that was already written."""
        self._list(path, *digest_file(self._folder / path))

    def _list(self, path: str, digests: Digests, size: int) -> None:
        for algorithm, stream in self._manifests.items():
            stream.write(manifest_line(getattr(digests, algorithm), path))
        self.file_count += 1
        self.byte_count += size


def _row(item: OutgoingItem, sequence: int) -> str:
    values = {element: getattr(item.row, name) for element, name in COLUMNS.items()}
    values["顺序号"] = str(sequence)
    cells = "".join(f"    {write_element(element, value)}\n" for element, value in values.items())
    return f"  <文件>\n{cells}  </文件>\n"
