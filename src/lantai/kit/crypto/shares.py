"""A key in shares: any `need` of `of` people put it together again, fewer know nothing of it (Shamir, GF(256)).

A share is one line that can be written on paper. It carries a sum of its own, so that a slip of the pen is told
before anything is joined, and a check value of the whole key, so that a wrong key is never believed.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from lantai.kit.errors import N_, Invalid

_MARK = "LTK1"
_LINE = re.compile(
    r"LTK1-([0-9A-F]{8})-(\d{1,3})of(\d{1,3})need(\d{1,3})-([A-Z2-7]+)-([0-9A-F]{16})-([0-9A-F]{8})"
)
_MOST_PEOPLE = 255
_LEAST_NEED = 2


class ShareUnreadable(Invalid):
    """The line is no share, or was copied wrongly."""

    message = N_("第 %(line)d 份密钥份额抄写有误或不完整，请核对后重新输入。")


class SharesTooFew(Invalid):
    """Fewer people than agreed."""

    message = N_("需要 %(need)d 份不同的密钥份额，只有 %(count)d 份。")


class SharesDiffer(Invalid):
    """The shares were made on different occasions or of different keys."""

    message = N_("这些密钥份额不是同一次拆分的，不能合成。")


class SharesWrong(Invalid):
    """The joined key is not the key that was split."""

    message = N_("合成的密钥与拆分时留下的校验值不符，没有使用。")


@dataclass(frozen=True, slots=True)
class Share:
    """What one person keeps."""

    occasion: str
    number: int
    of: int
    need: int
    value: bytes
    check: str

    def __str__(self) -> str:
        line = self._line()
        return f"{line}-{_digest(line.encode())[:8]}"

    def _line(self) -> str:
        value = base64.b32encode(self.value).decode().rstrip("=")
        return f"{_MARK}-{self.occasion}-{self.number}of{self.of}need{self.need}-{value}-{self.check}"


def split(secret: bytes, *, need: int = 3, of: int = 5) -> list[Share]:
    """`of` shares of which any `need` give `secret` back."""
    if not _LEAST_NEED <= need <= of <= _MOST_PEOPLE or not secret:
        raise ValueError("2 <= need <= of <= 255, and something to split")
    lines = [[byte, *secrets.token_bytes(need - 1)] for byte in secret]
    occasion, check = secrets.token_hex(4).upper(), _check(secret)
    return [
        Share(occasion, x, of, need, bytes(_at(line, x) for line in lines), check) for x in range(1, of + 1)
    ]


def parse(text: str, *, line: int = 1) -> Share:
    """The share written on one line; raises `ShareUnreadable`."""
    found = _LINE.fullmatch("".join(text.split()))
    if found is None:
        raise ShareUnreadable(line=line)
    occasion, number, of, need, value, check, _sum = found.groups()
    try:
        data = base64.b32decode(value + "=" * (-len(value) % 8))
    except ValueError as why:
        raise ShareUnreadable(line=line) from why
    share = Share(occasion, int(number), int(of), int(need), data, check)
    is_fit = _LEAST_NEED <= share.need <= share.of <= _MOST_PEOPLE and 1 <= share.number <= share.of
    if not is_fit or str(share) != found.group(0):
        raise ShareUnreadable(line=line)
    return share


def join(shares: Sequence[Share]) -> bytes:
    """The secret; raises `SharesTooFew`, `SharesDiffer`, `SharesWrong`."""
    different = {share.number: share for share in shares}
    if not different:
        raise SharesTooFew(need=_LEAST_NEED, count=0)
    first = next(iter(different.values()))
    if len({(s.occasion, s.of, s.need, s.check, len(s.value)) for s in shares}) > 1:
        raise SharesDiffer
    if len(different) < first.need:
        raise SharesTooFew(need=first.need, count=len(different))
    used = list(different.values())[: first.need]
    xs = [share.number for share in used]
    secret = bytes(_at_zero(xs, [s.value[i] for s in used]) for i in range(len(first.value)))
    if _check(secret) != first.check:
        raise SharesWrong
    return secret


def _check(secret: bytes) -> str:
    return _digest(b"lantai key check\n" + secret)[:16]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest().upper()


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, x = [0] * 510, [0] * 256, 1
    for i in range(255):
        powers[i] = powers[i + 255] = x
        logs[x] = i
        x = x << 1 ^ x  # times 3, which generates the field of AES
        if x > 0xFF:
            x ^= 0x11B
    return powers, logs


_POWERS, _LOGS = _tables()


def _times(a: int, b: int) -> int:
    return _POWERS[_LOGS[a] + _LOGS[b]] if a and b else 0


def _over(a: int, b: int) -> int:
    return _POWERS[_LOGS[a] - _LOGS[b] + 255] if a else 0


def _at(line: Sequence[int], x: int) -> int:
    value = 0
    for factor in reversed(line):
        value = _times(value, x) ^ factor
    return value


def _at_zero(xs: Sequence[int], ys: Sequence[int]) -> int:
    """Lagrange at 0; minus is plus in this field."""
    total = 0
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        factor = 1
        for j, other in enumerate(xs):
            if i != j:
                factor = _times(factor, _over(other, x ^ other))
        total ^= _times(y, factor)
    return total
