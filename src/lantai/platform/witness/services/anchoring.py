"""Checkpoints on a chain: signed and kept first, then sent, followed until confirmed, and looked for again later.

The data of the transaction is the text of the checkpoint. A node is believed in nothing that can be computed: what it
says of the transaction must be what we signed, the block's header must give the block's hash, and its list of
transactions the header's root. Which blocks are of the chain is the one thing it is asked.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from lantai.kit import chains as kit
from lantai.kit.errors import N_, LantaiError
from lantai.kit.evidence import anchors as files
from lantai.kit.evidence.notes import parse_note
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Checkpoint
from lantai.platform.ledger.queries import newest_checkpoint
from lantai.platform.witness.chains import Block, ChainSetting, Node, number_in
from lantai.platform.witness.models import Anchor, Chain
from lantai.platform.witness.services import repricing
from lantai.platform.witness.services.alarms import end_alarms, raise_alarm
from lantai.platform.witness.services.stamping import is_busy_since
from lantai.platform.witness.types import CHECKPOINT, UNDER_WAY, AlarmKind, AnchorState, BadAnswer, ChainAsk

LOGGED = "witness:checkpoint:anchored"
_LOOKED_BACK = 50
_LONGEST_WAIT = timedelta(hours=1)
_GIVEN_UP = timedelta(hours=1)  # a transaction that no node takes is signed anew, at the price of then
_LATE = timedelta(hours=24)
_MOST_GAS = 1_000_000


def chains() -> list[ChainSetting]:
    """Those of the settings; raises ChainAsk for one that is not complete."""
    return [ChainSetting.of(name, told) for name, told in settings.LANTAI_ANCHORS.items()]


def due(now: datetime) -> list[ChainSetting]:
    """The chains to be asked now: something to anchor, something under way, or an hour since the last look."""
    if not settings.LANTAI_ANCHORS or newest_checkpoint() is None:
        return []
    resting = set(Chain.objects.filter(try_after__gt=now).values_list("name", flat=True))
    found = []
    for setting in chains():
        row = Chain.objects.filter(name=setting.name).first()
        looked = row and row.answered_at and now - row.answered_at < _LONGEST_WAIT
        if setting.name not in resting and (not looked or _under_way(row) or _is_due(setting, row, now)):
            found.append(setting)
    return found


def _under_way(row: Chain | None) -> Anchor | None:
    return Anchor.objects.filter(chain=row, state__in=UNDER_WAY).first() if row else None


def _is_due(setting: ChainSetting, row: Chain | None, now: datetime) -> bool:
    """Whether there is something new, and the last anchor is old enough, or did not stay."""
    last = Anchor.objects.filter(chain=row).order_by("-id").first() if row else None
    if last is None or last.state == AnchorState.LOST:
        return newest_checkpoint() is not None
    is_old = last.confirmed_at is not None and now - last.confirmed_at >= timedelta(hours=setting.hours)
    return is_old and is_busy_since(last.size)


def attend_chain(ctx: Ctx, setting: ChainSetting) -> bool:
    """One round with a chain, no transaction open while it is asked; whether a checkpoint was confirmed.

    A failure is noted, and the next try put off.
    """
    try:
        node = Node(setting)
        row = _known(ctx, setting, node)
        _look_back(ctx, node, row)
        anchor = _under_way(row)
        if anchor is None and _is_due(setting, row, ctx.now):
            anchor = _signed(ctx, setting, node, row)
        is_confirmed = anchor is not None and _follow(ctx, setting, node, anchor)
    except LantaiError as error:
        _note_failure(ctx, setting, str(error))
        return False
    Chain.objects.filter(pk=row.pk).update(answered_at=ctx.now, try_after=None, failures=0, last_error="")
    return is_confirmed


def _known(ctx: Ctx, setting: ChainSetting, node: Node) -> Chain:
    """The row of a chain; raises ChainAsk when the node is of another one."""
    first = node.block_at(0)
    if node.chain_id() != setting.chain_id or first is None:
        raise ChainAsk(why=N_("节点的链标识与设置不同"))
    row, _ = Chain.objects.get_or_create(name=setting.name, defaults={"known_since": ctx.now})
    genesis = str(first["hash"])[2:66]
    if not row.genesis:
        row.genesis, row.chain_id = genesis, setting.chain_id
        row.save(update_fields=["genesis", "chain_id"])
    if (row.genesis, row.chain_id) != (genesis, setting.chain_id):
        text = N_("区块链“%(name)s”的第一个区块与启用时不同：节点换成了另一条链，没有继续上链。")
        raise_alarm(ctx, AlarmKind.REWOUND, subject=row.name, text=text, params={"name": row.name})
        raise ChainAsk(why=N_("节点换成了另一条链"))
    return row


def _look_back(ctx: Ctx, node: Node, row: Chain) -> None:
    """Whether the blocks that were confirmed are still in the chain; those that are not are told of."""
    gone: list[Anchor] = []
    confirmed = Anchor.objects.filter(chain=row, state=AnchorState.CONFIRMED).order_by("-id")
    for anchor in confirmed[:_LOOKED_BACK]:
        block = node.block_at(anchor.block_number or 0)
        if block is not None and block["hash"] == anchor.block_hash:
            break
        gone.append(anchor)
    if gone:
        _take_back(ctx, row, gone)


@transaction.atomic
def _take_back(ctx: Ctx, row: Chain, gone: list[Anchor]) -> None:
    """The newest one is sent again, the same transaction; what was confirmed stays on file as it was."""
    text = N_(
        "区块链“%(name)s”回退：已确认的区块 %(number)d 不在链上了，其中登记的 %(size)d 条时的检查点正在重新上链。"
    )
    newest = gone[0]
    told = {"name": row.name, "number": newest.block_number or 0, "size": newest.size}
    raise_alarm(ctx, AlarmKind.REWOUND, subject=row.name, text=text, params=told)
    state = AnchorState.LOST if _under_way(row) else AnchorState.WAITING
    Anchor.objects.filter(pk=newest.pk).update(state=state, sent_at=None)
    Anchor.objects.filter(pk__in=[one.pk for one in gone[1:]]).update(state=AnchorState.LOST)


def _signed(ctx: Ctx, setting: ChainSetting, node: Node, row: Chain) -> Anchor | None:
    """A transaction with the newest checkpoint, signed and kept; None when another process was first."""
    newest = newest_checkpoint()
    if newest is None:
        return None
    text = parse_note(newest.note).text
    if setting.contract and node.code(setting.contract) != kit.RUNTIME:
        raise ChainAsk(why=N_("设置的合约地址上不是登记合约"))
    data = kit.call_data(newest.size, text) if setting.contract else text.encode()
    signed = _transaction(setting, node, setting.contract or setting.account.address, data)
    try:
        with transaction.atomic():
            return Anchor.objects.create(
                size=newest.size,
                chain=row,
                sender=f"0x{signed.sender.hex()}",
                nonce=signed.transaction.nonce,
                transaction=f"0x{signed.hash.hex()}",
                raw=signed.raw,
                made_at=ctx.now,
            )
    except IntegrityError:
        return None


def _transaction(setting: ChainSetting, node: Node, to: bytes, data: bytes) -> kit.SignedTransaction:
    """A transaction of our account at the price of now; raises ChainAsk, or BadAnswer where it would revert."""
    account = setting.account
    price, gas = node.price(node.newest()), node.gas_for(account.address, to, data)
    if gas > _MOST_GAS:
        raise ChainAsk(why=N_("节点要求的燃料数量不合理"))
    nonce = node.next_nonce(f"0x{account.address.hex()}")
    one = kit.Transaction(setting.chain_id, nonce, gas, price.price, to, data, price.tip)
    return kit.sign(one, account)


def put_contract(setting: ChainSetting) -> str:
    """Send the contract to a chain, once and by hand; returns the transaction, whose receipt has its address."""
    node = Node(setting)
    if node.chain_id() != setting.chain_id:
        raise ChainAsk(why=N_("节点的链标识与设置不同"))
    signed = _transaction(setting, node, b"", kit.CREATION)
    node.send(signed.raw)
    return f"0x{signed.hash.hex()}"


def _follow(ctx: Ctx, setting: ChainSetting, node: Node, anchor: Anchor) -> bool:
    """Send what the node does not know, look where it stands, confirm it when it is deep enough."""
    found = node.transaction(anchor.transaction)
    if anchor.earlier and (found is None or found.get("blockHash") is None):
        repricing.follow_taken(node, anchor)
        found = node.transaction(anchor.transaction)
    if found is None:
        _send(ctx, node, anchor)
        return False
    _require_ours(ctx, anchor, found)
    if found.get("blockHash") is None:
        if repricing.hangs(ctx, setting, anchor):
            repricing.offer_more(ctx, setting, node, anchor)
            _send(ctx, node, anchor)
            return False
        _mark(anchor, state=AnchorState.WAITING, sent_at=anchor.sent_at or ctx.now)
        return False
    number = number_in(found, "blockNumber")
    block = node.block_at(number)
    if block is None or block["hash"] != found["blockHash"]:  # moved while we asked
        _mark(anchor, state=AnchorState.WAITING)
        return False
    at = datetime.fromtimestamp(number_in(block, "timestamp"), UTC)
    said = {"block_number": number, "block_hash": str(block["hash"])[:66], "block_at": at}
    _mark(anchor, state=AnchorState.MINED, sent_at=anchor.sent_at or ctx.now, **said)
    if setting.contract:
        _require_taken(ctx, node, anchor)
    if number_in(node.newest(), "number") - number + 1 < setting.confirmations:
        return False
    _confirm(ctx, anchor, _record(setting, node, anchor, block, number_in(found, "transactionIndex")))
    return True


def _mark(anchor: Anchor, **values: object) -> None:
    Anchor.objects.filter(pk=anchor.pk, state__in=UNDER_WAY).update(**values)


def _send(ctx: Ctx, node: Node, anchor: Anchor) -> None:
    """Send a transaction that the node does not know, unless its number in the account's row is past or far off."""
    if node.next_nonce(anchor.sender) != anchor.nonce:
        if node.transaction(anchor.transaction) is None:
            _mark(anchor, state=AnchorState.LOST)
            raise ChainAsk(why=N_("账户的交易序号与已签名的交易不符，将重新签名"))
        return
    try:
        node.send(bytes(anchor.raw))
    except BadAnswer:
        if not repricing.step_back(anchor) and ctx.now - anchor.made_at > _GIVEN_UP:
            _mark(anchor, state=AnchorState.LOST)
        raise
    _mark(anchor, state=AnchorState.WAITING, sent_at=ctx.now)


