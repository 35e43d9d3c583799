"""What an item of some kind consists of: a voucher of its invoices, a matter of its stages, a group of its photos.

A composition is data beside this module, one file an element scheme. Which file of an item is which part is
written in the item's own description (element `parts`), so that every package layout carries it.
"""

from __future__ import annotations

from lantai.kit.compositions.composition import (
    Composition,
    PartElement,
    PartKind,
    ValueForm,
    composition_of,
    from_toml,
    names,
)
from lantai.kit.compositions.lines import ELEMENT, Placed, read_lines, write_lines
from lantai.kit.compositions.standing import Standing, standing_of

__all__ = [
    "ELEMENT",
    "Composition",
    "PartElement",
    "PartKind",
    "Placed",
    "Standing",
    "ValueForm",
    "composition_of",
    "from_toml",
    "names",
    "read_lines",
    "standing_of",
    "write_lines",
]
