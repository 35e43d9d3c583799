"""The picture of a proof: from a line of the ledger to what others signed, link by link, each looked at anew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lantai.kit.evidence import SHA256, canonical, leaf_of, tiles, verify_inclusion
from lantai.kit.evidence.anchors import BadAnchor, judge_anchor, parse_anchor
from lantai.kit.evidence.checkpoints import TlogProof
from lantai.kit.evidence.notes import parse_note
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf
from lantai.platform.ledger.queries.log import StoredTiles
from lantai.platform.ledger.types import NotYetLogged
from lantai.platform.ui.types import Tone
from lantai.platform.witness import queries as witness
from lantai.platform.witness.queries.checkpoints import CheckpointPage, SignatureRow


@dataclass(frozen=True, slots=True)
class Link:
    """One link: how it stands, what that means, and the values for who computes along."""

    name: str
    label: str
    tone: Tone
    state: str
    text: str
    values: tuple[tuple[str, str], ...] = ()


def checkpoint_for(index: int) -> Checkpoint | None:
    """The checkpoint under which a leaf is shown: one that met the policy of witnesses, else the newest."""
    witnessed = witness.newest_witnessed()
    if witnessed > index:
        return Checkpoint.objects.filter(size=witnessed).first()
    newest = ledger.newest_checkpoint()
    return newest if newest is not None and newest.size > index else None


def proof_under(entry_id: int) -> tuple[str, int]:
    """The tlog-proof of an entry under `checkpoint_for` it, signed by the log alone, and that size.

    Raises NotYetLogged.
    """
    index = Leaf.objects.filter(entry_id=entry_id).values_list("index", flat=True).first()
    head = None if index is None else checkpoint_for(index)
    if index is None or head is None:
        raise NotYetLogged
    hashes = tiles.inclusion(index, head.size, StoredTiles())
    return TlogProof(index, tuple(hashes), parse_note(head.note)).render(), head.size


def picture_of(entry: Entry) -> list[Link]:
    """Leaf, path, root, signatures, witnesses, stamps, chain; what cannot be known yet says so."""
    leaf = Leaf.objects.filter(entry_id=entry.pk).first()
    head = None if leaf is None else checkpoint_for(leaf.index)
    if leaf is None or head is None:
        return [_waiting()]
    page = witness.get_checkpoint(head.pk)
    return [
        _leaf(entry, leaf),
        *_path_and_root(leaf, head),
        _signatures(page),
        _witnesses(page),
        _stamps(page),
        _chain(leaf),
    ]


def _waiting() -> Link:
    text = _("操作记录已保存，等待编入存证日志，通常只需几秒。")
    return Link("leaf", _("叶"), Tone.BUSY, _("等待编入"), text)


def _leaf(entry: Entry, leaf: Leaf) -> Link:
    form = canonical(entry.form)
    is_same = hashlib.sha256(form).hexdigest() == entry.sha256 and leaf_of(entry.form) == bytes(leaf.data)
    values = (
        (_("操作"), entry.act),
        (_("时间"), entry.form["at"]),
        ("SHA-256", entry.sha256),
        ("SM3", entry.sm3),
        (_("叶的摘要"), bytes(leaf.hash).hex()),
    )
    shown = tuple((str(name), str(value)) for name, value in values)
    if is_same and SHA256.leaf(bytes(leaf.data)) == bytes(leaf.hash):
        text = _("台账里的这条记录与日志中的叶完全一致；日志只公开摘要，不含姓名。")
        return Link("leaf", _("叶"), Tone.GOOD, _("一致"), text, shown)
    text = _("台账里的这条记录与编入日志时不一致。请由安全审计员运行 lantai check 查明。")
    return Link("leaf", _("叶"), Tone.BAD, _("不一致"), text, shown)


def _path_and_root(leaf: Leaf, head: Checkpoint) -> list[Link]:
    hashes = tiles.inclusion(leaf.index, head.size, StoredTiles())
    root = bytes(head.root)
    is_in = verify_inclusion(bytes(leaf.hash), leaf.index, head.size, hashes, root)
    place = (
        (_("位置"), f"{leaf.index + 1} / {head.size}"),
        *((str(n), one.hex()) for n, one in enumerate(hashes, 1)),
    )
    steps = ngettext("经过 %(n)d 步摘要", "经过 %(n)d 步摘要", len(hashes)) % {"n": len(hashes)}
    top = ((_("树的大小"), str(head.size)), (_("树根"), root.hex()))
    if is_in:
        reached = _("%(steps)s，从这片叶算得出下面的树根，说明它在日志里、没有换过位置。") % {"steps": steps}
        path = Link("path", _("路径"), Tone.GOOD, _("相符"), reached, place)
        text = _("树根代表到那时为止的全部记录：改动其中任何一条，树根都会不同。")
        return [path, Link("root", _("树根"), Tone.GOOD, _("相符"), text, top)]
    text = _("从这片叶算不出已签名的树根。日志可能被改动，请立即由安全审计员查明。")
    bad = _("不符")
    return [
        Link("path", _("路径"), Tone.BAD, bad, text, place),
        Link("root", _("树根"), Tone.BAD, bad, text, top),
    ]


def _told(rows: tuple[SignatureRow, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{row.name} {row.algorithm}".strip(), _("有效") if row.is_good else _("无效")) for row in rows
    )


def _signatures(page: CheckpointPage) -> Link:
    is_good = bool(page.signatures) and all(row.is_good for row in page.signatures)
    label, values = _("签名"), _told(page.signatures)
    if is_good:
        text = _("档案馆用自己的密钥对树根签了名；信任文件里的公钥可以核对。")
        return Link("signatures", label, Tone.GOOD, _("有效"), text, values)
    text = _("树根上的签名与信任文件里的公钥对不上。请由安全管理员查明密钥是否更换。")
    return Link("signatures", label, Tone.BAD, _("无效"), text, values)


def _witnesses(page: CheckpointPage) -> Link:
    label, values = _("见证"), _told(page.cosignatures)
    if not page.cosignatures:
        text = _("还没有其他档案馆在这个树根上联署。联署之后，连本馆自己也不能再换一本日志。")
        return Link("witnesses", label, Tone.PLAIN, _("还没有"), text)
    if not all(row.is_good for row in page.cosignatures):
        return Link("witnesses", label, Tone.BAD, _("无效"), _("有见证者的签名核对不上。"), values)
    n = len(page.cosignatures)
    if page.met_at:
        text = ngettext("%(n)d 个见证签名，全部有效。", "%(n)d 个见证签名，全部有效。", n) % {"n": n}
        return Link("witnesses", label, Tone.GOOD, _("已满足见证策略"), text, values)
    text = ngettext(
        "%(n)d 个见证签名有效，还没有达到见证策略的要求。",
        "%(n)d 个见证签名有效，还没有达到见证策略的要求。",
        n,
    ) % {"n": n}
    return Link("witnesses", label, Tone.WARN, _("见证不足"), text, values)


def _stamps(page: CheckpointPage) -> Link:
    label = _("时间戳")
    if not page.stamps:
        text = _("这个树根还没有时间戳。时间戳说明它最晚在何时已经存在。")
        return Link("stamps", label, Tone.PLAIN, _("还没有"), text)
    values = tuple((one.signer or one.service, one.stamped_at.isoformat()) for one in page.stamps)
    text = _("时间戳服务证明树根最晚在所列时间已经存在；收存时已核对签名和证书。")
    return Link("stamps", label, Tone.GOOD, _("有效"), text, values)


def _chain(leaf: Leaf) -> Link:
    """The first checkpoint on a chain that covers the leaf, from the block down to the leaf computed again."""
    label, anchor = _("区块链"), witness.confirmed_over(leaf.index)
    if anchor is None and not witness.is_anchoring():
        text = _("本系统没有把检查点登记到区块链；上面各环不依赖它。")
        return Link("chain", label, Tone.PLAIN, _("未启用"), text)
    if anchor is None:
        text = _("包含这条记录的检查点还没有在链上确认，按设置的周期登记。")
        return Link("chain", label, Tone.PLAIN, _("还没有"), text)
    values = (
        (_("检查点"), str(anchor.size)),
        (_("链标识"), str(anchor.chain.chain_id)),
        (_("交易"), anchor.transaction),
        (_("区块"), f"{anchor.block_number} {anchor.block_hash}"),
        (_("区块时间"), anchor.block_at.isoformat() if anchor.block_at else ""),
    )
    if _is_anchored(leaf, anchor.record):
        text = _(
            "包含这条记录的检查点写在“%(name)s”的一个区块里，交易、区块头与路径都已重新算过；"
            "区块是否在链上，可向任何节点查询。"
        ) % {"name": anchor.chain.name}
        return Link("chain", label, Tone.GOOD, _("已确认"), text, values)
    text = _("链上登记的内容与这里的日志不符。请立即由安全审计员查明。")
    return Link("chain", label, Tone.BAD, _("不符"), text, values)


def _is_anchored(leaf: Leaf, record: str) -> bool:
    """Whether the record holds by itself, and the leaf leads to the root that is on the chain."""
    try:
        judge_anchor(record.encode())
    except BadAnchor:
        return False
    head = parse_anchor(record.encode()).checkpoint
    hashes = tiles.inclusion(leaf.index, head.size, StoredTiles())
    return verify_inclusion(bytes(leaf.hash), leaf.index, head.size, hashes, head.root)
