"""Every write of this app."""

from lantai.apps.connectors.services.handling import (
    Opened,
    acting_as,
    begin,
    conclude,
    dismiss,
    move,
    open_file,
    refuse_item,
    retry,
    take_item,
)
from lantai.apps.connectors.services.pulling import (
    answer_ended,
    box_of,
    fetch,
    keep_watch,
    note_reachable,
    note_unreachable,
    outcomes,
    ready,
    start_look,
)
from lantai.apps.connectors.services.receiving import admit, note_turned_away, receive
from lantai.apps.connectors.services.registering import (
    change_connector,
    register_connector,
    revoke_tokens,
    rotate_token,
    switch_connector,
)

__all__ = [
    "Opened",
    "acting_as",
    "admit",
    "answer_ended",
    "begin",
    "box_of",
    "change_connector",
    "conclude",
    "dismiss",
    "fetch",
    "keep_watch",
    "move",
    "note_reachable",
    "note_turned_away",
    "note_unreachable",
    "open_file",
    "outcomes",
    "ready",
    "receive",
    "refuse_item",
    "register_connector",
    "retry",
    "revoke_tokens",
    "rotate_token",
    "start_look",
    "switch_connector",
    "take_item",
]
