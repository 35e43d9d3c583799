"""PDF to PDF/A-2b without touching a page: what the format forbids is refused by name, what it lacks is added.

Only what a program can judge is judged: the result declares PDF/A, nobody certifies it. Each page is drawn before
and after and compared pixel by pixel, and so is its text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from lxml import etree
from PIL import ImageCms

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.pdf_objects import walked
from lantai.kit.formats.pdfs import opened_pdf
from lantai.kit.formats.xmlsafe import parse_xml

# the last of them: an object is of another kind than the standard wants at its place
_BROKEN = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    RuntimeError,
    ValueError,
    OverflowError,
    TypeError,
    KeyError,
    AttributeError,
)
_MOST_PIXELS = 2_000
_SHOWN = 8
_PDFA = "http://www.aiim.org/pdfa/ns/id/"
_BEGIN, _END = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n', b'\n<?xpacket end="w"?>\n'
_PRINT, _UNSEEN = 4, 1 | 2 | 32 | 256  # flags of annotations: print; invisible, hidden, no view, toggle
# What ISO 19005-2 forbids, as QPDF writes it. A word of it in a text only costs the file its migration.
_FORBIDDEN = (
    (rb"/(?:JS|JavaScript)\b", "JavaScript"),
    (
        rb"/S /(?:Launch|Sound|Movie|ResetForm|ImportData|Hide|SetOCGState|Rendition|Trans|GoTo3DView)\b",
        "Action",
    ),
    (rb"/Subtype /(?:Sound|Movie|Screen|3D|FileAttachment|RichMedia|PS)\b", "Annotation"),
    (rb"/AA\b", "AA"),
    (rb"/EF\b", "EmbeddedFiles"),
    (rb"/(?:XFA|NeedsRendering)\b|/NeedAppearances true\b", "XFA"),
    (rb"/LZWDecode\b", "LZW"),
    (rb"/Crypt\b", "Crypt"),
    (rb"/(?:OPI|Alternates|AlternatePresentations|PresSteps|Requirements)\b", "OPI"),
    (rb"/DeviceCMYK\b", "DeviceCMYK"),
    (rb"/(?:TR|TR2|HTP) (?:[0-9]|<<|\[)", "TR"),  # a function; as a name it is a row of a table
)
_ALL = re.compile(rb"|".join(pattern for pattern, _word in _FORBIDDEN))
_EACH = tuple((re.compile(pattern), word) for pattern, word in _FORBIDDEN)


class NotPdfa(Refusal):
    """The document has what PDF/A does not allow."""

    message = N_("不能转换为 PDF/A，原件未改动。PDF/A 不允许：%(what)s。请用原软件另存，或人工处理。")


class PdfUnreadable(Refusal):
    """The document cannot be opened."""

    message = N_("PDF 打不开或已加密，不能转换：%(reason)s。原件未改动。")


class LooksDifferent(Refusal):
    """What was made is not what was there."""

    message = N_("第 %(page)d 页转换后与原件不一致，没有采用；请人工处理。")


class PagesDiffer(Refusal):
    """Pages are missing or too many."""

    message = N_("原件 %(before)d 页，转换后 %(after)d 页，没有采用；请人工处理。")


def to_pdfa(path: str | Path, out: str | Path) -> dict[str, object]:
    """Make ``made.pdf`` in ``out`` from the PDF at ``path``; what it does not carry, and the proof.

    Meant to be run in the sandbox. Raises ``NotPdfa``, ``PdfUnreadable``, ``LooksDifferent``, ``PagesDiffer``.
    """
    path, target = Path(path), Path(out) / "made.pdf"
    try:
        with pikepdf.open(path) as pdf:
            lost = _prepared(pdf)
            declare(pdf)
            pdf.save(target, deterministic_id=True, min_version="1.7")
    except _BROKEN as broken:
        raise PdfUnreadable(reason=str(broken)[:200]) from broken
    return {"made": ["made.pdf"], "lost": lost, "proof": same_pages(path, target)}


def declare(pdf: Any) -> None:
    """Add what PDF/A-2b asks of every document: its colours, and that it says so."""
    pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(_intent(pdf))])
    if "/Metadata" in pdf.Root:
        del pdf.Root["/Metadata"]
    if "/OCProperties" in pdf.Root and "/D" in pdf.Root.OCProperties:
        pdf.Root.OCProperties.D.setdefault("/Name", pikepdf.String("D"))
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        meta.load_from_docinfo(pdf.docinfo, delete_missing=True, raise_failure=False)
        meta["pdfaid:part"], meta["pdfaid:conformance"] = "2", "B"
    pdf.Root.Metadata = pdf.make_stream(
        _tidied(pdf.Root.Metadata.read_bytes()), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
    )


def forbidden_in(pdf: Any) -> list[str]:
    """What of the document PDF/A-2b does not allow, in its own words; empty where nothing was found."""
    found = set(_in_objects(pdf)) | {f"字体 {name}" for name in walked(pdf).fonts_missing}
    for page in pdf.pages:
        found |= set(_in_content(page)) | set(_in_annotations(page))
    return sorted(found)


def same_pages(before: Path, after: Path) -> dict[str, object]:
    """How many pages look alike and say the same; raises ``PagesDiffer``, ``LooksDifferent``."""
    pictures, words = hashlib.sha256(), hashlib.sha256()
    try:
        with opened_pdf(before) as old, opened_pdf(after) as new:
            old.init_forms()  # or what fields show, such as signatures, is not drawn
            new.init_forms()
            if len(old) != len(new):
                raise PagesDiffer(before=len(old), after=len(new))
            for number in range(len(old)):
                seen, said = _look(old, number)
                if (seen, said) != _look(new, number):
                    raise LooksDifferent(page=number + 1)
                pictures.update(seen)
                words.update(said)
            count = len(old)
    except pypdfium2.PdfiumError as broken:
        raise PdfUnreadable(reason=str(broken)[:200]) from broken
    return {"pages": count, "pixels_sha256": pictures.hexdigest(), "text_sha256": words.hexdigest()}


@lru_cache(maxsize=1)
def colours() -> bytes:
    """The ICC profile of sRGB; of the time of its making, which would differ each time, nothing is kept."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"\x07\xe0\x00\x01\x00\x01" + bytes(6)
    return bytes(profile)


