"""Is an OFD whole: every part it refers to there, every page readable, every picture decodable?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_
from lantai.kit.formats.invoices import invoice_in_ofd
from lantai.kit.formats.ofd.container import NAMESPACE, OfdBroken, opened_container, whole_mb
from lantai.kit.formats.ofd.document import Document, read_documents
from lantai.kit.formats.ofd.entries import ENTRIES, entries_signature
from lantai.kit.formats.ofd.seals import ofd_signatures
from lantai.kit.formats.ofd.tags import Tag, read_tags
from lantai.kit.formats.ofd.text import FirstText, documents_text, text_below
from lantai.kit.formats.remarks import Examination, Fact, Remark, State, remark_of
from lantai.kit.formats.zips import CappedZip, ZipBomb, ZipBroken, ZipEncrypted

_SAMPLE_CHARS = 2000
_ENCRYPTIONS = "Encryptions.xml"  # GM/T 0099: which parts are encrypted for whom
_END_OF_ZIP, _LONGEST_END = b"PK\x05\x06", 22 + 0xFFFF
_SHOWN_TAGS = 200
_INVOICE_WORDS = frozenset({"InvoiceNo", "InvoiceNumber", "发票号码"})

PROTECTED = Remark("encrypted", N_("OFD 的内容已按 GM/T 0099 加密，不能检查。请提交未加密的文件。"))

WRONG_NAMESPACE = Remark("namespace", N_("OFD 的命名空间不是 GB/T 33190 规定的，部分阅读器可能打不开。"))
NO_PAGES = Remark("no-pages", N_("OFD 里没有页面。"))
ACTIONS = Remark("active", N_("OFD 含有会打开外部程序、网址或播放媒体的动作。请去除后重新提交。"))
SEVERAL = N_("OFD 里有 %(count)s 个文档，已全部检查；很多阅读器只显示第一个。请分成单独的文件归档。")
_ADDED = frozenset({"attachments", "signatures", "fonts_missing", "custom_data", "custom_tags"})
_DAMAGING = frozenset({"missing-part", "broken-part", "unsafe-part", "no-pages", "duplicate-part"})


def examine_ofd(
    path: Path,
    puid: str,
    trust: CertificateTrust = NO_TRUST,
    *,
    wants_text: bool = True,
    archive: CappedZip | None = None,
) -> Examination:
    """State, facts and signatures of an OFD (GB/T 33190); ``trust`` judges the signers' certificates.

    ``archive`` is the file at ``path`` where it is open already.
    """
    try:
        with opened_container(path, archive=archive) as container:
            if container.archive.find(_ENCRYPTIONS):
                return Examination(puid, State.ENCRYPTED, problems=(PROTECTED,))
            documents = read_documents(container)
            found = _examine(documents, puid, FirstText(_SAMPLE_CHARS if wants_text else 0))
            found = replace(
                found, facts={**found.facts, **invoice_in_ofd(container.archive, container.entry)}
            )
            is_signed = any(one.signatures for one in documents) or bool(container.archive.find(ENTRIES))
        return replace(found, signatures=_signatures(path, trust) if is_signed else ())
    except ZipEncrypted as locked:
        return Examination(puid, State.ENCRYPTED, problems=(remark_of(locked),))
    except ZipBroken as broken:
        state = State.TRUNCATED if _is_cut(path) else State.BROKEN
        return Examination(puid, state, problems=(remark_of(broken),))
    except (ZipBomb, OfdBroken) as broken:
        return Examination(puid, State.BROKEN, problems=(remark_of(broken),))


def _signatures(path: Path, trust: CertificateTrust) -> tuple[SignatureFound, ...]:
    """Read anew: what was unpacked for the pages does not count against what signatures protect."""
    with opened_container(path, total_mb=whole_mb(path)) as container:
        documents = read_documents(container)
        found = [
            signature
            for document in documents
            for signature in ofd_signatures(
                document, trust, [one for one in documents if one is not document]
            )
        ]
        return (*found, *entries_signature(container, trust))


def _is_cut(path: Path) -> bool:
    """Whether the directory of the ZIP, which comes last, is not there."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LONGEST_END))
        return _END_OF_ZIP not in file.read()


def ofd_text(path: Path, limit: int) -> str:
    """Text of the OFD at ``path``. Raises ``OfdBroken`` and the refusals of ``CappedZip``."""
    with opened_container(path) as container:
        return documents_text(read_documents(container), limit)


def ofd_pages(path: Path) -> int:
    """Number of pages of all documents. Raises ``OfdBroken`` and the refusals of ``CappedZip``."""
    with opened_container(path) as container:
        return sum(len(document.pages) for document in read_documents(container))


