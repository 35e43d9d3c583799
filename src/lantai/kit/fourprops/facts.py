"""What is tested, as plain facts gathered by others; None always means "nobody looked".

The checks read only these: they open no file and ask no database, so that the same run serves the
agency's desk, the intake of an archives and an auditor's notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from lantai.kit.fourprops.vocabulary import Stage


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


class SignatureState(StrEnum):
    """What verifying a signature, seal or time stamp showed."""

    VALID = "valid"
    INVALID = "invalid"
    UNVERIFIED = "unverified"  # the content is unchanged, the certificate could not be judged


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """A signature, seal or time stamp found in a file."""

    name: str
    state: SignatureState
    signer: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One computer file of an item: what was declared about it and what was found."""

    path: str
    name: str = ""
    size: int = 0  # bytes
    declared_size: int | None = None
    declared_name: str | None = None
    declared_format: str | None = None  # a PUID, a media type or an extension
    digests: Mapping[str, str] = field(default_factory=dict)  # algorithm → hex, as computed
    declared_digests: Mapping[str, str] = field(default_factory=dict)
    puid: str = ""
    mime: str = ""
    state: FileState | None = None
    extension_ok: bool | None = None
    pages: int | None = None
    is_attachment: bool = False
    signatures: tuple[SignatureFacts, ...] | None = None

    def __post_init__(self) -> None:
        # an examiner in another process answers in plain words; an unknown one must not slip through
        if self.state is not None:
            object.__setattr__(self, "state", FileState(self.state))


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


@dataclass(frozen=True, slots=True)
class AntivirusFacts:
    """What a virus scanner outside of this program reported."""

    name: str
    definitions_on: date
    scanned_files: int
    infected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """An offline carrier and what a reader measured on it."""

    identifier: str
    kind: str = ""
    is_optical: bool = False
    read_bytes_per_s: int | None = None
    normal_bytes_per_s: int | None = None
    disc_is_within_limits: bool | None = None  # DA/T 38 parameters, measured by a disc tester


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """Where and when the test runs."""

    checked_on: date
    is_online: bool | None = None  # sent over a network: no carrier to look at
    database_reachable: bool | None = None
    antivirus: AntivirusFacts | None = None
    carrier: CarrierFacts | None = None
    last_restored_on: date | None = None  # the last restore drill that succeeded


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything one run looks at; `items` is read once, in order."""

    stage: Stage
    package: PackageFacts
    items: Iterable[ItemFacts]
    environment: EnvironmentFacts
