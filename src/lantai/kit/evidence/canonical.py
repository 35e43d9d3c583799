"""One byte form for one statement, so that a digest means the statement and nothing else.

Canonical JSON here: object keys sorted by Unicode code point, no white space, UTF-8 without
escaping what need not be escaped, no normalisation of text. Only text, integers that every
language reads exactly (±(2^53 − 1)), true, false, null, lists and objects: no fractions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import NoReturn, TypeAlias

from lantai.kit.digests import sm3
from lantai.kit.errors import N_, Invalid

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

MAX_INT = 2**53 - 1
MIN_NONCE_CHARS = 22


class NotCanonical(Invalid):
    """The data is not, or cannot be, in canonical form."""

    message = N_("数据不是规范形式的 JSON。")


def canonical(value: object) -> bytes:
    """The canonical JSON of `value`; raises NotCanonical for floats, odd types and lone surrogates."""
    try:
        _require_plain(value)
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8")
    except (UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical() from error


def _require_plain(value: object) -> None:
    if value is None or isinstance(value, (str, bool)):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INT:
            raise NotCanonical(N_("整数 %(value)s 超出可准确交换的范围。"), value=value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _require_plain(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical(N_("JSON 对象的键必须是文字。"))
            _require_plain(item)
    else:
        raise NotCanonical(N_("类型 %(type)s 不能写入规范形式的 JSON。"), type=type(value).__name__)


def parse_canonical(data: bytes) -> Json:
    """The value whose canonical form is exactly `data`; raises NotCanonical for any other spelling."""
    try:
        value: Json = json.loads(data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotCanonical() from error
    if canonical(value) != data:
        raise NotCanonical()
    return value


def _refuse(text: str) -> NoReturn:
    raise NotCanonical(N_("规范形式的 JSON 中不能有小数：%(text)s"), text=text[:40])


def leaf_of(entry: Mapping[str, object]) -> bytes:
    """What the log commits to for a ledger entry: act and time in the clear, the rest as digests.

    The entry must hold `act` and `at` as text, and a random `nonce` of at least 22 characters
    (128 bits in base64url): without it a name could be guessed from the public digest.
    """
    act, at, nonce = entry.get("act"), entry.get("at"), entry.get("nonce")
    if not isinstance(act, str) or not isinstance(at, str) or not act or not at:
        raise NotCanonical(N_("台账条目缺少行为（act）或时间（at）。"))
    if not isinstance(nonce, str) or len(nonce) < MIN_NONCE_CHARS:
        raise NotCanonical(N_("台账条目缺少随机数（nonce）。"))
    return leaf_from(act, at, *entry_digests(canonical(dict(entry))))


def entry_digests(form: bytes) -> tuple[str, str]:
    """SHA-256 and SM3 of an entry's canonical form, in hexadecimal."""
    return hashlib.sha256(form).hexdigest(), sm3(form).hex()


def leaf_from(act: str, at: str, sha256: str, sm3: str) -> bytes:
    """The leaf of an entry whose digests are known."""
    return canonical({"v": 1, "act": act, "at": at, "sha256": sha256, "sm3": sm3})
