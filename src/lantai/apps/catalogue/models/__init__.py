"""One tree of rows for everything described; ``custodian`` says whose each is."""

from __future__ import annotations

from lantai.apps.catalogue.models.arranging import (
    Arrangement,
    FormerCode,
    Placement,
    RearrangedRow,
    Rearrangement,
)
from lantai.apps.catalogue.models.descriptions import Description, DescriptionVersion
from lantai.apps.catalogue.models.editing import (
    BulkChange,
    BulkRow,
    Carrying,
    Draft,
    NumberRing,
    SealedNumber,
)
from lantai.apps.catalogue.models.linking import AccessPoint
from lantai.apps.catalogue.models.watching import KnownMatch, Watch

__all__ = [
    "AccessPoint",
    "Arrangement",
    "BulkChange",
    "BulkRow",
    "Carrying",
    "Description",
    "DescriptionVersion",
    "Draft",
    "FormerCode",
    "KnownMatch",
    "NumberRing",
    "Placement",
    "RearrangedRow",
    "Rearrangement",
    "SealedNumber",
    "Watch",
]
