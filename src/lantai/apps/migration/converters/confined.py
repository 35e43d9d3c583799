"""Converters of the kit: they run in the workers of the sandbox and write into one folder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantai.apps.migration.types import Converted
from lantai.kit.formats.converting import TARGETS
from lantai.kit.formats.own import OFD
from lantai.platform.sandbox import services as sandbox

_FONT = files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")
_LEAST_SECONDS, _BYTES_A_SECOND = 60, 256 << 10
_MEMORY_MB, _OUT_MB = 3072, 4096
_PDF = "fmt/14 fmt/15 fmt/16 fmt/17 fmt/18 fmt/19 fmt/20 fmt/276 fmt/1129"
_PRESS = (
    "fmt/144 fmt/145 fmt/146 fmt/147 fmt/148 fmt/157 fmt/158 fmt/488 fmt/489 fmt/490 fmt/491 fmt/492 fmt/493"
)
_JPEG = "fmt/41 fmt/42 fmt/43 fmt/44 x-fmt/390 x-fmt/391 x-fmt/398 fmt/645"


@dataclass(frozen=True, slots=True)
class Confined:
    """A function of the kit on one file."""

    slug: str
    label: str | Promise
    target: str
    sources: frozenset[str]
    is_lossless: bool = True
    losses: tuple[str, ...] = ()
    needs_font: bool = False

    def trouble(self) -> str:
        """Nothing outside this program is needed."""
        return ""

    def convert(self, path: Path, puid: str, out: Path) -> Converted:
        """See Converter."""
        more: dict[str, Any] = {"font_file": Path(str(_FONT))} if self.needs_font else {}
        found: Any = sandbox.call(self.target, path=path, out=out, **limits_for(path), **more)
        return Converted(tuple(found["made"]), tuple(found["lost"]), dict(found["proof"]))


@dataclass(frozen=True, slots=True)
class Pictures:
    """A raster picture in another raster format, page by page."""

    slug: str
    label: str | Promise
    is_lossless: bool
    losses: tuple[str, ...] = ()

    @property
    def sources(self) -> frozenset[str]:
        """See Converter."""
        return TARGETS[self.slug].sources

    def trouble(self) -> str:
        """Nothing outside this program is needed."""
        return ""

    def convert(self, path: Path, puid: str, out: Path) -> Converted:
        """See Converter."""
        call = "lantai.kit.formats.converting:convert"
        found: Any = sandbox.call(call, path=path, out=out, to=self.slug, **limits_for(path))
        pages = found["pages"]
        proof = {"pages": len(pages), "pixels_sha256": [one["pixels_sha256"] for one in pages][:100]}
        return Converted(tuple(one["name"] for one in pages), tuple(found["lost"]), proof)


def limits_for(path: Path) -> dict[str, float | int]:
    """Time by size; memory and room as a sheet of A1 at 600 dpi wants them."""
    seconds = _LEAST_SECONDS + path.stat().st_size / _BYTES_A_SECOND
    return {"timeout_s": seconds, "memory_mb": _MEMORY_MB, "output_mb": _OUT_MB}


JP2 = Pictures("jp2", _("JPEG 2000（无损）"), is_lossless=True)
JPEG = Pictures("jpeg", _("JPEG（有损，质量 95）"), is_lossless=False, losses=("detail",))
IMAGE_PDFA = Confined(
    "image-pdfa",
    _("图像合成 PDF/A-2b"),
    "lantai.kit.formats.image_pdfa:to_pdfa",
    TARGETS["jp2"].sources | frozenset(_JPEG.split()),
    losses=("exif",),
)
PDF_PDFA = Confined(
    "pdf-pdfa",
    _("PDF 转 PDF/A-2b（声明，未经认证）"),
    "lantai.kit.formats.pdfa:to_pdfa",
    frozenset(f"{_PDF} {_PRESS}".split()),
    losses=("xmp", "signatures"),
)
OFD_PDFA = Confined(
    "ofd-pdfa",
    _("OFD 转 PDF/A-2b（声明，未经认证）"),
    "lantai.kit.formats.ofd.to_pdfa:to_pdfa",
    frozenset({OFD.puid}),
    losses=("structure", "signatures"),
    needs_font=True,
)
