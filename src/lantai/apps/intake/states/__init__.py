"""State tables of this app."""

from lantai.apps.intake.states.agreements import AGREED, ANNOUNCED
from lantai.apps.intake.states.handover import REGISTERED, RETURNED
from lantai.apps.intake.states.submissions import SUBMISSION

__all__ = ["AGREED", "ANNOUNCED", "REGISTERED", "RETURNED", "SUBMISSION"]
