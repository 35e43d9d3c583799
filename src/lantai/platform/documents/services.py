"""Printed matter: typst templates to PDF/A-2b, and QR codes. The same input gives the same bytes."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import segno
import typst

from lantai.kit.errors import N_, Fault, LantaiError, Refusal

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
STYLES = HERE / "typst" / "lantai.typ"
PDF_STANDARD = "a-2b"
MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')


class TemplateBroken(Fault):
    """A document template and its data do not fit each other."""

    message = N_("文书模板“%(template)s”无法排版：%(why)s")


class CharacterMissing(Refusal):
    """The document fonts have no shape for a character, and PDF/A forbids to leave it out."""

    message = N_(
        "文书字体里没有“%(text)s”这个字，文书没有生成。请告知系统管理员补充字形，或在说明中写明该字。"
    )


def render(
    template: Path | str,
    data: Mapping[str, object],
    *,
    root: Path,
    made_at: datetime,
    standard: str = PDF_STANDARD,
) -> bytes:
    """``template`` (below ``root``) filled with ``data`` as PDF/A-2b; ``standard`` may be "a-3b".

    Only our own fonts are seen, and ``made_at`` is the only time in the file, so that the same input gives
    the same bytes. Templates are ours; ``data`` reaches them as JSON and is never read as markup. Raises
    TemplateBroken and CharacterMissing.
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False)
    with tempfile.TemporaryDirectory(prefix="lantai-typst-") as folder:
        laid = Path(folder) / "root"
        shutil.copytree(root, laid)
        shutil.copyfile(STYLES, laid / STYLES.name)
        try:
            pdf = typst.compile(
                str(laid / template),
                root=str(laid),
                font_paths=[str(FONTS)],
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs={"data": text, "qr": json.dumps(_codes(data), sort_keys=True)},
                pdf_standards=standard,
                timestamp=int(made_at.timestamp()),
            )
        except typst.TypstError as error:
            raise _named(error, str(template)) from error
    if not isinstance(pdf, bytes):
        raise TemplateBroken(template=str(template), why=type(pdf).__name__)
    return pdf


def _named(error: typst.TypstError, template: str) -> LantaiError:
    found = MISSING.search(error.message)
    return CharacterMissing(text=found[1]) if found else TemplateBroken(template=template, why=error.message)


def _codes(value: object) -> dict[str, str]:
    """The QR code of every web address in the data, since typst cannot draw one itself."""
    if isinstance(value, str):
        return {value: qr_svg(value)} if value.startswith(("https://", "http://")) else {}
    if isinstance(value, Mapping):
        return {text: code for inner in value.values() for text, code in _codes(inner).items()}
    if isinstance(value, Sequence):
        return {text: code for inner in value for text, code in _codes(inner).items()}
    return {}


def qr_svg(text: str, *, scale: int = 4) -> str:
    """A QR code as one ``svg`` element for a page: no style, no script, dark on a quiet white border."""
    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        target, kind="svg", scale=scale, border=4, xmldecl=False, svgns=True, light="#ffffff", nl=False
    )
    return target.getvalue().decode("utf-8")


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """A QR code as a PNG file."""
    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind="png", scale=scale, border=4)
    return target.getvalue()
