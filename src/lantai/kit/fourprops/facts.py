"""What is tested, as plain facts gathered by others; None always means "nobody looked".

The checks read only these: they open no file and ask no database, so that the same run serves the
agency's desk, the intake of an archives and an auditor's notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.fourprops.vocabulary import Stage

Fact: TypeAlias = (
    str | int | float | bool | Sequence[str] | Sequence[float]
)  # one figure that an examiner measured


class FileState(StrEnum):
    """What opening a file showed."""

    OK = "ok"
    MISSING = "missing"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    UNSUPPORTED = "unsupported"  # no reader for this format here
    ACTIVE = "active"  # holds scripts or macros


class Stopped(StrEnum):
    """Why the confined process that opened a file was ended."""

    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class FileRemark:
    """What the examiner of a format had to say of a file; `code` is stable, `message` a msgid."""

    code: str
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One computer file of an item: what was declared about it and what was found."""

    path: str
    name: str = ""
    size: int = 0  # bytes
    declared_size: int | None = None
    declared_name: str | None = None
    declared_format: str | None = None  # in the words of the sender: formats_told.py reads them
    digests: Mapping[str, str] = field(default_factory=dict)  # algorithm → hex, as computed
    declared_digests: Mapping[str, str] = field(default_factory=dict)
    puid: str = ""
    mime: str = ""
    state: FileState | None = None
    extension_ok: bool | None = None
    pages: int | None = None
    is_attachment: bool = False
    role: str = ""  # "main", "attachment", "draft" or "handling" where it is known
    signatures: tuple[SignatureFound, ...] | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)  # width_px, duration_ms, invoice_number …
    second_opinion: str = ""  # another way to tell formats, where it disagrees
    remarks: tuple[FileRemark, ...] = ()
    stopped: Stopped | None = None
    held_as: str = ""  # 档号 under which the archives keeps the same content already
    held_values: Mapping[str, str] = field(
        default_factory=dict
    )  # an element of its part → who has the same value

    def __post_init__(self) -> None:
        # an examiner in another process answers in plain words; an unknown one must not slip through
        if self.state is not None:
            object.__setattr__(self, "state", FileState(self.state))
        if self.role == "attachment":
            object.__setattr__(self, "is_attachment", True)


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One act in the life of an item (DA/T 46 M80–M84)."""

    action: str
    at: datetime | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One record: its description, files and history."""

    key: str
    reference_code: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    files: tuple[FileFacts, ...] = ()
    events: tuple[EventFacts, ...] = ()
    declared_attachments: tuple[str, ...] | None = None  # names listed in the description
    signatures: tuple[SignatureFound, ...] | None = None  # around the item, not inside one of its files
    row: Mapping[str, str] = field(default_factory=dict)  # of the catalogue, by our field names


@dataclass(frozen=True, slots=True)
class PackageProblem:
    """Something wrong that the reader of a package format found."""

    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    path: str = ""
    is_error: bool = True


Problems = tuple[PackageProblem, ...]


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """The package around the items; an empty `kind` says that rows are tested, not a package."""

    kind: str = ""
    declared_item_count: int | None = None
    item_count: int | None = None  # as counted by the reader; otherwise the items seen are counted
    declared_bytes: int | None = None
    bytes: int | None = None
    declared_file_count: int | None = None
    file_count: int | None = None
    declared_digest: str | None = None  # of the whole package, as "algorithm:hex"
    digest: str | None = None
    structure_problems: Problems | None = None
    catalogue_problems: Problems | None = None
    manifest_problems: Problems | None = None
    metadata_problems: Problems | None = None
    extra_files: tuple[str, ...] | None = None
    unlinked_files: tuple[str, ...] | None = None  # content that no description points to
    description: Mapping[str, str] | None = None  # 说明文件, key → value
    readable_metadata: bool | None = None
    signatures: tuple[SignatureFound, ...] | None = None  # around the whole package
    made_at: datetime | None = None  # by the clock of the program that made it: it was not sent before


@dataclass(frozen=True, slots=True)
class AntivirusFacts:
    """What a virus scanner outside of this program reported."""

    name: str
    definitions_on: date
    scanned_files: int
    infected: tuple[str, ...] = ()
    not_scanned: tuple[str, ...] = ()  # too large, locked: nobody can say that they are clean


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """An offline carrier and what a reader measured on it."""

    identifier: str
    kind: str = ""
    is_optical: bool = False
    read_bytes_per_s: int | None = None
    normal_bytes_per_s: int | None = None
    disc_is_within_limits: bool | None = None  # DA/T 38 parameters, measured by a disc tester
    looks_good: bool | None = None  # a person looked at surface and label
    looked_at_by: str = ""


@dataclass(frozen=True, slots=True)
class PlannedClass:
    """A line of the filing plan: what should be there and what is."""

    code: str
    title: str
    planned: int
    filed: int


@dataclass(frozen=True, slots=True)
class WeaknessScan:
    """What a scan for weaknesses of the software, made by others, came to."""

    scanned_by: str
    scanned_on: date
    grave: int  # open findings of the two gravest ranks


@dataclass(frozen=True, slots=True)
class ClimateLog:
    """The extremes of a storeroom's log."""

    storeroom: str
    first_on: date
    last_on: date
    least_celsius: float
    most_celsius: float
    least_humidity_percent: float
    most_humidity_percent: float


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """Where and when the test runs."""

    checked_on: date
    is_online: bool | None = None  # sent over a network: no carrier to look at
    database_reachable: bool | None = None
    antivirus: AntivirusFacts | None = None
    carrier: CarrierFacts | None = None
    last_restored_on: date | None = None  # the last restore drill that succeeded
    sent_at: datetime | None = None  # by the clock of the sender
    received_at: datetime | None = None  # by our clock
    plan: tuple[PlannedClass, ...] | None = None
    log_is_intact: bool | None = None  # the log of the acts on these records was verified
    weaknesses: WeaknessScan | None = None
    climate: ClimateLog | None = None
    sample_seed: str = ""  # whoever knows it draws the same samples again


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything one run looks at; `items` is read once, in order.

    `afterwards` gives the package once more where only its items show all that is wrong with it.
    """

    stage: Stage
    package: PackageFacts
    items: Iterable[ItemFacts]
    environment: EnvironmentFacts
    afterwards: Callable[[], PackageFacts] | None = None
