"""Fonts that stand in for one another: each letter is set in the first that has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from lantai.kit.errors import N_, Invalid
from lantai.kit.formats.ofd.subset import TrueType


class GlyphsMissing(Invalid):
    """No font has glyphs for some letters of the document."""

    message = N_("字体“%(font)s”缺少 %(count)s 个字（%(letters)s），没有生成 OFD。请换用字符更全的字体。")


class Typeface:
    """Fonts in the order in which they are asked; remembers which letters each was used for."""

    def __init__(self, fonts: Sequence[TrueType]) -> None:
        self.fonts = tuple(fonts)
        self.used: dict[int, set[str]] = {}
        self._known: dict[str, tuple[int, float]] = {}

    def advance(self, character: str) -> float:
        """How far the pen moves after ``character``, in parts of the em."""
        return self._found(character)[1]

    def runs(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Font, begin and end of the stretches of ``text`` that one font sets; spaces go with what is before."""
        current = 0
        chosen: list[int] = []
        for character in text:
            current = current if character.isspace() and chosen else self._found(character)[0]
            chosen.append(current)
        begin = 0
        for font, same in groupby(chosen):
            end = begin + len(list(same))
            self.used.setdefault(font, set()).update(text[begin:end])
            yield font, begin, end
            begin = end

    def check(self, text: str) -> None:
        """Raises ``GlyphsMissing`` for letters that no font has."""
        missing = sorted({c for c in text if not c.isspace() and not any(f.has(c) for f in self.fonts)})
        if missing:
            letters = "".join(missing[:10])
            raise GlyphsMissing(font=self.fonts[0].family, count=len(missing), letters=letters)

    def _found(self, character: str) -> tuple[int, float]:
        known = self._known.get(character)
        if known is None:
            index = next((n for n, font in enumerate(self.fonts) if font.has(character)), 0)
            known = self._known[character] = index, self.fonts[index].advance(character)
        return known
