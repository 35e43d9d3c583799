"""Authority records without a database: dates and codes, likeness of names, chains, EAC-CPF."""

from __future__ import annotations

from lantai.kit.authorities.chains import Placed, arrange
from lantai.kit.authorities.codes import credit_code_is_right, place_code_is_right
from lantai.kit.authorities.dates import year_of
from lantai.kit.authorities.eac import EacName, EacRecord, EacRelation, to_eac

__all__ = [
    "EacName",
    "EacRecord",
    "EacRelation",
    "Placed",
    "arrange",
    "credit_code_is_right",
    "place_code_is_right",
    "to_eac",
    "year_of",
]
