"""Office documents in ZIP packages (OOXML, ODF): whole, unlocked, without macros and ties to elsewhere?

Their layout is not judged. Bare ZIP archives are unpacked too, but what is in them is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Examination, Fact, Remark, State, remark_of
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, XmlTooLarge, parse_xml, split_tag
from lantai.kit.formats.zips import CappedZip, ZipBomb, ZipBroken, ZipEncrypted

LOCKED = Remark("encrypted", N_("Office 文档设有密码，读不到内容。请提交未加密的文件。"))
MACROS = Remark("active", N_("Office 文档含有宏。请另存为不含宏的格式后重新提交。"))
CONTROLS = Remark("active", N_("Office 文档含有 ActiveX 控件。请去除后重新提交。"))
FETCHES = N_("Office 文档打开时会从别处取内容：%(target)s。请断开链接后重新提交。")
EMBEDDED = N_("Office 文档内嵌 %(count)s 个对象，没有逐个检查。")
NOT_LOOKED_INTO = Remark("not-looked-into", N_("压缩包本身完好，包内文件没有逐个检查。"))
NO_MAIN = Remark("broken", N_("Office 文档缺少主体部件，打不开。请重新保存后提交。"))

_PART_MB = 512
_MAX_NAMES = 200
_MAIN_PARTS = (
    "word/document.xml",
    "xl/workbook.xml",
    "xl/workbook.bin",
    "ppt/presentation.xml",
    "visio/document.xml",
    "content.xml",
)
# A link that a reader clicks is content; these are followed when the document is opened.
_FOLLOWED = frozenset({"attachedTemplate", "oleObject", "frame", "subDocument", "externalLinkPath"})
_LINKED = _FOLLOWED | {"image", "video", "audio", "media"}
_EMBEDDED_FOLDERS = ("word/embeddings/", "xl/embeddings/", "ppt/embeddings/")
_CORE = {"title": "title", "creator": "creator", "lastModifiedBy": "changed_by", "application": "producer"}


@dataclass(slots=True)
class _Seen:
    """What the parts of a document have shown."""

    is_locked: bool = False
    followed: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)


def examine_package(path: Path, puid: str) -> Examination:
    """State and facts of an OOXML or ODF document, every part unpacked, every XML part parsed."""
    seen = _Seen()
    try:
        with CappedZip(path) as archive:
            names = archive.names
            for name in names:
                data = archive.read(name, limit_mb=_PART_MB)
                if name.endswith((".xml", ".rels")) and not seen.is_locked:
                    _look_at(name, data, seen)
    except (ZipEncrypted, ZipBroken, ZipBomb, BrokenXml, UnsafeXml) as trouble:
        if seen.is_locked:
            return Examination(puid, State.ENCRYPTED, {"encrypted": True}, (LOCKED,))
        return Examination(puid, _state_of(trouble), problems=(remark_of(trouble),))
    return _verdict(puid, names, seen)


def examine_archive(path: Path, puid: str) -> Examination:
    """State of a bare ZIP: every part unpacked and its checksum compared, its files not judged."""
    try:
        with CappedZip(path) as archive:
            size = sum(len(archive.read(name, limit_mb=_PART_MB)) for name in archive.names)
            facts: dict[str, Fact] = {
                "part_count": len(archive.names),
                "unpacked_bytes": size,
                "parts": archive.names[:_MAX_NAMES],
            }
    except (ZipEncrypted, ZipBroken, ZipBomb) as trouble:
        return Examination(puid, _state_of(trouble), problems=(remark_of(trouble),))
    return Examination(puid, State.UNSUPPORTED, facts, (NOT_LOOKED_INTO,))


def _state_of(trouble: ZipEncrypted | ZipBroken | ZipBomb | BrokenXml | UnsafeXml) -> State:
    if isinstance(trouble, ZipEncrypted):
        return State.ENCRYPTED
    if isinstance(trouble, XmlTooLarge):
        return State.UNSUPPORTED
    return State.ACTIVE if isinstance(trouble, UnsafeXml) else State.BROKEN


def _look_at(name: str, data: bytes, seen: _Seen) -> None:
    root = parse_xml(data, name=name)
    if name.endswith(".rels"):
        for kind, target in _external(root):
            (seen.followed if kind in _FOLLOWED else seen.linked).append(target)
    elif name == "META-INF/manifest.xml":
        seen.is_locked = next(root.iter("{*}encryption-data"), None) is not None
    elif name in {"docProps/core.xml", "docProps/app.xml", "meta.xml"}:
        seen.facts |= _described(root)


def _external(root: etree._Element) -> Iterator[tuple[str, str]]:
    for relation in root.iter("{*}Relationship"):
        kind = (relation.get("Type") or "").rpartition("/")[2]
        if (relation.get("TargetMode") or "").lower() == "external" and kind in _LINKED:
            yield kind, (relation.get("Target") or "")[:500]


def _described(root: etree._Element) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for element in root.iter("{*}*"):
        name, text = split_tag(str(element.tag))[1], (element.text or "").strip()
        fact = _CORE.get(name) or _CORE.get(name[:1].lower() + name[1:])
        if fact and text:
            facts[fact] = text[:500]
        elif name == "Pages" and text.isdecimal() and len(text) < 7:
            facts["pages_stated"] = int(text)
    return facts


def _verdict(puid: str, names: list[str], seen: _Seen) -> Examination:
    lowered = [n.lower() for n in names]
    embedded = [n for n in names if n.startswith(_EMBEDDED_FOLDERS) or n.startswith("ObjectReplacements/")]
    has_macros = any(n.endswith(("vbaproject.bin", "vbadata.xml")) for n in lowered)
    has_macros = has_macros or any(
        n.startswith(("basic/", "scripts/")) and not n.endswith("/") for n in lowered
    )
    facts: dict[str, Fact] = {
        **seen.facts,
        "part_count": len(names),
        "has_macros": has_macros,
        "external_links": (seen.followed + seen.linked)[:_MAX_NAMES],
        "embedded_files": embedded[:_MAX_NAMES],
    }
    if seen.is_locked:
        return Examination(puid, State.ENCRYPTED, facts | {"encrypted": True}, (LOCKED,))
    if not any(n in names for n in _MAIN_PARTS):
        return Examination(puid, State.BROKEN, facts, (NO_MAIN,))
    problems: list[Remark] = [MACROS] if has_macros else []
    problems += [CONTROLS] if any("activex/" in n for n in lowered) else []
    problems += [Remark("active", FETCHES, {"target": target[:200]}) for target in seen.followed[:3]]
    state = State.ACTIVE if problems else State.OK
    if embedded:
        problems.append(Remark("embedded", EMBEDDED, {"count": len(embedded)}))
    return Examination(puid, state, facts, tuple(problems))
