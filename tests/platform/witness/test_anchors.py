"""EVI 61: checkpoints on a chain that is down, killed, set back, slow, or tells something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lantai.kit import chains as kit
from lantai.kit.evidence.anchors import BadAnchor, judge_anchor, parse_anchor
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.notes import parse_note
from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Checkpoint, Entry
from lantai.platform.ledger.queries import newest_checkpoint
from lantai.platform.witness import queries, services
from lantai.platform.witness.models import Alarm, Anchor, Chain
from lantai.platform.witness.services import anchoring
from lantai.platform.witness.types import AlarmKind, AnchorState
from tests.platform.ledger.acts import act_and_log, tamper
from tests.platform.witness import chain

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not chain.IS_HERE, reason=chain.WHY)]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def anvil() -> Iterator[chain.Anvil]:
    with chain.running() as node:
        yield node


@pytest.fixture
def node(anvil: chain.Anvil, settings: Any) -> chain.Anvil:
    """The node, with blocks of its own, and this installation set to it."""
    anvil.mine(2)
    settings.LANTAI_ANCHORS = chain.settings_of(anvil.address)
    return anvil


@pytest.fixture
def ctx(system: Ctx) -> Ctx:
    return replace(system, now=NOW)


def round_of(ctx: Ctx, hours: float = 0) -> bool:
    (setting,) = anchoring.chains()
    return anchoring.attend_chain(replace(ctx, now=NOW + timedelta(hours=hours)), setting)


def anchored(ctx: Ctx, node: chain.Anvil) -> Anchor:
    act_and_log(3)
    assert not round_of(ctx), "nothing is in a block yet"
    node.mine(3)
    assert round_of(ctx)
    return Anchor.objects.latest("id")


def open_alarms() -> set[str]:
    return set(Alarm.objects.filter(ended_at=None).values_list("kind", flat=True))


def test_evi_61_a_checkpoint_is_confirmed_on_a_real_chain_and_proved_without_it(node, ctx):
    act_and_log(3)
    assert [one.name for one in anchoring.due(NOW)] == ["样例链"]
    round_of(ctx)
    assert Anchor.objects.get().state == AnchorState.WAITING
    node.mine()
    round_of(ctx)
    assert Anchor.objects.get().state == AnchorState.MINED, "in a block, not deep enough"
    node.mine(2)
    assert round_of(ctx)
    row = Anchor.objects.get()
    found = judge_anchor(row.record.encode())
    head = newest_checkpoint()
    assert (row.state, found.size, found.chain_id) == (AnchorState.CONFIRMED, 3, chain.CHAIN)
    assert found.transaction == row.transaction and found.block_hash == row.block_hash
    assert parse_anchor(row.record.encode()).text == parse_note(head.note).text
    on_chain = node.ask("eth_getTransactionByHash", row.transaction)
    assert bytes.fromhex(on_chain["input"][2:]).decode() == parse_note(head.note).text
    said = Entry.objects.get(pk=row.entry_id)
    assert (said.act, said.detail["block_hash"]) == (anchoring.LOGGED, row.block_hash)
    assert queries.check_evidence() == [] and anchoring.due(NOW) == []


def test_evi_61_no_byte_of_an_anchor_changes_unseen(node, ctx):
    data = anchored(ctx, node).record.encode()
    for at in range(0, len(data), 307):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(BadAnchor):
            judge_anchor(changed)
    value = json.loads(data)
    for other in ({"chain": 1}, {"proof": []}, {"transaction": {**value["transaction"], "index": 1}}):
        with pytest.raises(BadAnchor):
            judge_anchor(json.dumps(value | other, sort_keys=True, separators=(",", ":")).encode())


def test_an_anchor_joins_later_and_earlier_checkpoints_of_its_log_and_no_others(node, ctx):
    act_and_log(2)
    anchored(ctx, node)
    act_and_log(4)
    for head in Checkpoint.objects.all():
        (file,) = queries.anchors_with(head.size)
        said = parse_checkpoint(parse_note(head.note).text)
        assert judge_anchor(file.render(), joins=said).size == 5
        with pytest.raises(BadAnchor):
            judge_anchor(file.render(), joins=replace(said, root=bytes(32)))
        with pytest.raises(BadAnchor):
            judge_anchor(file.render(), joins=replace(said, origin="other.example/log"))


def test_evi_61_a_chain_that_is_down_is_waited_for(node, ctx, settings):
    settings.LANTAI_ANCHORS = chain.settings_of("http://127.0.0.1:9")
    act_and_log(1)
    assert not round_of(ctx)
    row = Chain.objects.get()
    assert row.failures == 1 and row.last_error and row.try_after == NOW + timedelta(minutes=1)
    assert anchoring.due(NOW) == [] and len(anchoring.due(NOW + timedelta(minutes=2))) == 1
    anchoring.watch_anchors(replace(ctx, now=NOW + timedelta(hours=20)))
    assert open_alarms() == set()
    anchoring.watch_anchors(replace(ctx, now=NOW + timedelta(hours=26)))
    assert open_alarms() == {AlarmKind.UNANCHORED}
    settings.LANTAI_ANCHORS = chain.settings_of(node.address)
    round_of(ctx, 27)
    node.mine(3)
    assert round_of(ctx, 27)
    assert open_alarms() == set()


def test_evi_61_a_worker_killed_between_signing_and_sending_sends_the_same_transaction(
    node, ctx, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    act_and_log(1)
    with monkeypatch.context() as patch:
        patch.setattr("lantai.platform.witness.chains.Node.send", die)
        with pytest.raises(Killed):
            round_of(ctx)
    signed = Anchor.objects.get()
    assert node.ask("eth_getTransactionByHash", signed.transaction) is None
    round_of(ctx)
    round_of(ctx)
    node.mine(3)
    assert round_of(ctx)
    assert Anchor.objects.get().transaction == signed.transaction


def test_evi_61_a_node_killed_in_the_middle_gets_the_transaction_again(ctx, settings):
    with chain.running() as node:
        settings.LANTAI_ANCHORS = chain.settings_of(node.address)
        node.mine(2)
        act_and_log(1)
        round_of(ctx)
        node.mine()
        round_of(ctx)
        before = Anchor.objects.get()
        node.kill()  # SIGKILL: its chain is only in memory, and begins anew
        assert not round_of(ctx), "nobody answers"
        node.start()
        round_of(ctx)
        assert Anchor.objects.get().state == AnchorState.WAITING
        node.mine(4)
        assert round_of(ctx)
        after = Anchor.objects.get()
        assert after.transaction == before.transaction and after.block_hash != before.block_hash
        assert judge_anchor(after.record.encode()).block_number == after.block_number == 1


def test_evi_61_a_chain_that_is_set_back_is_told_of_and_anchored_anew(node, ctx):
    point = node.ask("evm_snapshot")
    before = anchored(ctx, node)
    assert node.ask("evm_revert", point) is True
    assert not round_of(ctx, 2)
    assert open_alarms() == {AlarmKind.REWOUND}
    assert "回退" in Alarm.objects.get().said
    node.mine(3)
    assert round_of(ctx, 2)
    after = Anchor.objects.get(pk=before.pk)
    assert (after.state, after.transaction) == (AnchorState.CONFIRMED, before.transaction)
    assert open_alarms() == set() and queries.check_evidence() == []


def test_evi_61_a_block_that_others_replaced_is_followed_to_its_new_place(node, ctx):
    act_and_log(1)
    round_of(ctx)
    node.mine(1)
    round_of(ctx)
    before = Anchor.objects.get()
    node.ask("anvil_reorg", 1, [])
    round_of(ctx)
    node.mine(3)
    round_of(ctx)
    node.mine(3)
    round_of(ctx)
    after = Anchor.objects.get()
    assert after.state == AnchorState.CONFIRMED and after.block_hash != before.block_hash


def test_evi_61_a_wrong_root_on_the_chain_is_an_alarm_and_never_confirmed(node, ctx, settings):
    def wrong_root(said: Any) -> Any:
        found = said.get("result") if isinstance(said, dict) else None
        if isinstance(found, dict) and len(found.get("input", "")) > 2:
            found["input"] = found["input"][:-4] + "ffff"
        return said

    act_and_log(1)
    with chain.liar(node.port, wrong_root) as address:
        settings.LANTAI_ANCHORS = chain.settings_of(address)
        round_of(ctx)
        node.mine(3)
        assert not round_of(ctx)
    assert open_alarms() == {AlarmKind.MISANCHORED}
    assert Anchor.objects.get().state == AnchorState.WAITING
    settings.LANTAI_ANCHORS = chain.settings_of(node.address)
    assert round_of(ctx) and open_alarms() == set()


@pytest.mark.parametrize("field", ["transactionsRoot", "stateRoot", "timestamp"])
def test_a_block_that_is_not_of_one_piece_confirms_nothing(node, ctx, settings, field):
    def altered(said: Any) -> Any:
        found = said.get("result") if isinstance(said, dict) else None
        if isinstance(found, dict) and field in found:
            found[field] = hex(int(found[field], 16) ^ 1) if field == "timestamp" else "0x" + "11" * 32
        return said

    act_and_log(1)
    with chain.liar(node.port, altered) as address:
        settings.LANTAI_ANCHORS = chain.settings_of(address)
        round_of(ctx)
        node.mine(3)
        assert not round_of(ctx)
    assert Chain.objects.get().failures == 1
    assert not Anchor.objects.get().record


@pytest.fixture
def contract(node: chain.Anvil, settings: Any) -> str:
    """The contract on the chain, and in the settings."""
    (setting,) = anchoring.chains()
    name = anchoring.put_contract(setting)
    node.mine(1)
    address = node.ask("eth_getTransactionReceipt", name)["contractAddress"]
    settings.LANTAI_ANCHORS = chain.settings_of(node.address, contract=address)
    return address


def test_evi_61_a_rewind_by_our_own_account_reverts_on_the_chain(node, ctx, contract):
    first = anchored(ctx, node)
    assert judge_anchor(first.record.encode()).size == 3 and queries.check_evidence() == []
    (setting,) = anchoring.chains()
    account = setting.account
    for size, status in ((3, "0x0"), (2, "0x0"), (4, "0x1")):  # by the key itself, around this program
        nonce = int(node.ask("eth_getTransactionCount", f"0x{account.address.hex()}", "latest"), 16)
        data = kit.call_data(size, "a shorter log\n")
        one = kit.Transaction(chain.CHAIN, nonce, 100_000, 10**10, setting.contract, data, 1)
        name = node.ask("eth_sendRawTransaction", f"0x{kit.sign(one, account).raw.hex()}")
        node.mine(1)
        assert node.ask("eth_getTransactionReceipt", name)["status"] == status
    Anchor.objects.update(confirmed_at=NOW - timedelta(days=2))
    act_and_log(2)
    tamper("DELETE FROM ledger_checkpoint WHERE size > 3")  # a database that was set back
    assert not round_of(ctx)
    assert "revert" in Chain.objects.get().last_error, "the node says so before anything is sent"


def test_evi_61_a_checkpoint_that_the_contract_reverted_is_an_alarm_and_is_not_confirmed(node, ctx, contract):
    act_and_log(3)
    round_of(ctx)
    (setting,) = anchoring.chains()
    waiting = Anchor.objects.get()
    signed = kit.parse(bytes(waiting.raw))
    node.ask("anvil_dropTransaction", waiting.transaction)
    data, account = kit.call_data(9, "a longer log\n"), setting.account
    one = kit.Transaction(chain.CHAIN, signed.transaction.nonce, 100_000, 10**11, setting.contract, data, 1)
    node.ask("eth_sendRawTransaction", f"0x{kit.sign(one, account).raw.hex()}")
    node.mine(1)
    again = kit.sign(replace(signed.transaction, nonce=signed.transaction.nonce + 1), account)
    row = {"nonce": again.transaction.nonce, "raw": again.raw, "transaction": f"0x{again.hash.hex()}"}
    Anchor.objects.update(**row)
    round_of(ctx)
    node.mine(3)
    assert not round_of(ctx)
    assert open_alarms() == {AlarmKind.MISANCHORED} and Anchor.objects.get().state == AnchorState.LOST


def test_another_contract_at_the_address_is_not_called(node, ctx, contract, settings):
    act_and_log(1)
    settings.LANTAI_ANCHORS = chain.settings_of(node.address, contract="0x" + "11" * 20)
    assert not round_of(ctx)
    assert "合约" in Chain.objects.get().last_error and not Anchor.objects.exists()


def test_another_chain_in_the_place_of_the_first_is_not_written_to(node, ctx, settings):
    anchored(ctx, node)
    Chain.objects.update(genesis="00" * 32)
    act_and_log(1)
    assert not round_of(ctx, 2)
    assert open_alarms() == {AlarmKind.REWOUND} and Anchor.objects.count() == 1
    settings.LANTAI_ANCHORS = chain.settings_of(node.address, chain="1")
    assert not round_of(ctx, 2)


def test_a_fee_above_the_limit_is_not_paid(node, ctx, settings):
    settings.LANTAI_ANCHORS = chain.settings_of(node.address, most_gwei="0")
    act_and_log(1)
    assert not round_of(ctx)
    assert "费用" in Chain.objects.get().last_error and not Anchor.objects.exists()


def test_who_changes_an_anchor_in_the_database_is_found(node, ctx):
    row = anchored(ctx, node)
    other = row.record.replace('"number":', '"number": ', 1)
    Anchor.objects.update(record=other)
    assert len(queries.check_evidence()) == 1
    Anchor.objects.update(record=row.record, size=2)
    assert len(queries.check_evidence()) == 1


def test_a_setting_that_says_nonsense_is_told_of_and_stops_nothing_else(settings, system):
    settings.LANTAI_ANCHORS = {"样例链": {"address": "http://127.0.0.1:9", "key": chain.KEY}}
    act_and_log(1)
    services.attend()
    assert open_alarms() == {AlarmKind.UNANCHORED} and "chain" in Alarm.objects.get().said
    settings.LANTAI_ANCHORS = {}
    services.attend()
    assert open_alarms() == set()


def test_an_idle_log_is_not_anchored_again(node, ctx):
    anchored(ctx, node)
    later = timezone.now() + timedelta(days=3)
    from lantai.platform.ledger.services.sequencing import sequence

    sequence(later)
    (setting,) = anchoring.chains()
    assert not anchoring._is_due(setting, Chain.objects.get(), later)
    act_and_log(1)
    assert anchoring._is_due(setting, Chain.objects.get(), later)
