"""E-ARK information packages: CSIP and SIP 2.x of the DILCIS Board."""

from __future__ import annotations

from lantai.kit.packages.eark.validate import EarkVerdict, validate_eark
from lantai.kit.packages.eark.writer import ItemInvalid, NothingToPack, WrittenEark, write_eark

__all__ = ["EarkVerdict", "ItemInvalid", "NothingToPack", "WrittenEark", "validate_eark", "write_eark"]