def _require_ours(ctx: Ctx, anchor: Anchor, found: Block) -> None:
    """The node says of the transaction what we signed; else an alarm, and BadAnswer."""
    data = kit.parse(bytes(anchor.raw)).transaction.data
    if (found.get("input"), found.get("hash")) == (f"0x{data.hex()}", anchor.transaction):
        return
    name = anchor.chain.name
    text = N_(
        "区块链“%(name)s”的节点给出的内容与登记的 %(size)d 条时的检查点不符：节点不可信，或者链上数据被改动。"
    )
    told = {"name": name, "size": anchor.size}
    raise_alarm(ctx, AlarmKind.MISANCHORED, subject=name, text=text, params=told)
    raise BadAnswer(why=N_("链上内容与登记的检查点不符"))


def _require_taken(ctx: Ctx, node: Node, anchor: Anchor) -> None:
    """The contract took the checkpoint; what it reverted is told of, because it had seen a longer log from us."""
    receipt = node.receipt(anchor.transaction)
    if receipt is None or number_in(receipt, "status") == 1:
        return
    _mark(anchor, state=AnchorState.LOST)
    name = anchor.chain.name
    text = N_(
        "区块链“%(name)s”上的合约拒绝了 %(size)d 条时的检查点：本账户登记过更长的日志。"
        "请立即核查是否有人改动或恢复过数据库，或者私钥泄露。"
    )
    told = {"name": name, "size": anchor.size}
    raise_alarm(ctx, AlarmKind.MISANCHORED, subject=name, text=text, params=told)
    raise ChainAsk(why=N_("合约拒绝了这个检查点"))


