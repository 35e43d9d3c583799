"""Base64 with exactly one spelling for each value, and decimal numbers likewise."""

from __future__ import annotations

import base64
import binascii
import re

from lantai.kit.errors import N_, Invalid

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def base64_of(data: bytes) -> str:
    """Standard Base64 with padding (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of standard Base64; refuses every spelling but the one `base64_of` gives."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(N_("Base64 文本不正确。")) from error
    if base64_of(data) != text:
        raise Invalid(N_("Base64 文本不正确。"))
    return data


def decimal(text: str) -> int:
    """A non-negative number without leading zeros, below 10^19; raises Invalid."""
    if not _DECIMAL.fullmatch(text):
        raise Invalid(N_("“%(text)s”不是规范的十进制数。"), text=text[:40])
    return int(text)
