"""Rows of this app."""

from lantai.apps.acquisition.models.cases import AcquiredObject, Acquisition, Agreement, ObjectFile, Valuation
from lantai.apps.acquisition.models.files import HeldFile

__all__ = ["AcquiredObject", "Acquisition", "Agreement", "HeldFile", "ObjectFile", "Valuation"]
