"""Every write of this app."""

from lantai.platform.witness.services.anchoring import attend_chain, watch_anchors
from lantai.platform.witness.services.asking import ask_round, note_failure, take_answer, watch_witnesses
from lantai.platform.witness.services.ferrying import export_parcel, import_parcel
from lantai.platform.witness.services.issuing import authority_pem, ensure_stamper, issue_stamp, log_issued
from lantai.platform.witness.services.keys import check_number, ensure_witness_keys, own_keys
from lantai.platform.witness.services.peers import add_peer, change_peer, grouped, move_peer
from lantai.platform.witness.services.policies import judge_checkpoint, set_policy
from lantai.platform.witness.services.polling import hold_poll
from lantai.platform.witness.services.serving import add_checkpoint
from lantai.platform.witness.services.stamping import stamp_now, watch_stamps
from lantai.platform.witness.services.tending import attend, check_log_daily, tidy
from lantai.platform.witness.services.voting import cast_votes, hand_out, take_call, vote_on

__all__ = [
    "add_checkpoint",
    "add_peer",
    "ask_round",
    "attend",
    "attend_chain",
    "authority_pem",
    "cast_votes",
    "change_peer",
    "check_log_daily",
    "check_number",
    "ensure_stamper",
    "ensure_witness_keys",
    "export_parcel",
    "grouped",
    "hand_out",
    "hold_poll",
    "import_parcel",
    "issue_stamp",
    "judge_checkpoint",
    "log_issued",
    "move_peer",
    "note_failure",
    "own_keys",
    "set_policy",
    "stamp_now",
    "take_answer",
    "take_call",
    "tidy",
    "vote_on",
    "watch_anchors",
    "watch_stamps",
    "watch_witnesses",
]
