"""How large the pages of a document are as pictures, without drawing them. Run it in the sandbox."""

from __future__ import annotations

from pathlib import Path

from lantai.kit.formats.render import page_sizes
from lantai.kit.pictures.pyramid import PAGE_WIDTH

MOST_PAGES = 5_000


def measure(path: str | Path, *, font_file: str | Path | None = None) -> list[list[int]]:
    """Width and height of every page, of at most 5,000. Raises what rendering refuses."""
    return [list(size) for size in page_sizes(path, PAGE_WIDTH, MOST_PAGES, font_file=font_file)]
