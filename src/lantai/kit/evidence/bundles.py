"""Evidence bundles: content files, what they should be, and the receipt that says so, in one ZIP.

manifest.json   {"files":[{"path","sha256","sha512","size","sm3"}, …],"lantai":"bundle/v1"}, sorted by path
receipt.json    a receipt whose statement holds manifest_sha256 and manifest_sm3
cosignatures    optional: the checkpoint of the receipt's proof, as a note signed by witnesses
stamps/….tsr    optional: RFC 3161 time stamps of the text of that checkpoint
anchors/….json  optional: a checkpoint of the same log on a chain, named by its own SHA-256
keys/history    optional: what the log says of its own keys, for information
…               the files named in the manifest, among them trust.txt for information:
                a verifier never trusts keys that came with the evidence

What came after the manifest was logged (receipt, cosignatures, stamps, anchors, keys) is not in the manifest.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from lantai.kit.digests import Hasher, Source, digest_bytes, digest_stream, is_safe_path, tee
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.canonical import Json, canonical, parse_canonical
from lantai.kit.evidence.receipts import Statement

FORMAT = "bundle/v1"
MANIFEST, RECEIPT, TRUST = "manifest.json", "receipt.json", "trust.txt"
COSIGNATURES, HISTORY = "cosignatures", "keys/history"
ANCHOR = re.compile(r"anchors/[0-9a-f]{64}\.json")
STAMP = re.compile(r"stamps/[A-Za-z0-9._-]{1,100}\.tsr")
MAX_ADDED = 64  # members beside the content
MAX_NAME_BYTES = 1024
MAX_ADDED_BYTES = 1024 * 1024
MAX_FILES = 10_000
MAX_MANIFEST_BYTES = 8 * 1024 * 1024
MAX_TOTAL_BYTES = 16 * 1024**3

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16
_FIELDS = {"path", "size", "sha256", "sha512", "sm3"}


class BadBundle(Invalid):
    """The ZIP is not an evidence bundle."""

    message = N_("这不是兰台证据包，或者文件已被改动。")


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of a bundle as its manifest describes it."""

    path: str
    size_bytes: int
    sha256: str
    sha512: str
    sm3: str


def describe(path: str, source: Source) -> BundleFile:
    """The manifest entry for a file of these bytes, read once."""
    digests, size_bytes = digest_stream(source)
    return BundleFile(path, size_bytes, digests.sha256, digests.sha512, digests.sm3)


def bundle_manifest(files: Iterable[BundleFile]) -> bytes:
    """The manifest over `files`; raises BadBundle for a path that is unsafe, reserved or named twice."""
    ordered = sorted(files, key=lambda one: one.path)
    _require_sound(ordered)
    rows: list[Json] = [
        {
            "path": one.path,
            "size": one.size_bytes,
            "sha256": one.sha256,
            "sha512": one.sha512,
            "sm3": one.sm3,
        }
        for one in ordered
    ]
    return canonical({"lantai": FORMAT, "files": rows})


def bundle_statement(manifest: bytes, facts: dict[str, Json]) -> Statement:
    """The statement to be logged for a bundle with this manifest."""
    digests = digest_bytes(manifest)
    fixed: Statement = {
        "kind": "bundle",
        "manifest_sha256": digests.sha256,
        "manifest_sm3": digests.sm3,
    }
    return facts | fixed


def is_bundle_path(path: str) -> bool:
    """Whether a file can stand in a bundle under this path."""
    try:
        return is_safe_path(path) and len(path.encode()) <= MAX_NAME_BYTES
    except UnicodeEncodeError:
        return False


def is_added(name: str) -> bool:
    """Whether a member of this name may stand beside the content without being in the manifest."""
    fixed = (MANIFEST, RECEIPT, COSIGNATURES, HISTORY)
    return name in fixed or any(kind.fullmatch(name) for kind in (STAMP, ANCHOR))


def anchor_path(data: bytes) -> str:
    """The name of an anchor in a bundle: its own SHA-256, so that no byte of it changes unseen."""
    return f"anchors/{hashlib.sha256(data).hexdigest()}.json"


