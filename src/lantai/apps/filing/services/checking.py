"""What a description must be before it is kept: texts that fit, few enough values, words of our lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from lantai.apps.custody.types import FileRole
from lantai.apps.filing.models import Batch, Document, DocumentFile
from lantai.apps.filing.types import NotComposed, PartUnknown, TextUnfit, TooMany, ValueUnknown, YearUnfit
from lantai.apps.holdings.types import Classification
from lantai.kit.compositions import PartKind, composition_of
from lantai.kit.numbering import Retention

if TYPE_CHECKING:
    from lantai.apps.holdings.models import RecordKind

# The sender's number goes to DA/T 46 M7, which our scheme gives 100 characters. The other figures are ours.
MOST_CHARACTERS = {"external_key": 100, "title": 2_000, "author": 300, "document_number": 120, "name": 255}
NEEDED = frozenset({"external_key", "title", "name"})
MOST_PERSONS, MOST_PERSON = 500, 64
MOST_ELEMENTS, MOST_ELEMENT = 200, 10_000
MOST_FILES = 2_000


def text(name: str, value: str) -> str:
    """``value`` without blanks around it; raises ``TextUnfit``. ``name`` is a field of a document or file."""
    found, most = value.strip(), MOST_CHARACTERS[name]
    if (not found and name in NEEDED) or len(found) > most or not _is_storable(found):
        raise TextUnfit(name=_label(name), most=most, field=name)
    return found


def file_name(value: str) -> str:
    """The name of a file as it came; it is kept letter by letter, blanks too."""
    text("name", value)
    return value


def persons(values: Collection[str]) -> list[str]:
    """Names without blanks around them, each once; raises ``TooMany``, ``TextUnfit``."""
    found = list(dict.fromkeys(value.strip() for value in values if value.strip()))
    _few("persons", len(found), MOST_PERSONS)
    for value in found:
        if len(value) > MOST_PERSON or not _is_storable(value):
            raise TextUnfit(name=_label("persons"), most=MOST_PERSON, field="persons")
    return found


def elements(values: Mapping[str, str]) -> dict[str, str]:
    """The sender's other elements, without the empty ones; raises ``TooMany``, ``TextUnfit``."""
    _few("metadata", len(values), MOST_ELEMENTS)
    for key, value in values.items():
        if max(len(key), len(value)) > MOST_ELEMENT or not (_is_storable(key) and _is_storable(value)):
            raise TextUnfit(name=key[:40].replace("\x00", ""), most=MOST_ELEMENT, field="metadata")
    return {key: value for key, value in values.items() if value.strip()}


def year(value: int | None) -> int | None:
    """A year of four digits or none; raises ``YearUnfit``."""
    if value is not None and not 1000 <= value <= 2999:
        raise YearUnfit(year=value, field="year")
    return value


def retention(value: str) -> str:
    """The code of a period or ""; raises what ``Retention.parse`` refuses."""
    return Retention.parse(value).code if value.strip() else ""


def classification(value: str) -> str:
    """A 密级 that we keep here; raises ``ValueUnknown``."""
    if value not in Classification.values:
        raise ValueUnknown(name=_label("classification"), value=value[:40], field="classification")
    return value


def role(value: str) -> str:
    """What a file is within its document; raises ``ValueUnknown``."""
    if value not in FileRole.values:
        label = DocumentFile._meta.get_field("role").verbose_name
        raise ValueUnknown(name=label, value=value[:40], field="files")
    return value


def part(kind: RecordKind, word: str) -> PartKind | None:
    """The part that ``word`` names, None for an empty one; raises ``PartUnknown``, ``NotComposed``."""
    if not word.strip():
        return None
    rule = composition_of(kind.element_scheme)
    if rule is None:
        raise NotComposed(kind=kind.name)
    found = rule.part(word.strip())
    if found is None:
        known = "、".join(one.name for one in rule.parts)
        raise PartUnknown(kind=kind.name, part=word[:40].replace("\x00", ""), known=known, field="files")
    return found


def part_elements(part: PartKind | None, values: Mapping[str, str]) -> dict[str, str]:
    """What is noted of a file, under the identifiers of its part; raises as `elements`."""
    found = {}
    for key, value in values.items():
        element = part.element(key) if part else None
        found[element.identifier if element else key] = value
    return elements(found)


def file_count(count: int) -> None:
    """Raises ``TooMany`` for a document of more files than anybody opens."""
    _few("files", count, MOST_FILES)


def batch_title(value: str) -> None:
    """Raises ``TextUnfit`` for a name that no batch can have."""
    most = 200
    if not value.strip() or len(value.strip()) > most or not _is_storable(value):
        raise TextUnfit(name=Batch._meta.get_field("title").verbose_name, most=most, field="title")


def _few(name: str, count: int, most: int) -> None:
    if count > most:
        raise TooMany(name=_label(name), count=count, most=most, field=name)


def _label(name: str) -> object:
    if name == "files":
        return _("电子文件")
    if name == "name":
        return DocumentFile._meta.get_field(name).verbose_name
    return Document._meta.get_field(name).verbose_name


def _is_storable(value: str) -> bool:
    """PostgreSQL keeps no NUL, UTF-8 no half characters."""
    return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
