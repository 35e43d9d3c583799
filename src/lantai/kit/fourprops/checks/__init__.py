"""The checks of DA/T 70—2018, one module a property; importing them registers them."""

from __future__ import annotations

from collections.abc import Mapping

from lantai.kit.fourprops.checks import (
    content_authenticity,
    content_integrity,
    description_authenticity,
    description_integrity,
    package_authenticity,
    package_integrity,
    safety,
    usability,
)
from lantai.kit.fourprops.registry import REGISTRY, Check

__all__ = [
    "content_authenticity",
    "content_integrity",
    "description_authenticity",
    "description_integrity",
    "package_authenticity",
    "package_integrity",
    "registered",
    "safety",
    "usability",
]


def registered() -> Mapping[str, Check]:
    """Every check by its code, without the letters of a stage."""
    return REGISTRY.checks
