"""Rows of this app."""

from lantai.apps.acquisition.models.cases import AcquiredObject, Acquisition, Agreement, ObjectFile, Valuation
from lantai.apps.acquisition.models.events import ListedEvent, Requirement
from lantai.apps.acquisition.models.files import HeldFile
from lantai.apps.acquisition.models.voices import (
    Consent,
    Speaker,
    SpeakerIdentity,
    VoiceFile,
    VoiceProject,
    VoiceSession,
)

__all__ = [
    "AcquiredObject",
    "Acquisition",
    "Agreement",
    "Consent",
    "HeldFile",
    "ListedEvent",
    "ObjectFile",
    "Requirement",
    "Speaker",
    "SpeakerIdentity",
    "Valuation",
    "VoiceFile",
    "VoiceProject",
    "VoiceSession",
]
