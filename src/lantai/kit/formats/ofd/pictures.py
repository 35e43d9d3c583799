"""The pictures of an OFD decoded: what Pillow knows, and JBIG2, in which invoices keep their QR codes."""

from __future__ import annotations

import struct
from contextlib import closing
from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image

from lantai.kit.formats.images import ImageBroken, PixelFlood, opened_image
from lantai.kit.formats.pdfs import opened_pdf

_MAX_PIXELS = 60_000_000
_JBIG2 = b"\x97JB2\r\n\x1a\n"
_PAGE, _END_OF_PAGE, _END_OF_FILE = 48, 49, 51
_MAX_SEGMENTS = 10_000


def decoded_picture(data: bytes) -> Image.Image | None:
    """The picture with its transparency (RGBA); None when it cannot be decoded or is too large."""
    try:
        if data.startswith(_JBIG2):
            return _decoded_jbig2(data)
        with opened_image(BytesIO(data), max_pixels=_MAX_PIXELS) as picture:
            return picture.convert("RGBA")
    except (ImageBroken, PixelFlood, struct.error, pypdfium2.PdfiumError):
        return None


def _decoded_jbig2(data: bytes) -> Image.Image | None:
    """Decoded by pdfium, inside a PDF of one picture, which wants the segments without their wrapping."""
    segments, width, height = _segments(data)
    if not 0 < width * height <= _MAX_PIXELS:
        return None
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(width, height))
        stream = pikepdf.Stream(pdf, segments)
        stream.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=1,
            Filter=pikepdf.Name.JBIG2Decode,
        )
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/Im0": stream}))
        page.obj.Contents = pdf.make_stream(f"{width} 0 0 {height} 0 0 cm /Im0 Do".encode("ascii"))
        target = BytesIO()
        pdf.save(target)
    with opened_pdf(target.getvalue()) as rendered, closing(rendered[0]) as shown:
        picture: Image.Image = shown.render(scale=1).to_pil()
        return picture.convert("RGBA")


def _segments(data: bytes) -> tuple[bytes, int, int]:
    """The segments of the first page (ITU-T T.88 §7.2) without those that end it, and its size."""
    (flags,) = struct.unpack_from(">B", data, len(_JBIG2))
    at = 9 if flags & 2 else 13
    kept, width, height = b"", 0, 0
    for _ in range(_MAX_SEGMENTS):
        if at + 11 > len(data):
            break
        number, kind, referred = struct.unpack_from(">IBB", data, at)
        start = at + 5
        count = referred >> 5
        if count == 7:
            count = struct.unpack_from(">I", data, start)[0] & 0x1FFFFFFF
            start += 4 + (count + 8) // 8
        else:
            start += 1
        start += count * (1 if number <= 256 else 2 if number <= 65536 else 4)
        start += 4 if kind & 0x40 else 1
        (length,) = struct.unpack_from(">I", data, start)
        end = start + 4 + length
        if kind & 0x3F == _PAGE:
            width, height = struct.unpack_from(">II", data, start + 4)
        if kind & 0x3F not in {_END_OF_PAGE, _END_OF_FILE}:
            kept += data[at:end]
        at = end
    return kept, width, height
