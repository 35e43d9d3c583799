"""Element schemes as data: what a description consists of, element by element, and how sure we are.

The schemes are TOML files beside this module; a scheme of an archives' own has the same form.
"""

from __future__ import annotations

from lantai.kit.metadata.checking import ElementProblem, ProblemKind, Values
from lantai.kit.metadata.crosswalk import Crosswalk, crosswalk
from lantai.kit.metadata.element import Element, Obligation, Part, ValueKind
from lantai.kit.metadata.scheme import ElementScheme, SchemeMalformed, from_toml, load, names

__all__ = [
    "Crosswalk",
    "Element",
    "ElementProblem",
    "ElementScheme",
    "Obligation",
    "Part",
    "ProblemKind",
    "SchemeMalformed",
    "ValueKind",
    "Values",
    "crosswalk",
    "from_toml",
    "load",
    "names",
]
