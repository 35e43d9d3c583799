"""Answers of the image interface: every one asks first whether the actor may still see the record."""

from __future__ import annotations

from dataclasses import asdict

from lantai.apps.pictures.queries import pages
from lantai.apps.pictures.services import cache
from lantai.apps.pictures.types import DRAWER, Drawn, Name
from lantai.kit.pictures.asking import FORMATS, read_wanted
from lantai.kit.pictures.drawing import ready_tile
from lantai.kit.pictures.pyramid import Pyramid, PyramidBroken
from lantai.platform.context import Ctx
from lantai.platform.sandbox import services as sandbox


def head_of(ctx: Ctx, *, name: Name) -> Pyramid:
    """Size and levels of a page; ``Missing``, ``ContentClosed``, and what rendering refuses."""
    path = cache.tiles_of(pages.file_of(ctx, name), name.page)
    with path.open("rb") as source:
        return Pyramid.read(source)


def picture_of(
    ctx: Ctx,
    *,
    name: Name,
    region: str,
    size: str,
    rotation: str,
    quality: str,
    format: str,
) -> Drawn:
    """A part of a page as it is asked for; as ``head_of``, and ``BadPictureRequest``."""
    path = cache.tiles_of(pages.file_of(ctx, name), name.page)
    try:
        with path.open("rb") as source:
            pyramid = Pyramid.read(source)
            whole = (pyramid.width, pyramid.height)
            wanted = read_wanted(whole, region, size, rotation, quality, format)
            ready = ready_tile(source, pyramid, wanted)
    except PyramidBroken:
        path.unlink(missing_ok=True)
        raise
    if ready is None:  # tiles are never decoded out here: what made them had a stranger's file in hand
        drawn = sandbox.call(DRAWER, path=path, wanted=asdict(wanted))
        ready = bytes(drawn)  # type: ignore[arg-type]
    return Drawn(ready, FORMATS[wanted.format])
