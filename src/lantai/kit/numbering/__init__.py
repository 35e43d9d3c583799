"""档号: reading, writing and giving out reference codes (DA/T 13-2022, DA/T 22-2015)."""

from __future__ import annotations

from lantai.kit.numbering.code import DOT, Level, ReferenceCode, Style, format_code, normalise, parse
from lantai.kit.numbering.refusals import (
    CatalogueNumberInvalid,
    CategoryPartInvalid,
    ClassPartInvalid,
    EmptyPart,
    FondsPartInvalid,
    LegacyRetention,
    NumberPartInvalid,
    NumbersExhausted,
    PartMissing,
    PartNotInRule,
    ReferenceCodeInvalid,
    RetentionPartInvalid,
    RuleInvalid,
    SubclassPartInvalid,
    WrongGroupCount,
    YearPartInvalid,
)
from lantai.kit.numbering.retention import PERMANENT, YEARS_10, YEARS_30, Retention
from lantai.kit.numbering.rule import NumberingRule

__all__ = [
    "DOT",
    "PERMANENT",
    "YEARS_10",
    "YEARS_30",
    "CatalogueNumberInvalid",
    "CategoryPartInvalid",
    "ClassPartInvalid",
    "EmptyPart",
    "FondsPartInvalid",
    "LegacyRetention",
    "Level",
    "NumberPartInvalid",
    "NumberingRule",
    "NumbersExhausted",
    "PartMissing",
    "PartNotInRule",
    "ReferenceCode",
    "ReferenceCodeInvalid",
    "Retention",
    "RetentionPartInvalid",
    "RuleInvalid",
    "Style",
    "SubclassPartInvalid",
    "WrongGroupCount",
    "YearPartInvalid",
    "format_code",
    "normalise",
    "parse",
]
