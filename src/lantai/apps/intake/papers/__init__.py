"""What is handed out on a transfer: the register and the list of what goes back."""

from lantai.apps.intake.papers.annexes import annex
from lantai.apps.intake.papers.registers import (
    confirmed_facts,
    receiver_checks,
    register,
    register_facts,
    sender_checks,
    things_checked,
)
from lantai.apps.intake.papers.return_lists import return_list, return_list_pdf

__all__ = [
    "annex",
    "confirmed_facts",
    "receiver_checks",
    "register",
    "register_facts",
    "return_list",
    "return_list_pdf",
    "sender_checks",
    "things_checked",
]
