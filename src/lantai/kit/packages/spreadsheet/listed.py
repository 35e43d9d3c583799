"""The files that a catalogue names: in columns of the item's row, or in a list of files of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lantai.kit.packages.catalogue.checking import Entry
from lantai.kit.packages.catalogue.rules import code_text
from lantai.kit.packages.catalogue.tables import MappedTable
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.spreadsheet.digests import algorithm_named, read_digest
from lantai.kit.packages.spreadsheet.roles import role_in_words
from lantai.kit.tabular import TableRefused

_NAMED_DIGESTS = ("md5", "sha1", "sha256", "sha512", "sm3")
_SEPARATORS = ("|", "；", ";")


@dataclass(frozen=True, slots=True)
class Listed:
    """One file as listed; ``path`` is empty where only its digests are known."""

    path: str
    place: str
    role: str = ""
    size: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)


def paths_in(values: Iterable[str]) -> tuple[str, ...]:
    """The paths in the cells of a path column: a line each, or parted by ``|`` or semicolons."""
    found = list(values)
    for sign in _SEPARATORS:
        found = [piece for value in found for piece in value.split(sign)]
    return tuple(piece.strip() for piece in found if piece.strip())


def listed_in(entry: Entry, findings: Findings) -> tuple[Listed, ...]:
    """The files that the item's own row names; one without a path where there are digests alone."""
    paths = paths_in(entry.values.get("filePath", ()))
    columns = _digest_columns(entry)
    count = max(len(paths), *(len(values) for _algorithm, values in columns), 0)
    if any(len(values) not in (0, count) for _algorithm, values in columns):
        most = max(len(values) for _algorithm, values in columns)
        findings.warning("digest-unplaced", entry.place, count=most, files=len(paths))
        columns = []
        count = len(paths)
    roles = entry.values.get("fileRole", ())
    sizes = entry.values.get("fileSize", ())
    return tuple(
        Listed(
            path=_at(paths, number),
            place=entry.place,
            role=role_in_words(_at(roles, number)) if len(roles) == len(paths) else "",
            size=_at(sizes, number) if len(sizes) == len(paths) else "",
            digests=dict(
                _digests(((name, _at(values, number)) for name, values in columns), entry.place, findings)
            ),
        )
        for number in range(count)
    )


def _digest_columns(entry: Entry) -> list[tuple[str, Sequence[str]]]:
    named = [(name, entry.values.get(f"digest-{name}", ())) for name in _NAMED_DIGESTS]
    other = (algorithm_named(entry.first("digestAlgorithm")), entry.values.get("digest", ()))
    return [(name, _each(values)) for name, values in (*named, other) if values]


def _each(values: Sequence[str]) -> tuple[str, ...]:
    return paths_in(values)


def _digests(stated: Iterable[tuple[str, str]], place: str, findings: Findings) -> Iterator[tuple[str, str]]:
    for algorithm, text in stated:
        if not text:
            continue
        read = read_digest(text, algorithm)
        if read is None:
            findings.error("digest-unreadable", place, value=text[:80])
        else:
            yield read


def _at(values: Sequence[str], number: int) -> str:
    return values[number] if number < len(values) else ""


def file_lists(tables: Iterable[MappedTable], findings: Findings) -> dict[str, list[Listed]]:
    """Code → its files, out of the lists of files; as large as these lists, which have limits."""
    found: dict[str, list[Listed]] = {}
    for mapped in tables:
        try:
            for code, listed in _rows(mapped, findings):
                found.setdefault(code, []).append(listed)
        except TableRefused as refused:
            findings.error("catalogue-broken", mapped.table.name, reason=str(refused))
    return found


def _rows(mapped: MappedTable, findings: Findings) -> Iterator[tuple[str, Listed]]:
    columns = {identifier: one.column for identifier, one in mapped.columns.by_identifier.items()}
    for row in mapped.table.rows():
        if row.number <= mapped.columns.heading_row or row.is_blank:
            continue
        texts = {identifier: row.text(column) for identifier, column in columns.items()}
        place = mapped.table.place(row.number, columns["filePath"])
        code, path = code_text(texts["archivalCode"]), texts["filePath"]
        if not code:
            findings.error("list-code-empty", place, path=path)
            continue
        stated = [(name, texts.get(f"digest-{name}", "")) for name in _NAMED_DIGESTS]
        stated.append((algorithm_named(texts.get("digestAlgorithm", "")), texts.get("digest", "")))
        role = role_in_words(texts.get("fileRole", ""))
        digests = dict(_digests(stated, place, findings))
        yield code, Listed(path, place, role, texts.get("fileSize", ""), digests)
