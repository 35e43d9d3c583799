"""PDF: does it open, is it locked, does it act by itself, are its fonts inside, what does it call itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_
from lantai.kit.formats.invoices import invoice_in_text, invoice_in_xml, is_invoice_name
from lantai.kit.formats.pdf_objects import Seen, walked
from lantai.kit.formats.pdfs import Content, content_of, mentions_signature, pdf_text
from lantai.kit.formats.remarks import SAMPLE_CHARS, Examination, Fact, Remark, State
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, parse_xml, salvage_xml, split_tag

# the last three: an object is of another kind than the standard wants at its place
_BROKEN = (pikepdf.PdfError, RuntimeError, ValueError, OverflowError, TypeError, KeyError, AttributeError)
_MAX_NAMES = 200
_TAIL_BYTES = 2048
_INVOICE_BYTES = _XMP_BYTES = 4 << 20
_PDFA = "http://www.aiim.org/pdfa/ns/id/"

LOCKED = Remark("encrypted", N_("PDF 设有打开密码，读不到内容。请提交未加密的文件。"))
RESTRICTED = Remark("encrypted", N_("PDF 设有权限密码。长期保存的文件不得加密，请解除后重新提交。"))
NO_PAGES = Remark("no-pages", N_("PDF 里没有页面。"))
ENDLESS = Remark("truncated", N_("PDF 缺少结尾标记，文件很可能没有传完。"))
UNKEPT_CLAIM = Remark(
    "pdfa-claim", N_("PDF 自称符合 PDF/A，但含有 PDF/A 不允许的内容（加密、脚本或未嵌入的字体）。")
)


def examine_pdf(path: Path, puid: str, trust: CertificateTrust = NO_TRUST) -> Examination:
    """State, facts and signatures of a PDF; a PDF/A claim is reported as declared, never as certified."""
    with content_of(path) as content:
        try:
            with pikepdf.open(path) as pdf:
                return _examine(_Open(path, content, pdf), puid, trust)
        except pikepdf.PasswordError:
            return Examination(puid, State.ENCRYPTED, {"encrypted": True}, (LOCKED,))
        except _BROKEN as broken:
            is_cut = _has_no_end(content)
            problem = ENDLESS if is_cut else _damage(str(broken))
            return Examination(puid, State.TRUNCATED if is_cut else State.BROKEN, problems=(problem,))


@dataclass(frozen=True, slots=True)
class _Open:
    """One PDF: where it lies, its bytes, and itself in QPDF."""

    path: Path
    content: Content
    pdf: Any

    def text_sample(self) -> str:
        """The first words of the pages."""
        return pdf_text(self.content if isinstance(self.content, bytes) else self.path, SAMPLE_CHARS)


def _examine(it: _Open, puid: str, trust: CertificateTrust) -> Examination:
    seen, pages = walked(it.pdf), len(it.pdf.pages)
    sample = it.text_sample()
    facts = _facts(it, seen) | _invoice(seen, sample)
    problems = list(_findings(seen, facts))
    state = _state(it, pages, seen, problems)
    return Examination(puid, state, facts, tuple(problems), pages, sample, _signatures(it, trust))


def _signatures(it: _Open, trust: CertificateTrust) -> tuple[SignatureFound, ...]:
    if not mentions_signature(it.content):
        return ()
    from lantai.kit.formats.pdfsigned import pdf_signatures  # pyHanko takes half a second to load

    return pdf_signatures(it.path, trust)


def _facts(it: _Open, seen: Seen) -> dict[str, Fact]:
    pdf, root = it.pdf, it.pdf.Root
    facts: dict[str, Fact] = {
        "pdf_version": str(pdf.pdf_version),
        "encrypted": bool(pdf.is_encrypted),
        "pdfa_declared": _declared_pdfa(pdf),
        "has_javascript": "JavaScript" in seen.active,
        "has_launch": "Launch" in seen.active,
        "active": sorted(seen.active),
        "embedded_files": seen.embedded[:_MAX_NAMES],
        "fonts_missing": sorted(seen.fonts_missing)[:_MAX_NAMES],
        "font_count": len(seen.fonts),
        "incremental_updates": _updates(it.content, is_linearized=bool(pdf.is_linearized)),
        "has_form": "/AcroForm" in root and bool(root.AcroForm.get("/Fields", ())),
        "has_xfa": "/AcroForm" in root and "/XFA" in root.AcroForm,
        "is_tagged": "/StructTreeRoot" in root,
    }
    for fact, key in (("producer", "/Producer"), ("creator", "/Creator"), ("title", "/Title")):
        if (value := _info(pdf, key)) is not None:
            facts[fact] = value
    return facts


def _info(pdf: Any, key: str) -> str | None:
    value = pdf.docinfo.get(key)
    return str(value)[:500] if isinstance(value, pikepdf.String) and str(value) else None


def _updates(content: Content, *, is_linearized: bool) -> int:
    """How often the file was added to after it was first written: one ``startxref`` each time."""
    count, at = 0, content.find(b"startxref")
    while at >= 0 and count < 10_000:
        count, at = count + 1, content.find(b"startxref", at + 9)
    return max(0, count - (2 if is_linearized else 1))


def _state(it: _Open, pages: int, seen: Seen, problems: list[Remark]) -> State:
    damage = it.pdf.get_warnings()
    if _has_no_end(it.content):
        problems.append(ENDLESS)
        return State.TRUNCATED
    if damage:
        problems.append(_damage(str(damage[0])))
        return State.BROKEN
    if pages == 0:
        problems.append(NO_PAGES)
        return State.BROKEN
    if it.pdf.is_encrypted:
        problems.append(RESTRICTED)
        return State.ENCRYPTED
    return State.ACTIVE if seen.active else State.OK


def _findings(seen: Seen, facts: dict[str, Fact]) -> Iterator[Remark]:
    if seen.active:
        yield Remark(
            "active",
            N_("PDF 含有可自动执行的内容：%(kinds)s。请去除后重新提交。"),
            {"kinds": "、".join(sorted(seen.active))},
        )
    if seen.embedded:
        count = len(seen.embedded)
        yield Remark("embedded", N_("PDF 内嵌 %(count)s 个附件，附件没有逐个检查。"), {"count": count})
    if seen.fonts_missing:
        yield Remark(
            "fonts",
            N_("%(count)s 种字体没有嵌入：%(names)s。换一台机器显示可能走样。"),
            {"count": len(seen.fonts_missing), "names": "、".join(sorted(seen.fonts_missing)[:5])},
        )
    if facts["pdfa_declared"] and (facts["encrypted"] or seen.active or seen.fonts_missing):
        yield UNKEPT_CLAIM


def _invoice(seen: Seen, text: str) -> dict[str, Fact]:
    """Invoice fields from an attached invoice XML, or else from the words on the page."""
    for entry in seen.attachments:
        if is_invoice_name(str(entry.get("/UF", entry.get("/F", "")))):
            stream = entry["/EF"].get("/F", entry["/EF"].get("/UF"))
            if isinstance(stream, pikepdf.Stream) and (found := invoice_in_xml(_attached(stream))):
                return found
    return invoice_in_text(text)


def _attached(stream: Any, most: int = _INVOICE_BYTES) -> bytes:
    try:
        return bytes(stream.read_bytes())[:most]
    except pikepdf.PdfError:
        return b""


def _declared_pdfa(pdf: Any) -> str:
    """Part and conformance that the XMP claims, as ``2B``, or ``4``, which has no conformance; empty for none."""
    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return ""
    claims = _claims(_attached(stream, _XMP_BYTES))
    part = claims.get("part", "")
    return part + claims.get("conformance", "") if part else ""


def _claims(xmp: bytes) -> dict[str, str]:
    """What stands in the namespace of PDF/A, as attributes or as elements."""
    try:
        root = parse_xml(xmp, name="XMP")
    except BrokenXml:
        root = salvage_xml(xmp, name="XMP")
    except UnsafeXml:
        root = None
    found: dict[str, str] = {}
    for element in root.iter("{*}Description", f"{{{_PDFA}}}*") if root is not None else ():
        named = [*element.attrib.items(), (element.tag, element.text)]
        found |= {
            split_tag(str(name))[1]: (value or "").strip() for name, value in named if _PDFA in str(name)
        }
    return found


def _damage(reason: str) -> Remark:
    return Remark("broken", N_("PDF 结构已损坏：%(reason)s。请重新生成后提交。"), {"reason": reason[:200]})


def _has_no_end(content: Content) -> bool:
    return b"%%EOF" not in content[-_TAIL_BYTES:]
