"""Every write of this app."""

from lantai.apps.copies.services.beats import fill_now, pace_of
from lantai.apps.copies.services.policies import add_policy, change_policy, drop_policy
from lantai.apps.copies.services.replication import due, fill, start_filling
from lantai.apps.copies.services.syncing import sync, sync_all

__all__ = [
    "add_policy",
    "change_policy",
    "drop_policy",
    "due",
    "fill",
    "fill_now",
    "pace_of",
    "start_filling",
    "sync",
    "sync_all",
]
