"""Which file names can be trusted: inside the folder, on every system, and unlike one another."""

from __future__ import annotations

import re
import unicodedata

from lantai.kit.errors import N_

LONGEST_NAME_BYTES = 255
_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = frozenset(
    {
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{n}{i}" for n in ("com", "lpt") for i in "123456789¹²³"),
    }
)
# marks that turn the direction of writing: "exe.‮fdp" is shown as "exe.pdf"
_DECEIVING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_SYSTEM_FILES = frozenset(
    {".ds_store", "thumbs.db", "desktop.ini", ".spotlight-v100", ".trashes", "__macosx"}
)

EMPTY = N_("名称为空，或含有“.”“..”空段，会指向文件夹之外")
ABSOLUTE = N_("使用了绝对路径或盘符")
BACKSLASH = N_("含有反斜杠")
CONTROL = N_("含有控制字符")
DECEIVING = N_("含有改变文字方向的字符，显示的名称与实际不同")
RESERVED = N_("使用了 Windows 保留的名称")
TRAILING = N_("有一段以空格或句点结尾")
TOO_LONG = N_("有一段超过 255 字节")
NOT_TEXT = N_("含有无法编码的字符")


def trouble_with(path: str) -> str:
    """Why ``path`` (forward slashes) may not be written below a folder; empty where it may."""
    parts = path.split("/")
    odd = "" if path.isprintable() else path  # what prints is text without signs that control or turn it
    checks = (
        (NOT_TEXT, any("\ud800" <= c <= "\udfff" for c in odd)),
        (ABSOLUTE, path.startswith("/") or _DRIVE.match(path) is not None),
        (BACKSLASH, "\\" in path),
        (CONTROL, any(unicodedata.category(c) == "Cc" for c in odd)),
        (EMPTY, any(part in ("", ".", "..") for part in parts)),
        (DECEIVING, any(c in _DECEIVING for c in odd)),
    )
    found = next((words for words, holds in checks if holds), "")
    return found or next((words for words in map(_trouble_with_part, parts) if words), "")


def _trouble_with_part(part: str) -> str:
    if len(part.encode()) > LONGEST_NAME_BYTES:
        return TOO_LONG
    if part.split(".")[0].rstrip(" ").casefold() in _RESERVED:
        return RESERVED
    return TRAILING if part[-1] in " ." else ""


def is_inside(path: str) -> bool:
    """Whether ``path`` stays inside its folder on every operating system."""
    leads_out = path.startswith("/") or _DRIVE.match(path) is not None or "\\" in path or "\0" in path
    return not leads_out and not any(part in ("", ".", "..") for part in path.split("/"))


def key_of(path: str) -> str:
    """Two paths of one key are the same file on some operating system (letter case, NFC and NFD)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def look_alike_key(path: str) -> str:
    """Two paths of one key look alike to a reader (full width and half width, ligatures)."""
    return key_of(unicodedata.normalize("NFKC", path))


def is_system_file(path: str) -> bool:
    """Whether an operating system leaves such a file behind by itself."""
    return any(part.casefold() in _SYSTEM_FILES or part.startswith("._") for part in path.split("/"))


def shown(path: str) -> str:
    """``path`` as it may stand in a message: nothing in it hides, reorders or cannot be encoded."""
    return "".join(c if c.isprintable() and c not in _DECEIVING else ascii(c)[1:-1] for c in path)
