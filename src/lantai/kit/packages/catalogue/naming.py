"""Which record a scanned file belongs to, by its name.

The usual ways are `<档号>.pdf`, `<档号>/0001.jpg` and `<档号>-001.jpg`; a pattern says another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lantai.kit.errors import N_, Invalid

CODE, ORDER = "<档号>", "<序号>"
LONGEST_PATTERN = 80
_DOTS = str.maketrans(dict.fromkeys("・•‧･．", "·"))  # what keyboards and file systems make of the middle dot
_TRAILING = re.compile(
    r"(?P<code>.+?)\s*[-_—. ]\s*第?(?P<order>[0-9]{1,6})页?|(?P<c>.+?)\s*[(（](?P<o>[0-9]{1,6})[)）]"
)
_LAST_NUMBER = re.compile(r"([0-9]{1,9})\D*$")


class PatternInvalid(Invalid):
    """Not a pattern from which a reference code can be read."""

    message = N_(
        "命名规则“%(pattern)s”不能使用：须有一个<档号>，最多一个<序号>，用 / 分隔文件夹，"
        "例如 <档号>/<序号> 或 <档号>_<序号>。"
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A record that a file may belong to, and which of its files it is; 0 where its name has no number."""

    code: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Naming:
    """How files are named: by a pattern, or "" for the three usual ways."""

    pattern: str = ""

    def places(self, path: str) -> tuple[Place, ...]:
        """The records that ``path`` may belong to, the likeliest first; each code once."""
        found = self._by_pattern(path) if self.pattern else _usual(path)
        once: dict[str, Place] = {}
        for place in found:
            once.setdefault(place.code, place)
        return tuple(once.values())

    def _by_pattern(self, path: str) -> Iterator[Place]:
        match = _compiled(self.pattern).search(_stem(path))
        if match:
            yield Place(normal(match["code"]), int(match.groupdict().get("order") or 0))


def naming(pattern: str) -> Naming:
    """The naming by a pattern; raises ``PatternInvalid``."""
    pattern = pattern.strip()
    _compiled(pattern)
    return Naming(pattern)


def _compiled(pattern: str) -> re.Pattern[str]:
    if not pattern:
        return re.compile("")
    is_sound = pattern.count(CODE) == 1 and pattern.count(ORDER) <= 1 and len(pattern) <= LONGEST_PATTERN
    if not is_sound or "\\" in pattern or not pattern.isprintable():
        raise PatternInvalid(pattern=pattern[:LONGEST_PATTERN], field="pattern")
    said = re.escape(pattern).replace(re.escape(CODE), r"(?P<code>[^/]+?)")
    return re.compile(rf"(?:^|/){said.replace(re.escape(ORDER), '(?P<order>[0-9]{1,9})')}$")


def _usual(path: str) -> Iterator[Place]:
    *folders, stem = _stem(path).split("/")
    yield Place(normal(stem))
    if match := _TRAILING.fullmatch(stem):
        yield Place(normal(match["code"] or match["c"]), int(match["order"] or match["o"]))
    number = _LAST_NUMBER.search(stem)
    for folder in reversed(folders):
        yield Place(normal(folder), int(number[1]) if number else 0)


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    is_suffix = dot and stem and len(suffix) <= 8 and suffix.isascii() and suffix.isalnum()
    return folder + slash + (stem if is_suffix else name)


def normal(code: str) -> str:
    """A code as people write it in names of files, in the signs of the catalogue."""
    return unicodedata.normalize("NFC", code).translate(_DOTS).strip()
