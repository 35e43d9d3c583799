"""What the order of elements does not say: values that must agree with one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lantai.kit.packages.eep.schema import MAIN, MODIFIED, ORIGINAL, TYPE_DESCRIPTIONS
from lantai.kit.packages.eep.tree import Node, Notes
from lantai.kit.packages.eep.values import parse_time

_CONTENT_OF = {ORIGINAL: "封装内容", MODIFIED: "修改封装内容"}


@dataclass(frozen=True, slots=True)
class LayerNodes:
    """One layer of the onion: the 被签名对象, the 电子签名块 beside it, and what it says of the record."""

    signed: Node
    block: Node | None
    content: Node | None


def layers_of(root: Node) -> list[LayerNodes]:
    """The layers of a package, the innermost first."""
    return list(_inwards(root))[::-1]


def _inwards(root: Node) -> Iterator[LayerNodes]:
    holder: Node | None = root
    while holder is not None:
        signed = holder.find("被签名对象")
        if signed is None:
            return
        modified = signed.find("修改封装内容")
        content = modified.find("修订内容") if modified else signed.find("封装内容")
        yield LayerNodes(signed, holder.find("电子签名块"), content)
        holder = modified.find("原封装包") if modified else None


def check_values(root: Node, notes: Notes) -> None:
    """Note where types, identifiers and times of the package contradict one another."""
    lock = root.find("锁定签名")
    if lock is not None and root.find("电子签名块") is None:
        notes.error("lock-alone", lock)
    for layer in layers_of(root):
        _check_type(layer.signed, notes)
        _check_times(layer, notes)
        if layer.content is not None:
            _check_identifiers(layer.content, notes)
            _check_main(layer.content, notes)


def _check_type(signed: Node, notes: Notes) -> None:
    kind = signed.find("封装包类型")
    if kind is None or kind.text not in TYPE_DESCRIPTIONS:
        return
    said = signed.text_of("封装包类型描述")
    if said in TYPE_DESCRIPTIONS.values() and said != TYPE_DESCRIPTIONS[kind.text]:
        notes.error("type-differs", kind, value=kind.text)
    other = _CONTENT_OF[MODIFIED if kind.text == ORIGINAL else ORIGINAL]
    if signed.find(other) is not None:
        notes.error("type-content", kind, value=kind.text, name=other)


def _check_times(layer: LayerNodes, notes: Notes) -> None:
    created = parse_time(layer.signed.text_of("封装包创建时间"))
    for signature in layer.block.all("电子签名") if layer.block else ():
        stated = signature.find("签名时间")
        signed = parse_time(stated.text) if stated else None
        if stated is not None and created is not None and signed is not None and signed < created:
            notes.warning("signature-time", stated)


def _check_identifiers(content: Node, notes: Notes) -> None:
    agents = {
        agent.text_of("机构人员标识符")
        for block in content.all("机构人员实体块")
        for agent in block.all("机构人员实体")
    }
    records = [node.text for node in content.below() if node.name == "电子文件号"]
    for block in content.all("业务实体块"):
        for act in block.all("业务实体"):
            agent, record = act.find("机构人员标识符"), act.find("文件标识符")
            if agent is not None and agent.text not in agents:
                notes.error("agent-unknown", agent, value=agent.text)
            if record is not None and records and record.text not in records:
                notes.warning("record-differs", record, value=record.text, other=records[0])


def _check_main(content: Node, notes: Notes) -> None:
    """Of a 组合文件 one document is the main one (DA/T 46 M41)."""
    kinds = [node for node in content.below() if node.name == "文件组合类型"]
    count = sum(node.name == "文档主从声明" and node.text == MAIN for node in content.below())
    if kinds and kinds[0].text == "组合文件" and count != 1:
        notes.warning("main-missing", kinds[0], count=count)
