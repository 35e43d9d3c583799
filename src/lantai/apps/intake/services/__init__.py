"""Every write of this app."""

from lantai.apps.intake.services.accepting import (
    finish_accepting,
    give_up_accepting,
    issue_receipt,
    issue_register,
    take_custody,
)
from lantai.apps.intake.services.agreements import (
    draft_agreement,
    end_agreement,
    enforce,
    expire,
    follow_agreement,
    reject_agreement,
    revise_agreement,
    sign_agreement,
)
from lantai.apps.intake.services.announcing import (
    announce,
    confirm_announcement,
    propose_day,
    withdraw_announcement,
)
from lantai.apps.intake.services.calendar import (
    add_due,
    close_due,
    extend_due,
    remind_of,
    start_reminding,
    waive_due,
    waive_dues,
)
from lantai.apps.intake.services.checking import (
    conclude_check,
    enter_reading,
    open_check,
    record_files,
    record_scans,
    start_waiting_checks,
)
from lantai.apps.intake.services.deciding import (
    accept_part,
    accept_submission,
    check_again,
    confirm_acceptance,
    object_to_acceptance,
    return_submission,
    withdraw_submission,
)
from lantai.apps.intake.services.forgetting import forget_original
from lantai.apps.intake.services.opinions import enter_annex, import_annex, prepare_opinions
from lantai.apps.intake.services.registering import confirm_register, keep_register
from lantai.apps.intake.services.returning import close_return_list, drop_entry
from lantai.apps.intake.services.submitting import gather_folder, submit_folder, submit_online, submit_package
from lantai.apps.intake.services.verdicts import reconsider

__all__ = [
    "accept_part",
    "accept_submission",
    "add_due",
    "announce",
    "check_again",
    "close_due",
    "close_return_list",
    "conclude_check",
    "confirm_acceptance",
    "confirm_announcement",
    "confirm_register",
    "draft_agreement",
    "drop_entry",
    "end_agreement",
    "enforce",
    "enter_annex",
    "enter_reading",
    "expire",
    "extend_due",
    "finish_accepting",
    "follow_agreement",
    "forget_original",
    "gather_folder",
    "give_up_accepting",
    "import_annex",
    "issue_receipt",
    "issue_register",
    "keep_register",
    "object_to_acceptance",
    "open_check",
    "prepare_opinions",
    "propose_day",
    "reconsider",
    "record_files",
    "record_scans",
    "reject_agreement",
    "remind_of",
    "return_submission",
    "revise_agreement",
    "sign_agreement",
    "start_reminding",
    "start_waiting_checks",
    "submit_folder",
    "submit_online",
    "submit_package",
    "take_custody",
    "waive_due",
    "waive_dues",
    "withdraw_announcement",
    "withdraw_submission",
]
