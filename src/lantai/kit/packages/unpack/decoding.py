"""What the bytes of a file name mean: UTF-8, or the GB18030 of older Chinese Windows tools."""

from __future__ import annotations


def decode_name(raw: bytes, *, is_utf8: bool = False) -> tuple[str, str]:
    """(name, encoding used); bytes that are neither are shown as surrogates and refused later.

    Without a flag, UTF-8 is believed when it holds characters of three or more bytes: two GB2312
    bytes are now and then also valid UTF-8 of two bytes, three of them hardly ever.
    """
    utf8 = _try(raw, "utf-8")
    if is_utf8 or raw.isascii():
        return (raw.decode("utf-8", "surrogateescape") if utf8 is None else utf8), "utf-8"
    gb18030 = _try(raw, "gb18030")
    if utf8 is not None and (gb18030 is None or any(character > "\u07ff" for character in utf8)):
        return utf8, "utf-8"
    if gb18030 is not None:
        return gb18030, "gb18030"
    return raw.decode("utf-8", "surrogateescape"), "utf-8"


def _try(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
