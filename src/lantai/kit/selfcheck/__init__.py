"""The four-property test of a package on anybody's computer: without a server, a database or a network."""

from __future__ import annotations

from lantai.kit.selfcheck.facts import Looked, file_facts, flat, item_facts, moment
from lantai.kit.selfcheck.guessing import guess_scheme
from lantai.kit.selfcheck.run import check_package, check_read, gather, read_package

__all__ = [
    "Looked",
    "check_package",
    "check_read",
    "file_facts",
    "flat",
    "gather",
    "guess_scheme",
    "item_facts",
    "moment",
    "read_package",
]