def _record(setting: ChainSetting, node: Node, anchor: Anchor, block: Block, at: int) -> str:
    """The anchor as a file, judged as a stranger would; raises BadAnswer or BadAnchor."""
    text = parse_note(Checkpoint.objects.get(size=anchor.size).note).text
    made = files.Anchor(
        chain_id=setting.chain_id,
        text=text,
        raw=bytes(anchor.raw),
        index=at,
        block_hash=bytes.fromhex(str(block["hash"])[2:]),
        block_number=number_in(block, "number"),
        header=node.header_of(block),
        proof=node.proof_of(block, at),
    ).render()
    files.judge_anchor(made)
    return made.decode()


@transaction.atomic
def _confirm(ctx: Ctx, anchor: Anchor, record: str) -> None:
    verdict = files.judge_anchor(record.encode())
    detail = {
        "chain": anchor.chain.name,
        "chain_id": verdict.chain_id,
        "size": anchor.size,
        "transaction": verdict.transaction,
        "block": verdict.block_number,
        "block_hash": verdict.block_hash,
    }
    row = Anchor.objects.select_for_update().filter(pk=anchor.pk, state__in=UNDER_WAY).first()
    if row is None:  # another process was first
        return
    entry = ledger.record(
        ctx, LOGGED, object_type=CHECKPOINT, object_id=row.size, object_name=f"{row.size}", detail=detail
    )
    row.state, row.record, row.confirmed_at, row.entry_id = AnchorState.CONFIRMED, record, ctx.now, entry.pk
    row.save(update_fields=["state", "record", "confirmed_at", "entry_id"])
    for kind in (AlarmKind.UNANCHORED, AlarmKind.REWOUND, AlarmKind.MISANCHORED):
        end_alarms(ctx, kind, subject=row.chain.name)


