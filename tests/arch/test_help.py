"""The help names menus, pages and acts as the pages themselves name them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "lantai"
HELP = SOURCE / "site" / "templates" / "site" / "help.html"
NAMED = sorted(set(re.findall("“([^”]+)”", HELP.read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def everything_else() -> str:
    """All code and templates but the help."""
    files = [path for kind in ("*.py", "*.html") for path in sorted(SOURCE.rglob(kind)) if path != HELP]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("name", NAMED)
def test_what_the_help_names_is_called_so_on_a_page(everything_else, name):
    assert f'"{name}"' in everything_else
