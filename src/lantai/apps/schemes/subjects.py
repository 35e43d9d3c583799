"""Where packages come from on which a draft can be tried: registered by the apps that hold them."""

from __future__ import annotations

from lantai.apps.schemes.types import SubjectSource
from lantai.kit.errors import Missing

_sources: dict[str, SubjectSource] = {}


def register_subjects(subject_type: str, source: SubjectSource) -> None:
    """Offer the subjects of another app for trials."""
    _sources[subject_type] = source


def sources() -> dict[str, SubjectSource]:
    """All registered sources by subject type."""
    return dict(_sources)


def source_of(subject_type: str) -> SubjectSource:
    """One source; raises ``Missing``."""
    if subject_type not in _sources:
        raise Missing
    return _sources[subject_type]
