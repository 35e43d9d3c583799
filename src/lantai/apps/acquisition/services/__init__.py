"""Every write of this app."""

from lantai.apps.acquisition.services.cases import (
    Lead,
    confirm,
    count_objects,
    enter_valuation,
    extend_deposit,
    move,
    open_case,
    receive,
    remind_of_deposits,
    revise_case,
    source_shown,
    write_agreement,
)
from lantai.apps.acquisition.services.holding import survey
from lantai.apps.acquisition.services.objects import (
    add_files,
    drop_file,
    drop_object,
    files_to_survey,
    list_object,
    seal_case,
    start_sealing,
)

__all__ = [
    "Lead",
    "add_files",
    "confirm",
    "count_objects",
    "drop_file",
    "drop_object",
    "enter_valuation",
    "extend_deposit",
    "files_to_survey",
    "list_object",
    "move",
    "open_case",
    "receive",
    "remind_of_deposits",
    "revise_case",
    "seal_case",
    "source_shown",
    "start_sealing",
    "survey",
    "write_agreement",
]
