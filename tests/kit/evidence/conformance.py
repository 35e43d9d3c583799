"""Evidence bundles altered in every way we could think of, each with what a verifier has to say of it.

`alterations.cases()` gives the bundles; `expected` is "valid", or the name of the first check that fails
(docs/evidence.md). Whoever writes a verifier may run it over these.
"""

from __future__ import annotations

import base64
import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lantai.kit import evidence
from lantai.kit.evidence import bundles
from tests.kit.crypto import openssl
from tests.kit.evidence import issuing
from tests.kit.evidence.issuing import WITNESS

Members = dict[str, bytes]
VALID = "valid"
FILES: Members = {
    "content/关于样例的通知.txt": "样例通知：本文为虚构。".encode(),
    "content/a.bin": bytes(range(256)) * 50,
    "content/empty": b"",
    "metadata/item.json": b'{"title":"\xe6\xa0\xb7\xe4\xbe\x8b"}',
    "premis.xml": b"<premis/>",
    "trust.txt": b"# for information\n",
}
A_BIN = "content/a.bin"


@dataclass(frozen=True)
class Case:
    name: str
    bundle: bytes
    trust: str
    expected: str


@dataclass(frozen=True)
class Base:
    """A good bundle in its parts, and others of the same archives to take parts from."""

    archives: issuing.Archives
    members: Members  # manifest, receipt, files
    added: Members
    statement: evidence.Statement
    trust: str
    stamper: Any = None  # the authority whose stamps these are

    @property
    def all(self) -> Members:
        return self.members | self.added

    @property
    def note(self) -> evidence.Note:
        return evidence.parse_proof(json.loads(self.members["receipt.json"])["proof"]).note

    def receipt(self, manifest: bytes, **facts: str) -> bytes:
        return self.archives.receipt(bundles.bundle_statement(manifest, {"title": "样例证据包", **facts}))

    def with_files(self, files: Members) -> Members:
        manifest = manifest_of(files)
        return {"manifest.json": manifest, "receipt.json": self.receipt(manifest), **files}


def manifest_of(files: Members) -> bytes:
    return bundles.bundle_manifest(bundles.describe(path, [data]) for path, data in files.items())


def make_base(stamp: Callable[[bytes], bytes] | None = None) -> Base:
    """`stamp` gives an RFC 3161 answer over what it is given; without it bundles have none."""
    archives = issuing.Archives()
    manifest = manifest_of(FILES)
    statement = bundles.bundle_statement(manifest, {"title": "样例证据包"})
    receipt = archives.receipt(statement)
    note = evidence.parse_proof(json.loads(receipt)["proof"]).note
    cosigned = evidence.cosign(
        evidence.Note(note.text, ()), WITNESS, archives.witness, posix_seconds=1_772_353_000
    )
    added = {"cosignatures": cosigned.render().encode(), "keys/history": b"{}"}
    if stamp:
        added["stamps/1.tsr"] = stamp(note.text.encode())
    members = {"manifest.json": manifest, "receipt.json": receipt, **FILES}
    return Base(archives, members, added, statement, archives.trust().render())


def stamped_base(folder: Path) -> Base:
    """The base with a stamp of the openssl command, where there is one."""
    if openssl.OPENSSL is None:
        return make_base()
    authority = openssl.make_openssl_authority(folder, "ecdsa-sha256")
    authority.issue("stamper", "stamper")

    def stamp(text: bytes) -> bytes:
        (folder / "text").write_bytes(text)
        words = ["-query", "-data", "text", "-sha256", "-cert", "-out", "text.tsq"]
        openssl.openssl("ts", *words, cwd=folder)
        return authority.stamp((folder / "text.tsq").read_bytes())

    return replace(make_base(stamp), stamper=authority)


def written(base: Base, added: Members | None = None) -> bytes:
    out = io.BytesIO()
    sources = {path: [data] for path, data in FILES.items()}
    parts = base.members["manifest.json"], base.members["receipt.json"]
    bundles.write_bundle(out, *parts, sources, added=base.added if added is None else added)
    return out.getvalue()


def zipped(members: Members | list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name used twice is what some cases are about
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, compression)
    return out.getvalue()


Rows = Iterator[tuple[str, bytes, str] | tuple[str, bytes, str, str]]


def encoded(found: list[Case]) -> list[dict[str, str]]:
    """The cases as a page in a browser takes them."""
    return [
        {"name": one.name, "trust": one.trust, "bundle": base64.b64encode(one.bundle).decode()}
        for one in found
    ]
