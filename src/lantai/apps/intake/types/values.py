"""Values that services take, and the arguments of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lantai.apps.intake.types.kinds import CountsFrom


@dataclass(frozen=True, slots=True)
class RemindOfDues:
    """Run: keep agreements and the calendar up to the day, and remind of what is due."""

    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an agreement says; ``kinds`` maps a record kind's id to the slug of its test scheme.

    Empty ``layouts`` or ``formats`` (file extensions) mean that all are taken; a limit of None means none.
    """

    title: str
    kinds: Mapping[int, str]
    valid_from: date
    valid_until: date | None = None
    layouts: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    most_bytes: int | None = None
    most_files: int | None = None
    most_items: int | None = None
    needs_two_people: bool = True
    due_within_years: int = 5
    counts_from: str = CountsFrom.FILED
    agency_signer: str = ""
    archives_signer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an announcement says is coming."""

    title: str
    kind_id: int
    mode: str
    item_count: int
    planned_on: date
    byte_count: int = 0
    carrier: str = ""
    note: str = ""
    due_id: int | None = None


@dataclass(frozen=True, slots=True)
class CheckSubmission:
    """Run: unpack, read, open every file and test a transfer."""

    submission_id: int


@dataclass(frozen=True, slots=True)
class AcceptSubmission:
    """Run: take a transfer into custody, with register and receipt."""

    submission_id: int


@dataclass(frozen=True, slots=True)
class KeepRegister:
    """Run: put a register that both sides have confirmed into the object it is about."""

    register_id: int
