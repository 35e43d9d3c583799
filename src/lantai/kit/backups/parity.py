"""Recovery blocks: a Reed-Solomon erasure code over GF(2^8) with a Cauchy matrix.

Of a group of up to 20 blocks with 4 recovery blocks any 4 may be lost. The caller knows which are lost (by
digests), which is what makes 4 enough for 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lantai.kit.errors import N_, Refusal

DATA, PARITY = 20, 4
_POLYNOMIAL = 0x11D


class TooMuchLost(Refusal):
    """More blocks of one group are gone than there are recovery blocks left."""

    message = N_(
        "损坏超过可修复的范围：第 %(group)d 组缺 %(lost)d 块，只有 %(left)d 个修复块。请使用其他副本。"
    )


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 512, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = (value << 1) ^ (_POLYNOMIAL if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _tables()


def _times(a: int, b: int) -> int:
    return _POWERS[_LOGS[a] + _LOGS[b]] if a and b else 0


def _inverse(a: int) -> int:
    return _POWERS[255 - _LOGS[a]]


# One table of 256 bytes a factor: multiplying a block is a translation of its bytes.
_BY = [bytes(_times(factor, value) for value in range(256)) for factor in range(256)]


def _factor(row: int, column: int) -> int:
    return _inverse((DATA + row) ^ column)  # Cauchy: every square part of it can be inverted


def _sum(terms: Sequence[tuple[int, bytes]], size: int) -> bytes:
    total = 0
    for factor, block in terms:
        total ^= int.from_bytes(block.translate(_BY[factor]), "little")
    return total.to_bytes(size, "little")


def recovery_blocks(blocks: Sequence[bytes]) -> list[bytes]:
    """The recovery blocks of up to `DATA` blocks of one size."""
    size = len(blocks[0])
    return [
        _sum([(_factor(row, column), block) for column, block in enumerate(blocks)], size)
        for row in range(PARITY)
    ]


def recover(
    blocks: Mapping[int, bytes], parity: Mapping[int, bytes], *, count: int, size: int, group: int = 0
) -> dict[int, bytes]:
    """The blocks of `range(count)` that are not in `blocks`; raises `TooMuchLost`."""
    lost = [column for column in range(count) if column not in blocks]
    rows = sorted(parity)[: len(lost)]
    if len(rows) < len(lost):
        raise TooMuchLost(group=group, lost=len(lost), left=len(rows))
    known = {
        row: _sum([(1, parity[row]), *((_factor(row, c), b) for c, b in blocks.items())], size)
        for row in rows
    }
    inverse = _inverted([[_factor(row, column) for column in lost] for row in rows])
    return {
        column: _sum([(inverse[i][j], known[row]) for j, row in enumerate(rows)], size)
        for i, column in enumerate(lost)
    }


def _inverted(matrix: list[list[int]]) -> list[list[int]]:
    size = len(matrix)
    wide = [row + [int(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for at in range(size):
        pivot = next(row for row in range(at, size) if wide[row][at])
        wide[at], wide[pivot] = wide[pivot], wide[at]
        scale = _inverse(wide[at][at])
        wide[at] = [_times(scale, value) for value in wide[at]]
        for row in range(size):
            if row != at and (factor := wide[row][at]):
                wide[row] = [a ^ _times(factor, b) for a, b in zip(wide[row], wide[at], strict=True)]
    return [row[size:] for row in wide]
