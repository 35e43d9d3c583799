"""Writing a transfer package in the layout of DA/T 93-2022, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from lantai.kit.digests import Source
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.building import new_folder
from lantai.kit.packages.listed import DESCRIPTION_FILE, MANIFESTS, METADATA_WORD, OTHERS
from lantai.kit.packages.listed_writing import ListedWriting
from lantai.kit.packages.transfer.metadata import write_metadata
from lantai.kit.packages.transfer.types import (
    CARRIER_KEYS,
    LISTING,
    OutgoingDescription,
    OutgoingItem,
    WrittenTransfer,
)

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
        writing = ListedWriting(folder, encoding, MANIFESTS)
        with writing.manifests():
            codes = _write_items(writing, items)
            for path, source in others:
                writing.put(f"{OTHERS}/{path}", source)
            writing.description(DESCRIPTION_FILE, _description(description, codes))
    return WrittenTransfer(target, len(codes), writing.file_count, writing.byte_count)


def _write_items(writing: ListedWriting, items: Iterable[OutgoingItem]) -> list[str]:
    """The reference codes of the items written, in their order."""
    codes: dict[str, None] = {}

    def rows() -> Iterator[Callable[[str], str]]:
        for item in items:
            _write_item(writing, item, codes)
            yield partial(getattr, replace(item.row, sequence=str(len(codes))))

    writing.rows(LISTING, rows())
    if not codes:
        raise NothingToTransfer
    return list(codes)


def _write_item(writing: ListedWriting, item: OutgoingItem, codes: dict[str, None]) -> None:
    code = item.row.reference_code
    if not code or "/" in code or names.trouble_with(code) or code in codes:
        raise CodeInvalid(code=code, field="reference_code")
    codes[code] = None
    folder = "/".join((item.fonds, *item.class_path, code))
    metadata = {"档号": [code], **item.metadata}
    writing.put(f"{folder}/{code}{METADATA_WORD}.XML", [write_metadata(metadata, writing.encoding)])
    for name, source in item.files:
        writing.put(f"{folder}/{name}", source)


def _description(description: OutgoingDescription, codes: list[str]) -> dict[str, str]:
    return {
        "移交单位": description.sender,
        "内容描述": description.content,
        "起止档号": f"{codes[0]}～{codes[-1]}",
        "档案数量": str(len(codes)),
        "软硬件环境": description.environment,
        **{key: description.carrier[key] for key in CARRIER_KEYS if key in description.carrier},
    }
