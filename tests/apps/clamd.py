"""The virus scanner outside of the building, for tests: here, away or old, and what it finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from lantai.platform.scanning.types import FileVerdict, Scanner, ScannerUnavailable, ScanState


class Clamd:
    """The daemon: `finds` are the bytes that it takes for a virus."""

    def __init__(self) -> None:
        self.is_here, self.days_old, self.finds = True, 1, b""

    def ask_version(self, _address: str) -> Scanner:
        if not self.is_here:
            raise ScannerUnavailable(reason="connection refused")
        return Scanner("ClamAV sample", timezone.localdate() - timedelta(days=self.days_old))

    def scan_each(self, paths):
        for path in paths:
            if not self.is_here:
                yield FileVerdict(str(path), ScanState.NOT_SCANNED, reason="connection refused")
            elif self.finds and self.finds in path.read_bytes():
                yield FileVerdict(str(path), ScanState.INFECTED, threat="Sample-Virus")
            else:
                yield FileVerdict(str(path), ScanState.CLEAN)


def installed(settings: Any, monkeypatch: Any) -> Clamd:
    """Set the daemon as the scanner of this installation."""
    settings.LANTAI_CLAMD = "127.0.0.1:1"
    made = Clamd()
    monkeypatch.setattr("lantai.platform.scanning.clamd.ask_version", made.ask_version)
    monkeypatch.setattr("lantai.platform.scanning.services.scan_each", made.scan_each)
    return made
