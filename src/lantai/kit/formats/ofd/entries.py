"""The list against stowaways: OFDEntries.xml, which names every part and is signed (GM/T 0099)."""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.crypto.certificates import subject_of
from lantai.kit.crypto.cms import SignedMessage, UnreadableMessage, first_object, read_message
from lantai.kit.crypto.signatures import SignatureFound, SignatureKind
from lantai.kit.crypto.trust import CertificateTrust
from lantai.kit.errors import N_
from lantai.kit.formats.ofd.container import Container, child, children, text_of
from lantai.kit.formats.ofd.findings import Finding, invalid, unverified, worst
from lantai.kit.formats.ofd.seals import message_findings
from lantai.kit.formats.zips import ZipBomb, ZipBroken, ZipEncrypted, normal_name

ENTRIES = "OFDEntries.xml"
_NAMED = 5


def entries_signature(container: Container, trust: CertificateTrust) -> tuple[SignatureFound, ...]:
    """The verdict on the signed list of parts; none where there is no such list.

    The list holds names only, so a good one still proves nothing about what the parts contain.
    """
    found = container.xml(ENTRIES) if container.archive.find(ENTRIES) else None
    if found is None:
        return ()
    name, root = found
    value = container.archive.find(text_of(root, "SignedValueLoc"))
    message: SignedMessage | None = None
    findings = list(_stowaways(container, root, name, value))
    try:
        message = read_message(first_object(container.archive.read(value))) if value else None
        if message is not None:
            findings += message_findings(message, container.archive.read(name))
    except UnreadableMessage as unreadable:
        findings.append(invalid(unreadable.message))
    except (ZipBroken, ZipBomb, ZipEncrypted) as broken:
        findings.append(invalid(broken.message, **{k: str(v) for k, v in broken.params.items()}))
    findings.append(unverified(N_("部件清单的签名只保护部件的名称，不保护其内容。")))
    verdict = worst(findings)
    return (
        SignatureFound(
            name=ENTRIES,
            kind=SignatureKind.SIGNATURE,
            state=verdict.state,
            signer=subject_of(message.certificate) if message else "",
            algorithm=message.algorithm if message else "",
            message=verdict.message,
            params=verdict.params,
        ),
    )


def _stowaways(container: Container, root: object, name: str, value: str | None) -> Iterator[Finding]:
    listed = child(root, "FileList")
    files = children(listed, "File") if listed is not None else ()
    known = {normal_name(one.get("FileLoc") or "") for one in files} | {name, value}
    archive = container.archive
    extra = [part for part in archive.names if part not in known and not archive.is_folder(part)]
    gone = [part for part in sorted(p for p in known if p) if archive.find(part) is None]
    if value is None:
        yield invalid(N_("部件清单没有签名值，不成立。"))
    if extra:
        yield invalid(N_("包中有部件清单之外的文件：%(parts)s。"), parts="、".join(extra[:_NAMED]))
    if gone:
        yield invalid(N_("部件清单中的文件不在包中：%(parts)s。"), parts="、".join(gone[:_NAMED]))
