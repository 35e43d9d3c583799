"""PDF to PDF/A-2b through Ghostscript, a separate program that an installation may have (its licence keeps it out of
the product): for documents whose fonts are not inside or whose colours are meant for presses.

It writes the document anew with fonts that it has and colours of sRGB; so pages may look a little different, which is
measured. What it leaves is then judged and declared like any other PDF.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageStat

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.pdfa import PagesDiffer, PdfUnreadable, to_pdfa
from lantai.kit.formats.pdfs import opened_pdf

PROGRAM, REDRAWN = "gs", "redrawn.pdf"
_LONG_SIDE_PX = 500
_MOST_DIFFERENCE = 0.06  # of full contrast, in the mean over a page
_LEAST_TEXT = 0.98


class LooksOther(Refusal):
    """A page is not what it was."""

    message = N_("第 %(page)d 页重新生成后与原件相差 %(percent)s%%，没有采用；请用原软件另存。")


class SaysOther(Refusal):
    """Text was lost."""

    message = N_("第 %(page)d 页重新生成后文字不全，没有采用；请用原软件另存。")


def arguments(place: str, made: str) -> list[str]:
    """What to tell the program about the PDF at ``place``; it writes into the folder ``made``."""
    quiet = [
        "-q",
        "-dBATCH",
        "-dNOPAUSE",
        "-dSAFER",
        "-sDEVICE=pdfwrite",
        "-dPDFA=2",
        "-dPDFACompatibilityPolicy=1",
    ]
    colours = ["-sColorConversionStrategy=RGB", "-sProcessColorModel=DeviceRGB", "-dEmbedAllFonts=true"]
    return [*quiet, *colours, f"-sOutputFile={made}/{REDRAWN}", place]


def finish(path: str | Path, made_path: str | Path, out: str | Path) -> dict[str, object]:
    """Make ``made.pdf`` in ``out`` from what the program left, and compare it with the original at ``path``.

    Meant to be run in the sandbox. Raises what `to_pdfa` refuses, ``LooksOther``, ``SaysOther``.
    """
    found = to_pdfa(made_path, out)
    try:
        with opened_pdf(Path(path)) as old, opened_pdf(Path(out) / "made.pdf") as new:
            if len(old) != len(new):
                raise PagesDiffer(before=len(old), after=len(new))
            worst = max((_compared(old, new, number) for number in range(len(old))), default=0.0)
            pages = len(old)
    except pypdfium2.PdfiumError as broken:
        raise PdfUnreadable(reason=str(broken)[:200]) from broken
    return {**found, "proof": {"pages": pages, "largest_difference": round(worst, 4)}}


def _compared(old: Any, new: Any, number: int) -> float:
    (before, said), (after, kept) = _look(old, number), _look(new, number)
    if (said - kept).total() > said.total() * (1 - _LEAST_TEXT):
        raise SaysOther(page=number + 1)
    difference = ImageStat.Stat(ImageChops.difference(before, after.resize(before.size))).mean[0] / 255
    if difference > _MOST_DIFFERENCE:
        raise LooksOther(page=number + 1, percent=f"{difference * 100:.1f}")
    return difference


def _look(pdf: Any, number: int) -> tuple[Image.Image, Counter[str]]:
    with closing(pdf[number]) as page, closing(page.get_textpage()) as text:
        scale = _LONG_SIDE_PX / max(*page.get_size(), 1)
        with closing(page.render(scale=scale)) as bitmap:
            picture: Image.Image = bitmap.to_pil().convert("L")
        return picture, Counter("".join(text.get_text_range().split()))
