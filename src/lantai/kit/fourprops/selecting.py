"""Which files of an item are meant: `role:main`, `mime:image/`, `puid:fmt/353`, `name:*申请*`, joined by `|`."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from lantai.kit.fourprops.facts import FileFacts, FileState

_KINDS = ("role", "mime", "puid", "name")


@lru_cache(maxsize=512)
def alternatives(text: str) -> tuple[tuple[str, str], ...]:
    """The (kind, word) alternatives of a selector; raises ValueError where it is none."""
    found = []
    for part in text.split("|"):
        kind, mark, word = part.strip().partition(":")
        if kind not in _KINDS or not mark or not word:
            raise ValueError(part)
        found.append((kind, word))
    return tuple(found)


def selected(files: Iterable[FileFacts], selector: str) -> list[FileFacts]:
    """The files that are there and meant by ``selector``."""
    wanted = alternatives(selector)
    present = (file for file in files if file.state is not FileState.MISSING)
    return [file for file in present if any(_is_meant(file, kind, word) for kind, word in wanted)]


def _is_meant(file: FileFacts, kind: str, word: str) -> bool:
    match kind:
        case "role":
            return word == (file.role or ("attachment" if file.is_attachment else "main"))
        case "mime":
            return file.mime.startswith(word)
        case "puid":
            return file.puid == word
    return fnmatchcase((file.name or file.path).casefold(), word.casefold())
