"""All that is asked of a file when it arrives, in one visit to the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lantai.kit.errors import Refusal
from lantai.kit.formats.examine import examine
from lantai.kit.formats.identify import identify
from lantai.kit.formats.remarks import Remark, State
from lantai.kit.formats.render import text_of


@dataclass(frozen=True, slots=True)
class Survey:
    """Format, state, pages and text of one file; ``problems`` say why the state is not ``ok``."""

    puid: str
    mime: str
    state: State
    extension_ok: bool
    pages: int | None
    text: str
    problems: tuple[Remark, ...]


def survey(path: str | Path, name: str = "", text_limit: int = 200_000) -> Survey:
    """Identify, examine and read the file at ``path``, called ``name`` where it lies under another name.

    Raises OSError when it cannot be read.
    """
    path = Path(path)
    identified = identify(path, name=name)
    found = examine(path, name=name)
    mime = identified.mime.partition(",")[0].strip()
    text = _text(path, found.state, text_limit)
    return Survey(found.puid, mime, found.state, identified.extension_ok, found.pages, text, found.problems)


def _text(path: Path, state: State, limit: int) -> str:
    if state not in {State.OK, State.ACTIVE}:
        return ""
    try:
        return text_of(path, limit)
    except Refusal:
        return ""