def write_bundle(
    target: BinaryIO,
    manifest: bytes,
    receipt: bytes,
    sources: Mapping[str, Source],
    *,
    added: Mapping[str, bytes] | None = None,
) -> None:
    """Write the bundle, streaming; the same evidence gives the same bytes on every machine.

    `added` are cosignatures, stamps, anchors and the history of keys, by their names. Raises BadBundle when a
    file is not what the manifest says, or an added name is none.
    """
    files = parse_manifest(manifest)
    for path in sources:
        if not is_bundle_path(path):
            raise BadBundle(N_("证据包清单的路径“%(path)s”不能使用。"), path=path)
    if set(sources) != {one.path for one in files}:
        raise BadBundle(N_("证据包的文件与清单不一致，没有生成。"))
    fixed = {MANIFEST: manifest, RECEIPT: receipt} | _sound_added(added or {}, files)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in fixed.items():
            _add(archive, name, len(data), [data])
        for one in files:
            hasher = Hasher()
            _add(archive, one.path, one.size_bytes, tee(sources[one.path], hasher))
            if not is_as_described(one, hasher):
                raise BadBundle(N_("文件“%(path)s”与清单的摘要不一致，没有生成证据包。"), path=one.path)


def _sound_added(added: Mapping[str, bytes], files: Iterable[BundleFile]) -> dict[str, bytes]:
    taken = {one.path for one in files} | {MANIFEST, RECEIPT}
    for name, data in added.items():
        if name in taken or not is_added(name) or len(data) > MAX_ADDED_BYTES:
            raise BadBundle(N_("证据包中不能附加“%(path)s”。"), path=name)
    return dict(sorted(added.items()))


def _add(archive: zipfile.ZipFile, name: str, size_bytes: int, pieces: Iterable[bytes]) -> None:
    # A fixed date, system and mode: two bundles of the same evidence are the same bytes.
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system, info.external_attr, info.file_size = _UNIX, _PLAIN_FILE, size_bytes
    try:
        with archive.open(info, "w") as member:
            for piece in pieces:
                member.write(piece)
    except RuntimeError as error:  # the file has grown beyond what its header can say
        raise BadBundle(N_("文件“%(path)s”与清单的摘要不一致，没有生成证据包。"), path=name) from error


def parse_manifest(data: bytes) -> list[BundleFile]:
    """The files of a manifest; raises BadBundle or NotCanonical."""
    value = parse_canonical(data)
    if not isinstance(value, dict) or set(value) != {"lantai", "files"} or value["lantai"] != FORMAT:
        raise BadBundle()
    rows = value["files"]
    if not isinstance(rows, list):
        raise BadBundle()
    files = [_described(row) for row in rows]
    _require_sound(files)
    return files


def _described(row: Json) -> BundleFile:
    if not isinstance(row, dict) or set(row) != _FIELDS:
        raise BadBundle()
    size_bytes = row["size"]
    texts = [row[name] for name in ("path", "sha256", "sha512", "sm3")]
    path, sha256, sha512, sm3 = (text if isinstance(text, str) else "" for text in texts)
    if not isinstance(size_bytes, int) or size_bytes < 0 or isinstance(size_bytes, bool):
        raise BadBundle()
    return BundleFile(path, size_bytes, sha256, sha512, sm3)


def _require_sound(files: list[BundleFile]) -> None:
    paths = [one.path for one in files]
    if len(files) > MAX_FILES or sum(one.size_bytes for one in files) > MAX_TOTAL_BYTES:
        raise BadBundle(N_("证据包的文件数量或总大小超过上限。"))
    if paths != sorted(set(paths)):
        raise BadBundle(N_("证据包清单的路径重复或没有按序排列。"))
    for path in paths:
        if not is_safe_path(path) or path in (MANIFEST, RECEIPT):
            raise BadBundle(N_("证据包清单的路径“%(path)s”不能使用。"), path=path)


def is_as_described(described: BundleFile, hasher: Hasher) -> bool:
    """Whether what was read is the file that the manifest describes: one digest that differs is enough."""
    found = hasher.digests()
    digests = (found.sha256, found.sha512, found.sm3)
    return hasher.size_bytes == described.size_bytes and digests == (
        described.sha256,
        described.sha512,
        described.sm3,
    )
