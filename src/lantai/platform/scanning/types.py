"""What a scanner says, and how it fails to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lantai.kit.errors import N_, Refusal


class ScannerUnavailable(Refusal):
    """No scanner is set, none answers, or it does not say how old its definitions are."""

    message = N_("杀毒软件没有应答，文件没有扫描。请检查 clamd 是否在运行。原因：%(reason)s")


class NoScanner(ScannerUnavailable):
    """The installation has no scanner."""

    message = N_("没有设置杀毒软件，文件没有扫描。请在设置 LANTAI_CLAMD 中填写 clamd 的地址。")


class ScanState(StrEnum):
    """What is known about one file after asking; there is no "probably clean"."""

    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner that answers; `definitions_on` is None when its database carries no date."""

    name: str
    definitions_on: date | None


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One file: what was found in it (`threat`), or why it was not scanned (`reason`, the scanner's words)."""

    name: str
    state: ScanState
    threat: str = ""
    reason: str = ""
