"""A transaction that hangs for its fee is offered dearer; whichever the chain takes is the anchor."""

from __future__ import annotations

from typing import Any

import pytest

from lantai.kit import chains as kit
from lantai.kit.evidence.anchors import judge_anchor
from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.witness import queries
from lantai.platform.witness.models import Anchor, Chain
from lantai.platform.witness.types import AnchorState
from tests.platform.ledger.acts import act_and_log
from tests.platform.witness import chain
from tests.platform.witness.test_anchors import anvil, ctx, node, open_alarms, round_of

__all__ = ["anvil", "ctx", "node"]
pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not chain.IS_HERE, reason=chain.WHY)]


def hanging(ctx: Ctx, node: chain.Anvil) -> list[Anchor]:
    """An anchor that waits, and is offered dearer after an hour."""
    act_and_log(1)
    round_of(ctx)
    round_of(ctx)
    before = Anchor.objects.get()
    round_of(ctx, 0.9)
    assert Anchor.objects.get().transaction == before.transaction, "not yet"
    round_of(ctx, 1.1)
    return [before, Anchor.objects.get()]


def test_a_transaction_that_hangs_for_its_fee_is_offered_dearer_and_the_chain_takes_it(node, ctx):
    before, after = hanging(ctx, node)
    old, new = (kit.parse(bytes(one.raw)).transaction for one in (before, after))
    assert (new.nonce, new.data, new.to) == (old.nonce, old.data, old.to)
    assert new.price * 8 >= old.price * 9 and new.tip * 8 >= old.tip * 9
    assert after.earlier == [{"transaction": before.transaction, "raw": bytes(before.raw).hex()}]
    assert node.ask("eth_getTransactionByHash", after.transaction) is not None
    said = Entry.objects.get(act="witness:checkpoint:repriced").detail
    assert (said["instead_of"], said["wei"]) == (before.transaction, new.price)
    round_of(ctx, 1.2)
    assert Anchor.objects.get().transaction == after.transaction, "an hour again"
    node.mine(3)
    assert round_of(ctx, 1.3)
    row = Anchor.objects.get()
    assert judge_anchor(row.record.encode()).transaction == after.transaction == row.transaction
    assert queries.check_evidence() == []


def test_where_the_chain_takes_the_cheaper_one_after_all_that_is_the_anchor(node, ctx):
    before, after = hanging(ctx, node)
    node.ask("anvil_dropTransaction", after.transaction)
    node.ask("eth_sendRawTransaction", f"0x{bytes(before.raw).hex()}")
    node.mine(3)
    assert round_of(ctx, 1.2)
    row = Anchor.objects.get()
    assert row.transaction == before.transaction == judge_anchor(row.record.encode()).transaction
    assert [one["transaction"] for one in row.earlier] == [after.transaction] and open_alarms() == set()


def test_no_more_is_offered_than_the_setting_allows_and_a_kill_before_sending_loses_nothing(
    node, ctx, settings, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    act_and_log(1)
    round_of(ctx)
    round_of(ctx)
    first = Anchor.objects.get()
    price = kit.parse(bytes(first.raw)).transaction.price
    settings.LANTAI_ANCHORS = chain.settings_of(node.address, most_gwei=str(price // 10**9))
    assert not round_of(ctx, 1.1)
    assert "上限" in Chain.objects.get().last_error and Anchor.objects.get().transaction == first.transaction
    settings.LANTAI_ANCHORS = chain.settings_of(node.address)
    with monkeypatch.context() as patch:
        patch.setattr("lantai.platform.witness.chains.Node.send", die)
        with pytest.raises(Killed):
            round_of(ctx, 1.1)
    kept = Anchor.objects.get()
    assert kept.transaction != first.transaction and len(kept.earlier) == 1
    round_of(ctx, 1.2)
    node.mine(3)
    assert round_of(ctx, 1.3) and Anchor.objects.get().transaction == kept.transaction


def test_where_a_node_refuses_the_dearer_one_and_passes_it_on_nothing_is_lost(node, ctx, settings):
    def refusing(said: Any) -> Any:
        is_sent = isinstance(said, dict) and isinstance(said.get("result"), str) and len(said["result"]) == 66
        return {"jsonrpc": "2.0", "id": said["id"], "error": {"message": "underpriced"}} if is_sent else said

    act_and_log(1)
    round_of(ctx)
    round_of(ctx)
    before = Anchor.objects.get()
    with chain.liar(node.port, refusing) as address:
        settings.LANTAI_ANCHORS = chain.settings_of(address)
        assert not round_of(ctx, 1.1)
    assert "underpriced" in Chain.objects.get().last_error
    row = Anchor.objects.get()
    assert (row.transaction, row.state) == (before.transaction, AnchorState.WAITING)
    (dearer,) = row.earlier
    settings.LANTAI_ANCHORS = chain.settings_of(node.address)
    node.mine(3)
    assert round_of(ctx, 1.2) and Anchor.objects.get().transaction == dearer["transaction"]
