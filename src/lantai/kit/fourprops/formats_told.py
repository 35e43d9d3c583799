"""What a sender calls the format of a file, held against what the file is.

Senders write a PUID, a media type, an extension, or words such as 版式文件. Only what is plainly another format
counts as a difference: of words that nobody can hold against a file, none is made.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from lantai.kit.fourprops.facts import FileFacts

_PUID = re.compile(r"(?:x-)?fmt/\d+")
_MEDIA_TYPE = re.compile(r"(?:application|audio|font|image|message|model|text|video)/[a-z0-9][a-z0-9.+-]*")
_WORD = re.compile(r"\.?([a-z][a-z0-9]{1,4})(?![a-z])")

# Media types that say nothing, or that hold for many formats: "text/plain" is right for any text.
_VAGUE = frozenset(
    {"application/octet-stream", "application/xml", "application/zip", "text/plain", "text/xml"}
)
_ALIKE = (
    frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    frozenset({"tif", "tiff"}),
    frozenset({"jp2", "j2k", "jpx", "jpf"}),
    frozenset({"htm", "html", "xhtml"}),
    frozenset({"mpg", "mpeg"}),
    frozenset({"mov", "qt"}),
    frozenset({"mp4", "m4v", "m4a"}),
)
_FAMILY = {word: family for family in _ALIKE for word in family}
# Words that name a format: anything else in their place may be the name of a program or a kind of document.
_FORMATS = frozenset(_FAMILY) | {
    "avi", "bmp", "csv", "doc", "docx", "eml", "et", "flac", "gif", "glb", "gltf", "mkv", "mp3", "ofd", "pdf",
    "png", "ppt", "pptx", "rtf", "txt", "wav", "wps", "xls", "xlsx", "xml",
}  # fmt: skip
_RENAMED = {"jpg": "jpeg", "pjpeg": "jpeg", "ms-bmp": "bmp", "mp3": "mpeg", "wave": "wav"}


def differs(declared: str, file: FileFacts) -> bool:
    """Whether ``declared`` plainly names another format than the one that ``file`` has."""
    word = declared.strip().lower()
    if word in {file.puid.lower(), file.mime.lower()}:
        return False
    if _PUID.fullmatch(word):
        return _PUID.fullmatch(file.puid.lower()) is not None
    if _MEDIA_TYPE.fullmatch(word):
        return _is_other_type(word, file.mime.lower())
    named = _WORD.match(word)
    return named is not None and named[1] in _FORMATS and _is_other(named[1], file)


def _is_other(named: str, file: FileFacts) -> bool:
    extension = PurePosixPath(file.name or file.path).suffix.lstrip(".").lower()
    alike = _FAMILY.get(named, frozenset({named}))
    return extension not in alike or file.extension_ok is False


def _is_other_type(word: str, found: str) -> bool:
    """PRONOM gives some formats several media types, with commas between them."""
    known = {one.strip() for one in found.split(",") if one.strip()}
    if not known or (known | {word}) & _VAGUE:
        return False
    return _plain(word) not in {_plain(one) for one in known}


def _plain(media_type: str) -> str:
    """The type without the marks of unregistered ones and of makers, and under its newer name."""
    kind, _slash, name = media_type.partition("/")
    name = name.removeprefix("x-").removeprefix("vnd.")
    return f"{kind}/{_RENAMED.get(name, name)}"
