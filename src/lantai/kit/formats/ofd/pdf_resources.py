"""Fonts, pictures and transparencies of the PDF page under construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from struct import pack
from typing import Any

import pikepdf
from PIL import Image

from lantai.kit.formats.ofd.fonts import FontFile
from lantai.kit.formats.ofd.geometry import Matrix
from lantai.kit.formats.ofd.meshes import Mesh
from lantai.kit.formats.ofd.pictures import decoded_picture
from lantai.kit.formats.ofd.shading import Gradient, Stop

_LEAST_STEP = 1e-5
_FULL = 2**32 - 1  # a coordinate of 32 bits


class PdfResources:
    """What the content of the page refers to by name."""

    def __init__(self) -> None:
        self.pdf = pikepdf.Pdf.new()
        self._fonts: dict[str, Any] = {}
        self._images: dict[str, Any] = {}
        self._states: dict[float, str] = {}
        self._patterns: dict[str, Any] = {}

    def page(self, content: bytes, width: float, height: float) -> bytes:
        """The finished PDF of one page; sizes in points, at most what the format allows."""
        page = self.pdf.add_blank_page(page_size=(min(width, 14400), min(height, 14400)))
        states = {name[1:]: pikepdf.Dictionary(ca=value, CA=value) for value, name in self._states.items()}
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(self._fonts),
            XObject=pikepdf.Dictionary(self._images),
            Pattern=pikepdf.Dictionary(self._patterns),
            ExtGState=pikepdf.Dictionary({f"/{n}": s for n, s in states.items()}),
        )
        page.obj.Contents = self.pdf.make_stream(content)
        target = BytesIO()
        self.pdf.save(target, compress_streams=False)
        return target.getvalue()

    def transparency(self, opacity: float) -> str:
        """The name of an opacity from 0 to 1."""
        return self._states.setdefault(round(opacity, 3), f"/A{len(self._states)}")

    def gradient(self, found: Gradient, place: Matrix) -> str:
        """The name of a run of colours; ``place`` leads from the object's space to the page in points."""
        ends = [*found.start, *found.end]
        if found.radii is not None:
            ends = [*found.start, found.radii[0], *found.end, found.radii[1]]
        shading = pikepdf.Dictionary(
            ShadingType=2 if found.radii is None else 3,
            ColorSpace=pikepdf.Name.DeviceRGB,
            Coords=_reals(ends),
            Extend=list(found.extends),
            Function=_stitched(found.stops),
        )
        return self._pattern(self.pdf.make_indirect(shading), found.matrix.then(place))

    def mesh(self, found: Mesh, place: Matrix) -> str:
        """The name of triangles whose corners have colours of their own, as `gradient`."""
        corners = [corner for triangle in found.triangles for corner in triangle]
        left, right = min(one.x for one in corners), max(one.x for one in corners)
        top, bottom = min(one.y for one in corners), max(one.y for one in corners)
        wide, high = max(right - left, _LEAST_STEP), max(bottom - top, _LEAST_STEP)
        data = bytearray()
        for one in corners:
            data += pack(">BII", 0, int((one.x - left) / wide * _FULL), int((one.y - top) / high * _FULL))
            data += bytes(round(share * 255) for share in one.colour)
        shading = self.pdf.make_stream(bytes(data))
        shading["/ShadingType"], shading["/ColorSpace"] = 4, pikepdf.Name.DeviceRGB
        shading["/BitsPerCoordinate"], shading["/BitsPerComponent"], shading["/BitsPerFlag"] = 32, 8, 8
        shading["/Decode"] = _reals([left, left + wide, top, top + high, 0, 1, 0, 1, 0, 1])
        if found.background is not None:
            shading["/Background"] = _reals(found.background)
        return self._pattern(shading, place)

    def _pattern(self, shading: Any, matrix: Matrix) -> str:
        name = f"/P{len(self._patterns)}"
        self._patterns[name] = pikepdf.Dictionary(
            Type=pikepdf.Name.Pattern, PatternType=2, Shading=shading, Matrix=_reals(matrix)
        )
        return name

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


def _stitched(stops: Sequence[Stop]) -> Any:
    """The function of a run of colours: straight pieces between each two stops (ISO 32000-1 §7.10.4)."""
    pieces, bounds = [], [0.0]
    for before, after in pairwise(stops):
        if after.at - bounds[-1] < _LEAST_STEP:  # a jump: only the later colour goes on from here
            continue
        bounds.append(after.at)
        pieces.append(
            pikepdf.Dictionary(
                FunctionType=2, Domain=[0, 1], C0=_reals(before.colour), C1=_reals(after.colour), N=1
            )
        )
    if not pieces:
        last = _reals(stops[-1].colour)
        return pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=last, C1=last, N=1)
    return pikepdf.Dictionary(
        FunctionType=3,
        Domain=[0, 1],
        Functions=pieces,
        Bounds=_reals(bounds[1:-1]),
        Encode=[0, 1] * len(pieces),
    )


def _reals(values: Iterable[float]) -> Any:
    return pikepdf.Array([Decimal(f"{value:.6f}") for value in values])
