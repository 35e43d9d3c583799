#!/usr/bin/env python3
"""Check a Lantai receipt or evidence bundle offline:  python3 verify.py EVIDENCE TRUST

EVIDENCE is a receipt (.json) or an evidence bundle (.zip); for a certificate (.pdf) take verify.html or lantai-kit.
TRUST is the trust file, which you got from the archives by another way than the evidence. Standard library only; no network is used, nothing is written.
Ends with 0 (valid), 1 (not valid) or 2 (not used as above). The rules are those of docs/evidence.md.
离线校验兰台回执或证据包（证明 PDF 请用 verify.html）：只用 Python 自带的库，不联网、不写文件。信任文件须另行从档案馆取得。
"""

# fmt: off
# ruff: noqa: E401, E501, I001, PTH123
from __future__ import annotations
import base64, hashlib, json, re, struct, sys, time, zipfile, zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, TypeAlias
ADDED = re.compile(r"manifest\.json|receipt\.json|cosignatures|keys/history|stamps/[A-Za-z0-9._-]{1,100}\.tsr|anchors/[0-9a-f]{64}\.json")
NAME, PLACE = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}"), re.compile(r"index( (0|[1-9][0-9]{0,18})){2}")
DIGESTS = {"608648016503040201": "sha256", "608648016503040202": "sha384", "608648016503040203": "sha512",
           "2a811ccf55018311": "sm3"}  # by object identifier
Keys: TypeAlias = dict[tuple[str, bytes], list[Any]]  # by name and key id: role, verify, key, first, last, since
Member: TypeAlias = tuple[zipfile.ZipInfo, int]  # what the directory says, and where the data begins
class Wrong(Exception):
    """The named check failed."""
def need(is_good: object, check: str = "form") -> bool:
    if not is_good:
        raise Wrong(check)
    return True
# ---- digests and signatures: Ed25519 (RFC 8032) and SM2 (GB/T 32918.2) with SM3 (GB/T 32905) of OpenSSL ----
def digest(data: bytes, name: str = "sha256") -> bytes:
    return hashlib.new(name, data).digest()
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, BASE = -121665 * pow(121666, -1, P) % P, (4 * pow(5, -1, P) % P).to_bytes(32, "little")
def ed_point(raw: bytes) -> tuple[int, int]:
    y, odd = int.from_bytes(raw, "little") & (1 << 255) - 1, raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    need((x * x - square) % P == 0 and len(raw) == 32)
    return (P - x if x & 1 != odd else x), y
def ed_plus(one: Any, other: Any) -> Any:
    (x, y), (u, v) = one, other
    k = D * x * u * y * v % P
    return (x * v + u * y) * pow(1 + k, -1, P) % P, (y * v + x * u) * pow(1 - k, -1, P) % P
def times(number: int, point: Any, plus: Callable[[Any, Any], Any], found: Any) -> Any:
    for bit in bin(number)[2:]:
        found = plus(found, found)
        found = plus(found, point) if bit == "1" else found
    return found
def ed25519(raw: bytes, data: bytes, signature: bytes) -> bool:
    s, (x, y) = int.from_bytes(signature[32:], "little"), ed_point(raw)
    k = int.from_bytes(digest(signature[:32] + raw + data, "sha512"), "little") % L
    need(len(signature) == 64 and s < L)
    x, y = ed_plus(times(s, ed_point(BASE), ed_plus, (0, 1)), times(k, (P - x, y), ed_plus, (0, 1)))
    return bool((y | (x & 1) << 255).to_bytes(32, "little") == signature[:32])

SM2 = (2**256 - 2**224 - 2**96 + 2**64 - 1,  # p, b, n and the base point; a is p - 3
       0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
       0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
       (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
        0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0))
