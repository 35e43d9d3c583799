"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchedFieldsChanged:
    """Descriptions of a kind are found otherwise from now on: at one archives, or (None) wherever it is used."""

    kind_id: int
    archives_id: int | None
