"""Writing OFD (GB/T 33190—2016): scanned pages with a layer of words, and laid-out documents.

The same input gives the same bytes: no clock, no random numbers. The package is written to its place
in one pass; pictures and attachments that are files are never held in memory whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from lantai.kit.formats.ofd.blocks import (
    OFFICIAL_SHEET,
    Block,
    DocumentInfo,
    NewAttachment,
    ScannedPage,
    Sheet,
    Word,
)
from lantai.kit.formats.ofd.draft import Draft
from lantai.kit.formats.ofd.layout import LaidPage, Layout, Rule
from lantai.kit.formats.ofd.package import element, new_package, number, spaced
from lantai.kit.formats.ofd.subset import TrueType
from lantai.kit.formats.ofd.typeface import Typeface

_BASELINE = 0.86
_RULE_MM = 0.25
_OUTSIDE_FONT = "宋体"


def write_scans(
    target: Path | BinaryIO,
    pages: Iterable[ScannedPage],
    *,
    info: DocumentInfo,
    attachments: Sequence[NewAttachment] = (),
    tags: Sequence[tuple[str, int, int]] = (),
    tag_scheme: str = "",
    fonts: Sequence[Path] = (),
) -> None:
    """Write a 双层 OFD to ``target``: each picture over its page, the words invisible where they stand.

    ``tags`` are (path, page from 0, word from 0). With ``fonts`` the letters are embedded as well.
    Raises ``PictureUnfit``, ``FontUnfit``, ``GlyphsMissing`` and OSError.
    """
    face = Typeface([TrueType.load(font) for font in fonts]) if fonts else None
    with new_package(target) as package:
        draft = Draft(package, info)
        types = _Types(draft, face)
        marks = {(page, word): path for path, page, word in tags}
        for index, page in enumerate(pages):
            _scan(draft, page, types, {word: path for (p, word), path in marks.items() if p == index})
        types.embed()
        draft.finish(attachments, tag_scheme)


def write_document(
    target: Path | BinaryIO,
    blocks: Sequence[Block],
    *,
    info: DocumentInfo,
    fonts: Sequence[Path],
    bold_fonts: Sequence[Path] = (),
    sheet: Sheet = OFFICIAL_SHEET,
    attachments: Sequence[NewAttachment] = (),
    tag_scheme: str = "",
) -> int:
    """Lay ``blocks`` out on ``sheet``, write them to ``target`` and tell how many pages that took.

    Letters are set in the first of ``fonts`` that has them, and those used travel inside the document;
    headings in ``bold_fonts``. Raises ``FontUnfit``, ``GlyphsMissing``, ``PictureUnfit`` and OSError.
    """
    plain = [TrueType.load(font) for font in fonts]
    face = Typeface(plain)
    bold = Typeface([*map(TrueType.load, bold_fonts), *plain]) if bold_fonts else face
    with new_package(target) as package:
        draft = Draft(package, info)
        pages = Layout(sheet, face, bold, lambda picture: draft.aspect_of(picture.image)).put(blocks)
        types = {False: _Types(draft, face)}
        types[True] = types[False] if bold is face else _Types(draft, bold)
        for page in pages:
            _laid(draft, page, sheet, types)
        for one in dict.fromkeys(types.values()):
            one.embed()
        draft.finish(attachments, tag_scheme)
        return len(pages)


class _Types:
    """The ids of a typeface's fonts in the document; without a typeface one font that stays outside."""

    def __init__(self, draft: Draft, face: Typeface | None) -> None:
        self._draft, self._face = draft, face
        self._ids: dict[int, str] = {}

    def runs(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Font id, begin and end of each stretch. Raises ``GlyphsMissing``."""
        if self._face is None:
            yield self._id(0), 0, len(text)
            return
        self._face.check(text)
        for font, begin, end in self._face.runs(text):
            yield self._id(font), begin, end

    def embed(self) -> None:
        """Put the letters that were used into the document."""
        for font, identity in self._ids.items():
            if self._face is None:
                self._draft.add_font(identity, _OUTSIDE_FONT, None)
            else:
                one = self._face.fonts[font]
                self._draft.add_font(identity, one.family, one.subset(self._face.used[font]))

    def _id(self, font: int) -> str:
        if font not in self._ids:
            self._ids[font] = self._draft.next_id()
        return self._ids[font]


def _scan(draft: Draft, page: ScannedPage, types: _Types, marks: dict[int, str]) -> None:
    box = (0.0, 0.0, page.width_mm, page.height_mm)
    page_id = draft.next_id()
    picture = _image(draft, page.image, *box)
    words: list[Any] = []
    for index, word in enumerate(page.words):
        for made in _hidden(draft, word, types):
            words.append(made)
            draft.mark(marks.get(index, ""), page_id, made.get("ID"))
    layers = [element("Layer", picture, ID=draft.next_id(), Type="Background")]
    if words:
        layers.append(element("Layer", *words, ID=draft.next_id(), Type="Body"))
    draft.add_page(page_id, box, layers)


def _hidden(draft: Draft, word: Word, types: _Types) -> Iterator[Any]:
    """A word that is found and copied but not seen: fully transparent, its letters spread over its box."""
    if not word.text.strip():
        return
    steps = [word.width / len(word.text)] * len(word.text)
    baseline = word.y + word.height * _BASELINE
    yield from _text(draft, types, word.text, (word.x, baseline), word.height, steps, box_height=1.0, alpha=0)


def _laid(draft: Draft, page: LaidPage, sheet: Sheet, types: dict[bool, _Types]) -> None:
    page_id = draft.next_id()
    things = [_image(draft, p.picture.image, p.x, p.y, p.width, p.height) for p in page.pictures]
    things += [_rule(rule, draft.next_id()) for rule in page.rules]
    for line in page.lines:
        for made in _text(draft, types[line.is_bold], line.text, (line.x, line.y), line.size, line.steps):
            things.append(made)
            draft.mark(line.tag, page_id, made.get("ID"))
    layer = element("Layer", *things, ID=draft.next_id(), Type="Body")
    draft.add_page(page_id, (0.0, 0.0, sheet.width_mm, sheet.height_mm), [layer])


def _text(
    draft: Draft,
    types: _Types,
    text: str,
    pen: tuple[float, float],
    size: float,
    steps: Sequence[float],
    *,
    box_height: float = 1.2,
    alpha: int | None = None,
) -> Iterator[Any]:
    """Text objects from ``pen`` (left edge, baseline) on, one for each font that the text needs."""
    for font, begin, end in types.runs(text):
        x = pen[0] + sum(steps[:begin])
        box = (x, pen[1] - size * _BASELINE, sum(steps[begin:end]), size * box_height)
        words, delta = text[begin:end], _steps(steps[begin:end])
        code = element("TextCode", text=words, X=0.0, Y=size * _BASELINE, DeltaX=delta)
        identity = draft.next_id()
        yield element(
            "TextObject", code, ID=identity, Boundary=spaced(box), Font=font, Size=size, Alpha=alpha
        )


def _rule(rule: Rule, identity: str) -> Any:
    width, height = rule.x2 - rule.x1, rule.y2 - rule.y1
    outline = f"M 0 0 L {number(float(width))} {number(float(height))}"
    return element(
        "PathObject",
        element("StrokeColor", Value="0 0 0"),
        element("AbbreviatedData", text=outline),
        ID=identity,
        Boundary=spaced((rule.x1, rule.y1, max(width, _RULE_MM), max(height, _RULE_MM))),
        LineWidth=_RULE_MM,
    )


def _image(draft: Draft, image: bytes | Path, x: float, y: float, width: float, height: float) -> Any:
    return element(
        "ImageObject",
        ID=draft.next_id(),
        Boundary=spaced((x, y, width, height)),
        CTM=spaced((width, 0.0, 0.0, height, 0.0, 0.0)),
        ResourceID=draft.image(image),
    )


def _steps(steps: Sequence[float]) -> str | None:
    """The way from each letter to the next, repeated ones as ``g count step``; none for a single letter."""
    words = []
    for step, same in groupby(number(float(s)) for s in steps[:-1]):
        count = len(list(same))
        words.append(step if count == 1 else f"{step} {step}" if count == 2 else f"g {count} {step}")
    return " ".join(words) or None
