"""Altered bundles, where the alteration is in the ZIP itself."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

from tests.kit.evidence.conformance import A_BIN, FILES, Base, Members, Rows, written, zipped
from tests.kit.evidence.issuing import flipped


def of_the_zip(base: Base) -> Rows:
    good, m = zipped(base.all), base.all
    yield "ZIP: a byte behind its end", good + b"\0", "form"
    yield "ZIP: another ZIP behind its end", good + zipped({"x": b"y"}), "form"
    yield "ZIP: another ZIP before it", zipped({"x": b"y"}) + good, "form"
    yield "ZIP: a comment", good[:-2] + b"\x01\x00x", "form"
    yield "ZIP: a hidden directory between", _hidden(good), "form"
    yield "ZIP: cut off", good[:-30], "form"
    yield "ZIP: half of it", good[: len(good) // 2], "form"
    yield "ZIP: a name twice", zipped([*m.items(), ("trust.txt", FILES["trust.txt"])]), "form"
    yield "ZIP: a name above its folder", zipped(m | {"../evil": b"x"}), "form"
    yield "ZIP: a name from the root", zipped(m | {"/evil": b"x"}), "form"
    yield "ZIP: a name with a drive", zipped(m | {"C:evil": b"x"}), "form"
    yield "ZIP: a folder as a member", zipped(m | {"content/sub/": b""}), "form"
    at = good.index(b"PK\x03\x04" + good[4:26])  # the first local header
    name = good.index(b"manifest.json", at)
    yield "ZIP: another name in front of the member", flipped(good, name), "form"
    local = next(at for at, flags in _each_header(good, A_BIN) if flags == 6)
    for what, where in (("method", 8), ("sum", 14), ("packed length", 18), ("length", 22)):
        yield f"ZIP: another {what} in front of the member", flipped(good, local + where), "form"
    far = zip64(m)
    local = next(at for at, flags in _each_header(far, A_BIN) if flags == 6)
    for what, where in (("tag", 0), ("length", 4), ("packed length", 12)):
        at = local + 30 + len(A_BIN) + where
        yield f"ZIP: another {what} in the zip64 field of the member", flipped(far, at), "form"
    yield "ZIP: said to be encrypted", _flagged(good, 0x01), "form"
    yield "ZIP: packed in a way nobody reads", zipped(m, zipfile.ZIP_LZMA), "form"
    yield (
        "ZIP: a bomb as manifest",
        zipped(m | {"manifest.json": b"0" * 9_000_000}, zipfile.ZIP_DEFLATED),
        "form",
    )
    yield "ZIP: a member longer than listed", _bomb(m), "file"
    yield "ZIP: bytes behind the packed data", _junk(m), "file"
    yield "ZIP: a wrong sum of content", _sum_changed(good, A_BIN), "file"
    yield "ZIP: a wrong sum of the manifest", _sum_changed(good, "manifest.json"), "form"
    empty = zipped({})
    yield "ZIP: empty", empty, "form"


def poked(base: Base, content: bytes, at: int) -> bytes:
    good = written(base)
    return flipped(good, good.index(content) + at)


class _Pipe(io.RawIOBase):
    """Takes bytes and cannot go back, as a response to a browser."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.taken += data
        return len(data)


def piped(members: Members) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return bytes(pipe.taken)


def zip64(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(data)
    return out.getvalue()


def _hidden(good: bytes) -> bytes:
    """A second directory between the members and the directory that the end record names."""
    size, at = struct.unpack_from("<2L", good, len(good) - 10)
    directory = good[at : at + size]
    end = good[-22:-10] + struct.pack("<2LH", size, at + size, 0)
    return good[: at + size] + directory + end


def _each_header(data: bytes, name: str) -> Iterator[tuple[int, int]]:
    """Where the local and the central header of a member begin, and how far the flags lie from there."""
    raw = name.encode()
    at = -1
    while (at := data.find(raw, at + 1)) >= 0:
        if data[at - 30 : at - 26] == b"PK\x03\x04":
            yield at - 30, 6
        elif data[at - 46 : at - 42] == b"PK\x01\x02":
            yield at - 46, 8


def _flagged(good: bytes, bits: int) -> bytes:
    changed = bytearray(good)
    for at, flags in _each_header(good, A_BIN):
        changed[at + flags] |= bits
    return bytes(changed)


def _sum_changed(good: bytes, name: str) -> bytes:
    changed = bytearray(good)
    for at, flags in _each_header(good, name):
        changed[at + flags + 8] ^= 1
    return bytes(changed)


def _raw_deflated(members: Members, name: str, packed: bytes, size: int, crc: int) -> bytes:
    """The members, one of them with packed data, length and sum as given."""
    out, directory, count = bytearray(), bytearray(), 0
    for one, data in members.items():
        raw, is_it = one.encode(), one == name
        body, method = (packed, 8) if is_it else (data, 0)
        length, total = (size, crc) if is_it else (len(data), zlib.crc32(data))
        common = struct.pack("<5H3L2H", 20, 0x800, method, 0, 33, total, len(body), length, len(raw), 0)
        directory += (
            b"PK\x01\x02\x14\x03" + common + struct.pack("<3H2L", 0, 0, 0, 0o600 << 16, len(out)) + raw
        )
        out += b"PK\x03\x04" + common + raw + body
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out + directory + end)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _bomb(members: Members) -> bytes:
    data = members[A_BIN]
    return _raw_deflated(members, A_BIN, _deflated(data + bytes(3_000_000)), len(data), zlib.crc32(data))


def _junk(members: Members) -> bytes:
    data = members[A_BIN]
    return _raw_deflated(members, A_BIN, _deflated(data) + b"junk", len(data), zlib.crc32(data))


@cache
def raw_is_good() -> bool:
    """That the hand-made ZIP is a ZIP, so that what is refused is the alteration."""
    data = _raw_deflated({"a": b"x" * 99}, "a", _deflated(b"x" * 99), 99, zlib.crc32(b"x" * 99))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.testzip() is None and archive.read("a") == b"x" * 99
