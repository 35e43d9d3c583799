"""Statutory clocks in Chinese working days; which days are off is data.

The State Council announces holidays and make-up working days year by year, so every calendar says
from when until when it knows, and refuses to answer outside of that rather than guessing.
"""

from __future__ import annotations

from lantai.kit.workdays.clock import due_on, is_working_day, working_days_between
from lantai.kit.workdays.holidays import Holidays, HolidaysUnknown

__all__ = ["Holidays", "HolidaysUnknown", "due_on", "is_working_day", "working_days_between"]
