"""One description for other systems: Dublin Core, EAD3, RiC-O and the directory of DA/T, out and in."""

from __future__ import annotations

from lantai.kit.metadata.exchange.dat import to_dat, write_dat
from lantai.kit.metadata.exchange.dc import to_dc, write_dc
from lantai.kit.metadata.exchange.ead import to_ead, write_ead
from lantai.kit.metadata.exchange.record import Record
from lantai.kit.metadata.exchange.rico import to_rico, write_rico

__all__ = [
    "Record",
    "to_dat",
    "to_dc",
    "to_ead",
    "to_rico",
    "write_dat",
    "write_dc",
    "write_ead",
    "write_rico",
]
