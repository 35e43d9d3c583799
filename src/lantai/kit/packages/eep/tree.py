"""A package held against the schema while it is read, and what it says as a tree without its data.

Everything wrong is noted with its line, and reading goes on. The content of each 编码数据 passes to the
caller piece by piece and is never in the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from lantai.kit.errors import N_
from lantai.kit.packages.eep.schema import CONTAINERS, NAMES, Attribute, Container, Leaf, ValueKind, leaf_of
from lantai.kit.packages.eep.stream import LIMITS, NAMESPACE, ROOT, Closing, Name, Opening, Token, read_tokens
from lantai.kit.packages.eep.values import is_of_kind
from lantai.kit.packages.problems import Findings, Severity
from lantai.kit.packages.xml import XmlHostile, XmlLimits

DATA = "编码数据"
MOST_ELEMENTS = 200_000  # a package is one record with its computer files
MOST_TEXT = 64 * 1024 * 1024
MOST_PROBLEMS = 500
_SHOWN = 60
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(slots=True)
class Node:
    """One element; ``path`` leads to it from the root, ``line`` is that of its start tag.

    ``number`` counts the elements of the file: by it the same element is found in another reading.
    """

    name: str
    path: str
    line: int
    number: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def find(self, name: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Node]:
        """All children of that name."""
        return [child for child in self.children if child.name == name]

    def text_of(self, name: str) -> str:
        """The text of the first child of that name, or nothing."""
        found = self.find(name)
        return found.text if found else ""

    def below(self) -> Iterator[Node]:
        """This node and all under it, in the order of the file."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


OnData = Callable[[Sequence[Node], Iterator[str]], None]


class Notes:
    """Findings about one package; past the five hundredth only that there are more."""

    def __init__(self, findings: Findings, file: str) -> None:
        self._findings = findings
        self._file = file
        self._count = 0

    def error(self, code: str, node: Node, /, **params: object) -> None:
        """Something wrong at ``node``."""
        self._note(code, node, Severity.ERROR, params)

    def warning(self, code: str, node: Node, /, **params: object) -> None:
        """Something odd at ``node``."""
        self._note(code, node, Severity.WARNING, params)

    def whole(self, code: str, **params: object) -> None:
        """Something wrong with the file as a whole."""
        self._findings.error(code, self._file, file=self._file, **params)

    def _note(self, code: str, node: Node, severity: Severity, params: dict[str, object]) -> None:
        self._count += 1
        if self._count == MOST_PROBLEMS + 1:
            self.whole("too-many", most=MOST_PROBLEMS)
        if self._count > MOST_PROBLEMS:
            return
        add = self._findings.error if severity is Severity.ERROR else self._findings.warning
        add(code, f"{self._file}/{node.path}", file=self._file, line=node.line, **params)


def read_tree(source: BinaryIO, notes: Notes, on_data: OnData, *, limits: XmlLimits = LIMITS) -> Node:
    """The root of the package in ``source``; raises `XmlBroken` and `XmlHostile`.

    ``on_data`` gets the nodes from the root to the 编码数据 and the pieces of its text; it need not take
    them all.
    """
    return _Reading(read_tokens(source, limits=limits), notes).read(on_data)


@dataclass(slots=True)
class _Frame:
    node: Node
    model: Container | None
    texts: list[str] = field(default_factory=list)
    position: int = 0
    seen: dict[str, int] = field(default_factory=dict)


