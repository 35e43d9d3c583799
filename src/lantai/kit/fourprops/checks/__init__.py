"""The checks of DA/T 70—2018, one module a property; importing them registers them."""

from __future__ import annotations

from collections.abc import Mapping

from lantai.kit.fourprops.checks import (
    amounts,
    archives_own,
    catalogue_rows,
    clocks,
    composition,
    content_authenticity,
    content_integrity,
    description_authenticity,
    description_integrity,
    history,
    package_authenticity,
    package_integrity,
    part_values,
    parts,
    readability,
    repetitions,
    safety,
    signatures,
    technical,
    usability,
    work,
)
from lantai.kit.fourprops.registry import REGISTRY, Check

__all__ = [
    "amounts",
    "archives_own",
    "catalogue_rows",
    "clocks",
    "composition",
    "content_authenticity",
    "content_integrity",
    "description_authenticity",
    "description_integrity",
    "history",
    "package_authenticity",
    "package_integrity",
    "part_values",
    "parts",
    "readability",
    "registered",
    "repetitions",
    "safety",
    "signatures",
    "technical",
    "usability",
    "work",
]


def registered() -> Mapping[str, Check]:
    """Every check by its code, without the letters of a stage."""
    return REGISTRY.checks
