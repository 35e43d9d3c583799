"""Every write of this app."""

from lantai.apps.copies.services.aftermath import read_after_outage
from lantai.apps.copies.services.beats import cycle_of, fill_now, keep_house, pace_of, rate_of, start_cycles
from lantai.apps.copies.services.checking import faults_of_copies, faults_of_journals
from lantai.apps.copies.services.clearing import (
    ask_clearance,
    clear_surplus,
    continue_clearances,
    count_cleared,
    decide_clearance,
    finish_clearance,
    places_of_clearance,
)
from lantai.apps.copies.services.figures import record_held
from lantai.apps.copies.services.journal_reading import (
    close_journal,
    journals_of,
    read_segments,
    record_segments,
)
from lantai.apps.copies.services.journal_reading import steps_of as steps_of_journal
from lantai.apps.copies.services.journals import (
    copy_segment,
    drop_unwanted_journals,
    journal_in,
    lacking,
    note_copied,
    start_journals,
)
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
from lantai.apps.copies.services.polled import PolledContent
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
from lantai.apps.copies.services.syncing import follow_destruction, sync, sync_all
from lantai.apps.copies.services.through import bring_file
from lantai.apps.copies.services.writing import THREADS

__all__ = [
    "ACTS",
    "THREADS",
    "PolledContent",
    "add_policy",
    "ask_clearance",
    "bring_file",
    "change_policy",
    "clear",
    "clear_surplus",
    "close_journal",
    "continue_clearances",
    "continue_moves",
    "copies_of",
    "copy_segment",
    "count_cleared",
    "cycle_of",
    "decide_clearance",
    "drop_policy",
    "drop_unwanted_journals",
    "due",
    "faults_of_copies",
    "faults_of_journals",
    "fill",
    "fill_now",
    "finish_clearance",
    "finish_reading",
    "follow_destruction",
    "forget_quarantined",
    "journal_in",
    "journals_of",
    "keep_house",
    "lacking",
    "may_go",
    "move_out",
    "note_copied",
    "note_moved",
    "open_reading",
    "pace_of",
    "packages_read",
    "places_of_clearance",
    "rate_of",
    "read_after_outage",
    "read_segments",
    "record_held",
    "record_segments",
    "record_slices",
    "retire_place",
    "settle",
    "start_cycles",
    "start_filling",
    "start_journals",
    "start_move",
    "start_reading",
    "start_survey",
    "steps_of_journal",
    "stop_move",
    "survey",
    "sync",
    "sync_all",
    "treat",
]
