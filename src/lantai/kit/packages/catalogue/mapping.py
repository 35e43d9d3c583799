"""Which row holds the headings and what each column stands for: proven, never assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lantai.kit.metadata import Element
from lantai.kit.numbering import Level, ReferenceCodeInvalid, normalise, parse
from lantai.kit.packages.catalogue.vocabulary import CONFIDENCE, How, Vocabulary, key_of
from lantai.kit.tabular import Row, letters

ROWS_OF_PROOF = 40  # headings stand near the top; a title, the name of the fonds and the like may precede
_SAMPLE = 50
_KEYS = ("archivalCode", "title", "volumeTitle")
_LEAST_KNOWN = 2
_SHARE_OF_CODES = 0.9

Saved = Mapping[str, str]  # heading → identifier; "" keeps the column as it is


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column; ``element`` is None where its values are only kept, under ``label``."""

    column: int
    heading: str
    label: str
    element: Element | None
    how: How

    @property
    def confidence(self) -> float:
        """How sure the mapping is, from 0 to 1."""
        return CONFIDENCE[self.how]


@dataclass(frozen=True)
class ColumnMap:
    """The columns of one table; data begins after the row ``heading_row`` (from 1)."""

    heading_row: int
    columns: tuple[MappedColumn, ...]

    @cached_property
    def by_identifier(self) -> Mapping[str, MappedColumn]:
        """The first column of each element."""
        found: dict[str, MappedColumn] = {}
        for mapped in self.columns:
            if mapped.element is not None:
                found.setdefault(mapped.element.identifier, mapped)
        return found

    def column_of(self, identifier: str) -> int | None:
        """The column of an element, or None."""
        mapped = self.by_identifier.get(identifier)
        return mapped.column if mapped else None

    @property
    def is_catalogue(self) -> bool:
        """Whether the rows are records: they have a 档号 or a title, and not only files."""
        known = self.by_identifier
        if "title" in known or "volumeTitle" in known:
            return True
        return "archivalCode" in known and not self.is_file_list

    @property
    def is_file_list(self) -> bool:
        """Whether the rows are files of records that are listed elsewhere."""
        known = self.by_identifier
        has_title = "title" in known or "volumeTitle" in known
        return "archivalCode" in known and "filePath" in known and not has_title

    @property
    def is_of_volumes(self) -> bool:
        """Whether the rows are 案卷: their titles are titles of volumes."""
        return "volumeTitle" in self.by_identifier and "title" not in self.by_identifier


def map_columns(rows: Sequence[Row], words: Vocabulary, saved: Saved | None = None) -> ColumnMap | None:
    """The mapping proven by the first ``rows`` of a table, or None where no row can be its headings.

    The row wins in which the most columns are recognised; two rows together only if they beat one.
    """
    saved = {key_of(heading): identifier for heading, identifier in (saved or {}).items()}
    best: tuple[int, int, list[str]] = (0, 0, [])
    for at, row in enumerate(rows[:ROWS_OF_PROOF]):
        candidates = [(row.number, list(row.texts))]
        if at + 1 < len(rows):
            candidates.append((rows[at + 1].number, _joined(row, rows[at + 1], words, saved)))
        for number, headings in candidates:
            score = _score(headings, words, saved)
            if score > best[0]:
                best = (score, number, headings)
    if best[0] < _LEAST_KNOWN:
        return None
    below = [row for row in rows if row.number > best[1] and not row.is_blank][:_SAMPLE]
    return ColumnMap(best[1], tuple(_columns(best[2], below, words, saved)))


def _recognised(heading: str, words: Vocabulary, saved: Saved) -> tuple[Element, How] | None:
    identifier = saved.get(key_of(heading))
    if identifier is not None:
        element = words.element(identifier)
        return (element, How.SAVED) if element else None
    return words.find(heading) if heading else None


def _score(headings: Sequence[str], words: Vocabulary, saved: Saved) -> int:
    found = {
        known[0].identifier
        for heading in headings
        if (known := _recognised(heading, words, saved)) is not None
    }
    return len(found) if found.intersection(_KEYS) else 0


def _joined(upper: Row, lower: Row, words: Vocabulary, saved: Saved) -> list[str]:
    """Headings of two rows: what stands above several columns goes before what stands in each."""
    headings: list[str] = []
    above = ""
    for column in range(max(len(upper.texts), len(lower.texts))):
        top, bottom = upper.text(column), lower.text(column)
        above = top or (above if bottom else "")
        choices = [bottom, above + bottom] if bottom else [top]
        known = (choice for choice in reversed(choices) if _recognised(choice, words, saved))
        headings.append(next(known, choices[-1]))
    return headings


def _columns(
    headings: Sequence[str], below: Sequence[Row], words: Vocabulary, saved: Saved
) -> Iterator[MappedColumn]:
    known = {column: _recognised(heading, words, saved) for column, heading in enumerate(headings)}
    owners: dict[str, int] = {}
    for column, found in sorted(known.items(), key=lambda pair: -CONFIDENCE[pair[1][1]] if pair[1] else 0):
        if found is not None:
            owners.setdefault(found[0].identifier, column)
    code = words.element("archivalCode")
    labels: set[str] = set()
    for column in range(max(len(headings), *(len(row.texts) for row in below), 0)):
        heading = headings[column] if column < len(headings) else ""
        found = known.get(column)
        if found is not None and (owners[found[0].identifier] == column or found[0].is_repeatable):
            yield MappedColumn(column, heading, found[0].name, *found)
        elif code is not None and code.identifier not in owners and _holds_codes(column, below):
            owners[code.identifier] = column
            yield MappedColumn(column, heading, code.name, code, How.CONTENT)
        elif heading or any(row.text(column) for row in below):
            yield MappedColumn(column, heading, _label(heading, column, labels, words), None, How.KEPT)


def _label(heading: str, column: int, taken: set[str], words: Vocabulary) -> str:
    """A name of its own for a column that is only kept, never that of an element."""
    label = " ".join(heading.split()) or f"{letters(column)}列"
    if label in taken or words.find(label) is not None:
        label = f"{label}（{letters(column)}列）"
    taken.add(label)
    return label


def _holds_codes(column: int, below: Sequence[Row]) -> bool:
    texts = [row.text(column) for row in below if row.text(column)]
    return len(texts) > 1 and sum(map(_is_code, texts)) >= _SHARE_OF_CODES * len(texts)


def _is_code(text: str) -> bool:
    for level in Level:
        try:
            parse(normalise(text), level=level)
        except ReferenceCodeInvalid:
            continue
        return True
    return False
