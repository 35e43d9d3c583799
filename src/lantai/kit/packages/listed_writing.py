"""Writing what the transfer layouts of 2012 and of 2022 share: files once each, lists of rows, manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from lantai.kit.digests import Digests, Source, digest_file
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.building import NameInvalid, copy_hashed
from lantai.kit.packages.listed import Listing, description_text, row_text
from lantai.kit.packages.manifests import manifest_line


class Unencodable(Invalid):
    """A text that the chosen encoding cannot carry."""

    message = N_("“%(place)s”里有 %(encoding)s 编码没有的字，没有生成；请改用 GB18030 或 UTF-8。")


class ListedWriting:
    """Fills a package folder; every file is listed in the ``manifests`` (algorithm → path) as it is written."""

    def __init__(self, folder: Path, encoding: str, manifests: Mapping[str, str]) -> None:
        self._folder = folder
        self.encoding = encoding
        self._places = manifests
        self._manifests: dict[str, TextIO] = {}
        self._keys: set[str] = set()
        self.file_count = 0
        self.byte_count = 0

    @contextmanager
    def manifests(self) -> Iterator[None]:
        """Keeps the manifests open."""
        try:
            for algorithm, path in self._places.items():
                self._manifests[algorithm] = (self._folder / path).open("x", encoding="utf-8", newline="\n")
            yield
        finally:
            for stream in self._manifests.values():
                stream.close()

    def rows(self, listing: Listing, rows: Iterable[Callable[[str], str]]) -> None:
        """Write a list; each row is a function from the name of a value to the value."""
        with (self._folder / listing.file).open("x", encoding=self.encoding, newline="\n") as stream:
            stream.write(f'<?xml version="1.0" encoding="{self.encoding}"?>\n<{listing.root}>\n')
            for row in rows:
                self._write(stream, row_text(listing, row), listing.file)
            stream.write(f"</{listing.root}>\n")
        self._list(listing.file, *digest_file(self._folder / listing.file))

    def _write(self, stream: TextIO, text: str, place: str) -> None:
        try:
            stream.write(text)
        except UnicodeEncodeError as error:
            raise Unencodable(place=place, encoding=self.encoding) from error

    def description(self, path: str, values: Mapping[str, str]) -> None:
        """Write a text of keys and values."""
        self.put(path, [self.encoded(description_text(values), path)])

    def encoded(self, text: str, place: str) -> bytes:
        """``text`` in the encoding of the package; raises `Unencodable`."""
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise Unencodable(place=place, encoding=self.encoding) from error

    def put(self, path: str, source: Path | Source) -> None:
        """Write a file; raises `NameInvalid` for a name that is not safe or stands already."""
        reason = names.trouble_with(path)
        if reason or names.key_of(path) in self._keys or path in self._places.values():
            raise NameInvalid(path=path, reason=reason or N_("与另一个文件同名"), field="path")
        self._keys.add(names.key_of(path))
        self._list(path, *copy_hashed(source, self._folder / path))

    def _list(self, path: str, digests: Digests, size: int) -> None:
        for algorithm, stream in self._manifests.items():
            stream.write(manifest_line(getattr(digests, algorithm), path))
        self.file_count += 1
        self.byte_count += size
