"""Write the icon sprite from the npm package ``@tabler/icons`` (MIT).

    npm pack @tabler/icons && tar xzf tabler-icons-*.tgz
    python tools/build_icons.py package

Only the icons named in ``ICONS`` are taken: a page loads the whole sprite, so it stays small.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

STATIC = Path(__file__).parent.parent / "src/lantai/platform/ui/static/ui"

ICONS = [
    "adjustments-horizontal",
    "alert-circle",
    "alert-triangle",
    "archive",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "arrows-sort",
    "ban",
    "barcode",
    "bell",
    "book",
    "book-2",
    "bookmark",
    "building",
    "building-bank",
    "calendar",
    "certificate",
    "chart-bar",
    "check",
    "checklist",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle",
    "circle-check",
    "circle-dot",
    "circle-half-2",
    "clipboard-list",
    "clock",
    "clock-exclamation",
    "cloud-upload",
    "columns",
    "database",
    "device-floppy",
    "dots",
    "download",
    "edit",
    "external-link",
    "eye",
    "eye-off",
    "file-text",
    "files",
    "filter",
    "fingerprint",
    "folder",
    "folder-open",
    "gavel",
    "heart",
    "help-circle",
    "history",
    "home",
    "home-2",
    "id-badge",
    "inbox",
    "key",
    "language",
    "layout-sidebar-right",
    "link",
    "list",
    "list-tree",
    "loader-2",
    "lock",
    "lock-open",
    "logout",
    "mail",
    "map-pin",
    "menu-2",
    "message",
    "microphone",
    "moon",
    "package",
    "phone",
    "photo",
    "player-play",
    "plug",
    "plus",
    "printer",
    "qrcode",
    "refresh",
    "rubber-stamp",
    "scan",
    "school",
    "search",
    "send",
    "settings",
    "share",
    "shield-check",
    "shield-x",
    "sort-ascending",
    "sort-descending",
    "star",
    "sun",
    "table",
    "temperature",
    "text-size",
    "trash",
    "trees",
    "upload",
    "user",
    "users",
    "video",
    "volume",
    "x",
]

# Shorter words for the pages: alias -> tabler name.
ALIASES = {"stamp": "rubber-stamp"}

BACKGROUND = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
WHOLE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def symbol(name: str, source: Path) -> str:
    """One ``<symbol>`` holding the strokes of ``source``; raises ValueError when it is not an icon."""
    match = WHOLE.search(source.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"{source} holds no svg element")
    strokes = re.sub(r"\s*\n\s*", "", BACKGROUND.sub("", match[1])).strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{strokes}</symbol>'


def sprite(icons: Path) -> str:
    """All icons as one file; the stroke comes from the page, so an icon takes the colour of its words."""
    named = {name: name for name in ICONS} | ALIASES
    symbols = "\n".join(symbol(name, icons / f"{named[name]}.svg") for name in sorted(named))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def main() -> None:
    """Write ``icons.svg`` and its licence beside the other static files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", type=Path, help="folder of the unpacked npm package")
    package = parser.parse_args().package
    (STATIC / "icons.svg").write_text(sprite(package / "icons" / "outline"), encoding="utf-8")
    shutil.copyfile(package / "LICENSE", STATIC / "vendor" / "LICENSE-tabler-icons")


if __name__ == "__main__":
    main()
