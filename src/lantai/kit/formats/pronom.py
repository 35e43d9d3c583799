"""The PRONOM registry of The National Archives as data: formats, signatures, priorities, containers.

The files come with the ``opf-fido`` package (only its data is used). A newer release is a file or a folder: of
DROID's own files (``DROID_SignatureFile_V….xml``, ``container-signature-….xml``) or of fido's (``formats-v….xml``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from pathlib import Path

from lxml import etree

from lantai.kit.formats import droid
from lantai.kit.formats.registry import Format, Pattern, Registry, Signature

_FORMAT_FILES = ("droid_signaturefile", "formats-v")
_CONTAINER_FILE = "container-signature"


@lru_cache(maxsize=4)
def registry(path: Path | None = None) -> Registry:
    """The registry in ``path`` (a file, or a folder with one), or the newest one that is installed.

    Raises OSError and ``lxml.etree.XMLSyntaxError`` when it cannot be read.
    """
    source = _newest(path, *_FORMAT_FILES) if path else _packaged("formats-v")
    root = etree.parse(str(source), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    if droid.is_droid(root):
        loaded, found = Registry(release=root.get("Version") or ""), list(droid.formats(root))
    else:
        loaded = Registry(release=re.sub(r"\D", "", source.stem))
        found = [_format(element, order) for order, element in enumerate(root.iterfind("format"))]
    loaded.formats.update((fmt.puid, fmt) for fmt in found)
    return loaded


def container_file(path: Path | None = None) -> Path:
    """The container signature file: that of the folder ``path``, ``path`` itself if it is one, or the installed."""
    if path is None or (path.is_file() and not path.name.lower().startswith(_CONTAINER_FILE)):
        return _packaged(_CONTAINER_FILE)
    found = _newest(path, _CONTAINER_FILE)
    return found if found.is_file() else _packaged(_CONTAINER_FILE)


def _newest(path: Path, *starts: str) -> Path:
    """The last in order of the folder's files that begin so; ``path`` itself where it is no folder."""
    if not path.is_dir():
        return path
    names = sorted(
        p for p in path.iterdir() if p.name.lower().startswith(starts) and p.suffix.lower() == ".xml"
    )
    return names[-1] if names else path


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
