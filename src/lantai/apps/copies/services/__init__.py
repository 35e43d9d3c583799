"""Every write of this app."""

from lantai.apps.copies.services.beats import cycle_of, fill_now, keep_house, pace_of, rate_of, start_cycles
from lantai.apps.copies.services.checking import faults_of_copies
from lantai.apps.copies.services.figures import record_held
from lantai.apps.copies.services.moving import (
    clear,
    continue_moves,
    may_go,
    note_moved,
    retire_place,
    start_move,
    stop_move,
)
from lantai.apps.copies.services.orphans import ACTS, move_out, settle, start_survey, survey
from lantai.apps.copies.services.policies import add_policy, change_policy, drop_policy
from lantai.apps.copies.services.repairing import forget_quarantined
from lantai.apps.copies.services.replication import due, fill, start_filling
from lantai.apps.copies.services.rounds import (
    copies_of,
    finish_reading,
    open_reading,
    packages_read,
    record_slices,
    start_reading,
    treat,
)
from lantai.apps.copies.services.syncing import sync, sync_all
from lantai.apps.copies.services.through import bring_file
from lantai.apps.copies.services.writing import THREADS

__all__ = [
    "ACTS",
    "THREADS",
    "add_policy",
    "bring_file",
    "change_policy",
    "clear",
    "continue_moves",
    "copies_of",
    "cycle_of",
    "drop_policy",
    "due",
    "faults_of_copies",
    "fill",
    "fill_now",
    "finish_reading",
    "forget_quarantined",
    "keep_house",
    "may_go",
    "move_out",
    "note_moved",
    "open_reading",
    "pace_of",
    "packages_read",
    "rate_of",
    "record_held",
    "record_slices",
    "retire_place",
    "settle",
    "start_cycles",
    "start_filling",
    "start_move",
    "start_reading",
    "start_survey",
    "stop_move",
    "survey",
    "sync",
    "sync_all",
    "treat",
]
