"""The structure of an OFD document: its information, pages, resources, attachments and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lantai.kit.errors import N_
from lantai.kit.formats.ofd.container import Container, OfdBroken, child, children, numbers, text_of
from lantai.kit.formats.ofd.signed import SignatureEntry, read_signatures

_INFO = (
    "DocID",
    "Title",
    "Author",
    "Subject",
    "Abstract",
    "CreationDate",
    "ModDate",
    "DocUsage",
    "Creator",
    "CreatorVersion",
)
_MAX_CUSTOM = 500
_MAX_PAGES = 100_000
_MAX_DOCUMENTS = 100
A4_MM = (0.0, 0.0, 210.0, 297.0)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the document."""

    name: str
    format: str
    location: str


@dataclass(frozen=True, slots=True)
class FontResource:
    """A font that texts refer to; ``file`` is the part with its outlines, empty when it is not inside."""

    name: str
    family: str
    file: str


@dataclass(slots=True)
class Resources:
    """What pages refer to by id."""

    fonts: dict[str, FontResource] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    composites: dict[str, Any] = field(default_factory=dict)
    draw_params: dict[str, Any] = field(default_factory=dict)
    colour_spaces: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PageEntry:
    """Where one page is."""

    id: str
    location: str
    near: str


@dataclass(slots=True)
class Document:
    """One DocBody, read; the pages are read when they are needed."""

    container: Container
    part: str
    root: Any
    kind: str
    version: str
    namespace: str
    info: dict[str, str]
    keywords: list[str]
    custom_data: dict[str, str]
    box: Box
    pages: list[PageEntry]
    templates: dict[str, PageEntry]
    resources: Resources
    attachments: list[Attachment]
    signature_list: str
    signatures: list[SignatureEntry]
    annotations: dict[str, str]

    def page(self, index: int) -> Any | None:
        """Root element of the page at ``index`` (from 0); None with a remark when it cannot be read.

        Raises ``OfdBroken`` when there is no such page.
        """
        if not 0 <= index < len(self.pages):
            raise OfdBroken(part=f"Page {index + 1}")
        entry = self.pages[index]
        found = self.container.xml(entry.location, near=entry.near)
        if found is None:
            return None
        for element in children(found[1], "PageRes"):
            listed = self.container.xml((element.text or "").strip(), near=found[0])
            if listed is not None and listed[0] not in self.resources.parts:
                _add_resources(self.container, self.resources, *listed)
        return found[1]

    def layers(self, root: Any) -> list[Any]:
        """The page's layers from back to front, with those of its templates."""
        behind: list[Any] = []
        before: list[Any] = []
        for use in children(root, "Template"):
            entry = self.templates.get(use.get("TemplateID") or "")
            found = self.container.xml(entry.location, near=entry.near) if entry else None
            if found:
                (before if use.get("ZOrder") == "Foreground" else behind).extend(_own_layers(found[1]))
        return [*behind, *_own_layers(root), *before]

    def box_of(self, root: Any) -> Box:
        """Physical box of a page in millimetres: its own, or the document's."""
        area = child(root, "Area")
        return _box(area) or self.box if area is not None else self.box


def read_document(container: Container) -> Document:
    """The first document of the package. Raises ``OfdBroken`` when it has no root or no Document.xml."""
    ofd, bodies = _bodies(container)
    return _document(container, ofd, bodies[0])


def read_documents(container: Container) -> list[Document]:
    """Every document of the package, in order; one after the first that cannot be read leaves a remark.

    Raises ``OfdBroken`` as ``read_document`` does.
    """
    ofd, bodies = _bodies(container)
    found = [_document(container, ofd, bodies[0])]
    for body in bodies[1:]:
        part = container.locate(text_of(body, "DocRoot"), near="")
        if part in {one.part for one in found}:  # listed twice, it is still one
            continue
        try:
            found.append(_document(container, ofd, body))
        except OfdBroken as broken:
            container.say("broken-part", OfdBroken.message, str(broken.params["part"]))
    return found


def page_of(documents: Sequence[Document], index: int) -> tuple[Document, int]:
    """The document that has the page at ``index`` (from 0), counted through all, and the page's index in it.

    Raises ``OfdBroken`` when there is no such page.
    """
    left = index
    for document in documents:
        if 0 <= left < len(document.pages):
            return document, left
        left -= len(document.pages)
    raise OfdBroken(part=f"Page {index + 1}")


def _bodies(container: Container) -> tuple[Any, list[Any]]:
    entry = container.xml("OFD.xml")
    bodies = list(children(entry[1], "DocBody")) if entry else []
    if entry is None or not bodies:
        raise OfdBroken(part="OFD.xml")
    if len(bodies) > _MAX_DOCUMENTS:
        container.say("broken-part", N_("OFD 的部件“%(part)s”列出的文档太多，只读取了前面的。"), "OFD.xml")
    container.entry = entry[1]
    return entry[1], bodies[:_MAX_DOCUMENTS]


