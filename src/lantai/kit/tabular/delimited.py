"""CSV and TSV as they really come: any of four encodings, any delimiter, ragged rows, quoted line ends."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.tabular.types import Mark, Row, Table, TableBroken, TableKind, TableLimits, TableTooLarge
from lantai.kit.tabular.values import cleaned

_CHUNK = 1 << 20
_DELIMITERS = ",\t;|，"
_LINES_OF_PROOF = 200
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_delimited(path: Path, name: str, limits: TableLimits) -> tuple[Table, ...]:
    """The one table of a text file, named after it; raises `TableBroken` and `TableTooLarge`."""
    encoding = encoding_of(path, name)
    delimiter = delimiter_of(path, encoding)
    rows = partial(_rows, path, encoding, delimiter, name, limits)
    return (Table(name, TableKind.CSV, rows),)


def encoding_of(path: Path, name: str) -> str:
    """The encoding in which the whole file can be read; raises `TableBroken` where there is none.

    UTF-8 is tried before GB18030, since text of the second is almost never valid in the first.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return _proven(path, (encoding,), name)
    if b"\0" in head:  # text has no NUL: UTF-16 without its mark, ASCII signs give the order away
        order = "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
        return _proven(path, (order,), name)
    return _proven(path, ("utf-8", "gb18030"), name)


def _proven(path: Path, encodings: tuple[str, ...], name: str) -> str:
    for encoding in encodings:
        if _decodes(path, encoding):
            return encoding
    raise TableBroken(name=name, reason=N_("编码不是 UTF-8、GB18030 或 UTF-16"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def delimiter_of(path: Path, encoding: str) -> str:
    """The delimiter that gives the most columns to the most of the first rows; a comma where none does."""
    best, delimiter = (0, 0), ","
    for candidate in _DELIMITERS:
        try:
            with path.open(encoding=encoding, newline="") as stream:
                widths = [
                    len(row) for row in islice(csv.reader(stream, delimiter=candidate), _LINES_OF_PROOF)
                ]
        except csv.Error:
            continue
        common = Counter(width for width in widths if width > 1).most_common(1)
        score = (common[0][1], common[0][0]) if common else (0, 0)
        if score > best:
            best, delimiter = score, candidate
    return delimiter


def _rows(path: Path, encoding: str, delimiter: str, name: str, limits: TableLimits) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        number = 0
        try:
            for values in reader:
                number += 1
                yield _row(number, values, name, limits)
        except csv.Error as broken:
            reason = N_("第 %(line)d 行的引号没有成对，或一格过长")
            raise TableBroken(name=name, reason=reason % {"line": reader.line_num}) from broken


def _row(number: int, values: list[str], name: str, limits: TableLimits) -> Row:
    if number > limits.rows:
        raise TableTooLarge(name=name, what=N_("行数"), most=limits.rows)
    if len(values) > limits.columns:
        raise TableTooLarge(name=name, what=N_("列数"), most=limits.columns)
    texts = [cleaned(value) for value in values]
    long = [column for column, text in enumerate(texts) if len(text) > limits.cell_length]
    for column in long:
        texts[column] = texts[column][: limits.cell_length]
    while texts and not texts[-1]:
        texts.pop()
    return Row(number, tuple(map(unguarded, texts)), dict.fromkeys(long, Mark.TOO_LONG))


def unguarded(text: str) -> str:
    """The inverse of `writing.guarded`: the apostrophe that kept a value from being run as a formula goes."""
    return text[1:] if text.startswith("'") and text[1:2] in RISKY_SIGNS else text


RISKY_SIGNS = ("=", "+", "-", "@", "\t", "\r", "'")
