"""A page as a picture and a document as plain text, for preview and search. Run it in the sandbox."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.identify import Identified, identify
from lantai.kit.formats.images import opened_image
from lantai.kit.formats.ofd.examination import ofd_pages, ofd_text
from lantai.kit.formats.ofd.to_pdf import page_as_pdf
from lantai.kit.formats.own import OFD
from lantai.kit.formats.pdfs import opened_pdf, pdf_pages, pdf_text
from lantai.kit.formats.texts import text_of_file

MAX_WIDTH_PX = 4_000
MAX_HEIGHT_PX = 12_000
_ORIENTATION, _SIDEWAYS = 0x0112, 5  # of EXIF: from this value on width and height change places


class PreviewUnsupported(Refusal):
    """We have no renderer for this format."""

    message = N_("“%(name)s”格式不支持预览。请下载后用相应软件打开。")


class PageMissing(Refusal):
    """The document has no such page."""

    message = N_("文件只有 %(count)s 页，没有第 %(page)s 页。")


class PageBroken(Refusal):
    """The renderer could not open the document or the page."""

    message = N_("文件打不开，不能预览：%(reason)s。")


def page_count(path: str | Path) -> int:
    """Number of pages or frames. Raises ``PreviewUnsupported``, ``PageBroken`` and the parsers' refusals."""
    path = Path(path)
    match _family(path):
        case "pdf":
            try:
                return pdf_pages(path)
            except pypdfium2.PdfiumError as broken:
                raise PageBroken(reason=str(broken)) from broken
        case "ofd":
            return ofd_pages(path)
        case _:
            with opened_image(path) as image:
                return int(getattr(image, "n_frames", 1))


def render_page(path: str | Path, page: int, width_px: int, *, font_file: str | Path | None = None) -> bytes:
    """The page (from 1) as PNG, ``width_px`` wide (at most 4000); ``font_file``: for fonts that an OFD lacks.

    Raises ``PageMissing``, ``PageBroken``, ``PreviewUnsupported``, ``FontNeeded`` and the parsers' refusals.
    """
    width_px = max(16, min(width_px, MAX_WIDTH_PX))
    out = BytesIO()
    _page(Path(path), page, width_px, width_px, font_file).save(out, "PNG")
    return out.getvalue()


def page_picture(
    path: str | Path, page: int, width_px: int, *, font_file: str | Path | None = None
) -> Image.Image:
    """The page (from 1) as a picture: an image in its own size, any other page ``width_px`` wide.

    Raises as ``render_page``.
    """
    return _page(Path(path), page, width_px, None, font_file)


def page_sizes(
    path: str | Path, width_px: int, most: int, *, font_file: str | Path | None = None
) -> Iterator[tuple[int, int]]:
    """The sizes that ``page_picture`` gives to the first pages, ``most`` of them; raises as ``page_count``."""
    path = Path(path)
    match _family(path):
        case "pdf":
            yield from _pdf_sizes(path, width_px, most)
        case "ofd":
            font = Path(font_file) if font_file else None
            for page in range(min(ofd_pages(path), most)):
                yield from _pdf_sizes(page_as_pdf(path, page, font_file=font), width_px, 1)
        case _:
            with opened_image(path) as image:
                for frame in range(min(int(getattr(image, "n_frames", 1)), most)):
                    image.seek(frame)
                    turned = image.getexif().get(_ORIENTATION, 1) >= _SIDEWAYS
                    yield image.size[::-1] if turned else image.size


def _pdf_sizes(source: Path | bytes, width_px: int, most: int) -> Iterator[tuple[int, int]]:
    try:
        with opened_pdf(source) as pdf:
            for index in range(min(len(pdf), most)):
                width, height = pdf.get_page_size(index)
                scale = min(width_px / width, MAX_HEIGHT_PX / height)
                yield math.ceil(width * scale), math.ceil(height * scale)
    except pypdfium2.PdfiumError as broken:
        raise PageBroken(reason=str(broken)) from broken


def _page(
    path: Path, page: int, width_px: int, image_px: int | None, font_file: str | Path | None
) -> Image.Image:
    count = page_count(path)
    if not 1 <= page <= count:
        raise PageMissing(count=count, page=page)
    match _family(path):
        case "pdf":
            return _pdf_page(path, page - 1, width_px)
        case "ofd":
            font = Path(font_file) if font_file else None
            return _pdf_page(page_as_pdf(path, page - 1, font_file=font), 0, width_px)
        case _:
            return _frame(path, page - 1, image_px)


def text_of(path: str | Path, limit: int) -> str:
    """Plain text of a PDF, an OFD or a text file, at most ``limit`` characters; empty where there is none.

    Raises the refusals of the OFD reader.
    """
    path = Path(path)
    return text_of_identified(path, identify(path), limit)


def text_of_identified(path: Path, identified: Identified, limit: int) -> str:
    """As ``text_of``, of a file whose format is known already."""
    if identified.puid == OFD.puid:
        return ofd_text(path, limit)
    if "application/pdf" in identified.mime:
        return pdf_text(path, limit)
    return text_of_file(path, limit) if identified.mime.startswith("text/") else ""


def _family(path: Path) -> str:
    identified = identify(path)
    if identified.puid == OFD.puid:
        return "ofd"
    if "application/pdf" in identified.mime:
        return "pdf"
    if identified.mime.startswith("image/"):
        return "image"
    raise PreviewUnsupported(name=identified.name or path.suffix)


def _pdf_page(source: Path | bytes, index: int, width_px: int) -> Image.Image:
    try:
        with opened_pdf(source) as pdf, closing(pdf[index]) as page:
            width, height = page.get_size()
            scale = min(width_px / width, MAX_HEIGHT_PX / height)
            picture: Image.Image = page.render(scale=scale).to_pil()
            return picture
    except pypdfium2.PdfiumError as broken:
        raise PageBroken(reason=str(broken)) from broken


def _frame(path: Path, frame: int, width_px: int | None) -> Image.Image:
    with opened_image(path, frame=frame) as image:
        if width_px is None:
            image.load()
            shown = image if image.mode in {"L", "RGB", "RGBA"} else _shown(image)
            return ImageOps.exif_transpose(shown.copy())
        image.draft("RGB", (width_px, width_px * 4))  # lets the JPEG decoder do the first halvings
        scale = min(width_px / image.width, MAX_HEIGHT_PX / image.height, 1.0)
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        shown = image if image.mode in {"L", "RGB", "RGBA"} else _shown(image)
        return shown.resize(size, Image.Resampling.LANCZOS)


def _shown(image: Image.Image) -> Image.Image:
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I") or image.mode == "F":
        low, high = image.getextrema()
        span = (float(high) - float(low)) or 1.0  # type: ignore[arg-type]
        return image.point(lambda v: (v - float(low)) * 255 / span).convert("L")  # type: ignore[arg-type]
    return image.convert("RGBA" if "transparency" in image.info else "RGB")
