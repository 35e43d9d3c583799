"""Evidence bundles: content files, what they should be, and the receipt that says so, in one ZIP.

manifest.json   {"files":[{"path","sha256","sha512","size","sm3"}, …],"lantai":"bundle/v1"}, sorted by path
receipt.json    a receipt whose statement holds manifest_sha256 and manifest_sm3
…               the files named in the manifest, among them trust.txt for information:
                a verifier never trusts keys that came with the evidence
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from lantai.kit.digests import Hasher, Source, chunks, digest_bytes, digest_stream, is_safe_path, tee
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.canonical import Json, canonical, parse_canonical
from lantai.kit.evidence.receipts import MAX_RECEIPT_BYTES, Statement, check_receipt
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings

FORMAT = "bundle/v1"
MANIFEST, RECEIPT, TRUST = "manifest.json", "receipt.json", "trust.txt"
MAX_FILES = 10_000
MAX_MANIFEST_BYTES = 8 * 1024 * 1024
MAX_TOTAL_BYTES = 16 * 1024**3

_EPOCH = (1980, 1, 1, 0, 0, 0)
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


def write_bundle(target: BinaryIO, manifest: bytes, receipt: bytes, sources: Mapping[str, Source]) -> None:
    """Write the bundle, streaming; raises BadBundle when a file is not what the manifest says."""
    files = parse_manifest(manifest)
    if set(sources) != {one.path for one in files}:
        raise BadBundle(N_("证据包的文件与清单不一致，没有生成。"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, MANIFEST, [manifest])
        _add(archive, RECEIPT, [receipt])
        for one in files:
            hasher = Hasher()
            _add(archive, one.path, tee(sources[one.path], hasher))
            if not _is_as_described(one, hasher):
                raise BadBundle(N_("文件“%(path)s”与清单的摘要不一致，没有生成证据包。"), path=one.path)


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    # A fixed date: two bundles of the same evidence are the same bytes.
    with archive.open(zipfile.ZipInfo(name, _EPOCH), "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)


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


def check_bundle(stream: BinaryIO, trust: TrustStore, findings: Findings) -> None:
    """Note every check of a bundle; nothing is unpacked to disk and no size is believed unread."""
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_archive(archive, trust, findings)
    except Invalid as error:
        findings.refuse("form", error)
    # What the standard library raises for damaged, truncated, encrypted or exotic archives.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError, MemoryError):
        findings.expect("form", False, "", N_("证据包的 ZIP 结构已损坏，无法读取。"))


def _check_archive(archive: zipfile.ZipFile, trust: TrustStore, findings: Findings) -> None:
    members = _members(archive)
    manifest = _read(archive, members, MANIFEST, MAX_MANIFEST_BYTES)
    files = parse_manifest(manifest)
    same_names = set(members) == {one.path for one in files} | {MANIFEST, RECEIPT}
    good, bad = N_("包内文件与清单一一对应。"), N_("包内文件与清单不一致，有缺少或多出的文件。")
    if not findings.expect("files", same_names, good, bad):
        return
    statement = check_receipt(_read(archive, members, RECEIPT, MAX_RECEIPT_BYTES), trust, findings)
    if statement is not None:
        _check_manifest(manifest, statement, findings)
    for one in files:
        _check_file(archive, members[one.path], one, findings)
    findings.facts["files"] = len(files)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    if len(listed) > MAX_FILES + 2 or sum(one.file_size for one in listed) > MAX_TOTAL_BYTES:
        raise BadBundle(N_("证据包的文件数量或总大小超过上限。"))
    if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in listed):
        raise BadBundle(N_("证据包使用了不支持的压缩方式。"))
    members = {one.filename: one for one in listed}
    if len(members) != len(listed):
        raise BadBundle(N_("证据包内有同名文件。"))
    return members


def _read(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, limit_bytes: int
) -> bytes:
    if name not in members:
        raise BadBundle(N_("证据包中没有 %(name)s。"), name=name)
    with archive.open(members[name]) as member:
        data = member.read(limit_bytes + 1)
    if len(data) > limit_bytes:
        raise BadBundle(N_("证据包中的 %(name)s 过大。"), name=name)
    return data


def _check_manifest(manifest: bytes, statement: Statement, findings: Findings) -> None:
    digests = digest_bytes(manifest)
    claimed = (statement.get("kind"), statement.get("manifest_sha256"), statement.get("manifest_sm3"))
    findings.expect(
        "manifest",
        claimed == ("bundle", digests.sha256, digests.sm3),
        N_("清单与登记时一致。"),
        N_("清单与登记时的摘要不一致。"),
    )


def _check_file(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, described: BundleFile, findings: Findings
) -> None:
    hasher = Hasher()
    with archive.open(member) as stream:
        for piece in chunks(stream):
            hasher.update(piece)
            if hasher.size_bytes > described.size_bytes:
                break
    findings.expect(
        "file",
        _is_as_described(described, hasher),
        N_("文件“%(path)s”与清单的摘要一致。"),
        N_("文件“%(path)s”与清单的摘要不一致。"),
        path=described.path,
    )


def _is_as_described(described: BundleFile, hasher: Hasher) -> bool:
    found = hasher.digests()
    digests = (found.sha256, found.sha512, found.sm3)
    return hasher.size_bytes == described.size_bytes and digests == (
        described.sha256,
        described.sha512,
        described.sm3,
    )
