"""A document under construction: its ids, resources, pages, tags and attachments, in the standard's order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from lantai.kit.errors import N_, Invalid
from lantai.kit.formats.ofd.blocks import DocumentInfo, NewAttachment
from lantai.kit.formats.ofd.package import PackageWriter, element, spaced, xml_bytes

_FOLDER = "Doc_0"
_FORMATS = {"PNG": "png", "JPEG": "jpg", "TIFF": "tif", "BMP": "bmp", "GIF": "gif"}
Box = tuple[float, float, float, float]


class PictureUnfit(Invalid):
    """The picture cannot go into an OFD."""

    message = N_("图像“%(name)s”无法识别，或不是 OFD 可用的格式（PNG、JPEG、TIFF、BMP、GIF）。")


class Draft:
    """Gives out ids, writes parts as they come and the parts that list them at the end."""

    def __init__(self, package: PackageWriter, info: DocumentInfo) -> None:
        self._package = package
        self._info = info
        self._last_id = 0
        self._pages: list[tuple[str, Box]] = []
        self._fonts: list[Any] = []
        self._media: list[Any] = []
        self._images: dict[str, str] = {}
        self._marks: dict[str, list[tuple[str, str]]] = {}
        self._digest = hashlib.sha256()

    def next_id(self) -> str:
        """An id that nothing in the document has yet."""
        self._last_id += 1
        return str(self._last_id)

    def add_font(self, identity: str, name: str, data: bytes | None) -> None:
        """A font by its id, embedded where there is ``data``."""
        file = None
        if data is not None:
            file = element("FontFile", text=f"Font_{identity}.ttf")
            self._add(f"Res/Font_{identity}.ttf", data)
        self._fonts.append(element("Font", file, ID=identity, FontName=name, FamilyName=name))

    def image(self, source: bytes | Path) -> str:
        """The id of a picture, put in once however often it is used. Raises ``PictureUnfit``."""
        digest = _digest_of(source)
        if digest not in self._images:
            identity, suffix = self.next_id(), _opened(source)[0]
            name = f"Image_{identity}.{suffix}"
            self._add(f"Res/{name}", source, digest)
            file = element("MediaFile", text=name)
            self._media.append(element("MultiMedia", file, ID=identity, Type="Image", Format=suffix.upper()))
            self._images[digest] = identity
        return self._images[digest]

    def aspect_of(self, source: bytes | Path) -> float:
        """Height of a picture over its width. Raises ``PictureUnfit``."""
        _suffix, width, height = _opened(source)
        return height / width

    def mark(self, path: str, page_id: str, object_id: str) -> None:
        """Remember that an object belongs to the tag at ``path``; nothing for an empty one."""
        if path:
            self._marks.setdefault(path, []).append((page_id, object_id))

    def add_page(self, identity: str, box: Box, layers: list[Any]) -> None:
        """Write a page."""
        area = element("Area", element("PhysicalBox", text=spaced(box)))
        root = element("Page", area, element("Content", *layers))
        self._add(f"Pages/Page_{len(self._pages)}/Content.xml", xml_bytes(root))
        self._pages.append((identity, box))

    def finish(self, attachments: Sequence[NewAttachment], tag_scheme: str) -> None:
        """Write the parts that list the others."""
        tags = self._tags(tag_scheme)
        attached = self._attachments(attachments)
        public = self._resources("PublicRes.xml", "Fonts", self._fonts)
        private = self._resources("DocumentRes.xml", "MultiMedias", self._media)
        first_box = self._pages[0][1] if self._pages else (0.0, 0.0, 210.0, 297.0)
        pages = [
            element("Page", ID=identity, BaseLoc=f"Pages/Page_{n}/Content.xml")
            for n, (identity, _box) in enumerate(self._pages)
        ]
        common = element(
            "CommonData",
            element("MaxUnitID", text=str(self._last_id)),
            element("PageArea", element("PhysicalBox", text=spaced(first_box))),
            public,
            private,
        )
        root = element("Document", common, element("Pages", *pages), tags, attached)
        self._add("Document.xml", xml_bytes(root))
        self._package.add_xml("OFD.xml", self._entry())

    def _entry(self) -> Any:
        info = self._info
        identity = info.doc_id or self._digest.hexdigest()[:32]
        words = [element("Keyword", text=word) for word in info.keywords]
        data = [element("CustomData", text=value, Name=name) for name, value in info.custom_data]
        plain = {
            "DocID": identity,
            "Title": info.title,
            "Author": info.author,
            "Subject": info.subject,
            "Abstract": info.abstract,
            "CreationDate": info.created_on,
            "ModDate": info.modified_on,
            "DocUsage": info.usage,
        }
        described = element(
            "DocInfo",
            *(element(name, text=value) for name, value in plain.items() if value),
            element("Keywords", *words) if words else None,
            element("Creator", text="Lantai"),
            element("CustomDatas", *data) if data else None,
        )
        body = element("DocBody", described, element("DocRoot", text=f"{_FOLDER}/Document.xml"))
        return element("OFD", body, Version="1.1", DocType="OFD")

    def _resources(self, name: str, group: str, found: list[Any]) -> Any | None:
        if not found:
            return None
        self._add(name, xml_bytes(element("Res", element(group, *found), BaseLoc="Res")))
        return element("PublicRes" if group == "Fonts" else "DocumentRes", text=name)

    def _tags(self, scheme: str) -> Any | None:
        """The tree of tags: ``Buyer/BuyerName`` and ``Buyer/BuyerTaxID`` share their parent."""
        if not self._marks:
            return None
        root = element("root")
        for path, marks in self._marks.items():
            parent = root
            for name in path.split("/"):
                found = parent.find(f"{{*}}{name}")
                parent = found if found is not None else _added(parent, element(name))
            parent.extend([element("ObjectRef", text=thing, PageRef=page) for page, thing in marks])
        self._add("Tags/CustomTag.xml", xml_bytes(root))
        file = element("FileLoc", text="CustomTag.xml")
        listed = element("CustomTags", element("CustomTag", file, TypeID=scheme or "root"))
        self._add("Tags/CustomTags.xml", xml_bytes(listed))
        return element("CustomTags", text="Tags/CustomTags.xml")

    def _attachments(self, attachments: Sequence[NewAttachment]) -> Any | None:
        if not attachments:
            return None
        listed = []
        for index, one in enumerate(attachments):
            suffix = one.format or Path(one.name).suffix.lstrip(".")
            file = f"File_{index}.{suffix}" if suffix.isascii() and suffix.isalnum() else f"File_{index}"
            self._add(f"Attachs/{file}", one.content, _digest_of(one.content))
            listed.append(
                element(
                    "Attachment",
                    element("FileLoc", text=file),
                    ID=self.next_id(),
                    Name=one.name,
                    Format=suffix or None,
                    Size=_size_of(one.content) / 1024,
                )
            )
        self._add("Attachs/Attachments.xml", xml_bytes(element("Attachments", *listed)))
        return element("Attachments", text="Attachs/Attachments.xml")

    def _add(self, name: str, source: bytes | Path, digest: str = "") -> None:
        self._digest.update(f"{name}\0{digest or _digest_of(source)}\n".encode())
        if isinstance(source, bytes):
            self._package.add(f"{_FOLDER}/{name}", source)
        else:
            with source.open("rb") as file:
                self._package.add_stream(f"{_FOLDER}/{name}", file)


def _added(parent: Any, made: Any) -> Any:
    parent.append(made)
    return made


def _opened(source: bytes | Path) -> tuple[str, int, int]:
    """Suffix, width and height of a picture, from its header."""
    name = "" if isinstance(source, bytes) else source.name
    try:
        with Image.open(BytesIO(source) if isinstance(source, bytes) else source) as picture:
            suffix = _FORMATS.get(picture.format or "", "")
            width, height = picture.size
    except (OSError, ValueError, Image.DecompressionBombError) as broken:
        raise PictureUnfit(name=name) from broken
    if not suffix or not width or not height:
        raise PictureUnfit(name=name)
    return suffix, width, height


def _digest_of(source: bytes | Path) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size_of(source: bytes | Path) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size
