"""Fonts, pictures and transparencies of the PDF page under construction."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

from lantai.kit.formats.ofd.fonts import FontFile
from lantai.kit.formats.ofd.pictures import decoded_picture


class PdfResources:
    """What the content of the page refers to by name."""

    def __init__(self) -> None:
        self.pdf = pikepdf.Pdf.new()
        self._fonts: dict[str, Any] = {}
        self._images: dict[str, Any] = {}
        self._states: dict[float, str] = {}

    def page(self, content: bytes, width: float, height: float) -> bytes:
        """The finished PDF of one page; sizes in points, at most what the format allows."""
        page = self.pdf.add_blank_page(page_size=(min(width, 14400), min(height, 14400)))
        states = {name[1:]: pikepdf.Dictionary(ca=value, CA=value) for value, name in self._states.items()}
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(self._fonts),
            XObject=pikepdf.Dictionary(self._images),
            ExtGState=pikepdf.Dictionary({f"/{n}": s for n, s in states.items()}),
        )
        page.obj.Contents = self.pdf.make_stream(content)
        target = BytesIO()
        self.pdf.save(target, compress_streams=False)
        return target.getvalue()

    def transparency(self, opacity: float) -> str:
        """The name of an opacity from 0 to 1."""
        return self._states.setdefault(round(opacity, 3), f"/A{len(self._states)}")

    def image(self, data: bytes) -> str:
        """The name of a picture; empty when it cannot be decoded."""
        colours = decoded_picture(data)
        if colours is None:
            return ""
        name = f"/Im{len(self._images)}"
        stream = self._raster(colours.convert("RGB"), "/DeviceRGB")
        stream["/SMask"] = self._raster(colours.getchannel("A"), "/DeviceGray")
        self._images[name] = stream
        return name

    def _raster(self, picture: Image.Image, space: str) -> Any:
        return self.pdf.make_stream(
            picture.tobytes(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=pikepdf.Name(space),
            BitsPerComponent=8,
        )

    def font(self, data: bytes) -> tuple[str, FontFile]:
        """The name of a font whose glyphs are shown by their numbers."""
        name = f"/F{len(self._fonts)}"
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=pikepdf.Name(name),
            Flags=4,
            FontBBox=[-1000, -1000, 2000, 2000],
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=880,
            StemV=80,
            FontFile2=self.pdf.make_stream(data),
        )
        inner = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=pikepdf.Name(name),
            CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            CIDToGIDMap=pikepdf.Name.Identity,
            FontDescriptor=self.pdf.make_indirect(descriptor),
        )
        self._fonts[name] = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name(name),
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[self.pdf.make_indirect(inner)],
        )
        return name, FontFile(data)

    def latin(self) -> str:
        """The name of the font that every PDF reader has."""
        self._fonts.setdefault(
            "/Latin",
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name("/Times-Roman"),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            ),
        )
        return "/Latin"
