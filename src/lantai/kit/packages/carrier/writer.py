"""Writing a carrier in the layout of 2012, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from lantai.kit.digests import Source
from lantai.kit.errors import N_
from lantai.kit.packages import names
from lantai.kit.packages.building import NameInvalid, new_folder
from lantai.kit.packages.carrier.types import (
    BETWEEN,
    CONTENT,
    ITEMS,
    SEPARATOR,
    VOLUMES,
    CarrierRow,
    OutgoingCarrierItem,
)
from lantai.kit.packages.listed import DESCRIPTION_FILE, MANIFESTS, METADATA_WORD, OTHERS
from lantai.kit.packages.listed_writing import ListedWriting, Unencodable
from lantai.kit.packages.transfer import CodeInvalid, NothingToTransfer, WrittenTransfer, write_metadata

Encoding = Literal["UTF-8", "GB18030", "GB2312"]


def write_carrier(
    target: Path,
    description: Mapping[str, str],
    items: Iterable[OutgoingCarrierItem],
    *,
    volumes: Sequence[CarrierRow] = (),
    encoding: Encoding = "UTF-8",
    others: Iterable[tuple[str, Path | Source]] = (),
) -> WrittenTransfer:
    """Write ``items``, taken one after the other, as a carrier at ``target``, which must not exist.

    ``description`` are the keys and values of 说明文件.TXT, ``volumes`` the rows of 案卷目录.XML, and
    ``others`` go below 其他/. Raises `TargetExists`, `NothingToTransfer`, `CodeInvalid`, `NameInvalid`,
    `Unencodable`, `XmlUnsayable` and `StoreFull`.
    """
    with new_folder(target) as folder:
        (folder / OTHERS).mkdir()
        writing = ListedWriting(folder, encoding, MANIFESTS)
        with writing.manifests():
            count = _write_items(writing, items)
            if volumes:
                rows = (replace(row, sequence=str(number)) for number, row in enumerate(volumes, 1))
                writing.rows(VOLUMES, (partial(getattr, row) for row in rows))
            for path, source in others:
                writing.put(f"{OTHERS}/{path}", source)
            writing.description(DESCRIPTION_FILE, description)
    return WrittenTransfer(target, count, writing.file_count, writing.byte_count)


def _write_items(writing: ListedWriting, items: Iterable[OutgoingCarrierItem]) -> int:
    codes: dict[str, None] = {}

    def rows() -> Iterator[Callable[[str], str]]:
        for item in items:
            listed = _write_item(writing, item, codes)
            yield partial(getattr, replace(item.row, sequence=str(len(codes)), names=listed))

    writing.rows(ITEMS, rows())
    if not codes:
        raise NothingToTransfer
    return len(codes)


def _write_item(writing: ListedWriting, item: OutgoingCarrierItem, codes: dict[str, None]) -> str:
    """Write the files of an item; what its 电子档案名称 is."""
    code = item.row.reference_code
    if not code or "/" in code or names.trouble_with(code) or code in codes:
        raise CodeInvalid(code=code, field="reference_code")
    codes[code] = None
    folder = "/".join((*item.folders, code))
    place = f"{CONTENT}/{folder}/{code}{METADATA_WORD}.XML"
    try:
        metadata = write_metadata({"档号": [code], **item.metadata}, writing.encoding)
    except UnicodeEncodeError as error:
        raise Unencodable(place=place, encoding=writing.encoding) from error
    writing.put(place, [metadata])
    for name, source in item.files:
        if BETWEEN.search(f"{folder}/{name}"):
            raise NameInvalid(path=name, reason=N_("含有目录里用来分隔文件名的符号"), field="files")
        writing.put(f"{CONTENT}/{folder}/{name}", source)
    return SEPARATOR.join(f"{folder}/{name}" for name, _source in item.files)
