"""Custom tags (GB/T 33190 §17): what parts of a document mean, for example the buyer on an invoice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from lantai.kit.formats.ofd.container import children, text_of
from lantai.kit.formats.ofd.document import Document
from lantai.kit.formats.xmlsafe import split_tag

MAX_TAGS = 5000
_MAX_DEPTH = 16
_MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: the scheme's identifier, its path inside (``Buyer/BuyerName``), what it marks and its words."""

    scheme: str
    path: str
    text: str
    objects: tuple[tuple[str, str], ...] = ()


def read_tags(document: Document) -> list[Tag]:
    """The tags of a document with the words of the objects that they mark, at most 5000."""
    location = text_of(document.root, "CustomTags")
    found = document.container.xml(location, near=document.part) if location else None
    if not found:
        return []
    words = _Words(document)
    tags: list[Tag] = []
    for entry in children(found[1], "CustomTag"):
        tree = document.container.xml(text_of(entry, "FileLoc"), near=found[0], tolerant=True)
        if tree is not None:
            scheme = entry.get("TypeID") or entry.get("NameSpace") or ""
            for path, element in _leaves(tree[1], "", 0):
                if len(tags) == MAX_TAGS:
                    return tags
                tags.append(words.tag(scheme, path, element))
    return tags


def _leaves(parent: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The elements that mark objects or hold words, with their paths."""
    for element in parent.iterchildren(etree.Element):
        name = split_tag(element.tag)[1]
        if name == "ObjectRef":
            continue
        here = f"{path}/{name}" if path else name
        if (element.text or "").strip() or _marks(element):
            yield here, element
        if depth < _MAX_DEPTH:
            yield from _leaves(element, here, depth + 1)


def _marks(element: Any) -> tuple[tuple[str, str], ...]:
    """Page and object ids of the references in ``element``; their prefix is often not declared."""
    found = [one for one in element.iterchildren(etree.Element) if split_tag(one.tag)[1] == "ObjectRef"]
    return tuple(((one.get("PageRef") or "").strip(), (one.text or "").strip()) for one in found)


class _Words:
    """The words of text objects by page and object id; a page is read when it is first asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._index = {page.id: n for n, page in reversed(list(enumerate(document.pages)))}
        self._pages: dict[str, dict[str, str]] = {}

    def tag(self, scheme: str, path: str, element: Any) -> Tag:
        marks = _marks(element)
        own = (element.text or "").strip()
        text = own or "".join(self._of(page, thing) for page, thing in marks)
        return Tag(scheme, path, text[:_MAX_TEXT], marks)

    def _of(self, page_id: str, object_id: str) -> str:
        if page_id not in self._pages:
            index = self._index.get(page_id)
            root = self._document.page(index) if index is not None else None
            layers = self._document.layers(root) if root is not None else []
            self._pages[page_id] = {
                text.get("ID") or "": "".join(code.text or "" for code in children(text, "TextCode"))
                for layer in layers
                for text in layer.iter("{*}TextObject")
            }
        return self._pages[page_id].get(object_id, "")
