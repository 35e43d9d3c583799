"""The files of an item in the parts of its composition: as the description says, else as names and roles tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lantai.kit.compositions import (
    ELEMENT,
    Composition,
    PartElement,
    PartKind,
    Placed,
    composition_of,
    read_lines,
)
from lantai.kit.fourprops.facts import FileFacts, FileState
from lantai.kit.fourprops.registry import Item


@dataclass(frozen=True, slots=True)
class ComposedFile:
    """A file in its part; without ``file`` the description names one that is not there."""

    name: str
    word: str  # the part as it was said
    part: PartKind | None = None
    file: FileFacts | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def noted(self, element: PartElement) -> str:
        """What was noted of this very file."""
        return self.values.get(element.identifier, "").strip()

    def read(self, element: PartElement) -> str:
        """What the examiner read in the file."""
        found = self.file.facts.get(element.fact, "") if self.file and element.fact else ""
        return str(found).strip()


@dataclass(frozen=True, slots=True)
class Composed:
    """An item as a composition; ``is_said`` where its description says which file is what."""

    rule: Composition
    files: tuple[ComposedFile, ...]
    is_said: bool

    def of(self, part: PartKind) -> list[ComposedFile]:
        """The files that are there of one part."""
        return [one for one in self.files if one.part is part and one.file is not None]


def composed(item: Item) -> Composed | None:
    """The item in its parts, or None where items of its scheme are not composed."""
    rule = composition_of(item.elements.name)
    if rule is None:
        return None
    present = [file for file in item.facts.files if file.state is not FileState.MISSING]
    said = read_lines(rule, "；".join(item.values.get(ELEMENT, ())))
    files = _as_said(rule, said, present) if said else _as_told(rule, item, present)
    return Composed(rule, tuple(files), is_said=bool(said))


def _as_said(
    rule: Composition, said: Sequence[Placed], present: Sequence[FileFacts]
) -> Iterator[ComposedFile]:
    waiting: defaultdict[str, list[FileFacts]] = defaultdict(list)
    for file in present:
        waiting[_name(file)].append(file)
    for one in said:
        same = waiting.get(one.file) or waiting.get(_last(one.file))
        yield ComposedFile(one.file, one.part, rule.part(one.part), same.pop(0) if same else None, one.values)
    for left in waiting.values():
        yield from (ComposedFile(_name(file), "", None, file) for file in left)


def _as_told(rule: Composition, item: Item, present: Sequence[FileFacts]) -> Iterator[ComposedFile]:
    for file in present:
        role = file.role or ("attachment" if file.is_attachment else "main")
        part = rule.guess(_name(file), role, file.facts, item.value)
        yield ComposedFile(_name(file), part.slug if part else "", part, file)


def _name(file: FileFacts) -> str:
    return _last(file.name or file.path)


def _last(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name
