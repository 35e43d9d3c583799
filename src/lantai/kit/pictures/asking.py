"""Requests of the IIIF Image API 3.0: region, size, rotation, quality and format, judged against a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lantai.kit.errors import N_, Invalid

MOST_AREA = 16_000_000  # pixels of an answer; also stops who would take everything by `max`
FORMATS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
QUALITIES = frozenset({"default", "color", "gray", "bitonal"})
_NUMBER = r"\d{1,7}(?:\.\d{1,10})?"
_REGION = re.compile(rf"(pct:)?({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER})", re.ASCII)
_SIZE = re.compile(r"(\^?)(!?)(\d{0,7}),(\d{0,7})", re.ASCII)
_PERCENT = re.compile(rf"(\^?)pct:({_NUMBER})", re.ASCII)
_ROTATION = re.compile(rf"(!?)({_NUMBER})", re.ASCII)


class BadPictureRequest(Invalid):
    """The address asks for what no picture has."""

    status = 400
    message = N_("图像请求的“%(part)s”不合 IIIF 图像接口的规定。")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is cut out (x, y, width, height in the whole picture) and how it is shown."""

    x: int
    y: int
    width: int
    height: int
    out_width: int
    out_height: int
    degrees: float = 0.0
    is_mirrored: bool = False
    quality: str = "default"
    format: str = "jpg"

    @property
    def is_plain(self) -> bool:
        """Whether the bytes of a tile may answer it as they are."""
        is_upright = not self.degrees and not self.is_mirrored
        return is_upright and self.format == "jpg" and self.quality in {"default", "color"}


def read_wanted(
    whole: tuple[int, int], region: str, size: str, rotation: str, quality: str, format: str
) -> Wanted:
    """What an address asks of a picture of that width and height; raises ``BadPictureRequest``."""
    box = _region(whole, region)
    out = _size(box[2:], size)
    turned = _ROTATION.fullmatch(rotation)
    if turned is None or float(turned[2]) > 360:
        raise BadPictureRequest(part="rotation")
    if quality not in QUALITIES:
        raise BadPictureRequest(part="quality")
    if format not in FORMATS:
        raise BadPictureRequest(part="format")
    return Wanted(*box, *out, float(turned[2]) % 360, bool(turned[1]), quality, format)


def _region(whole: tuple[int, int], text: str) -> tuple[int, int, int, int]:
    width, height = whole
    if text == "full":
        return 0, 0, width, height
    if text == "square":
        side = min(whole)
        return (width - side) // 2, (height - side) // 2, side, side
    found = _REGION.fullmatch(text)
    if found is None or (not found[1] and "." in text):
        raise BadPictureRequest(part="region")
    x, y, w, h = (float(one) for one in found.groups()[1:])
    if found[1]:
        x, w, y, h = x * width / 100, w * width / 100, y * height / 100, h * height / 100
    left, top = round(x), round(y)
    right, bottom = min(width, round(x + w)), min(height, round(y + h))
    if left >= width or top >= height or right <= left or bottom <= top:
        raise BadPictureRequest(part="region")
    return left, top, right - left, bottom - top


def _size(region: tuple[int, ...], text: str) -> tuple[int, int]:
    width, height = region
    if text in {"max", "^max"}:
        return fitting(width, height)
    if found := _PERCENT.fullmatch(text):
        share = float(found[2]) / 100
        out, may_grow = (_least(width * share), _least(height * share)), bool(found[1])
        is_none = share == 0
    elif found := _SIZE.fullmatch(text):
        out, may_grow = _sides(width, height, found), bool(found[1])
        is_none = 0 in out
    else:
        raise BadPictureRequest(part="size")
    is_larger = out[0] > width or out[1] > height
    if is_none or (is_larger and not may_grow) or out[0] * out[1] > MOST_AREA:
        raise BadPictureRequest(part="size")
    return out


def _sides(width: int, height: int, found: re.Match[str]) -> tuple[int, int]:
    grows, is_best, wide, high = found.groups()
    if is_best:
        if not wide or not high:
            raise BadPictureRequest(part="size")
        share = min(int(wide) / width, int(high) / height)
        if share > 1 and not grows:  # the consortium's validator wants a refusal, not the size that there is
            raise BadPictureRequest(part="size")
        return (_least(width * share), _least(height * share)) if share else (0, 0)
    if wide and high:
        return int(wide), int(high)
    if wide:
        return int(wide), _least(height * int(wide) / width) if int(wide) else 0
    if high:
        return _least(width * int(high) / height) if int(high) else 0, int(high)
    raise BadPictureRequest(part="size")


def _least(length: float) -> int:
    return max(1, round(length))


def fitting(width: int, height: int) -> tuple[int, int]:
    """The largest size of these proportions that is given out."""
    if width * height <= MOST_AREA:
        return width, height
    share = (MOST_AREA / (width * height)) ** 0.5
    return _least(int(width * share)), _least(int(height * share))
