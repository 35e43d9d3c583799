"""Reading the catalogue of a package: its tables one after the other, its rows as they pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lantai.kit.numbering import Level
from lantai.kit.packages.catalogue.checking import REQUIRED, CatalogueChecker, Entry
from lantai.kit.packages.catalogue.findings import CappedFindings
from lantai.kit.packages.catalogue.mapping import ROWS_OF_PROOF, Saved
from lantai.kit.packages.catalogue.messages import MESSAGES
from lantai.kit.packages.catalogue.numbers import Numbers
from lantai.kit.packages.catalogue.tables import MappedTable, mapped_tables
from lantai.kit.packages.catalogue.vocabulary import Vocabulary, vocabulary
from lantai.kit.tabular import DEFAULT_LIMITS, TableLimits, TableRefused


class CatalogueReader:
    """The catalogue that lies directly in a folder; ``findings`` grow while `entries` are taken.

    ``saved`` is the mapping agreed with an agency (heading → identifier), ``level`` what its rows are
    where that is known. One file that cannot be read is a finding, not the end.
    """

    def __init__(
        self,
        files: Sequence[Path],
        *,
        words: Vocabulary | None = None,
        saved: Saved | None = None,
        level: Level | None = None,
        required: Sequence[str] = REQUIRED,
        limits: TableLimits = DEFAULT_LIMITS,
        findings: CappedFindings | None = None,
    ) -> None:
        self._words = words or vocabulary()
        self._level = level
        self._required = required
        self._numbers = Numbers()
        self.findings = CappedFindings(MESSAGES) if findings is None else findings
        self.catalogues: list[MappedTable] = []
        self.file_lists: list[MappedTable] = []
        for path in files:
            self._open(path, saved, limits)
        if not self.catalogues and not self.findings.error_count:
            self.findings.error("catalogue-none", "、".join(path.name for path in files), rows=ROWS_OF_PROOF)

    def _open(self, path: Path, saved: Saved | None, limits: TableLimits) -> None:
        try:
            for mapped in mapped_tables(path, self._words, self.findings, saved, limits):
                (self.catalogues if mapped.columns.is_catalogue else self.file_lists).append(mapped)
        except TableRefused as refused:
            self.findings.error("catalogue-broken", path.name, reason=str(refused))

    @property
    def files(self) -> frozenset[str]:
        """Names of the files that belong to the catalogue."""
        return frozenset(mapped.file for mapped in (*self.catalogues, *self.file_lists))

    def entries(self) -> Iterator[Entry]:
        """Every row of every catalogue; afterwards the findings are complete."""
        for mapped in self.catalogues:
            yield from self._of_table(mapped)
        self._numbers.tell_gaps(self.findings)

    def _of_table(self, mapped: MappedTable) -> Iterator[Entry]:
        checker = CatalogueChecker(
            mapped.table,
            mapped.columns,
            self.findings,
            self._numbers,
            level=self._level,
            required=self._required,
        )
        is_empty = True
        try:
            for entry in checker.entries(mapped.table.rows()):
                is_empty = False
                yield entry
        except TableRefused as refused:
            self.findings.error("catalogue-broken", mapped.table.name, reason=str(refused))
            return
        if is_empty:
            self.findings.error("catalogue-empty", mapped.table.name)
