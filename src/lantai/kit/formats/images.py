"""Raster images: the size is judged from the header before a pixel is decoded; then all frames are."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.exif import capture_facts
from lantai.kit.formats.remarks import Examination, Fact, Remark, State, remark_of
from lantai.kit.formats.tiffs import missing_bytes

MAX_PIXELS = 300_000_000  # an A1 sheet at 600 dpi
MAX_FRAMES = 5_000
_END_BYTES = 64 << 10
_DECODERS = ("JPEG", "TIFF", "PNG", "JPEG2000", "BMP", "GIF", "WEBP")
_BITS_PER_SAMPLE = 258
_COLOURS = {
    "1": "bilevel",
    "L": "grey",
    "LA": "grey",
    "P": "palette",
    "RGB": "rgb",
    "RGBA": "rgb",
    "CMYK": "cmyk",
    "YCbCr": "ycbcr",
    "LAB": "lab",
    "F": "grey",
    "I": "grey",
    "I;16": "grey",
    "I;16B": "grey",
}
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


NO_END = Remark("truncated", N_("图像缺少结尾标记，很可能没有传完。请重新扫描或重新提交。"))


def examine_image(path: Path, puid: str) -> Examination:
    """State and facts of an image after decoding every frame of it."""
    facts: dict[str, Fact] = {}
    try:
        with opened_image(path) as image:
            facts |= _facts(image)
            frames = _decode_all(image)
            facts["frames"] = frames
            cut = _lacks_end(path, image.format or "")
    except PixelFlood as flood:
        return Examination(puid, State.BROKEN, facts, (remark_of(flood),))
    except ImageBroken as broken:
        state = State.TRUNCATED if "truncated" in str(broken.params["reason"]).lower() else State.BROKEN
        return Examination(puid, state, facts, (remark_of(broken),))
    if cut:
        return Examination(puid, State.TRUNCATED, facts, (NO_END,), frames)
    problems = tuple(_cautions(facts))
    return Examination(puid, State.OK, facts, problems, frames)


def _lacks_end(path: Path, kind: str) -> bool:
    """Whether the end is cut off: no mark of it in a JPEG or PNG, strips of a TIFF that lie behind it.

    Decoders fill up what is missing and say nothing.
    """
    if kind == "TIFF":
        return missing_bytes(path) > 0
    mark = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "MPO": b"\xff\xd9"}.get(kind)
    if mark is None:
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        return mark not in file.read()


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
    channels = len(image.getbands())
    facts: dict[str, Fact] = {
        "width_px": image.width,
        "height_px": image.height,
        "colour_space": _COLOURS.get(image.mode, image.mode),
        "channels": channels,
        "bits_per_sample": _bits(image),
        "compression": _compression(image),
        "has_icc_profile": bool(image.info.get("icc_profile")),
    }
    dpi = _dpi(image)
    if dpi is not None:
        facts |= {"dpi_x": dpi[0], "dpi_y": dpi[1]}
    return facts | capture_facts(image)


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    """Dots per inch that the file itself states; the 1 × 1 of a bare JFIF is a ratio, no resolution."""
    dpi = image.info.get("dpi")
    if not isinstance(dpi, tuple) or len(dpi) != 2:
        return None
    try:
        across, down = round(float(dpi[0]), 2), round(float(dpi[1]), 2)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 < across < 1e6 and 1 < down < 1e6 else None


def _bits(image: Image.Image) -> int:
    stated = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE)
    if isinstance(stated, tuple) and stated and isinstance(stated[0], int):
        return stated[0]
    return (
        1 if image.mode == "1" else 16 if image.mode.startswith("I;16") else 32 if image.mode in "IF" else 8
    )


def _compression(image: Image.Image) -> str:
    return str(image.info.get("compression") or image.format or "")


def _cautions(facts: dict[str, Fact]) -> Iterator[Remark]:
    if "dpi_x" not in facts:
        yield Remark("no-dpi", N_("图像没有记录分辨率。"))
