"""Every write of this app."""

from __future__ import annotations

from lantai.apps.readingroom.services.applying import (
    check_id_number,
    check_phone,
    check_sought,
    submit_request,
)
from lantai.apps.readingroom.services.attempts import Door, address_of, forget_attempts
from lantai.apps.readingroom.services.handling import (
    accept_request,
    answer_not_found,
    link_finding,
    move_request,
    propose_certificate,
    refuse_request,
    reveal_identity,
    send_back,
    unlink_finding,
    write_statement,
)
from lantai.apps.readingroom.services.issuing import (
    approve_certificate,
    give_up_issuing,
    revoke_certificate,
)
from lantai.apps.readingroom.services.presenting import describe_hall
from lantai.apps.readingroom.services.tracking import open_with_pair, withdraw_request
from lantai.apps.readingroom.services.verifying import (
    LIMIT_MB,
    verify_code,
    verify_file,
    verify_number_and_code,
)

__all__ = [
    "LIMIT_MB",
    "Door",
    "accept_request",
    "address_of",
    "answer_not_found",
    "approve_certificate",
    "check_id_number",
    "check_phone",
    "check_sought",
    "describe_hall",
    "forget_attempts",
    "give_up_issuing",
    "link_finding",
    "move_request",
    "open_with_pair",
    "propose_certificate",
    "refuse_request",
    "reveal_identity",
    "revoke_certificate",
    "send_back",
    "submit_request",
    "unlink_finding",
    "verify_code",
    "verify_file",
    "verify_number_and_code",
    "withdraw_request",
    "write_statement",
]