class _Reading:
    def __init__(self, tokens: Iterator[Token], notes: Notes) -> None:
        self._tokens = tokens
        self._notes = notes
        self._frames: list[_Frame] = []
        self._ids: dict[str, int] = {}
        self._references: list[tuple[str, Node]] = []
        self._elements = 0
        self._text = 0
        self._is_other_namespace_told = False

    def read(self, on_data: OnData) -> Node:
        root: Node | None = None
        for token in self._tokens:
            if isinstance(token, Opening):
                node = self._open(token)
                root = root or node
                if node.name == DATA:
                    self._data(node, on_data)
            elif isinstance(token, Closing):
                self._close()
            elif isinstance(token, str) and self._frames:
                self._take(token)
        for value, node in self._references:
            if value not in self._ids:
                self._notes.error("reference-lost", node, value=_short(value))
        if root is None:  # expat has refused an empty document before
            raise XmlHostile(what=N_("空的内容"))
        return root

    def _data(self, node: Node, on_data: OnData) -> None:
        pieces = self._pieces(node)
        on_data([frame.node for frame in self._frames], pieces)
        for _left in pieces:
            pass

    def _pieces(self, node: Node) -> Iterator[str]:
        """The text up to the end tag of ``node``; what else is in it is noted."""
        for token in self._tokens:
            if isinstance(token, str):
                yield token
            elif isinstance(token, Opening):
                self._open(token)
            elif isinstance(token, Closing):
                is_its_own = self._frames[-1].node is node
                self._close()
                if is_its_own:
                    return

    def _open(self, opening: Opening) -> Node:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise XmlHostile(what=N_("过多的元素"))
        name = opening.name.local
        parent = self._frames[-1] if self._frames else None
        node = Node(name, self._path(parent, name), opening.line, self._elements)
        if parent is None and name != ROOT:
            self._notes.error("element-unknown", node, element="", name=_short(name))
        if parent is not None:
            self._follow(parent, node)
            parent.node.children.append(node)
        self._check_namespace(opening.name, node)
        model = CONTAINERS.get(name)
        self._attributes(opening, node, (model or leaf_of(name)).attributes or {})
        self._frames.append(_Frame(node, model))
        return node

    def _path(self, parent: _Frame | None, name: str) -> str:
        if parent is None:
            return name
        number = parent.seen[name] = parent.seen.get(name, 0) + 1
        return f"{parent.node.path}/{name}" + (f"[{number}]" if number > 1 else "")

    def _check_namespace(self, name: Name, node: Node) -> None:
        if name.namespace != NAMESPACE and name.local in NAMES and not self._is_other_namespace_told:
            self._is_other_namespace_told = True
            self._notes.error("namespace", node, element=_short(name.qualified))

    def _follow(self, parent: _Frame, node: Node) -> None:
        """Hold ``node`` against the order that its parent prescribes."""
        element, name = parent.node.name, _short(node.name)
        if parent.model is None:
            self._notes.error("element-unknown", node, element=element, name=name)
            return
        places = [n for n, one in enumerate(parent.model.children) if node.name in one.names]
        if not places:
            self._notes.error("element-unknown", node, element=element, name=name)
            return
        place = places[0]
        particle = parent.model.children[place]
        if (
            particle.most is not None
            and sum(parent.seen.get(one, 0) for one in particle.names) > particle.most
        ):
            self._notes.error("element-repeated", node, element=element, name=name)
        elif place < parent.position:
            self._notes.error("element-order", node, element=element, name=name)
        parent.position = max(parent.position, place)

    def _attributes(self, opening: Opening, node: Node, known: Mapping[str, Attribute]) -> None:
        for name, value in opening.attributes:
            if name.namespace == _INSTANCE:
                continue
            if name.namespace or name.local not in known:
                self._notes.error("attribute-unknown", node, element=node.name, name=_short(name.qualified))
                continue
            node.attributes[name.local] = value.strip()
            attribute = known[name.local]
            self._check(
                node, f"{node.name}@{name.local}", value.strip(), Leaf(attribute.kind, attribute.values)
            )
        for name_, attribute in known.items():
            if attribute.is_required and name_ not in node.attributes:
                self._notes.error("attribute-missing", node, element=node.name, name=name_)

    def _take(self, text: str) -> None:
        self._text += len(text)
        if self._text > MOST_TEXT:
            raise XmlHostile(what=N_("过长的文字"))
        self._frames[-1].texts.append(text)

    def _close(self) -> None:
        frame = self._frames.pop()
        node, model = frame.node, frame.model
        node.text = "".join(frame.texts).strip()
        if model is not None:
            self._finish(frame, model)
        elif node.name in NAMES and node.name != DATA and not node.children:
            leaf = leaf_of(node.name)
            if node.text or leaf.kind is not ValueKind.TEXT or leaf.values or self._is_required(node.name):
                self._check(node, node.name, node.text, leaf)

    def _is_required(self, name: str) -> bool:
        model = self._frames[-1].model if self._frames else None
        return model is not None and any(name in one.names and one.least for one in model.children)

    def _finish(self, frame: _Frame, model: Container) -> None:
        node = frame.node
        if node.text and not model.is_mixed:
            self._notes.error("text-stray", node, element=node.name)
        for particle in model.children:
            if particle.least and not any(frame.seen.get(name) for name in particle.names):
                self._notes.error("element-missing", node, element=node.name, name="|".join(particle.names))
        if model.one_of and not any(frame.seen.get(name) for name in model.one_of):
            self._notes.error("element-missing", node, element=node.name, name="|".join(model.one_of))

    def _check(self, node: Node, element: str, value: str, leaf: Leaf) -> None:
        if not value:
            self._notes.error("value-empty", node, element=element)
        elif not is_of_kind(value, leaf.kind):
            self._notes.error("value-type", node, element=element, value=_short(value), kind=leaf.kind.value)
        elif leaf.values and value not in leaf.values:
            if leaf.is_proposed:
                self._notes.warning("value-unusual", node, element=element, value=_short(value))
            else:
                words = "、".join(leaf.values)
                self._notes.error("value-listed", node, element=element, value=_short(value), values=words)
        elif leaf.kind is ValueKind.IDENTIFIER:
            self._identify(node, value)
        elif leaf.kind is ValueKind.REFERENCE:
            self._references.append((value, node))

    def _identify(self, node: Node, value: str) -> None:
        if value in self._ids:
            self._notes.error("id-repeated", node, value=_short(value), other=self._ids[value])
        self._ids.setdefault(value, node.line)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