def sm2_plus(one: Any, other: Any, p: int = SM2[0]) -> Any:
    if one is None or other is None or (one[0] == other[0] and (one[1] + other[1]) % p == 0):
        return other if one is None else one if other is None else None
    top, low = (3 * one[0]**2 - 3, 2 * one[1]) if one == other else (other[1] - one[1], other[0] - one[0])
    slope = top * pow(low, -1, p) % p
    x = (slope * slope - one[0] - other[0]) % p
    return x, (slope * (one[0] - x) - one[1]) % p
def sm2(raw: bytes, data: bytes, signature: bytes) -> bool:
    (p, b, n, base), x, y = SM2, int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
    need(len(raw) == 65 and raw[0] == 4 and max(x, y) < p and (y * y - x**3 + 3 * x - b) % p == 0)
    r, s = (int.from_bytes(value, "big") for _, value in der(der(signature)[0][1]))
    inner = b"".join(bytes([2, v.bit_length() // 8 + 1]) + v.to_bytes(v.bit_length() // 8 + 1, "big") for v in (r, s))
    need(signature == bytes([48, len(inner)]) + inner)  # DER has one spelling
    user = b"\x00\x801234567812345678" + b"".join(v.to_bytes(32, "big") for v in (p - 3, b, *base, x, y))
    need(0 < r < n and 0 < s < n and (r + s) % n)
    e = int.from_bytes(digest(digest(user, "sm3") + data, "sm3"), "big")
    point = sm2_plus(times(s, base, sm2_plus, None), times((r + s) % n, (x, y), sm2_plus, None))
    return bool(point and (e + point[0]) % n == r)
def der(data: bytes) -> list[tuple[int, bytes]]:
    """The elements that stand side by side in DER: (tag, content)."""
    found: list[tuple[int, bytes]] = []
    while data:
        long = data[1] & 127 if data[1] > 127 else 0
        at, size = 2 + long, int.from_bytes(data[2:2 + long], "big") if long else data[1]
        need(len(data) >= at + size)
        found, data = [*found, (data[0], data[at:at + size])], data[at + size:]
    return found
# ---- keys and notes (C2SP signed-note, tlog-cosignature) ----
KINDS = {b"\x01": ("log", ed25519), b"\xffoid/1.2.156.10197.1.501\n": ("log", sm2),
         b"\x04": ("witness", ed25519), b"\xffcosignature/v1/oid/1.2.156.10197.1.501\n": ("witness", sm2)}
def from_base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text)
    return data
def key_of(line: str) -> tuple[tuple[str, bytes], list[Any]]:
    name, key_id, encoded = line.split("+", 2)
    data = from_base64(encoded)
    (start,) = (start for start in KINDS if data.startswith(start))
    need(NAME.fullmatch(name) and digest(name.encode() + b"\n" + data)[:4].hex() == key_id)
    return (name, bytes.fromhex(key_id)), [*KINDS[start], data[len(start):], 0, 1 << 64, ""]
def trusted(text: str) -> Keys:
    """The keys of a trust file, each with the sizes of the log for which it speaks; certificates are passed over."""
    keys: Keys = {}
    text = re.sub("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", "", text, flags=re.S)
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#history "):
            for note in from_base64(line[9:]).decode().split("\n\n")[::2]:
                learn(note.strip("\n").split("\n"), keys)
        elif not line.startswith("#"):
            keys.setdefault(*key_of(line))
    return keys
def learn(lines: list[str], keys: Keys) -> None:
    """One statement of a history of keys; what stands in the trust file needs no proof."""
    said = dict(line.split(" ", 1) for line in lines[2:])
    act, key, size = said["act"], said.get("key", ""), int(said["size"])
    if act in ("rotated", "revoked"):
        since = said["since"] if said.get("reason") == "compromised" else ""
        keys[key_of(key)[0]][4:] = [int(said.get("good", size)), since]
    for (name, _), held in keys.items() if act == "ended" else ():
        held[4] = min(held[4], size) if name == lines[1] else held[4]
    if fresh := said.get("new") or (key if act == "introduced" else ""):
        of, held = key_of(fresh)
        keys[of] = [*held[:3], size, *held[4:]]
def note_of(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    body, separator, tail = text.rpartition("\n\n")
    need(separator and body and tail.endswith("\n") and len(text) <= 256 << 10)
    need(not any(c < " " and c != "\n" for c in body))
    lines = [line.split(" ") for line in tail[:-1].split("\n")]
    need(len(lines) <= 64 and all(len(parts) == 3 and parts[0] == "—" for parts in lines))
    signed = [(name, from_base64(encoded)) for _, name, encoded in lines]
    need(all(NAME.fullmatch(name) and len(data) > 4 for name, data in signed))
    return body + "\n", signed
def signer(text: bytes, name: str, data: bytes, keys: Keys) -> tuple[str, tuple[str, bytes], int]:
    """The role and the key whose good signature a line is, and the time that a witness states."""
    (role, verify, raw, *_), body, at = keys[name, data[:4]], data[4:], 0
    if role == "witness":
        at, body = int.from_bytes(body[:8], "big"), body[8:]
        text = b"cosignature/v1\ntime %d\n" % at + text
    need(at < 2**63 and verify(raw, text, body))
    return role, (name, data[:4]), at
def signers(text: str, signed: list[tuple[str, bytes]], keys: Keys) -> list[tuple[str, tuple[str, bytes], int]]:
    """All the lines, when they are good, of trusted keys, and no key signs twice."""
    need(len({(name, data[:4]) for name, data in signed}) == len(signed))
    return [signer(text.encode(), name, data, keys) for name, data in signed]
# ---- receipts (canonical JSON; C2SP tlog-proof, tlog-checkpoint; RFC 6962, RFC 9162 §2.1.3.2) ----
def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def canonical(data: bytes) -> Any:
    value = json.loads(data.decode(), parse_float=int, parse_constant=int,  # which refuses
                       parse_int=lambda text: need(abs(int(text)) < 2**53) and int(text))
    need(dump(value) == data)
    return value
def root_by(node: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    low, high = index, size - 1
    for other in path:
        need(high > 0)
        is_right = low & 1 or low == high
        node = digest(b"\x01" + (other + node if is_right else node + other))
        while is_right and low and not low & 1:
            low, high = low >> 1, high >> 1
        low, high = low >> 1, high >> 1
    return node if high == 0 else None
def check_receipt(data: bytes, keys: Keys) -> tuple[dict[str, Any], str]:
    """The statement of a good receipt, and the text of the checkpoint."""
    value = canonical(data)
    need(len(data) <= 1 << 20 and set(value) == {"lantai", "statement", "entry", "proof"})
    statement, entry = value["statement"], value["entry"]
    need(value["lantai"] == "receipt/v1" and isinstance(statement, dict) and isinstance(entry, dict))
    need(all(isinstance(entry.get(name), str) and entry[name] for name in ("act", "at", "nonce")))
    digests = {"sha256": digest(dump(entry)).hex(), "sm3": digest(dump(entry), "sm3").hex()}
    leaf = digest(b"\x00" + dump({"v": 1, "act": entry["act"], "at": entry["at"], **digests}))
    head, separator, note = value["proof"].partition("\n\n")
    first, *lines = head.split("\n")
    extra = from_base64(lines.pop(0)[6:]) if lines[0].startswith("extra ") else b""
    need(first == "c2sp.org/tlog-proof@v1" and separator and len(entry["nonce"]) >= 22)
    text, signed = note_of(note)
    origin, long, top, *more = text[:-1].split("\n")
    need(PLACE.fullmatch(lines[0] + " " + long) and len(lines) <= 65 and origin and all(more))
    index, size, root, path = int(lines[0][6:]), int(long), from_base64(top), list(map(from_base64, lines[1:]))
    need(all(len(node) == 32 for node in [root, *path]))
    detail = entry.get("detail")
    need(isinstance(detail, dict) and detail.get("statement_sha256") == digest(dump(statement)).hex(), "statement")
    need(not extra and index < size and under("inclusion", root_by, leaf, index, size, path) == root, "inclusion")
    found = under("signatures", signers, text, signed, keys)
    times = [min(at, 253402300799) for role, _, at in found if role == "witness"]
    seen = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(min(times))) if times else "9"
    terms = [keys[key][3:] for role, key, _ in found if role == "log" and key[0] == origin]
    need(any(first <= size <= last and (not since or seen < since) for first, last, since in terms), "signatures")
    return statement, text
def under(check: str, act: Callable[..., Any], *words: Any) -> Any:
    """What `act` gives; whatever is wrong in it fails the named check."""
    try:
        return act(*words)
    except Exception:  # boundary: whatever goes wrong with evidence is a finding
        raise Wrong(check) from None
# ---- bundles: a ZIP that can be read in one way only ----
def is_safe(path: str) -> bool:
    return not re.search(r"^[/~]|^[A-Za-z]:|[\\\0]", path) and not {"", ".", ".."} & set(path.split("/"))
def members_of(stream: BinaryIO, archive: zipfile.ZipFile) -> dict[str, Member]:
    """The members by name, each with the place of its data."""
    listed, found, at, gaps = sorted(archive.infolist(), key=lambda one: one.header_offset), {}, 0, {0}
    need(len(listed) <= 10_064 and sum(one.file_size for one in listed) <= 16 << 30)
    for one in listed:
        name, start = one.orig_filename, one.header_offset
        stream.seek(start)
        head, told = stream.read(30), [(one.CRC, one.compress_size, one.file_size), (0, 0, 0)][:1 + (one.flag_bits >> 3 & 1)]
        method, crc, packed, size, *sizes = struct.unpack("<8xH4x3L2H", head)
        need(one.compress_type in (0, 8) and not one.flag_bits & 0x2041 and name == one.filename)
        need(is_safe(name) and len(name.encode()) <= 1024 and (name.isascii() or one.flag_bits & 0x800))
        need(head[:4] == b"PK\x03\x04" and stream.read(sizes[0]) == name.encode() and name not in found)
        if 0xFFFFFFFF in (packed, size):
            tag, size, packed = struct.unpack("<LQQ", stream.read(20))
            need(tag == 0x100001 and sizes[1] >= 20)
        need(method == one.compress_type and (crc, packed, size) in told)
        need(start - at in gaps and (one.compress_type or one.compress_size == one.file_size))
        found[name] = one, start + 30 + sum(sizes)
        at, gaps = start + 30 + sum(sizes) + one.compress_size, {0, 12, 16, 20, 24} if one.flag_bits & 8 else {0}
    stream.seek(archive.start_dir + sum(46 + len(one.orig_filename.encode() + one.extra + one.comment) for one in listed))
    rest = stream.read(99)
    need(archive.start_dir - at in gaps and rest[-22:-18] == b"PK\x05\x06" and rest[-2:] == b"\0\0")
    need(len(rest) == 22 or (len(rest) == 98 and rest[:4] == b"PK\x06\x06" and b"\xff\xff" in rest[-12:-2]))
    return found
def pieces(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    """What a member holds: of the length and sum that the directory says, and nothing behind it."""
    (one, at), size, crc, unpacker, packed, left = member, 0, 0, zlib.decompressobj(-15), b"", member[0].compress_size
    while left or packed:
        if not packed:
            stream.seek(at + one.compress_size - left)
            packed = stream.read(min(left, 1 << 20))
            left -= len(packed)
            need(packed and not unpacker.eof)
        data = unpacker.decompress(packed, 1 << 20) if one.compress_type else packed
        packed = unpacker.unconsumed_tail
        data += b"" if left or packed else unpacker.flush()
        size, crc = size + len(data), zlib.crc32(data, crc)
        need(size <= one.file_size)
        yield data
    need(size == one.file_size and crc == one.CRC)
    need(not one.compress_type or (unpacker.eof and not unpacker.unused_data))
def whole(stream: BinaryIO, members: dict[str, Member], name: str, most: int = 1 << 20) -> bytes:
    need(name in members and members[name][0].file_size <= most)
    return b"".join(pieces(stream, members[name]))
def check_stamp(data: bytes, text: bytes) -> None:
    """Whether an RFC 3161 stamp is over the text; its signature is for `openssl ts -verify`."""
    outer = der(der(data)[0][1])
    token = outer if outer[0][0] == 6 else der(outer[1][1])
    kind, content = der(der(der(token[1][1])[0][1])[2][1])
    (_, algorithm), (_, imprint) = der(der(der(der(content[1])[0][1])[0][1])[2][1])
    need(kind[1].hex() == "2a864886f70d0109100104" and imprint == digest(text, DIGESTS[der(algorithm)[0][1].hex()]))
def check_files(stream: BinaryIO, members: dict[str, Member], files: list[dict[str, Any]]) -> None:
    for one in files:
        running, size = {name: hashlib.new(name) for name in ("sha256", "sha512", "sm3")}, 0
        for piece in pieces(stream, members[one["path"]]):
            size += len(piece)
            for made in running.values():
                made.update(piece)
        need({name: made.hexdigest() for name, made in running.items()} | {"path": one["path"], "size": size} == one)
def check_bundle(stream: BinaryIO, keys: Keys) -> dict[str, Any]:
    with zipfile.ZipFile(stream) as archive:
        members = members_of(stream, archive)
    manifest = whole(stream, members, "manifest.json", 8 << 20)
    files = (value := canonical(manifest))["files"]
    need(set(value) == {"lantai", "files"} and value["lantai"] == "bundle/v1" and isinstance(files, list))
    need(all({*one} == {"path", "size", "sha256", "sha512", "sm3"} and type(one["size"]) is int for one in files))
    paths = [one["path"] for one in files]
    need(paths == sorted({*paths} - {"manifest.json", "receipt.json"}) and all(map(is_safe, paths)))
    need(len(files) <= 10_000 and all(one["size"] >= 0 for one in files) and sum(one["size"] for one in files) <= 16 << 30)
    added = sorted(set(members) - set(paths))
    need({"receipt.json", *paths} <= set(members) and all(map(ADDED.fullmatch, added)), "files")
    statement, text = check_receipt(whole(stream, members, "receipt.json"), keys)
    claimed = [statement.get(name) for name in ("kind", "manifest_sha256", "manifest_sm3")]
    need(claimed == ["bundle", digest(manifest).hex(), digest(manifest, "sm3").hex()], "manifest")
    for name in added:
        data = whole(stream, members, name) if name != "manifest.json" else b""
        if name == "cosignatures":
            same, signed = under(name, note_of, under(name, data.decode))
            found = under(name, signers, same, signed, keys)
            need(same == text and {role for role, *_ in found} == {"witness"}, name)
        elif name.startswith("stamps/"):
            under("stamps", check_stamp, data, text.encode())
        need(not name.startswith("anchors/") or name == f"anchors/{digest(data).hex()}.json", "anchors")
    under("file", check_files, stream, members, files)
    return statement
def main(words: list[str]) -> int:
    if len(words) != 2 or words[0].lower().endswith(".pdf") or "sm3" not in hashlib.algorithms_available:
        print(__doc__ if "sm3" in hashlib.algorithms_available else "This Python has no SM3, take another. 这个 Python 没有 SM3，请换一个。")
        return 2
    try:
        with open(words[1], encoding="utf-8") as trust, open(words[0], "rb") as stream:
            keys, head = trusted(trust.read()), stream.read(1)
            stream.seek(0)
            said = check_receipt(stream.read(2 << 20), keys)[0] if head == b"{" else check_bundle(stream, keys)
    except Exception as wrong:  # boundary: as above
        print("INVALID 无效:", wrong if isinstance(wrong, Wrong) else "form")
        return 2 if isinstance(wrong, OSError) else 1
    print("VALID 有效:", dump(said).decode())
    return 0
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
