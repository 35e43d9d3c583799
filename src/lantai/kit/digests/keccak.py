"""Keccak-256 as Ethereum uses it: SHA-3's sponge with the padding of before the standard.

Neither `hashlib` nor the OpenSSL of most systems has it. It digests a few kilobytes of a proof here, never content.
"""

from __future__ import annotations

_RATE = 136  # bytes taken between two permutations, for a digest of 32 bytes
_MASK = (1 << 64) - 1
_PLACES = 25


def _schedule() -> list[tuple[int, int, int]]:
    """For each step of rho and pi: from which lane, to which lane, turned by how many bits."""
    steps, (x, y) = [(0, 0, 0)], (1, 0)
    for step in range(24):
        to = (y, (2 * x + 3 * y) % 5)
        steps.append((x + 5 * y, to[0] + 5 * to[1], (step + 1) * (step + 2) // 2 % 64))
        x, y = to
    return steps


def _constants() -> list[int]:
    """The constants of iota, made by their shift register."""
    found, register = [], 1
    for _ in range(24):
        value = 0
        for bit in range(7):
            value ^= (register & 1) << ((1 << bit) - 1)
            register = (register << 1) ^ (0x171 if register >> 7 else 0)
        found.append(value)
    return found


_SCHEDULE, _CONSTANTS = _schedule(), _constants()


def _permuted(lanes: list[int]) -> list[int]:
    for constant in _CONSTANTS:
        column = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [column[x - 1] ^ ((column[x - 4] << 1 | column[x - 4] >> 63) & _MASK) for x in range(5)]
        moved = [0] * _PLACES
        for source, target, turn in _SCHEDULE:
            lane = lanes[source] ^ mixed[source % 5]
            moved[target] = (lane << turn | lane >> (64 - turn)) & _MASK
        lanes = [
            moved[place] ^ (~moved[place - place % 5 + (place + 1) % 5] & moved[place - place % 5 + (place + 2) % 5])
            for place in range(_PLACES)
        ]  # fmt: skip
        lanes[0] ^= constant
    return lanes


def keccak256(data: bytes, *, padding: int = 0x01) -> bytes:
    """The digest of `data`; with `padding` 0x06 it is that of SHA3-256."""
    whole = bytearray(data) + bytes([padding]) + bytes(-(len(data) + 1) % _RATE)
    whole[-1] |= 0x80
    lanes = [0] * _PLACES
    for start in range(0, len(whole), _RATE):
        block = whole[start : start + _RATE]
        for place in range(_RATE // 8):
            lanes[place] ^= int.from_bytes(block[8 * place : 8 * place + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])
