"""When one of our checkpoints counts as witnessed (C2SP tlog-policy)."""

from __future__ import annotations

from django.db import transaction

from lantai.kit.evidence.notes import parse_note
from lantai.kit.evidence.policies import parse_policy
from lantai.platform.accounts import policy as rights
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.witness import queries
from lantai.platform.witness.models import Policy, Witnessing
from lantai.platform.witness.permissions import P
from lantai.platform.witness.types import CHECKPOINT


@transaction.atomic
def set_policy(ctx: Ctx, *, text: str) -> Policy:
    """Put a policy in force; earlier ones stay. Raises BadPolicy or BadVerifierKey."""
    rights.require(ctx, P.PEER_MANAGE, ctx.org_id)
    plain = text.replace("\r\n", "\n")
    parse_policy(plain.encode())
    row = Policy.objects.create(text=plain, set_at=ctx.now, set_by=ctx.actor.name)
    ledger.record(
        ctx,
        "witness:policy:set",
        object_type=CHECKPOINT,
        object_id=row.pk,
        object_name=f"{row.pk}",
        detail={"text": plain},
    )
    return row


def judge_checkpoint(ctx: Ctx, *, size: int) -> bool:
    """Whether the policy is met by the cosignatures that are there; noted when it is met first."""
    note = parse_note(queries.cosigned_note(size))
    asked = queries.policy()
    if not asked.witnesses or not asked.judge(note).is_met:
        return False
    Witnessing.objects.get_or_create(
        size=size, defaults={"policy": Policy.objects.order_by("-id").first(), "met_at": ctx.now}
    )
    return True
