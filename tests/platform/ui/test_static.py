"""Static files: budgets, the content security policy, icons that exist."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.core.management import call_command
from pytest_django import Settings

UI = Path(__file__).parents[3] / "src/lantai/platform/ui"
STATIC = UI / "static/ui"
SOURCE = UI.parents[1]
TEMPLATES = sorted((UI / "templates").rglob("*.html"))
PORTAL_CODE = ("tokens", "page", "controls", "form", "portal", "print", "fonts-hall")


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def imports_of(module: Path) -> set[Path]:
    found = {module.parent / name for name in re.findall(r'from "\./([\w.-]+)"', module.read_text("utf-8"))}
    return found.union(*(imports_of(inner) for inner in found)) if found else set()


def test_what_every_portal_page_loads_stays_well_under_its_budget() -> None:
    entry = STATIC / "js/portal.js"
    code = [entry, *imports_of(entry), *(STATIC / f"css/{name}.css" for name in PORTAL_CODE)]
    fonts = [
        STATIC / f"fonts/noto-{face}.woff2"
        for face in ("sans-sc-hall-400", "sans-sc-hall-600", "serif-sc-hall-600")
    ]
    total = sum(packed(path) for path in [*code, STATIC / "icons.svg"]) + sum(
        path.stat().st_size for path in fonts
    )
    assert total < 190_000


def test_pages_carry_no_inline_style_script_or_handler() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text), path.name
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), path.name


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    files = [path for kind in ("*.py", "*.html") for path in SOURCE.rglob(kind)]
    texts = (path.read_text("utf-8") for path in files)
    named = {name for text in texts for name in re.findall(r'(?:{% icon |\bicon=)"([\w-]+)"', text)}
    assert named - known == set()


def test_every_font_file_is_declared_and_every_declared_one_is_there() -> None:
    css = "".join((STATIC / f"css/{name}.css").read_text("utf-8") for name in ("fonts", "fonts-hall"))
    assert set(re.findall(r"fonts/([\w.-]+\.woff2)", css)) == {
        path.name for path in (STATIC / "fonts").glob("*.woff2")
    }


def test_third_party_files_keep_their_licences() -> None:
    assert (STATIC / "vendor/LICENSE-htmx").is_file()
    assert (STATIC / "vendor/LICENSE-tabler-icons").is_file()
    assert "SIL Open Font License" in (STATIC / "fonts/OFL.txt").read_text(encoding="utf-8")


def test_collected_files_carry_their_digest_and_modules_import_each_other_by_it(
    tmp_path: Path, settings: Settings
) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "lantai.platform.ui.storage.StaticFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    entry = next((tmp_path / "ui/js").glob("portal.????????????.js"))
    imported = re.findall(r'from "([^"]+)"', entry.read_text(encoding="utf-8"))
    assert imported and all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imported)
    assert entry.with_suffix(".js.gz").is_file()
