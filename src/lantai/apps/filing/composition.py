"""A document as the composition of its kind: which file is which part, as somebody said, else as it looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lantai.apps.filing.elements import values_by_identifier
from lantai.apps.filing.models import Document, DocumentFile
from lantai.kit.compositions import (
    Composition,
    PartKind,
    Placed,
    Standing,
    composition_of,
    standing_of,
    write_lines,
)
from lantai.kit.compositions.composition import Value


@dataclass(frozen=True, slots=True)
class PartFile:
    """A file in its part; ``is_said`` where somebody has put it there."""

    file: DocumentFile
    part: PartKind | None
    is_said: bool

    @property
    def read(self) -> Mapping[str, str]:
        """What opening the file has shown of the elements of its part."""
        facts = facts_in(self.file)
        elements = self.part.elements if self.part else ()
        return {one.identifier: str(facts[one.fact]) for one in elements if one.fact in facts}

    @property
    def placed(self) -> Placed:
        """As its line in the description."""
        return Placed(self.part.slug if self.part else "", self.file.name, self.file.elements)


def rule_of(document: Document) -> Composition | None:
    """The composition of records of this kind."""
    return composition_of(document.kind.element_scheme)


def part_files(document: Document, files: Iterable[DocumentFile]) -> list[PartFile]:
    """Each file in its part; none where records of this kind are not composed."""
    rule = rule_of(document)
    if rule is None:
        return []
    value = _values(document)
    found = []
    for file in files:
        said = rule.part(file.part) if file.part else None
        part = said or rule.guess(file.name, file.role, facts_in(file).keys(), value)
        found.append(PartFile(file, part, said is not None))
    return found


def lines_of(document: Document, files: Iterable[DocumentFile]) -> str:
    """The composition as an element of the description."""
    return write_lines(rule_of(document), (one.placed for one in part_files(document, files)))


def standings_of(document: Document, files: Iterable[DocumentFile]) -> tuple[Standing, ...]:
    """Which parts are there and which are missing, in the order of the composition."""
    rule = rule_of(document)
    if rule is None:
        return ()
    placed = [one.placed for one in part_files(document, files)]
    return standing_of(rule, placed, _values(document))


def unique_numbers(document: Document, files: Iterable[DocumentFile]) -> dict[int, dict[str, str]]:
    """What one paper alone has, as read or noted: file id → element → value."""
    return {
        one.file.pk: found
        for one in part_files(document, files)
        if one.part
        and (
            found := {
                element.identifier: value
                for element in one.part.elements
                if element.is_unique
                and (value := one.read.get(element.identifier) or one.file.elements.get(element.identifier))
            }
        )
    }


def facts_in(file: DocumentFile) -> Mapping[str, object]:
    """What opening the file has shown."""
    facts = (file.examination or {}).get("facts")
    return facts if isinstance(facts, dict) else {}


def _values(document: Document) -> Value:
    known = values_by_identifier(document.kind.element_scheme, document.metadata)
    return lambda identifier: known.get(identifier, "").strip()
