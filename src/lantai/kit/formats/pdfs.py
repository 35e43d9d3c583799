"""PDF: does it open, is it locked, does it act by itself, are its fonts inside, what does it call itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

_ACTIVE = {
    "/JavaScript": "JavaScript",
    "/Launch": "Launch",
    "/ImportData": "ImportData",
    "/Rendition": "Rendition",
}
_MAX_OBJECTS = 1_000_000
_TAIL_BYTES = 2048
_SAMPLE_CHARS = 2000

LOCKED = Remark("encrypted", N_("PDF 设有打开密码，读不到内容。请提交未加密的文件。"))
RESTRICTED = Remark("encrypted", N_("PDF 设有权限密码。长期保存的文件不得加密，请解除后重新提交。"))
NO_PAGES = Remark("no-pages", N_("PDF 里没有页面。"))
ENDLESS = Remark("truncated", N_("PDF 缺少结尾标记，文件很可能没有传完。"))


def examine_pdf(path: Path, puid: str) -> Examination:
    """State and facts of a PDF; a PDF/A claim is reported as declared, never as certified."""
    try:
        with pikepdf.open(path) as pdf:
            return _examine_open(path, pdf, puid)
    except pikepdf.PasswordError:
        return Examination(puid, State.ENCRYPTED, problems=(LOCKED,))
    except (pikepdf.PdfError, RuntimeError, ValueError, OverflowError) as broken:
        problem = ENDLESS if _has_no_end(path) else _damage(str(broken))
        return Examination(puid, State(_damage_state(path)), problems=(problem,))


def pdf_text(path: Path, limit: int) -> str:
    """Text of the pages in order, at most ``limit`` characters; empty when PDFium cannot open the file."""
    try:
        with opened_pdf(path) as pdf:
            return _first_text(pdf, limit)
    except pypdfium2.PdfiumError:
        return ""


def pdf_pages(path: Path) -> int:
    """Number of pages. Raises ``pypdfium2.PdfiumError``."""
    with opened_pdf(path) as pdf:
        return len(pdf)


@contextmanager
def opened_pdf(source: Path | bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A document in PDFium, read through a file that we opened: PDFium resolves a path by itself, and the
    sandbox knows only what it was handed. Raises ``pypdfium2.PdfiumError``."""
    stream = BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with stream, closing(pypdfium2.PdfDocument(stream)) as pdf:
        yield pdf


def _examine_open(path: Path, pdf: Any, puid: str) -> Examination:
    facts: dict[str, Fact] = {"pdf_version": str(pdf.pdf_version), "encrypted": bool(pdf.is_encrypted)}
    problems: list[Remark] = []
    pages = len(pdf.pages)
    active, embedded, fonts = _survey(pdf)
    facts |= {"active": sorted(active), "embedded_files": embedded, "fonts_not_embedded": sorted(fonts)}
    facts["pdfa_declared"] = _declared_pdfa(pdf)
    problems += _findings(active, embedded, fonts)
    state = _state(path, pdf, pages, active, problems)
    sample = pdf_text(path, _SAMPLE_CHARS)
    return Examination(puid, state, facts, tuple(problems), pages, sample)


def _state(path: Path, pdf: Any, pages: int, active: set[str], problems: list[Remark]) -> State:
    damage = pdf.get_warnings()
    if _has_no_end(path):
        problems.append(ENDLESS)
        return State.TRUNCATED
    if damage:
        problems.append(_damage(str(damage[0])))
        return State.BROKEN
    if pages == 0:
        problems.append(NO_PAGES)
        return State.BROKEN
    if pdf.is_encrypted:
        problems.append(RESTRICTED)
        return State.ENCRYPTED
    return State.ACTIVE if active else State.OK


def _findings(active: set[str], embedded: int, fonts: set[str]) -> Iterator[Remark]:
    if active:
        yield Remark(
            "active",
            N_("PDF 含有可自动执行的内容：%(kinds)s。请去除后重新提交。"),
            {"kinds": "、".join(sorted(active))},
        )
    if embedded:
        yield Remark("embedded", N_("PDF 内嵌 %(count)s 个附件，附件没有逐个检查。"), {"count": embedded})
    if fonts:
        yield Remark(
            "fonts",
            N_("%(count)s 种字体没有嵌入：%(names)s。换一台机器显示可能走样。"),
            {"count": len(fonts), "names": "、".join(sorted(fonts)[:5])},
        )


def _survey(pdf: Any) -> tuple[set[str], int, set[str]]:
    """Kinds of active content, number of embedded files, names of fonts that are not inside."""
    active: set[str] = set()
    embedded, fonts = 0, set[str]()
    for count, item in enumerate(pdf.objects):
        if count > _MAX_OBJECTS:
            break
        for entry in _dictionaries(item, depth=0):
            active |= _activity(entry)
            embedded += 1 if "/EF" in entry else 0
            fonts |= _missing_font(entry)
    return active, embedded, fonts


def _dictionaries(item: Any, depth: int) -> Iterator[Any]:
    """Every dictionary in a top object; indirect ones come by themselves, so only direct ones are entered."""
    if depth > 0 and getattr(item, "is_indirect", False):
        return
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        for value in item.values() if isinstance(item, pikepdf.Dictionary) else ():
            if depth < 20:
                yield from _dictionaries(value, depth + 1)
    elif isinstance(item, pikepdf.Array) and depth < 20:
        for value in item:
            yield from _dictionaries(value, depth + 1)


def _activity(entry: Any) -> set[str]:
    kind = str(entry.get("/S", ""))
    found = {_ACTIVE[kind]} if kind in _ACTIVE else set()
    return found | ({"JavaScript"} if "/JS" in entry else set())


def _missing_font(entry: Any) -> set[str]:
    if entry.get("/Type") != "/Font" or str(entry.get("/Subtype")) in {"/Type0", "/Type3"}:
        return set()
    descriptor = entry.get("/FontDescriptor")
    inside = descriptor is not None and any(
        k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3")
    )
    return set() if inside else {str(entry.get("/BaseFont", "?")).lstrip("/")}


def _declared_pdfa(pdf: Any) -> str:
    try:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            return str(metadata.pdfa_status)
    except (ValueError, SyntaxError, pikepdf.PdfError):
        return ""


def _damage(reason: str) -> Remark:
    return Remark("broken", N_("PDF 结构已损坏：%(reason)s。请重新生成后提交。"), {"reason": reason[:200]})


def _damage_state(path: Path) -> State:
    return State.TRUNCATED if _has_no_end(path) else State.BROKEN


def _has_no_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return b"%%EOF" not in file.read()


def _first_text(pdf: Any, limit: int) -> str:
    parts: list[str] = []
    left = limit
    for page in pdf:
        with closing(page), closing(page.get_textpage()) as text:
            parts.append(text.get_text_bounded()[:left].replace("\r\n", "\n"))
        left -= len(parts[-1])
        if left <= 0:
            break
    return "\n".join(parts)[:limit]
