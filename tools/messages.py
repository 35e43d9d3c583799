"""Collects message ids from code and templates into the catalogues, and compiles them.

    python tools/messages.py            update and compile
    python tools/messages.py --check    exit 1 when something is not translated or not compiled

A message id is the Chinese text itself, so only other languages have a catalogue.
"""

from __future__ import annotations

import io
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "lantai"
LANGUAGES = ("en",)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    **dict.fromkeys(("_", "_t", "_lazy", "gettext", "gettext_lazy", "gettext_noop", "N_", "ngettext_noop")),
    **dict.fromkeys(("Refusal", "Invalid", "Denied", "Missing", "Fault", "LantaiError")),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}

# Keys of the data files (TOML) under which texts stand that pages show.
SHOWN_DATA = frozenset({"citation", "dimension", "name", "notes", "standard", "text", "title"})
# And of the fields of kinds of record. The words to choose from are so short that they have a context of their own.
KIND_FIELDS, CHOICES = "kind_fields", "choices"
SHOWN_FIELDS = SHOWN_DATA | {"help", "group", CHOICES}


class Found(NamedTuple):
    """One message id and its place; ``context`` tells apart what other languages say differently."""

    path: str
    line: int
    message: str | tuple[str, ...]
    context: str | None


def main(arguments: list[str]) -> int:
    """Update the catalogues, or only check them."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    template = collected()
    missing = sum(_language(code, template, is_check="--check" in arguments) for code in LANGUAGES)
    if missing:
        print(f"messages: {missing} not translated", file=sys.stderr)
    return 1 if missing and "--check" in arguments else 0


def collected() -> Catalog:
    """Every message id of the product with the places where it is used."""
    catalog = Catalog(charset="utf-8")
    for found in sorted(_found(), key=lambda found: (found.path, found.line, str(found.message))):
        catalog.add(found.message, locations=[(found.path, 0)], context=found.context)
    return catalog


def _found() -> Iterator[Found]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield from _extracted(path, path.read_bytes())
    for path in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]):
        if "templates" in path.parts:
            yield from _extracted(path, _templatized(path))
    for path, text, context in data_texts():
        yield Found(path.relative_to(ROOT).as_posix(), 0, text, context)


def data_texts() -> Iterator[tuple[Path, str, str | None]]:
    """What pages show of the data that is shipped: names, titles, citations, notes of schemes and rules.

    The values of elements are no such texts: they are written into records as the standards have them.
    """
    for path in sorted(SOURCE.rglob("*.toml")):
        if path.parent.name != "text":  # word lists
            keys = SHOWN_FIELDS if path.parent.name == KIND_FIELDS else SHOWN_DATA
            for key, text in dict.fromkeys(_shown(tomllib.loads(path.read_text("utf-8")), "", keys)):
                yield path, text, "choice" if key == CHOICES else None


def _shown(data: object, key: str, keys: frozenset[str]) -> Iterator[tuple[str, str]]:
    match data:
        case dict():
            for name, inner in data.items():
                yield from _shown(inner, name, keys)
        case list():
            for inner in data:  # other lists of words are values
                yield from _shown(inner, key if key in ("notes", CHOICES) else "", keys)
        case str() if key in keys and is_chinese(data):
            yield key if key == CHOICES else "", data


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return any("\u3400" <= character <= "\u9fff" for character in text)


def _templatized(path: Path) -> bytes:
    from django.utils.translation.template import templatize

    return templatize(path.read_text("utf-8"), origin=str(path)).encode()


def _extracted(path: Path, source: bytes) -> Iterator[Found]:
    name = path.relative_to(ROOT).as_posix()
    for number, message, _comments, context in extract(
        "python", io.BytesIO(source), KEYWORDS, options={"encoding": "utf-8"}
    ):
        text = tuple(m for m in message if m) if isinstance(message, tuple) else message
        if text and is_chinese("".join(text)):
            yield Found(name, number, text if isinstance(text, str) or len(text) > 1 else text[0], context)


def _language(code: str, template: Catalog, *, is_check: bool) -> int:
    folder = SOURCE / "locale" / code / "LC_MESSAGES"
    po = folder / "django.po"
    catalog = Catalog(locale=code, charset="utf-8")
    if po.exists():
        with po.open("rb") as file:
            catalog = read_po(file, locale=code)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    missing = [one for one in catalog if one.id and (one.fuzzy or not _is_done(one.string))]
    if not is_check:
        _write(folder, catalog)
    for message in missing[:20]:
        print(f"{code}: {message.id!r}", file=sys.stderr)
    return len(missing)


def _is_done(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def _write(folder: Path, catalog: Catalog) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    catalog.project, catalog.version, catalog.fuzzy = "Lantai", "1", False
    catalog.header_comment = f"# {catalog.locale} translations of Lantai."
    catalog.creation_date = catalog.revision_date = EPOCH  # a date would change the file at every run
    with (folder / "django.po").open("wb") as file:
        write_po(file, catalog, width=0, sort_output=True, omit_header=False)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
