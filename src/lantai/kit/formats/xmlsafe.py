"""Reading XML that a stranger wrote: no DTD, no entities, no network, bounded depth and size."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from lxml import etree

from lantai.kit.errors import N_, Invalid

MAX_XML_BYTES = 64 << 20


class UnsafeXml(Invalid):
    """The document declares a DTD or entities, which no archival format needs and every attack does."""

    message = N_("XML“%(name)s”带有 DTD 或实体声明，出于安全没有解析。请去掉声明后重新提交。")


class BrokenXml(Invalid):
    """The document is not well-formed."""

    message = N_("XML“%(name)s”第 %(line)s 行格式不正确：%(reason)s。请重新生成后提交。")


class XmlTooLarge(BrokenXml):
    """The document is larger than any that is read as a whole."""

    message = N_("XML“%(name)s”超过 %(most)d MB，没有解析。请拆分后重新生成并提交。")


def parse_xml(data: bytes, *, name: str) -> etree._Element:
    """The root element of ``data``. Raises ``UnsafeXml`` on any DTD, ``BrokenXml`` if too large or ill-formed."""
    if len(data) > MAX_XML_BYTES:
        raise XmlTooLarge(name=name, most=MAX_XML_BYTES >> 20)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as broken:
        raise BrokenXml(name=name, line=broken.lineno or 1, reason=broken.msg or "") from broken
    if root.getroottree().docinfo.doctype:
        raise UnsafeXml(name=name)
    return root


def salvage_xml(data: bytes, *, name: str) -> etree._Element | None:
    """What can be read of a document that is not well-formed; None when nothing, or too large. Raises ``UnsafeXml``."""
    if len(data) > MAX_XML_BYTES:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    if root is not None and root.getroottree().docinfo.doctype:
        raise UnsafeXml(name=name)
    return root


class _Watch:
    """Parser target that keeps nothing but the root's name and stops at a DTD."""

    def __init__(self, name: str) -> None:
        self.name, self.root, self.depth = name, "", 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise UnsafeXml(name=self.name)

    def start(self, tag: str, _attributes: object) -> None:
        self.root = self.root or tag

    def close(self) -> str:
        return self.root


def check_stream(path: Path) -> str:
    """Qualified name of the root after reading the whole document in little memory, however long it is.

    Raises ``UnsafeXml`` on any DTD, before an entity could be used, and ``BrokenXml``.
    """
    parser = etree.XMLParser(
        target=_Watch(path.name), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 16):
                parser.feed(chunk)
        return str(parser.close())
    except etree.XMLSyntaxError as broken:
        raise BrokenXml(name=path.name, line=broken.lineno or 1, reason=broken.msg or "") from broken


def root_tag(head: bytes) -> tuple[str, str] | None:
    """Namespace and local name of the root, from the first bytes of a document; None when unreadable."""
    try:
        for _event, element in etree.iterparse(
            BytesIO(head), events=("start",), resolve_entities=False, no_network=True, load_dtd=False
        ):
            return split_tag(str(element.tag))
    except etree.XMLSyntaxError:
        return None
    return None


def split_tag(tag: str) -> tuple[str, str]:
    """Namespace and local name of ``{namespace}name``; a prefix that nobody declared is dropped."""
    namespace, _, name = tag.rpartition("}")
    return namespace.lstrip("{"), name.rpartition(":")[2]
