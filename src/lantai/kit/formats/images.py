"""Raster images: the size is judged from the header before a pixel is decoded; then all frames are."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.remarks import Examination, Fact, Remark, State, remark_of

MAX_PIXELS = 300_000_000  # an A1 sheet at 600 dpi
MAX_FRAMES = 5_000
_DECODERS = ("JPEG", "TIFF", "PNG", "JPEG2000", "BMP", "GIF", "WEBP")
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
)


class PixelFlood(Refusal):
    """The header promises more pixels than we are ready to decode."""

    message = N_("图像 %(width)s×%(height)s 像素，超过上限 %(limit)s，没有解码。文件已原样保留，请人工检查。")


class ImageBroken(Refusal):
    """The picture cannot be decoded."""

    message = N_("图像不能解码：%(reason)s。请重新扫描或重新提交。")


def examine_image(path: Path, puid: str) -> Examination:
    """State and facts of an image after decoding every frame of it."""
    facts: dict[str, Fact] = {}
    try:
        with opened_image(path) as image:
            facts |= _facts(image)
            frames = _decode_all(image)
            facts["frames"] = frames
    except PixelFlood as flood:
        return Examination(puid, State.BROKEN, facts, (remark_of(flood),))
    except ImageBroken as broken:
        state = State.TRUNCATED if "truncated" in str(broken.params["reason"]).lower() else State.BROKEN
        return Examination(puid, state, facts, (remark_of(broken),))
    problems = tuple(_cautions(facts))
    return Examination(puid, State.OK, facts, problems, frames)


@contextmanager
def opened_image(
    path: Path | BytesIO, *, frame: int = 0, max_pixels: int = MAX_PIXELS
) -> Iterator[Image.Image]:
    """The image at ``path`` at ``frame``, header checked. Raises ``PixelFlood`` and ``ImageBroken``."""
    Image.MAX_IMAGE_PIXELS = None  # our own check, with a typed refusal, takes its place
    try:
        with Image.open(path, formats=_DECODERS) as image:
            _check_size(image, max_pixels)
            if frame:
                image.seek(frame)
                _check_size(image, max_pixels)
            yield image
    except UnidentifiedImageError as unknown:
        raise ImageBroken(reason=str(unknown).split("'")[0].strip()) from unknown
    except _BROKEN as broken:
        raise ImageBroken(reason=str(broken)[:200]) from broken


def _check_size(image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise PixelFlood(width=width, height=height, limit=max_pixels)


def _decode_all(image: Image.Image) -> int:
    frames = getattr(image, "n_frames", 1)
    if frames > MAX_FRAMES:
        raise ImageBroken(reason=f"{frames} frames")
    left = MAX_PIXELS * 4
    for frame in range(frames):
        image.seek(frame)
        _check_size(image, min(MAX_PIXELS, left))
        image.load()
        left -= image.width * image.height
    return int(frames)


def _facts(image: Image.Image) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "width_px": image.width,
        "height_px": image.height,
        "colour": image.mode,
        "compression": str(image.info.get("compression", image.format or "")),
    }
    dpi = image.info.get("dpi")
    if isinstance(dpi, tuple) and len(dpi) == 2:
        facts["dpi"] = [round(float(dpi[0]), 2), round(float(dpi[1]), 2)]
    return facts


def _cautions(facts: dict[str, Fact]) -> Iterator[Remark]:
    if "dpi" not in facts:
        yield Remark("no-dpi", N_("图像没有记录分辨率。"))
