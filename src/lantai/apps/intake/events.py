"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubmissionAccepted:
    """A transfer is in the archives' custody and its items are in its catalogue."""

    submission_id: int
    package_id: int


@dataclass(frozen=True, slots=True)
class SubmissionReturned:
    """A transfer went back to its agency; nothing of it was taken in."""

    submission_id: int
