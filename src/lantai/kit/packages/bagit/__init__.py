"""BagIt: packages that travel between institutions (RFC 8493)."""

from __future__ import annotations

from lantai.kit.packages.bagit.reader import Bag, NotABag, read_bag, validate_bag
from lantai.kit.packages.bagit.writer import InfoInvalid, write_bag
from lantai.kit.packages.building import NameInvalid, TargetExists

__all__ = [
    "Bag",
    "InfoInvalid",
    "NameInvalid",
    "NotABag",
    "TargetExists",
    "read_bag",
    "validate_bag",
    "write_bag",
]
