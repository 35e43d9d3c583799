"""What the virus scanner says of each file, kept with it, and what that comes to for a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import tee
from pathlib import Path
from typing import Any

from django.conf import settings

from lantai.apps.custody.types import ScannerNotReady
from lantai.kit.fourprops.facts import AntivirusFacts
from lantai.platform.scanning import services as scanning
from lantai.platform.scanning.types import FileVerdict, Scanner, ScannerUnavailable, ScanState

WAIT = "wait"  # the policy by which nothing goes on until the scanner is back
Scan = Mapping[str, Any]


def has_scanner() -> bool:
    """Whether this installation has set a scanner; without one, checks for viruses are not run."""
    return bool(settings.LANTAI_CLAMD)


def waits_for_scanner() -> bool:
    """Whether tests wait for a scanner that is away; otherwise they run, and do not pass."""
    return has_scanner() and settings.LANTAI_SCAN_POLICY == WAIT


def scan_files(today: date, paths: Iterable[Path]) -> Iterator[dict[str, Any] | None]:
    """What is kept of each file, in order; None while no scanner can vouch for anything."""
    found = _ready(today)
    if found is None or found.definitions_on is None:
        yield from (None for _path in paths)
        return
    told = {
        "scanner": found.name,
        "definitions_on": found.definitions_on.isoformat(),
        "scanned_on": today.isoformat(),
    }
    for path, verdict in _verdicts(paths):
        if verdict.state is ScanState.NOT_SCANNED:
            # A file that is too large stays unscanned; a scanner that was away for a moment looks again.
            (verdict,) = scanning.scan_each([path])
            if verdict.state is ScanState.NOT_SCANNED and _ready(today) is None:
                yield None
                continue
        yield {"state": str(verdict.state), "threat": verdict.threat, "reason": verdict.reason, **told}


def _verdicts(paths: Iterable[Path]) -> Iterator[tuple[Path, FileVerdict]]:
    """Each path with its verdict; a path is taken only when the one before has its own."""
    one, same = tee(paths)
    return zip(one, scanning.scan_each(same), strict=True)


def _ready(today: date) -> Scanner | None:
    if not has_scanner() or any(scanning.faults(today)):
        return None
    try:
        return scanning.scanner()
    except ScannerUnavailable:
        return None


def is_scanner_ready(today: date) -> bool:
    """Whether the scanner that is set answers and knows the viruses of these days."""
    return _ready(today) is not None


def require_scanner(today: date) -> None:
    """Raise ``ScannerNotReady`` where a scanner is set, cannot vouch for anything, and the policy is to wait."""
    if waits_for_scanner() and _ready(today) is None:
        raise ScannerNotReady(reason=next(scanning.faults(today), "no date"), count=0)


def require_scans(today: date, missing: int) -> None:
    """Raise ``ScannerNotReady`` where ``missing`` files were not scanned and the policy is to wait."""
    if missing and waits_for_scanner():
        reason = next(scanning.faults(today), "not yet scanned")
        raise ScannerNotReady(reason=reason, count=missing)


def is_infected(scan: Scan | None) -> bool:
    """Whether the scanner found something in a file."""
    return scan is not None and scan["state"] == ScanState.INFECTED


def antivirus_of(scans: Iterable[tuple[str, Scan | None]]) -> AntivirusFacts | None:
    """The scans of files by their paths as facts of a test; None where no scanner has looked at any.

    The definitions count from the oldest that any file was scanned with; a file nobody looked at is named.
    """
    told = list(scans)
    looked = [scan for _path, scan in told if scan is not None and scan["state"] != ScanState.NOT_SCANNED]
    asked = [scan for _path, scan in told if scan is not None]
    if not asked:
        return None
    oldest = min(asked, key=lambda scan: scan["definitions_on"])
    return AntivirusFacts(
        name=oldest["scanner"],
        definitions_on=date.fromisoformat(oldest["definitions_on"]),
        scanned_files=len(looked),
        infected=tuple(path for path, scan in told if is_infected(scan)),
        not_scanned=tuple(
            path for path, scan in told if scan is None or scan["state"] == ScanState.NOT_SCANNED
        ),
    )


def blocks_for_scan(scans: Iterable[Scan | None]) -> bool:
    """Whether a test may not pass because the scanner that is set has not looked at a file."""
    return has_scanner() and any(scan is None for scan in scans)
