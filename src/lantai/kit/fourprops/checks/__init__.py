"""The checks of DA/T 70—2018, one module a property; importing them registers them."""

from __future__ import annotations

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

AREAS = (
    description_authenticity,
    content_authenticity,
    package_authenticity,
    description_integrity,
    content_integrity,
    package_integrity,
    usability,
    safety,
)
