"""What format a file is, by what is in it: PRONOM and container signatures, and those that PRONOM lacks.

OFD (GB/T 33190), the XML encapsulation of DA/T 48 and e-invoices have no PUID: we call them ``lantai-fmt/…``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from lantai.kit.errors import N_
from lantai.kit.formats.containers import puids_in_ole, puids_in_zip, signatures
from lantai.kit.formats.ends import Ends, ends_of
from lantai.kit.formats.matching import index, matches
from lantai.kit.formats.own import OFD, is_ofd, own_xml
from lantai.kit.formats.pronom import Release, registry, release
from lantai.kit.formats.registry import Format, Searched
from lantai.kit.formats.remarks import Remark, remark_of
from lantai.kit.formats.zips import CappedZip, KeptZip, ZipBomb, ZipBroken, ZipEncrypted

Opener = Callable[[], BinaryIO]

EMPTY_FILE = Remark("empty", N_("文件是空的（0 字节）。"))
WRONG_EXTENSION = Remark("wrong-extension", N_("扩展名与文件内容不符。"))
SEVERAL_FORMATS = Remark(
    "several-formats", N_("文件同时符合几种格式的特征，已取与扩展名相符或登记在先的一种。")
)
UNKNOWN_FORMAT = Remark("unknown-format", N_("没有识别出文件格式。"))
BY_EXTENSION_ONLY = Remark("by-extension", N_("仅凭扩展名推断，内容没有可识别的特征。"))
_EVERYDAY = (
    b"%PDF-1.7\n",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x02",
    b"II*\x00",
    b"MM\x00*",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"<?xml version='1.0'?>",
    b"RIFF\x00\x00\x00\x00WAVEfmt ",
)
_ZIP, _OLE2 = "x-fmt/263", "fmt/111"
_XML_PUIDS = frozenset({"fmt/101"})
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


class Basis(StrEnum):
    """What the answer rests on."""

    SIGNATURE = "signature"
    CONTAINER = "container"
    EXTENSION = "extension"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Identified:
    """The format of one file; an empty ``puid`` means unknown. ``also`` are equally good answers."""

    puid: str
    name: str
    mime: str
    basis: Basis
    extension_ok: bool
    warnings: tuple[Remark, ...] = ()
    version: str = ""
    also: tuple[str, ...] = ()


def identify(path: str | Path, *, name: str = "", signature_file: str | Path | None = None) -> Identified:
    """The format of the file at ``path``, called ``name`` where it lies under another name.

    ``signature_file`` is another release of PRONOM: its signature file, or a folder with that and its containers.
    Raises OSError when it cannot be read.
    """
    path = Path(path)
    return identify_ends(
        ends_of(path), lambda: path.open("rb"), name=name or path.name, signature_file=signature_file
    )


def identify_ends(
    ends: Ends,
    opened: Opener,
    *,
    name: str = "",
    signature_file: str | Path | None = None,
    kept: KeptZip | None = None,
) -> Identified:
    """The format of a file whose ends were kept when it was read; ``opened`` opens it where it is a container.

    An OFD stays open in ``kept``. Raises OSError when it has to be opened and cannot be, and when there is no
    such release.
    """
    source = release(Path(signature_file)) if signature_file else None
    extension = name.rpartition(".")[2].lower() if "." in name.lstrip(".") else ""
    if not ends.size:
        return _by_extension(extension, source, (EMPTY_FILE,))
    found, basis, warnings = _by_content(ends, opened, source, kept)
    if not found:
        return _by_extension(extension, source, warnings)
    return _answer(found, basis, extension, warnings, source)


def warm(signature_file: str | Path | None = None) -> None:
    """Load the signatures and compile those of the formats that archives meet every day. Raises OSError."""
    source = release(Path(signature_file)) if signature_file else None
    signatures(source)
    for sample in _EVERYDAY:
        for _format, signature in index(source).candidates(sample, sample):
            for pattern in signature.patterns:
                pattern.matches(Searched(b""), Searched(b""))


def _by_content(
    ends: Ends, opened: Opener, source: Release | None, kept: KeptZip | None
) -> tuple[list[Format], Basis, tuple[Remark, ...]]:
    found = matches(ends.head, ends.tail, source)
    puids = {f.puid for f in found}
    if _ZIP in puids:
        return _inside_zip(opened, found, source, kept)
    if _OLE2 in puids:
        with opened() as file:
            inside = _formats(puids_in_ole(file, release=source), source)
        return (inside or found), (Basis.CONTAINER if inside else Basis.SIGNATURE), ()
    if puids & _XML_PUIDS or ends.head.lstrip(_BEFORE_XML).startswith(b"<"):
        found = own_xml(ends.head) or found
    return found, Basis.SIGNATURE, ()


def _inside_zip(
    opened: Opener, found: list[Format], source: Release | None, kept: KeptZip | None
) -> tuple[list[Format], Basis, tuple[Remark, ...]]:
    try:
        with ExitStack() as opening:
            archive = opening.enter_context(CappedZip(opening.enter_context(opened())))
            if is_ofd(archive):
                if kept is not None:
                    kept.keep(archive, opening.pop_all())
                return [OFD], Basis.CONTAINER, ()
            inside = _formats(puids_in_zip(archive, release=source), source)
    except (ZipBroken, ZipBomb, ZipEncrypted) as trouble:
        return found, Basis.SIGNATURE, (remark_of(trouble),)
    return (inside or found), (Basis.CONTAINER if inside else Basis.SIGNATURE), ()


def _formats(puids: Iterable[str], source: Release | None) -> list[Format]:
    known = registry(source)
    return known.best([known.formats[p] for p in puids if p in known.formats])


def _answer(
    found: list[Format], basis: Basis, extension: str, warnings: tuple[Remark, ...], source: Release | None
) -> Identified:
    chosen = next((f for f in found if extension in f.extensions), found[0])
    extension_ok = not extension or not chosen.extensions or extension in chosen.extensions
    if not extension_ok and chosen.puid in _XML_PUIDS:  # a dialect of XML that has no signature in the file
        extension_ok = any("xml" in f.mime for f in registry(source).by_extension.get(extension, []))
    if not extension_ok:
        warnings = (*warnings, WRONG_EXTENSION)
    if len(found) > 1:
        warnings = (*warnings, SEVERAL_FORMATS)
    also = tuple(f.puid for f in found if f is not chosen)
    return Identified(
        chosen.puid, chosen.name, chosen.mime, basis, extension_ok, warnings, chosen.version, also
    )


def _by_extension(extension: str, source: Release | None, warnings: tuple[Remark, ...]) -> Identified:
    known = registry(source)
    found = known.best(known.by_extension.get(extension, []))
    if extension == "ofd" or not found:
        return Identified("", "", "", Basis.NONE, extension == "", (*warnings, UNKNOWN_FORMAT))
    guess = (*warnings, BY_EXTENSION_ONLY)
    first, also = found[0], tuple(f.puid for f in found[1:])
    return Identified(first.puid, first.name, first.mime, Basis.EXTENSION, True, guess, first.version, also)
