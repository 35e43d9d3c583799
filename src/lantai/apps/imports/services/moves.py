"""What people may do with a batch, by the name of the move: the same on pages and for machines."""

from __future__ import annotations

from lantai.apps.imports.services.attaching import ask_to_seal, check_again, give_up_attachment
from lantai.apps.imports.services.entering import ask_to_enter, ask_to_undo, give_up, remap

BATCH_MOVES = {"enter": ask_to_enter, "undo": ask_to_undo, "cancel": give_up, "remap": remap}
ATTACHMENT_MOVES = {"seal": ask_to_seal, "check_again": check_again, "cancel": give_up_attachment}
