"""Writing the ZIP and the XML of an OFD so that the same document is always the same bytes."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from lantai.kit.formats.ofd.container import NAMESPACE

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o644 << 16
_PACKED = (".png", ".jpg", ".jpeg", ".jp2", ".gif", ".zip", ".mp4", ".ofd", ".docx", ".xlsx")
_CHUNK = 1 << 20
_NEEDS_ZIP64 = 1 << 30  # some readers of OFD do not know it, so only where a part may need it


class PackageWriter:
    """Parts go in one after the other, without times, users or anything else of this machine."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, data: bytes) -> None:
        """Add a part called ``name`` (no leading slash)."""
        self._archive.writestr(_info(name), data, compresslevel=6)

    def add_stream(self, name: str, source: BinaryIO) -> None:
        """Add a part from an open file, in little memory."""
        with self._archive.open(_info(name), "w", force_zip64=True) as part:
            shutil.copyfileobj(source, part, _CHUNK)

    def add_pieces(self, name: str, pieces: Iterable[bytes], *, most_bytes: int) -> None:
        """Add a part that comes in pieces, in little memory; ``most_bytes`` is the longest that it can be."""
        with self._archive.open(_info(name), "w", force_zip64=most_bytes >= _NEEDS_ZIP64) as part:
            for piece in pieces:
                part.write(piece)

    def add_xml(self, name: str, root: Any) -> None:
        """Add a part from its root element."""
        self.add(name, xml_bytes(root))


@contextmanager
def new_package(target: Path | BinaryIO) -> Iterator[PackageWriter]:
    """A package under construction at ``target``. Raises OSError."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        yield PackageWriter(archive)


def element(name: str, *children: Any, text: str | None = None, **attributes: object) -> Any:
    """An element of the standard's namespace; an attribute that is None is left out."""
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ofd": NAMESPACE})
    for key, value in attributes.items():
        if value is not None:
            made.set(key, value if isinstance(value, str) else number(value))
    if text is not None:
        made.text = xml_text(text)
    made.extend([child for child in children if child is not None])
    return made


def xml_bytes(root: Any) -> bytes:
    """The document of ``root`` in UTF-8, with its declaration."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def xml_text(text: str) -> str:
    """``text`` without the characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if (c >= " " or c in "\t\n\r") and not _is_forbidden(c))


def number(value: object) -> str:
    """A number as the standard's readers take it: at most four decimals, no exponent; others as they are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
    return str(value)


def spaced(values: Iterator[float] | tuple[float, ...] | list[float]) -> str:
    """Numbers with spaces between them: the standard's ST_Array and ST_Box."""
    return " ".join(number(float(v)) for v in values)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = _PLAIN_FILE
    info.create_system = 3
    packed = name.lower().endswith(_PACKED)
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    return info


def _is_forbidden(character: str) -> bool:
    return character in "\ufffe\uffff" or "\ud800" <= character <= "\udfff"
