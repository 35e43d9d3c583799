"""Which computer file of a package has which content, found while the package is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from lantai.kit.packages import names
from lantai.kit.packages.eep.checks import layers_of
from lantai.kit.packages.eep.contents import DataBroken, Keep, Places, decode
from lantai.kit.packages.eep.tree import Node, Notes
from lantai.kit.packages.eep.types import Stored


class Data:
    """Takes the content of each 编码数据 and knows afterwards which file has which content."""

    def __init__(self, notes: Notes, keep: Keep) -> None:
        self._notes = notes
        self._keep = keep
        self._places = Places()
        self._by_id: dict[str, Stored | None] = {}
        self.stored: dict[str, Stored] = {}  # path of the node of an 编码 → its content

    def take(self, trail: Sequence[Node], pieces: Iterator[str]) -> None:
        """Keep what the last node of ``trail`` holds, unless it only refers to another."""
        node, encoding = trail[-1], trail[-2] if len(trail) > 1 else trail[-1]
        first = next((piece for piece in pieces if not piece.isspace()), "")
        reference = node.attributes.get("引用编码数据ID", "")
        if first and reference:
            self._notes.error("data-both", node)
        if not first and not reference:
            self._notes.error("data-empty", node)
        if first:
            self._store(node, encoding, trail, chain((first,), pieces))
        elif reference:
            self._refer(node, encoding, reference)
        if identifier := node.attributes.get("编码数据ID", ""):
            self._by_id.setdefault(identifier, self.stored.get(encoding.path))

    def _store(self, node: Node, encoding: Node, trail: Sequence[Node], pieces: Iterator[str]) -> None:
        attributes = encoding.find("电子属性")
        name = attributes.text_of("计算机文件名") if attributes else ""
        layer = len(layers_of(trail[0])) - sum(one.name == "被签名对象" for one in trail)
        path, reason = self._places.give(layer, name, encoding.text_of("反编码关键字"))
        if reason:
            self._notes.error("name", node, value=names.shown(name), reason=reason)
        try:
            self.stored[encoding.path] = self._keep(path, decode(pieces))
        except DataBroken:
            self._notes.error("data-broken", node, name=names.shown(name))

    def _refer(self, node: Node, encoding: Node, reference: str) -> None:
        """A reference leads back to content that an earlier layer has, perhaps by another reference."""
        if reference not in self._by_id:
            self._notes.error("data-later", node, value=reference)
        elif content := self._by_id[reference]:
            self.stored[encoding.path] = content
        else:
            self._notes.error("data-wanting", node, name=reference)
