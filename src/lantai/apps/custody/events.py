"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PackageSealed:
    """A package was sealed; its rows and its object are whole."""

    package_id: int


@dataclass(frozen=True, slots=True)
class VersionAdded:
    """A package has a new version: documents of ours beside the content, which is as it was sealed."""

    package_id: int
    version: int


@dataclass(frozen=True, slots=True)
class ContentDestroyed:
    """Content of a package was destroyed in the storage root; ``version`` is what its object is at now."""

    package_id: int
    version: int


@dataclass(frozen=True, slots=True)
class CheckConcluded:
    """A person judged an open check, or decided on an override: the run may count otherwise than before.

    Whoever holds the subject asks ``queries.counts_as`` about the newest tests of it.
    """

    check_run_id: int
    subject_type: str
    subject_id: str
