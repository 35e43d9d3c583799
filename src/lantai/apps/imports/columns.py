"""What columns can be mapped to, and where what they hold goes."""

from __future__ import annotations

from collections.abc import Iterator

from lantai.apps.imports.types import Target
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindField, KindScheme
from lantai.kit.metadata import Element, Obligation, ValueKind
from lantai.kit.packages.catalogue.importing import OWN
from lantai.kit.packages.catalogue.vocabulary import vocabulary

COLUMNS = {  # element of a column → column of a description
    "archivalCode": "reference_code",
    "title": "title",
    "volumeTitle": "title",
    "author": "author",
    "documentNumber": "document_number",
    "date": "dated_on",
    "year": "year",
    "retentionPeriod": "retention",
    "organizationalStructureOrFunction": "class_code",
    "securityClassification": "classification",
    "controlIdentifier": "openness",
    "personalName": "persons",
    "totalNumberOfPages": "page_count",
    "annotation": "note",
}
PLACING = ("fondsIdentifier", "level", "parentCode")
_LEFT_OUT = frozenset({"sequence", "filePath", "fileRole", "fileSize", "digestAlgorithm", "attachments"})
ALWAYS = ("archivalCode", "title")


def targets(kind_id: int, archives_id: int | None) -> list[Target]:
    """What a column of a sheet of this kind can be mapped to, in the order of a description."""
    words = vocabulary()
    first = [*COLUMNS, *PLACING]
    known = [Target(key, element.name) for key in first if (element := words.element(key))]
    own = [Target(f"{OWN}{field.name}", field.label, is_own=True) for field in _own(kind_id, archives_id)]
    rest = [
        Target(element.identifier, element.name)
        for element in words
        if element.identifier not in first
        and element.identifier not in _LEFT_OUT
        and "digest" not in element.identifier
    ]
    return [*known, *own, *rest]


def label_of(identifier: str, kind_id: int, archives_id: int | None) -> str:
    """The name of a target, "" for none."""
    return next((one.label for one in targets(kind_id, archives_id) if one.identifier == identifier), "")


def fields_for(kind_id: int, archives_id: int | None) -> list[dict[str, object]]:
    """The kind's own fields as the reader takes them."""
    return [{"name": field.name, "label": field.label, "aliases": []} for field in _own(kind_id, archives_id)]


def required_for(kind_id: int, archives_id: int | None) -> list[str]:
    """The elements that no row of this kind may leave empty, as far as the sheet has a column for them."""
    scheme = kinds.scheme_of(kind_id, archives_id)
    by_column = {column: key for key, column in COLUMNS.items() if key != "volumeTitle"}
    found = (_required(field, by_column) for field in scheme.asked if field.is_required)
    return [*ALWAYS, *(key for key in found if key and key not in ALWAYS)]


def _required(field: KindField, by_column: dict[str, str]) -> str:
    return by_column.get(field.column, "") if field.column else f"{OWN}{field.name}"


def own_scheme(kind_id: int, archives_id: int | None) -> KindScheme:
    """The kind's fields in force."""
    return kinds.scheme_of(kind_id, archives_id)


def _own(kind_id: int, archives_id: int | None) -> Iterator[KindField]:
    return (field for field in kinds.scheme_of(kind_id, archives_id).asked if not field.column)


def own_elements(kind_id: int, archives_id: int | None) -> list[Element]:
    """The kind's own fields as columns of a template."""
    return [
        Element(
            f"K{n}",
            field.label,
            f"{OWN}{field.name}",
            Obligation.OPTIONAL,
            ValueKind.TEXT,
            values=field.choices,
        )
        for n, field in enumerate(_own(kind_id, archives_id), 1)
    ]
