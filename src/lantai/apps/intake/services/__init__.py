"""Every write of this app."""

from lantai.apps.intake.services.accepting import (
    finish_accepting,
    give_up_accepting,
    issue_receipt,
    issue_register,
    take_custody,
)
from lantai.apps.intake.services.checking import conclude_check, enter_reading, open_check, record_files
from lantai.apps.intake.services.deciding import (
    accept_submission,
    check_again,
    return_submission,
    withdraw_submission,
)
from lantai.apps.intake.services.submitting import submit_folder, submit_online, submit_package

__all__ = [
    "accept_submission",
    "check_again",
    "conclude_check",
    "enter_reading",
    "finish_accepting",
    "give_up_accepting",
    "issue_receipt",
    "issue_register",
    "open_check",
    "record_files",
    "return_submission",
    "submit_folder",
    "submit_online",
    "submit_package",
    "take_custody",
    "withdraw_submission",
]
