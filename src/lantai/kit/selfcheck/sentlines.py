"""What a confined reader wrote of a package, held against its form line by line and streamed from disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from pydantic import TypeAdapter, ValidationError

from lantai.kit.errors import N_, Fault
from lantai.kit.packages.reading import ABOUT, ITEMS, LONGEST_LINE_BYTES, MOST_OF_PACKAGE_BYTES
from lantai.kit.packages.sent import SentFile, SentItem, SentPackage

T = TypeVar("T")
_ITEM, _FILE, _PACKAGE = TypeAdapter(SentItem), TypeAdapter(SentFile), TypeAdapter(SentPackage)


class Garbled(Fault):
    """The reader's lines are not what a reader writes."""

    message = N_("读取信息包的程序给出的结果不合规定，没有检测。请把信息包交给管理员检查。")


class SentLines:
    """The lines in a folder; items can be gone through as often as needed."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        """Each item with its files; raises `Garbled`."""
        with _opened(self._out / ITEMS) as stream:
            lines = _lines(stream)
            for line in lines:
                item = _held_against(_ITEM, line)
                files = tuple(_file(one) for one in islice(lines, max(0, item.file_count)))
                if len(files) != item.file_count:
                    raise Garbled
                yield item, files

    def package(self) -> SentPackage:
        """The package around the items; raises `Garbled`."""
        with _opened(self._out / ABOUT) as stream:
            raw = stream.read(MOST_OF_PACKAGE_BYTES + 1)
        return _held_against(_PACKAGE, raw)


def _file(line: bytes) -> SentFile:
    file = _held_against(_FILE, line)
    # a path that is opened later never leads out; one that was only declared is never opened
    if not file.is_missing and (file.path.startswith("/") or ".." in file.path.split("/")):
        raise Garbled
    return file


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(LONGEST_LINE_BYTES + 1):
        if len(line) > LONGEST_LINE_BYTES:
            raise Garbled
        yield line


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def _held_against(form: TypeAdapter[T], raw: bytes) -> T:
    try:
        return form.validate_json(raw)
    except ValidationError as other:
        raise Garbled from other
