"""Which files a signature protects, whether they are unchanged, and which it leaves open."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence

from lantai.kit.errors import N_
from lantai.kit.formats.ofd.container import Container
from lantai.kit.formats.ofd.digests import digest_method, digest_of, is_weak
from lantai.kit.formats.ofd.document import Document
from lantai.kit.formats.ofd.findings import Finding, invalid, unverified
from lantai.kit.formats.ofd.signed import SignatureEntry

PART_LIMIT_MB = 256
_NAMED = 5  # how many files a message names


class Parts:
    """The parts of the package with their digests, each computed once however many signatures ask.

    ``others`` are the further documents of the package. Those that nobody signed are seen together with
    ``document``: a signature that leaves them open does not vouch for what a reader shows.
    """

    def __init__(self, document: Document, others: Sequence[Document] = ()) -> None:
        self.container: Container = document.container
        unsigned = [one for one in others if not one.signatures]
        self.shown = frozenset().union(*map(_shown_parts, (document, *unsigned)))
        self._signature_parts = frozenset().union(*map(_signature_parts, (document, *others)))
        self._digests: dict[tuple[str, str], bytes] = {}

    def read(self, part: str) -> bytes:
        """Bytes of a part. Raises the refusals of ``CappedZip``."""
        return self.container.archive.read(part, limit_mb=PART_LIMIT_MB)

    def digest(self, part: str, method: str) -> bytes | None:
        """Digest of a part; None when the method is unknown."""
        compute = digest_method(method)
        if compute is None:
            return None
        if (part, method) not in self._digests:
            self._digests[part, method] = digest_of(self.container.archive.pieces(part), compute)
        return self._digests[part, method]

    def protected(self, entry: SignatureEntry) -> frozenset[str]:
        """The parts that a signature lists and that are there."""
        found = (self.container.locate(r.file, near=entry.part) for r in entry.references)
        return frozenset(part for part in found if part)

    def unprotected(self, entry: SignatureEntry) -> list[str]:
        """The parts that may be changed without breaking the signature, other than signatures themselves."""
        covered = self.protected(entry) | self._signature_parts
        archive = self.container.archive
        return [name for name in archive.names if name not in covered and not archive.is_folder(name)]


def _signature_parts(document: Document) -> frozenset[str]:
    """Parts that a later signature has to change or add: the list, and what belongs to each signature."""
    entries = document.signatures
    of_entries = {p for e in entries for p in (e.part, e.value, e.seal) if p}
    return frozenset(of_entries | {document.signature_list} - {""})


def _shown_parts(document: Document) -> frozenset[str]:
    """The parts that decide what a reader sees."""
    container, resources = document.container, document.resources
    pages = [*document.pages, *document.templates.values()]
    fonts = {f.file for f in resources.fonts.values()}
    files = fonts | set(resources.media.values()) | set(resources.parts) | set(document.annotations.values())
    found = [container.locate(p.location, near=p.near) for p in pages]
    found += [container.archive.find(f) for f in sorted(files) if f]
    return frozenset({document.part, *(part for part in found if part)})


def protection_findings(parts: Parts, entry: SignatureEntry) -> Iterator[Finding]:
    """What the protected files and the gaps between them say about a signature."""
    if not entry.references:
        yield invalid(N_("签名没有列出受保护的文件，不能证明任何内容。"))
        return
    if digest_method(entry.check_method) is None:
        yield unverified(
            N_("不认识签名所用的摘要算法“%(algorithm)s”，无法核对内容。"), algorithm=entry.check_method
        )
        return
    if is_weak(entry.check_method):
        yield unverified(N_("签名使用了已不安全的摘要算法（MD5 或 SHA-1），不足以证明内容未被改动。"))
    for reference in entry.references:
        finding = _reference_finding(parts, entry, reference.file, reference.check_value)
        if finding is not None:
            yield finding
    yield from _gap_findings(parts, entry)


def _reference_finding(parts: Parts, entry: SignatureEntry, file: str, expected: str) -> Finding | None:
    part = parts.container.locate(file, near=entry.part)
    if part is None:
        return invalid(N_("受签名保护的文件“%(part)s”不在包中。"), part=file)
    try:
        digest = base64.b64decode(expected, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if digest != parts.digest(part, entry.check_method):
        return invalid(N_("受签名保护的文件“%(part)s”在签名后被改动。"), part=part)
    return None


def _gap_findings(parts: Parts, entry: SignatureEntry) -> Iterator[Finding]:
    open_parts = [p for p in parts.unprotected(entry) if p in parts.shown]
    if open_parts:
        text = N_("签名没有保护影响显示的 %(count)s 个文件（%(parts)s），这些内容在签名后可能被改动或添加。")
        yield unverified(text, count=len(open_parts), parts="、".join(open_parts[:_NAMED]))