def _document(container: Container, ofd: Any, body: Any) -> Document:
    location = text_of(body, "DocRoot")
    found = container.xml(location) if location else None
    if found is None:
        raise OfdBroken(part=location or "DocRoot")
    name, root = found
    common = child(root, "CommonData")
    area = child(common, "PageArea") if common is not None else None
    signature_list, signatures = read_signatures(container, body)
    return Document(
        container=container,
        part=name,
        root=root,
        kind=ofd.get("DocType") or "",
        version=ofd.get("Version") or "",
        namespace=ofd.nsmap.get(ofd.prefix) or "",
        info=_info(body),
        keywords=_keywords(body),
        custom_data=_custom_data(body),
        box=(_box(area) if area is not None else None) or A4_MM,
        pages=_pages(root, name),
        templates=_templates(common, name),
        resources=_resources(container, common, name),
        attachments=_attachments(container, root, name),
        signature_list=signature_list,
        signatures=signatures,
        annotations=_annotations(container, root, name),
    )


def _own_layers(root: Any) -> list[Any]:
    content = child(root, "Content")
    return list(children(content, "Layer")) if content is not None else []


def _box(area: Any) -> Box | None:
    values = numbers(text_of(area, "PhysicalBox"))
    if len(values) != 4 or values[2] <= 0 or values[3] <= 0:
        return None
    return values[0], values[1], values[2], values[3]


def _info(body: Any) -> dict[str, str]:
    info = child(body, "DocInfo")
    if info is None:
        return {}
    return {name: value for name in _INFO if (value := text_of(info, name))}


def _keywords(body: Any) -> list[str]:
    return [(word.text or "").strip() for word in _in_info(body, "Keywords", "Keyword")]


def _custom_data(body: Any) -> dict[str, str]:
    data = _in_info(body, "CustomDatas", "CustomData")
    return {one.get("Name") or "": (one.text or "").strip() for one in data if one.get("Name")}


def _in_info(body: Any, group: str, name: str) -> list[Any]:
    info = child(body, "DocInfo")
    found = child(info, group) if info is not None else None
    return list(children(found, name))[:_MAX_CUSTOM] if found is not None else []


def _pages(root: Any, name: str) -> list[PageEntry]:
    pages = child(root, "Pages")
    found = list(children(pages, "Page")) if pages is not None else []
    return [PageEntry(p.get("ID") or "", p.get("BaseLoc") or "", name) for p in found[:_MAX_PAGES]]


def _templates(common: Any | None, name: str) -> dict[str, PageEntry]:
    if common is None:
        return {}
    found = children(common, "TemplatePage")
    return {t.get("ID") or "": PageEntry(t.get("ID") or "", t.get("BaseLoc") or "", name) for t in found}


def _resources(container: Container, common: Any | None, name: str) -> Resources:
    resources = Resources()
    if common is None:
        return resources
    for kind in ("PublicRes", "DocumentRes"):
        for element in children(common, kind):
            found = container.xml((element.text or "").strip(), near=name)
            if found:
                _add_resources(container, resources, *found)
    return resources


def _add_resources(container: Container, resources: Resources, name: str, root: Any) -> None:
    folder = root.get("BaseLoc") or ""
    resources.parts.append(name)

    def located(location: str) -> str:
        inside = f"{folder.rstrip('/')}/{location}" if folder and not location.startswith("/") else location
        part = container.locate(inside, near=name) or container.locate(location, near=name)
        return part or f"/{inside}"

    for element in root.iter("{*}Font"):
        file = text_of(element, "FontFile")
        font = FontResource(
            element.get("FontName") or "", element.get("FamilyName") or "", located(file) if file else ""
        )
        resources.fonts[element.get("ID") or ""] = font
    for element in root.iter("{*}MultiMedia"):
        resources.media[element.get("ID") or ""] = located(text_of(element, "MediaFile"))
    for element in root.iter("{*}CompositeGraphicUnit", "{*}VectorG"):
        resources.composites.setdefault(element.get("ID") or "", element)
    for element in root.iter("{*}DrawParam"):
        resources.draw_params[element.get("ID") or ""] = element
    for element in root.iter("{*}ColorSpace"):
        resources.colour_spaces[element.get("ID") or ""] = element.get("Type") or "RGB"


def _attachments(container: Container, root: Any, name: str) -> list[Attachment]:
    location = text_of(root, "Attachments")
    found = container.xml(location, near=name) if location else None
    if not found:
        return []
    entries = children(found[1], "Attachment")
    return [_attachment(container, e, found[0]) for e in entries]


def _attachment(container: Container, element: Any, near: str) -> Attachment:
    location = text_of(element, "FileLoc")
    part = container.locate(location, near=near)
    if part is None:
        container.say_missing(location)
    return Attachment(element.get("Name") or "", element.get("Format") or "", part or location)


def _annotations(container: Container, root: Any, name: str) -> dict[str, str]:
    """Part with the annotations of each page, by the page's id."""
    location = text_of(root, "Annotations")
    found = container.xml(location, near=name) if location else None
    if not found:
        return {}
    pages = {p.get("PageID") or "": text_of(p, "FileLoc") for p in children(found[1], "Page")}
    parts = {page: container.locate(file, near=found[0]) for page, file in pages.items()}
    return {page: part for page, part in parts.items() if part}