def _examine(documents: Sequence[Document], puid: str, sample: FirstText) -> Examination:
    active = False
    for document in documents:
        active = _read_through(document, sample) or active
    facts, problems = _facts_of_all(documents), _problems(documents, active=active)
    damaged = any(p.code in _DAMAGING for p in problems)
    state = State.BROKEN if damaged else State.ACTIVE if active else State.OK
    count = sum(len(document.pages) for document in documents)
    return Examination(puid, state, facts, problems, count, sample.text)


def _read_through(document: Document, sample: FirstText) -> bool:
    """Whether something in the document starts other programs; its first words go to ``sample``."""
    active = _dangerous(document.root)
    for index in range(len(document.pages)):
        root = document.page(index)
        if root is not None:
            active = active or _dangerous(root)
            _check_references(document, root)
        if not sample.is_full:
            sample.add("" if root is None else text_below(document, root))
    _check_resources(document)
    return active


def _facts_of_all(documents: Sequence[Document]) -> dict[str, Fact]:
    """The facts of the first document, whose title is the file's; lists and counts are those of all."""
    each = [_facts(document) for document in documents]
    facts = each[0]
    for other in each[1:]:
        for name, value in other.items():
            mine = facts.get(name)
            if name in _ADDED and isinstance(mine, list) and isinstance(value, list):
                facts[name] = [*map(str, mine), *(str(v) for v in value if v not in mine)]
        facts["is_invoice"] = bool(facts["is_invoice"] or other["is_invoice"])
    if len(documents) > 1:
        facts["page_count"] = sum(len(document.pages) for document in documents)
        facts["document_count"] = len(documents)
        facts["document_titles"] = [document.info.get("Title", "") for document in documents]
    return facts


def _facts(document: Document) -> dict[str, Fact]:
    fonts = document.resources.fonts.values()
    tags = read_tags(document)
    facts: dict[str, Fact] = {f"info_{k}": v for k, v in document.info.items()}
    if document.keywords:
        facts["info_Keywords"] = document.keywords
    facts |= {
        "doc_type": document.kind,
        "ofd_version": document.version,
        "page_mm": [document.box[2], document.box[3]],
        "page_count": len(document.pages),
        "attachments": [a.name for a in document.attachments],
        "signatures": [f"{s.id} {s.kind} {s.provider} {s.signed_at}".strip() for s in document.signatures],
        "fonts_missing": sorted({f.name for f in fonts if not f.file}),
        "custom_data": [f"{name}={value}" for name, value in document.custom_data.items()],
        "custom_tags": [f"{tag.path}={tag.text}" for tag in tags[:_SHOWN_TAGS]],
        "is_invoice": _is_invoice(document, tags),
    }
    return facts


def _is_invoice(document: Document, tags: list[Tag]) -> bool:
    """E-invoices say so by an attached original, by a tag or by custom data, depending on their age."""
    if any(a.name.casefold().startswith("original_invoice") for a in document.attachments):
        return True
    named = {tag.path.rpartition("/")[2] for tag in tags} | set(document.custom_data)
    return not named.isdisjoint(_INVOICE_WORDS)


def _problems(documents: Sequence[Document], *, active: bool) -> tuple[Remark, ...]:
    document = documents[0]
    problems = list(document.container.remarks)
    if document.namespace != NAMESPACE:
        problems.append(WRONG_NAMESPACE)
    if not all(one.pages for one in documents):
        problems.append(NO_PAGES)
    if active:
        problems.append(ACTIONS)
    if len(documents) > 1:
        problems.append(Remark("several-documents", SEVERAL, {"count": len(documents)}))
    for name in document.container.archive.duplicates[:3]:
        text = N_("OFD 的部件“%(part)s”出现了两次，不同阅读器会读到不同内容。")
        problems.append(Remark("duplicate-part", text, {"part": name}))
    return tuple(problems)


def _check_references(document: Document, root: Any) -> None:
    resources, container = document.resources, document.container
    for image in root.iter("{*}ImageObject"):
        reference = image.get("ResourceID") or ""
        if not reference:
            text = N_("OFD 中编号“%(part)s”的图像对象没有指明图像，不会显示。")
            container.say("empty-image", text, image.get("ID") or "")
        elif reference not in resources.media:
            container.say("missing-part", N_("OFD 引用的资源“%(part)s”没有定义。"), reference)
    for text in root.iter("{*}TextObject"):
        if (text.get("Font") or "") not in resources.fonts:
            container.say("missing-font", N_("OFD 引用的字体“%(part)s”没有定义。"), text.get("Font") or "")


def _check_resources(document: Document) -> None:
    """Unpack every image and font: that compares their checksums and finds what is missing."""
    files = {f.file for f in document.resources.fonts.values() if f.file}
    for location in sorted(files | set(document.resources.media.values())):
        document.container.resource(location, near="")


def _dangerous(root: Any) -> bool:
    return any(True for _ in root.iter("{*}URI", "{*}GotoA", "{*}Sound", "{*}Movie"))
