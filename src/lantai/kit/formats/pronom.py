"""The PRONOM registry of The National Archives as data: formats, signatures, priorities, containers.

The files come with the ``opf-fido`` package (only its data is used). A newer release is a file or a folder: of
DROID's own files (``DROID_SignatureFile_V….xml``, ``container-signature-….xml``) or of fido's (``formats-v….xml``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path

from lxml import etree

from lantai.kit.errors import N_, Invalid
from lantai.kit.formats import droid
from lantai.kit.formats.registry import Format, Pattern, Registry, Signature

_FORMAT_FILES = ("droid_signaturefile", "formats-v")
_CONTAINER_FILE = "container-signature"


class NotARelease(Invalid):
    """Nothing there tells formats apart."""

    message = N_(
        "“%(path)s”里没有能读取的 PRONOM 特征文件（DROID_SignatureFile_V….xml 或 formats-v….xml）。"
        "请从英国国家档案馆网站下载后放入，或不指定而使用自带的版本。"
    )


@dataclass(frozen=True, slots=True)
class Release:
    """The files of one release; the same files reached by another path are the same release."""

    formats: Path = field(compare=False)
    containers: Path = field(compare=False)
    identity: tuple[int, ...]


def release(path: Path) -> Release:
    """The release in ``path``: the newest of a folder, or a signature file. What it lacks is the installed one's.

    Raises OSError.
    """
    is_folder, is_container = path.is_dir(), path.name.lower().startswith(_CONTAINER_FILE)
    formats = _newest(path, *_FORMAT_FILES) if is_folder else None if is_container else path
    containers = _newest(path, _CONTAINER_FILE) if is_folder else path if is_container else None
    formats, containers = formats or _packaged("formats-v"), containers or _packaged(_CONTAINER_FILE)
    stats = (formats.stat(), containers.stat())
    return Release(
        formats, containers, tuple(n for s in stats for n in (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns))
    )


def checked(path: Path) -> Path:
    """``path`` where there is a release in it that can be read. Raises `NotARelease`."""
    if path.is_dir() and not holds_release(path):
        raise NotARelease(path=path)
    try:
        registry(release(path))
    except (OSError, etree.XMLSyntaxError) as unreadable:
        raise NotARelease(path=path) from unreadable
    return path


def holds_release(folder: Path) -> bool:
    """Whether there is a signature file in ``folder``."""
    return folder.is_dir() and _newest(folder, *_FORMAT_FILES, _CONTAINER_FILE) is not None


@lru_cache(maxsize=4)
def registry(source: Release | None = None) -> Registry:
    """The registry of a release, or of the newest one that is installed.

    Raises OSError and ``lxml.etree.XMLSyntaxError`` when it cannot be read.
    """
    path = source.formats if source else _packaged("formats-v")
    root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    if droid.is_droid(root):
        loaded, found = Registry(release=root.get("Version") or ""), list(droid.formats(root))
    else:
        loaded = Registry(release=re.sub(r"\D", "", path.stem))
        found = [_format(element, order) for order, element in enumerate(root.iterfind("format"))]
    loaded.formats.update((fmt.puid, fmt) for fmt in found)
    return loaded


def container_file(source: Release | None = None) -> Path:
    """The container signature file of a release, or the installed one."""
    return source.containers if source else _packaged(_CONTAINER_FILE)


def _newest(folder: Path, *starts: str) -> Path | None:
    """The last in order of the folder's XML files that begin so; their numbers are compared as numbers."""
    names = [
        entry
        for entry in folder.iterdir()
        if entry.name.lower().startswith(starts) and entry.suffix.lower() == ".xml"
    ]
    return max(names, key=lambda entry: (_numbers(entry.stem), entry.name), default=None)


def _numbers(stem: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,18}", stem)]


def _packaged(start: str) -> Path:
    folder = resources.files("fido").joinpath("conf")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith(start))
    return Path(str(folder.joinpath(names[-1])))


def _format(element: etree._Element, order: int) -> Format:
    return Format(
        puid=element.findtext("puid") or "",
        name=element.findtext("name") or "",
        version=element.findtext("version") or "",
        mime=element.findtext("mime") or "",
        extensions=frozenset((e.text or "").lower() for e in element.iterfind("extension")),
        signatures=tuple(_signature(s) for s in element.iterfind("signature")),
        beats=frozenset(e.text or "" for e in element.iterfind("has_priority_over")),
        order=order,
    )


def _signature(element: etree._Element) -> Signature:
    patterns = [
        Pattern(p.findtext("position") or "BOF", (p.findtext("regex") or "").encode())
        for p in element.iterfind("pattern")
    ]
    # The cheapest test first: at the beginning of the file, then at its end, then anywhere.
    return Signature(tuple(sorted(patterns, key=lambda p: ("BOF", "EOF", "VAR").index(p.position))))
