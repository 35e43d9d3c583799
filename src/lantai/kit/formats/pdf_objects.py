"""What stands in the objects of a PDF: actions, embedded files, fonts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

_ACTIONS = {
    "/JavaScript": "JavaScript",
    "/Launch": "Launch",
    "/ImportData": "ImportData",
    "/Rendition": "Rendition",
}
_PROGRAMS = (
    ".exe",
    ".dll",
    ".scr",
    ".bat",
    ".cmd",
    ".com",
    ".js",
    ".vbs",
    ".ps1",
    ".jar",
    ".msi",
    ".hta",
    ".sh",
)
# Of a hundred objects a few hold one of these, so the others are not taken apart. QPDF writes a name without
# the escapes that its author may have hidden it in; a value that stands elsewhere (``5 0 R``) may be any.
_TELLING = re.compile(rb"/(?:JS|EF|JavaScript|Launch|ImportData|Rendition|Type /Font|(?:S|Type) \d+ \d+ R) ")
_MAX_OBJECTS = 1_000_000
_HOLDERS = (pikepdf.Dictionary, pikepdf.Array)


@dataclass(slots=True)
class Seen:
    """What a walk over all objects has met."""

    active: set[str] = field(default_factory=set)
    embedded: list[str] = field(default_factory=list)
    fonts: set[str] = field(default_factory=set)
    fonts_missing: set[str] = field(default_factory=set)
    attachments: list[Any] = field(default_factory=list)


def walked(pdf: Any) -> Seen:
    """A walk over all objects, a million at most; raises what pikepdf raises for a broken one."""
    seen = Seen()
    for count, item in enumerate(pdf.objects):
        if count > _MAX_OBJECTS:
            break
        entries = item.stream_dict if isinstance(item, pikepdf.Stream) else item
        if isinstance(entries, _HOLDERS) and _TELLING.search(_written(entries)):
            for entry in _dictionaries(entries, depth=0):
                _note(entry, seen)
    return seen


def _note(entry: Any, seen: Seen) -> None:
    kind = str(entry.get("/S", ""))
    if kind in _ACTIONS:
        seen.active.add(_ACTIONS[kind])
    if "/JS" in entry:
        seen.active.add("JavaScript")
    if "/EF" in entry:
        name = str(entry.get("/UF", entry.get("/F", "?")))[:200]
        seen.embedded.append(name)
        seen.attachments.append(entry)
        if name.lower().endswith(_PROGRAMS):
            seen.active.add("EmbeddedProgram")
    if entry.get("/Type") == "/Font" and str(entry.get("/Subtype")) not in {"/Type0", "/Type3"}:
        name = str(entry.get("/BaseFont", "?")).lstrip("/")
        seen.fonts.add(name)
        if not _is_inside(entry):
            seen.fonts_missing.add(name)


def _is_inside(font: Any) -> bool:
    descriptor = font.get("/FontDescriptor")
    return isinstance(descriptor, pikepdf.Dictionary) and any(
        k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3")
    )


def _dictionaries(item: Any, depth: int) -> Iterator[Any]:
    """Every dictionary in a top object; indirect ones come by themselves, so only direct ones are entered."""
    if depth > 0 and getattr(item, "is_indirect", False):
        return
    if isinstance(item, pikepdf.Dictionary):
        yield item
        for value in item.values():
            if depth < 20:
                yield from _dictionaries(value, depth + 1)
    elif (
        isinstance(item, pikepdf.Array) and depth < 20 and b"<<" in _written(item)
    ):  # not the widths of letters
        for value in item:
            yield from _dictionaries(value, depth + 1)


def _written(item: Any) -> bytes:
    """An object with its direct parts as QPDF writes it; what it refers to is not followed."""
    return bytes(item.unparse(resolved=True))
