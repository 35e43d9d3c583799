"""Scan files for viruses by the clamd of this installation.

Not scanned is never clean: a daemon that is down, a stream over its limit, a connection that broke
and a file that could not be opened each leave the file unscanned, by name. An archive bomb is another
matter: clamd stops unpacking at its limits and may still say OK, so the limits of our own unpacking
have to stop those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import BinaryIO

from lantai.kit.fourprops.facts import AntivirusFacts
from lantai.platform.scanning import clamd
from lantai.platform.scanning.settings import current
from lantai.platform.scanning.types import (
    FileVerdict,
    NoScanner,
    Scanner,
    ScannerUnavailable,
    ScanState,
)

MAX_FAILURES = 3  # so many times in a row no connection or no answer in time, and the rest is not tried


def scanner() -> Scanner:
    """The scanner that answers now; raises NoScanner or ScannerUnavailable."""
    address = current().clamd
    if not address:
        raise NoScanner()
    return clamd.ask_version(address)


def scan(paths: Iterable[Path | BinaryIO], *, under: Path | None = None) -> AntivirusFacts | None:
    """What the scanner says about files and open streams; None when no scanner can vouch for anything.

    Files are named by their path, within the folder `under` when one is given. A scanner whose
    definitions have no date cannot vouch either: nobody could say whether it knows today's viruses.
    """
    try:
        found = scanner()
    except ScannerUnavailable:
        return None
    if found.definitions_on is None:
        return None
    verdicts = list(scan_each(paths, under=under))
    scanned = sum(one.state is not ScanState.NOT_SCANNED for one in verdicts)
    return AntivirusFacts(
        name=found.name,
        definitions_on=found.definitions_on,
        scanned_files=scanned,
        infected=_named(verdicts, ScanState.INFECTED),
        not_scanned=_named(verdicts, ScanState.NOT_SCANNED),
    )


def scan_each(paths: Iterable[Path | BinaryIO], *, under: Path | None = None) -> Iterator[FileVerdict]:
    """One verdict a file, in order, over as few connections as the daemon allows."""
    with closing(_Line(current().clamd)) as line:
        for source in paths:
            yield line.scan(_name(source, under), source)


class _Line:
    """The connection to the daemon, made anew when it was lost, until there is no hope."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._open = ExitStack()
        self._session: clamd.Session | None = None
        self._failures = 0 if address else MAX_FAILURES

    def scan(self, name: str, source: Path | BinaryIO) -> FileVerdict:
        """The verdict over one file; a daemon that is gone is a verdict as well."""
        if self._failures >= MAX_FAILURES:
            return FileVerdict(name, ScanState.NOT_SCANNED, reason="no scanner answers")
        try:
            verdict, session = self._ask(name, source)
            # A daemon hangs up on a session that was idle for long; the file is not to blame.
            if session.is_cut and session.count > 1 and isinstance(source, Path):
                verdict, session = self._ask(name, source)
        except ScannerUnavailable as refusal:
            self._failures += 1
            return FileVerdict(name, ScanState.NOT_SCANNED, reason=str(refusal.params["reason"])[:200])
        self._failures = self._failures + 1 if session.is_stuck else 0
        return verdict

    def _ask(self, name: str, source: Path | BinaryIO) -> tuple[FileVerdict, clamd.Session]:
        session = self._session
        if session is None or not session.is_open:
            self.close()
            session = self._session = self._open.enter_context(clamd.session(self._address))
        return _scan_one(session, name, source), session

    def close(self) -> None:
        """Hang up."""
        self._session = None
        self._open.close()


def faults(today: date) -> Iterator[str]:
    """What is wrong with the scanner that is set, for ``lantai check``; nothing when none is set."""
    try:
        found = scanner()
    except NoScanner:
        return
    except ScannerUnavailable as refusal:
        yield str(refusal)
        return
    most_days = current().most_days
    if found.definitions_on is None:
        yield f"{found.name}: its definitions carry no date, so its verdicts do not count"
    elif (today - found.definitions_on).days > most_days:
        yield f"{found.name}: its definitions are of {found.definitions_on}, older than {most_days} days"


def describe(today: date) -> str:
    """One line that says which scanner there is and how old its definitions are."""
    try:
        found = scanner()
    except NoScanner:
        return "none (LANTAI_CLAMD is not set): nothing is scanned for viruses"
    except ScannerUnavailable:
        return f"{current().clamd} does not answer: nothing is scanned for viruses"
    if found.definitions_on is None:
        return f"{found.name}, definitions without a date"
    return f"{found.name}, definitions of {found.definitions_on} ({(today - found.definitions_on).days} days old)"


def _scan_one(line: clamd.Session, name: str, source: Path | BinaryIO) -> FileVerdict:
    if not isinstance(source, Path):
        return line.scan(name, source)
    try:
        stream = source.open("rb")
    except OSError as error:
        return FileVerdict(name, ScanState.NOT_SCANNED, reason=error.strerror or "cannot be opened")
    with stream:
        return line.scan(name, stream)


def _name(source: Path | BinaryIO, under: Path | None) -> str:
    if isinstance(source, Path):
        is_inside = under is not None and source.is_relative_to(under)
        return (source.relative_to(under) if under is not None and is_inside else source).as_posix()
    return str(getattr(source, "name", ""))


def _named(verdicts: Iterable[FileVerdict], state: ScanState) -> tuple[str, ...]:
    return tuple(one.name for one in verdicts if one.state is state)
