"""What a request asks for, cut out of the tiles: a tile as it lies there, or drawn anew."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from lantai.kit.pictures.asking import Wanted
from lantai.kit.pictures.pyramid import TILE, Pyramid

_SAVED = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def ready_tile(source: BinaryIO, pyramid: Pyramid, wanted: Wanted) -> bytes | None:
    """The bytes of the tile that is exactly what is asked for, without decoding it; None where none is."""
    if not wanted.is_plain:
        return None
    for number, level in enumerate(pyramid.levels):
        side = TILE << number
        if wanted.x % side or wanted.y % side:
            continue
        column, row = wanted.x // side, wanted.y // side
        covers = (min(side, pyramid.width - wanted.x), min(side, pyramid.height - wanted.y))
        size = (min(TILE, level.width - column * TILE), min(TILE, level.height - row * TILE))
        if covers == (wanted.width, wanted.height) and size == (wanted.out_width, wanted.out_height):
            return pyramid.tile(source, number, column, row)
    return None


def draw(path: str | Path, wanted: dict[str, int | float | str | bool]) -> bytes:
    """The picture that is asked for, from a file of tiles. Run it in the sandbox."""
    asked = Wanted(**wanted)  # type: ignore[arg-type]
    with Path(path).open("rb") as source:
        pyramid = Pyramid.read(source)
        picture = _cut(source, pyramid, asked)
    if asked.is_mirrored:
        picture = ImageOps.mirror(picture)
    if asked.degrees:
        picture = picture.rotate(
            -asked.degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white"
        )  # clockwise, as the interface counts
    if asked.quality in {"gray", "bitonal"}:
        picture = picture.convert("L" if asked.quality == "gray" else "1")
    out = BytesIO()
    more = {"quality": 85} if asked.format != "png" else {}
    picture.convert("L").save(
        out, "JPEG", **more
    ) if picture.mode == "1" and asked.format == "jpg" else picture.save(out, _SAVED[asked.format], **more)
    return out.getvalue()


def _cut(source: BinaryIO, pyramid: Pyramid, asked: Wanted) -> Image.Image:
    """From the smallest level that is still as large as what is asked for."""
    number = 0
    for further in range(1, len(pyramid.levels)):
        if (asked.width >> further) < asked.out_width or (asked.height >> further) < asked.out_height:
            break
        number = further
    level, scale = pyramid.levels[number], 1 << number
    left, top = asked.x // scale, asked.y // scale
    right = min(level.width, max(left + 1, -(-(asked.x + asked.width) // scale)))
    bottom = min(level.height, max(top + 1, -(-(asked.y + asked.height) // scale)))
    picture = pyramid.picture(source, number, (left, top, right, bottom))
    size = (asked.out_width, asked.out_height)
    if picture.size == size:
        return picture
    box = (
        asked.x / scale - left,
        asked.y / scale - top,
        min(picture.width, (asked.x + asked.width) / scale - left),
        min(picture.height, (asked.y + asked.height) / scale - top),
    )
    return picture.resize(size, Image.Resampling.LANCZOS, box=box)
