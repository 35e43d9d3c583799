"""Every write of this app."""

from __future__ import annotations

from lantai.apps.interop.services.receiving import receive
from lantai.apps.interop.services.registering import (
    register_channel,
    register_source,
    remove_source,
    revise_channel,
    revise_source,
    start_due,
    start_harvest,
    start_report,
)
from lantai.apps.interop.services.stamping import follow, follow_now

__all__ = [
    "follow",
    "follow_now",
    "receive",
    "register_channel",
    "register_source",
    "remove_source",
    "revise_channel",
    "revise_source",
    "start_due",
    "start_harvest",
    "start_report",
]