@transaction.atomic
def _note_failure(ctx: Ctx, setting: ChainSetting, why: str) -> None:
    row, _ = Chain.objects.select_for_update().get_or_create(
        name=setting.name, defaults={"known_since": ctx.now}
    )
    row.failures += 1
    row.last_error = why[:500]
    row.try_after = ctx.now + min(_LONGEST_WAIT, timedelta(minutes=2 ** min(row.failures - 1, 10)))
    row.save()


def watch_anchors(ctx: Ctx) -> None:
    """Raise an alarm for a chain on which what should be there has been missing for a day longer than stated."""
    if not settings.LANTAI_ANCHORS:
        return
    for setting in chains():
        row = Chain.objects.filter(name=setting.name).first()
        last = (
            Anchor.objects.filter(chain=row, state=AnchorState.CONFIRMED).order_by("-id").first()
            if row
            else None
        )
        since = (last.confirmed_at if last else None) or (row.known_since if row else ctx.now)
        is_wanted = row is not None and (_under_way(row) or _is_due(setting, row, ctx.now))
        if row is not None and is_wanted and ctx.now - since > timedelta(hours=setting.hours) + _LATE:
            text = N_("检查点一天以上没有在区块链“%(name)s”上确认：%(why)s")
            told = {"name": row.name, "why": row.last_error}
            raise_alarm(ctx, AlarmKind.UNANCHORED, subject=row.name, text=text, params=told)
