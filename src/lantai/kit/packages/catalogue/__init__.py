"""Catalogues that people send as spreadsheets, CSV or XML: read, mapped to elements and checked."""

from __future__ import annotations

from lantai.kit.packages.catalogue.checking import Entry
from lantai.kit.packages.catalogue.mapping import ColumnMap, MappedColumn, map_columns
from lantai.kit.packages.catalogue.reader import CatalogueReader
from lantai.kit.packages.catalogue.vocabulary import How, Vocabulary, of_scheme, vocabulary

__all__ = [
    "CatalogueReader",
    "ColumnMap",
    "Entry",
    "How",
    "MappedColumn",
    "Vocabulary",
    "map_columns",
    "of_scheme",
    "vocabulary",
]
