"""What this app hands around."""

from __future__ import annotations

from dataclasses import dataclass

BUILDER = "lantai.kit.pictures.pyramid:build"
DRAWER = "lantai.kit.pictures.drawing:draw"
MEASURER = "lantai.kit.pictures.measuring:measure"
SHOWN = ("application/pdf", "image/", "application/ofd", "application/vnd.ofd")
MOST_UNITS = 1_000  # of a collection


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer of the image interface."""

    body: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page of one file: its number and its size in pixels."""

    file_id: int
    name: str
    sha512: str
    number: int
    last: int
    width: int
    height: int
