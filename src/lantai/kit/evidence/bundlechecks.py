"""Checking an evidence bundle: nothing is unpacked to disk, and no size is believed unread.

The checks and their order are those of docs/evidence.md, where the other two verifiers have them from:
form, files, statement, inclusion, signatures, manifest, cosignatures, stamps, anchors, keys, file.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from typing import BinaryIO

from lantai.kit.digests import Hasher, digest_bytes
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.anchors import judge_anchor
from lantai.kit.evidence.bundles import (
    COSIGNATURES,
    HISTORY,
    MANIFEST,
    MAX_ADDED,
    MAX_ADDED_BYTES,
    MAX_FILES,
    MAX_MANIFEST_BYTES,
    MAX_TOTAL_BYTES,
    RECEIPT,
    BadBundle,
    BundleFile,
    anchor_path,
    is_added,
    is_as_described,
    parse_manifest,
)
from lantai.kit.evidence.checkpoints import Checkpoint, parse_checkpoint, parse_proof
from lantai.kit.evidence.notes import Note, parse_note
from lantai.kit.evidence.receipts import MAX_RECEIPT_BYTES, Statement, check_receipt, parse_receipt
from lantai.kit.evidence.stamps import BadStamp, read_stamp
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings
from lantai.kit.evidence.ziplayout import pieces, sound_members

Members = Mapping[str, zipfile.ZipInfo]


def check_bundle(stream: BinaryIO, trust: TrustStore, findings: Findings) -> None:
    """Note every check of a bundle; bad evidence is a finding, never an error."""
    try:
        members = sound_members(stream, most=MAX_FILES + MAX_ADDED, total_bytes=MAX_TOTAL_BYTES)
        _Examination(stream, members, trust, findings).run()
    except Invalid as error:
        findings.refuse("form", error)
    # What the standard library raises for damaged, truncated, encrypted or exotic archives.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError):
        findings.expect("form", False, "", N_("证据包的 ZIP 结构已损坏，无法读取。"))


class _Examination:
    """One bundle under examination."""

    def __init__(self, stream: BinaryIO, members: Members, trust: TrustStore, findings: Findings) -> None:
        self._stream, self._members = stream, members
        self._trust, self._findings = trust, findings

    def run(self) -> None:
        """Every check, in the order of the format."""
        manifest = self._read(MANIFEST, MAX_MANIFEST_BYTES)
        files = parse_manifest(manifest)
        described = {one.path for one in files}
        added = sorted(set(self._members) - described)
        is_whole = described <= set(self._members) and all(is_added(name) for name in added)
        good, bad = N_("包内文件与清单一一对应。"), N_("包内文件与清单不一致，有缺少或多出的文件。")
        if not self._findings.expect("files", is_whole and RECEIPT in self._members, good, bad):
            return
        receipt = self._read(RECEIPT, MAX_RECEIPT_BYTES)
        statement = check_receipt(receipt, self._trust, self._findings)
        if statement is not None:
            self._check_manifest(manifest, statement)
            self._check_added(added, parse_proof(parse_receipt(receipt)[2]).note)
        for one in files:
            self._check_file(one)
        self._findings.facts["files"] = len(files)

    def _read(self, name: str, limit_bytes: int) -> bytes:
        if name not in self._members:
            raise BadBundle(N_("证据包中没有 %(name)s。"), name=name)
        if self._members[name].file_size > limit_bytes:
            raise BadBundle(N_("证据包中的 %(name)s 过大。"), name=name)
        return b"".join(pieces(self._stream, self._members[name]))

    def _check_manifest(self, manifest: bytes, statement: Statement) -> None:
        digests = digest_bytes(manifest)
        claimed = (statement.get("kind"), statement.get("manifest_sha256"), statement.get("manifest_sm3"))
        self._findings.expect(
            "manifest",
            claimed == ("bundle", digests.sha256, digests.sm3),
            N_("清单与登记时一致。"),
            N_("清单与登记时的摘要不一致。"),
        )

    def _check_added(self, added: list[str], note: Note) -> None:
        if COSIGNATURES in added:
            self._check_cosignatures(self._read(COSIGNATURES, MAX_ADDED_BYTES), note)
        for name in added:
            if name.startswith("stamps/"):
                self._check_stamp(name, note.text.encode())
            elif name.startswith("anchors/"):
                self._check_anchor(name, parse_checkpoint(note.text))
        if HISTORY in added:
            self._read(HISTORY, MAX_ADDED_BYTES)
            self._findings.expect("keys", True, N_("附有公钥沿革，仅供参考：公钥以信任文件为准。"), "")

    def _check_cosignatures(self, data: bytes, signed: Note) -> None:
        """All lines are good cosignatures of different trusted witnesses over the checkpoint of the proof."""
        bad = N_("见证签名与检查点不符，或者见证者的公钥不在信任文件中。")
        good = N_("检查点另有 %(witnesses)d 个见证者的签名，全部有效。")
        try:
            note = parse_note(data.decode("utf-8"))
        except (UnicodeDecodeError, Invalid):
            self._findings.expect("cosignatures", False, good, bad)
            return
        keys = [self._trust.key_of(line) for line in note.signatures]
        is_good = note.text == signed.text and len(set(keys)) == len(keys)
        for key, line in zip(keys, note.signatures, strict=True):
            is_good = is_good and key is not None and key.is_witness and key.verify(note.text, line.blob)
        if self._findings.expect("cosignatures", is_good, good, bad, witnesses=len(keys)):
            self._findings.facts["cosignatures"] = len(keys)

    def _check_stamp(self, name: str, text: bytes) -> None:
        try:
            stamp = read_stamp(self._read(name, MAX_ADDED_BYTES), text)
        except BadStamp:
            self._findings.expect("stamps", False, "", N_("时间戳“%(path)s”与检查点不符。"), path=name)
            return
        said = {"path": name, "at": stamp.at, "signer": stamp.signer}
        if stamp.is_signed:
            good = N_("时间戳“%(path)s”盖在检查点上，时间 %(at)s；“%(signer)s”是否可信，请用其证书另行核对。")
            self._findings.facts[name] = f"{stamp.at} {stamp.signer}"
        else:
            good = N_("时间戳“%(path)s”盖在检查点上，但其签名不能核对，时间没有采信。")
        self._findings.expect("stamps", True, good, "", **said)

    def _check_anchor(self, name: str, head: Checkpoint) -> None:
        """The verdict asks for the whole file alone; what an anchor proves is told, chains are not for verify.py."""
        data = self._read(name, MAX_ADDED_BYTES)
        if anchor_path(data) != name:
            self._findings.expect("anchors", False, "", N_("链上登记记录“%(path)s”已被改动。"), path=name)
            return
        try:
            found = judge_anchor(data, joins=head)
        except Invalid:
            said = N_("链上登记记录“%(path)s”与检查点对不上，没有采信。")
            self._findings.expect("anchors", True, said, "", path=name)
            return
        good = N_(
            "同一日志 %(size)d 条时的检查点写在链 %(chain)s 的区块 %(block)s 里，区块时间 %(at)s；"
            "区块是否在链上，须另向节点查询。"
        )
        at = found.block_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"size": found.size, "chain": str(found.chain_id), "block": found.block_hash, "at": at}
        self._findings.expect("anchors", True, good, "", **told)
        self._findings.facts[name] = f"{at} {found.block_hash}"

    def _check_file(self, described: BundleFile) -> None:
        hasher = Hasher()
        try:
            for piece in pieces(self._stream, self._members[described.path]):
                hasher.update(piece)
                if hasher.size_bytes > described.size_bytes:
                    break
        except (Invalid, zlib.error):
            hasher = Hasher()
        self._findings.expect(
            "file",
            is_as_described(described, hasher),
            N_("文件“%(path)s”与清单的摘要一致。"),
            N_("文件“%(path)s”与清单的摘要不一致。"),
            path=described.path,
        )
