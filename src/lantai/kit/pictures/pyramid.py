"""One file that holds a picture as JPEG tiles at full size, half, a quarter …: any tile is one read.

The file begins with a mark, the length of a JSON head, the head (width, height, side of a tile, and for each
level its columns and the place and length of every tile), then the tiles. It is made in the sandbox from a
stranger's picture; what reads it takes every number as possibly wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.render import page_picture

MARK = b"LTPYR1\n"
NAME = "pyramid"
TILE = 512
PAGE_WIDTH = 2_480  # A4 at 300 dpi, for pages that have no pixels of their own
_QUALITY = 85
_MOST_HEAD = 8 << 20


class PyramidBroken(Refusal):
    """The file of tiles is not whole; it is made again from the original."""

    message = N_("图像缓存损坏，请重新打开；系统会从原件重新生成。")


def build(
    path: str | Path, page: int, out: str | Path, *, font_file: str | Path | None = None
) -> dict[str, int]:
    """Cut a page (from 1) of a picture, PDF or OFD into tiles: ``pyramid`` in the folder ``out``.

    Returns width and height. Raises what rendering refuses. Run it in the sandbox.
    """
    picture = page_picture(Path(path), page, PAGE_WIDTH, font_file=font_file)
    picture = _plain(picture)
    width, height = picture.size
    with (Path(out) / "tiles").open("w+b") as tiles:
        levels = [_cut(one, tiles) for one in _levels(picture)]
        head = json.dumps({"width": width, "height": height, "tile": TILE, "levels": levels}).encode()
        tiles.seek(0)
        with (Path(out) / NAME).open("wb") as whole:
            whole.write(MARK + len(head).to_bytes(4, "big") + head)
            while data := tiles.read(1 << 20):
                whole.write(data)
    (Path(out) / "tiles").unlink()
    return {"width": width, "height": height}


def _plain(picture: Image.Image) -> Image.Image:
    """Grey or colour on white paper: JPEG knows no transparency."""
    if picture.mode in {"L", "RGB"}:
        return picture
    if "A" in picture.mode or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return picture.convert("L" if picture.mode in {"1", "I;16", "I", "F"} else "RGB")


def _levels(picture: Image.Image) -> Iterator[Image.Image]:
    yield picture
    while max(picture.size) > TILE:
        picture = picture.reduce(2)
        yield picture


def _cut(picture: Image.Image, out: BinaryIO) -> dict[str, object]:
    places: list[tuple[int, int]] = []
    for top in range(0, picture.height, TILE):
        for left in range(0, picture.width, TILE):
            box = (left, top, min(left + TILE, picture.width), min(top + TILE, picture.height))
            start = out.tell()
            picture.crop(box).save(out, "JPEG", quality=_QUALITY, subsampling=0)
            places.append((start, out.tell() - start))
    return {"size": list(picture.size), "tiles": places}


@dataclass(frozen=True, slots=True)
class Level:
    """The picture at one size, and where its tiles lie, row by row."""

    width: int
    height: int
    tiles: tuple[tuple[int, int], ...]

    @property
    def columns(self) -> int:
        return -(-self.width // TILE)


def _level(size: list[object], tiles: list[list[object]]) -> Level:
    width, height = (int(str(one)) for one in size)
    return Level(width, height, tuple((int(str(at)), int(str(length))) for at, length in tiles))


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The head of an open file of tiles."""

    width: int
    height: int
    levels: tuple[Level, ...]
    start: int

    @classmethod
    def read(cls, source: BinaryIO) -> Pyramid:
        """The head; raises ``PyramidBroken``."""
        try:
            if source.read(len(MARK)) != MARK:
                raise PyramidBroken
            length = int.from_bytes(source.read(4), "big")
            if not 0 < length < _MOST_HEAD:
                raise PyramidBroken
            head = json.loads(source.read(length))
            levels = tuple(_level(one["size"], one["tiles"]) for one in head["levels"])
            found = cls(int(head["width"]), int(head["height"]), levels, len(MARK) + 4 + length)
        except (ValueError, KeyError, TypeError) as wrong:
            raise PyramidBroken from wrong
        if not levels or (levels[0].width, levels[0].height) != (found.width, found.height):
            raise PyramidBroken
        return found

    def tile(self, source: BinaryIO, level: int, column: int, row: int) -> bytes:
        """The JPEG of one tile; raises ``PyramidBroken``."""
        at = self.levels[level]
        try:
            start, length = at.tiles[row * at.columns + column]
        except IndexError as missing:
            raise PyramidBroken from missing
        source.seek(self.start + max(0, start))
        data = source.read(min(length, 4 << 20))
        if len(data) != length or not data.startswith(b"\xff\xd8"):
            raise PyramidBroken
        return data

    def picture(self, source: BinaryIO, level: int, box: tuple[int, int, int, int]) -> Image.Image:
        """What lies in a box (left, top, right, bottom) at a level, put together from its tiles."""
        left, top, right, bottom = box
        paper = Image.new("RGB", (right - left, bottom - top), "white")
        for row in range(top // TILE, -(-bottom // TILE)):
            for column in range(left // TILE, -(-right // TILE)):
                with Image.open(BytesIO(self.tile(source, level, column, row)), formats=("JPEG",)) as tile:
                    paper.paste(tile, (column * TILE - left, row * TILE - top))
        return paper
