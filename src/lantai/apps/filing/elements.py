"""The elements that a kind of record has beyond the columns that every document has."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from lantai.kit.compositions import ELEMENT as PARTS
from lantai.kit.metadata import Element, ElementScheme, Part, ValueKind, crosswalk, load

GENERAL = "da_t_46"  # its many further elements come from the sender's system, not from a form


def own_elements(scheme: str) -> tuple[Element, ...]:
    """What a form asks about a record of this scheme besides title, author, date and the like."""
    if scheme == GENERAL:
        return ()
    ours = set(crosswalk(scheme).elements.values())
    return tuple(
        one for one in load(scheme)
        if one.part is Part.RECORD and one.kind is not ValueKind.GROUP and one.identifier not in ours
        and one.identifier != PARTS  # told by the files themselves
    )  # fmt: skip


def labels(scheme: str) -> dict[str, str]:
    """What this scheme calls our columns: 摄影者 for the author of a photo, 发件人 for that of a mail."""
    known: ElementScheme = load(scheme)
    if scheme == GENERAL:
        return {}
    pairs = ((name, known.find(identifier)) for name, identifier in crosswalk(scheme).elements.items())
    return {name: _(element.name) for name, element in pairs if element is not None}


def values_by_identifier(scheme: str, metadata: Mapping[str, str]) -> dict[str, str]:
    """Elements by their identifiers, whatever key they came with; unknown ones are left out."""
    known = load(scheme)
    return {found.identifier: value for key, value in metadata.items() if (found := known.find(key))}


def replaced(scheme: str, metadata: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """``metadata`` with the wanted values in place of those of the same element; "" takes one away."""
    known = load(scheme)
    kept = {
        key: value
        for key, value in metadata.items()
        if (found := known.find(key)) is None or found.identifier not in wanted
    }
    return {**kept, **{identifier: value for identifier, value in wanted.items() if value.strip()}}
