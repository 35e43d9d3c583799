"""Breaking words into lines the Chinese way: anywhere between characters, but not before a full stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

_NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’…—·%％℃,.;:?!)]}")
_NOT_LAST = frozenset("（《〈「『【〔“‘([{￥$№")
_LONGEST_GROUP = 40  # a row of full stops is no word
Measure = Callable[[str], float]


def broken_lines(text: str, width: float, first_indent: float, measure: Measure) -> Iterator[str]:
    """The lines of one paragraph; ``measure`` gives a character's width in the unit of ``width``.

    Joined they are ``text`` again: spaces at a break hang over its end. An empty text is one empty line.
    """
    line, used, left = "", 0.0, width - first_indent
    for group in _groups(text):
        for part in _cut(group, width, measure):
            size = sum(map(measure, part))
            if line and not part.isspace() and used + size > left + 1e-6:
                yield line
                line, used, left = "", 0.0, width
            line += part
            used += size
    if line or not text:
        yield line


def _groups(text: str) -> Iterator[str]:
    """What must stay on one line: a word or character, the brackets that it opens, the stops after it."""
    group = ""
    for character in text:
        if group and (_breaks(group[-1], character) or len(group) >= _LONGEST_GROUP):
            yield group
            group = ""
        group += character
    if group:
        yield group


def _breaks(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST:
        return False
    return not (_is_latin(before) and _is_latin(after))


def _is_latin(character: str) -> bool:
    return character.isascii() and not character.isspace()


def _cut(group: str, width: float, measure: Measure) -> Iterator[str]:
    """The group, or pieces as wide as a line where it is longer than one."""
    part, used = "", 0.0
    for character in group:
        size = measure(character)
        if part and used + size > width:
            yield part
            part, used = "", 0.0
        part += character
        used += size
    if part:
        yield part
