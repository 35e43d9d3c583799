"""Building XML of exchange: elements with text that XML can hold, and documents streamed element by element."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from lantai.kit.metadata.exchange.record import sayable

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def add(
    parent: etree._Element, tag: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> etree._Element:
    """A new last child of ``parent`` in its namespace unless ``tag`` names another."""
    if not tag.startswith("{"):
        tag = f"{{{etree.QName(parent).namespace or ''}}}{tag}" if etree.QName(parent).namespace else tag
    element = etree.SubElement(parent, tag)
    for name, value in (attributes or {}).items():
        element.set(name, sayable(value))
    if text:
        element.text = sayable(text)
    return element


def document(root: etree._Element, elements: Iterable[etree._Element]) -> Iterator[bytes]:
    """A document whose root holds ``elements``; only one of them is in memory at a time."""
    opening = etree.tostring(root, encoding="unicode").removesuffix("/>")
    yield DECLARATION + opening.encode() + b">\n"
    for element in elements:
        yield bytes_of(element, root)
    name = etree.QName(root)
    prefix = next((p for p, uri in root.nsmap.items() if uri == name.namespace and p), None)
    yield f"</{prefix}:{name.localname}>\n".encode() if prefix else f"</{name.localname}>\n".encode()


def bytes_of(element: etree._Element, root: etree._Element) -> bytes:
    """An element as it stands within ``root``: namespaces that the root declares are not said again."""
    holder = etree.Element(root.tag, nsmap=root.nsmap)
    holder.append(element)
    etree.cleanup_namespaces(holder, keep_ns_prefixes=[p for p in root.nsmap if p])
    text: str = etree.tostring(holder, encoding="unicode")
    inner = text[text.index(">") + 1 : text.rindex("</")]
    return inner.encode() + b"\n"