def _tidied(packet: bytes) -> bytes:
    """The XMP with its namespaces told once and at the top, where programs that only search expect them."""
    root = parse_xml(packet, name="XMP")
    etree.cleanup_namespaces(root, top_nsmap={"pdfaid": _PDFA})
    return _BEGIN + bytes(etree.tostring(root, encoding="utf-8")) + _END


def _look(pdf: Any, number: int) -> tuple[bytes, bytes]:
    """A page drawn, and its text, as digests."""
    with closing(pdf[number]) as page, closing(page.get_textpage()) as text:
        width, height = page.get_size()
        scale = min(1.0, _MOST_PIXELS / max(width, height, 1))
        with closing(page.render(scale=scale)) as bitmap:
            picture = bitmap.to_pil()
            drawn = hashlib.sha256(f"{picture.mode} {picture.size}".encode() + picture.tobytes())
        return drawn.digest(), hashlib.sha256(text.get_text_bounded().encode("utf-8", "replace")).digest()


def _prepared(pdf: Any) -> list[str]:
    """Take out what may go without a change to what is seen; raises ``NotPdfa`` for what may not."""
    if pdf.is_encrypted:
        raise NotPdfa(what="Encrypt")
    lost = _unsigned(pdf)
    if "/Metadata" in pdf.Root:
        lost.append("xmp")
    for item in pdf.objects:
        _mend(item)
    if found := forbidden_in(pdf):
        raise NotPdfa(what="、".join(found[:_SHOWN]))
    return lost


def _unsigned(pdf: Any) -> list[str]:
    """A signature does not hold over a file that was made anew: its picture stays, the field goes."""
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields", ()) if isinstance(form, pikepdf.Dictionary) else ()
    if not any(str(field.get("/FT", "")) == "/Sig" for field in fields):
        return []
    pdf.flatten_annotations("all")
    for page in pdf.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = pikepdf.Array([one for one in page.obj.Annots if not _is_signature(one)])
    for key in ("/AcroForm", "/Perms", "/DSS", "/Extensions"):
        if key in pdf.Root:
            del pdf.Root[key]
    pdf.remove_unreferenced_resources()
    return ["signatures"]


def _is_signature(entry: Any) -> bool:
    kind = entry.get("/FT", entry.get("/Parent", {}).get("/FT"))
    return bool(entry.get("/Subtype") == "/Widget" and kind == "/Sig")


def _mend(item: Any) -> None:
    entries = item.stream_dict if isinstance(item, pikepdf.Stream) else item
    if not isinstance(entries, pikepdf.Dictionary):
        return
    if entries.get("/Interpolate"):
        entries["/Interpolate"] = False
    if entries.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in entries:
        entries["/CIDToGIDMap"] = pikepdf.Name.Identity


def _in_objects(pdf: Any) -> Iterator[str]:
    for item in pdf.objects:
        is_stream = isinstance(item, pikepdf.Stream)
        if is_stream and "/F" in item.stream_dict:
            yield "F"
        entries = item.stream_dict if is_stream else item
        if not isinstance(entries, pikepdf.Dictionary | pikepdf.Array):
            continue
        written = bytes(entries.unparse(resolved=True))
        if _ALL.search(written):
            yield from (word for pattern, word in _EACH if pattern.search(written))
        if is_stream and entries.get("/Subtype") == "/Form":
            yield from ["Ref"] if "/Ref" in entries else []
            yield from _in_content(item)


def _in_content(holder: Any) -> Iterator[str]:
    """Colours for presses, of which our output intent says nothing."""
    for operands, operator in pikepdf.parse_content_stream(holder, "k K BI ID EI"):
        word = str(operator)
        is_image = word == "INLINE IMAGE" and operands and "CMYK" in str(operands[0].colorspace)
        if word in {"k", "K"} or is_image:
            yield "DeviceCMYK"
            return


def _in_annotations(page: Any) -> Iterator[str]:
    for entry in page.obj.get("/Annots", ()):
        kind, flags = str(entry.get("/Subtype", "")), int(entry.get("/F", 0))
        if kind == "/Popup":
            continue
        if flags & _UNSEEN:
            yield "Hidden"
        entry["/F"] = flags | _PRINT
        shown = entry.get("/AP")
        if kind != "/Link" and not (isinstance(shown, pikepdf.Dictionary) and "/N" in shown):
            yield f"{kind[1:]} AP"
        for key in ("/R", "/D"):
            if isinstance(shown, pikepdf.Dictionary) and key in shown:
                del shown[key]


def _intent(pdf: Any) -> Any:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String("sRGB"),
        Info=pikepdf.String("sRGB IEC61966-2.1"),
        RegistryName=pikepdf.String("http://www.color.org"),
        DestOutputProfile=pdf.make_stream(colours(), N=3),
    )
