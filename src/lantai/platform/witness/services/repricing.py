"""A transaction that hangs for its fee: the same one again, dearer, under the same number of the account.

Which of the two the chain takes is the chain's to say. So none is forgotten before one of them is in a block.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from lantai.kit import chains as kit
from lantai.kit.errors import N_
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.witness.chains import GWEI, ChainSetting, Node
from lantai.platform.witness.models import Anchor
from lantai.platform.witness.types import CHECKPOINT, UNDER_WAY, AnchorState, ChainAsk

LOGGED = "witness:checkpoint:repriced"
_MOST_KEPT = 12  # at an eighth more each time: four times the first price


def hangs(ctx: Ctx, setting: ChainSetting, anchor: Anchor) -> bool:
    """Whether a transaction that the node knows has waited too long for a block."""
    return anchor.sent_at is not None and ctx.now - anchor.sent_at > timedelta(
        minutes=setting.reprice_minutes
    )


def follow_taken(node: Node, anchor: Anchor) -> None:
    """Where the chain took an earlier, cheaper one after all, that is the anchor's transaction again."""
    for place, one in enumerate(anchor.earlier):
        found = node.transaction(one["transaction"])
        if found is not None and found.get("blockHash") is not None:
            _put(anchor, place)
            return


def step_back(anchor: Anchor) -> bool:
    """Where the node refuses the dearer one, the one before it is sent again; False where there is none.

    The dearer one is not forgotten: a node may have passed on what it refused.
    """
    if not anchor.earlier:
        return False
    _put(anchor, len(anchor.earlier) - 1)
    return True


def _put(anchor: Anchor, place: int) -> None:
    one = anchor.earlier[place]
    anchor.earlier = [*anchor.earlier[:place], *anchor.earlier[place + 1 :], _kept(anchor)]
    anchor.transaction, anchor.raw = one["transaction"], bytes.fromhex(one["raw"])
    rows = Anchor.objects.filter(pk=anchor.pk, state__in=UNDER_WAY)
    rows.update(transaction=anchor.transaction, raw=anchor.raw, earlier=anchor.earlier)


def _kept(anchor: Anchor) -> dict[str, str]:
    return {"transaction": anchor.transaction, "raw": bytes(anchor.raw).hex()}


def offer_more(ctx: Ctx, setting: ChainSetting, node: Node, anchor: Anchor) -> None:
    """Sign it anew at a higher price and keep both; sent by the caller. Raises ChainAsk above what the setting allows.

    Nodes replace a waiting transaction for a tenth more, so an eighth more is offered, or today's price.
    """
    if len(anchor.earlier) >= _MOST_KEPT:
        raise ChainAsk(why=N_("交易多次加价仍未入块，请核查节点或调整设置"))
    signed = (bytes(anchor.raw), *(bytes.fromhex(one["raw"]) for one in anchor.earlier))
    old = max((kit.parse(raw).transaction for raw in signed), key=lambda one: one.price)
    today = node.price(node.newest())
    tip = None if old.tip is None else max(today.tip or 0, _more(old.tip))
    price = max(today.price, _more(old.price), tip or 0)
    if price > setting.most_gwei * GWEI:
        raise ChainAsk(why=N_("交易迟迟未入块，再加价就超过设置允许的上限，稍后再试"))
    _keep(ctx, anchor, kit.sign(replace(old, price=price, tip=tip), setting.account), old.price)


def _more(price: int) -> int:
    return price + -(-price // 8) + 1


@transaction.atomic
def _keep(ctx: Ctx, anchor: Anchor, signed: kit.SignedTransaction, before: int) -> None:
    row = Anchor.objects.select_for_update().get(pk=anchor.pk)
    if row.transaction != anchor.transaction or row.state != AnchorState.WAITING:
        return  # another process was first
    anchor.earlier = [*row.earlier, _kept(row)]
    anchor.transaction, anchor.raw, anchor.sent_at = f"0x{signed.hash.hex()}", signed.raw, ctx.now
    anchor.save(update_fields=["earlier", "transaction", "raw", "sent_at"])
    detail = {
        "chain": anchor.chain.name,
        "transaction": anchor.transaction,
        "instead_of": row.transaction,
        "wei": signed.transaction.price,
        "wei_before": before,
    }
    ledger.record(
        ctx,
        LOGGED,
        object_type=CHECKPOINT,
        object_id=anchor.size,
        object_name=f"{anchor.size}",
        detail=detail,
    )
