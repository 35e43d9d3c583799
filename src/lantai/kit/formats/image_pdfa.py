"""A picture of one or many pages as one PDF/A-2b: its pixels as they are, or the very bytes of a JPEG."""

from __future__ import annotations

import array
import hashlib
import sys
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

from lantai.kit.formats.converting import NotConvertible, PixelsDiffer, frames_of
from lantai.kit.formats.images import opened_image
from lantai.kit.formats.pdfa import declare

_UNSTATED_DPI = 200.0
_LEAST, _MOST = 3.0, 14_400.0  # points that a page may measure
_SPACES = {
    "1": ("/DeviceGray", 1),
    "L": ("/DeviceGray", 8),
    "I;16": ("/DeviceGray", 16),
    "RGB": ("/DeviceRGB", 8),
}
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
_ORIENTATION = 0x0112
_PROFILES = {"RGB": b"RGB ", "L": b"GRAY"}


def to_pdfa(path: str | Path, out: str | Path) -> dict[str, object]:
    """Make ``made.pdf`` in ``out`` from every page of the picture at ``path``; meant to be run in the sandbox.

    Raises ``NotConvertible``, ``PixelsDiffer`` and what `opened_image` refuses.
    """
    path, target = Path(path), Path(out) / "made.pdf"
    digests: list[str] = []
    lost: set[str] = set()
    with pikepdf.new() as pdf:
        for number in range(frames_of(path)):
            with opened_image(path, frame=number) as image:
                if image.format == "JPEG" and image.mode in {"L", "RGB"}:
                    digests.append(_as_it_is(pdf, image, path, lost))
                else:
                    digests.append(_pixel_by_pixel(pdf, image, lost))
        declare(pdf)
        pdf.save(target, deterministic_id=True, min_version="1.7")
    _prove(target, digests)
    whole = hashlib.sha256("".join(digests).encode()).hexdigest()
    return {
        "made": ["made.pdf"],
        "lost": sorted(lost),
        "proof": {"pages": len(digests), "pixels_sha256": whole},
    }


def _as_it_is(pdf: Any, image: Image.Image, path: Path, lost: set[str]) -> str:
    data, turn = path.read_bytes(), _turn(image)
    picture = _stream(pdf, image, data, lost, bits=8)
    picture["/Filter"] = pikepdf.Name.DCTDecode
    _page(pdf, image, picture, turn)
    lost |= {"exif"} if image.info.get("exif") else set()
    return hashlib.sha256(data).hexdigest()


def _pixel_by_pixel(pdf: Any, image: Image.Image, lost: set[str]) -> str:
    turn, shown, alpha = _turn(image), _plain(image), None
    if shown.mode in {"LA", "RGBA"}:
        alpha = shown.getchannel("A")
        shown = shown.convert(shown.mode[:-1])
        shown.info.update(image.info)
    data = _bytes(shown)
    picture = _stream(pdf, shown, data, lost, bits=_SPACES[shown.mode][1])
    if alpha is not None and alpha.getextrema() != (255, 255):
        picture["/SMask"] = _stream(pdf, alpha, alpha.tobytes(), set(), bits=8)
    _page(pdf, image, picture, turn)
    lost |= {"exif"} if image.info.get("exif") else set()
    return hashlib.sha256(data).hexdigest()


def _plain(image: Image.Image) -> Image.Image:
    """The picture in a mode with the same pixels that a PDF holds; raises ``NotConvertible``."""
    if image.mode in {*_SPACES, "LA", "RGBA"}:
        image.load()
        return image
    if image.mode == "P":
        info = dict(image.info)
        found = image.convert("RGBA" if "transparency" in info else "RGB")
        found.info.update(info)
        return found
    raise NotConvertible(mode=image.mode, target="PDF/A")


def _bytes(image: Image.Image) -> bytes:
    data = image.tobytes()
    if image.mode == "I;16" and sys.byteorder == "little":
        swapped = array.array("H", data)
        swapped.byteswap()
        return swapped.tobytes()
    return data


def _stream(pdf: Any, image: Image.Image, data: bytes, lost: set[str], *, bits: int) -> Any:
    return pdf.make_stream(
        data,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=_space(pdf, image, lost),
        BitsPerComponent=bits,
    )


def _space(pdf: Any, image: Image.Image, lost: set[str]) -> Any:
    """The colours as the picture's own profile says; without one, those of the device."""
    profile = image.info.get("icc_profile") or b""
    wanted = _PROFILES.get(image.mode)
    if wanted and _is_usable(profile, wanted):
        stream = pdf.make_stream(profile, N=len(image.getbands()))
        return pikepdf.Array([pikepdf.Name.ICCBased, stream])
    lost |= {"icc_profile"} if profile else set()
    return pikepdf.Name(_SPACES[image.mode][0])


def _is_usable(profile: bytes, space: bytes) -> bool:
    is_profile = len(profile) >= 128 and profile[36:40] == b"acsp" and profile[8] <= 4
    return is_profile and profile[16:20] == space and profile[12:16] in {b"scnr", b"mntr", b"prtr", b"spac"}


def _turn(image: Image.Image) -> int:
    """By how many degrees a viewer turns it; raises ``NotConvertible`` for one that it also mirrors."""
    stated = image.getexif().get(_ORIENTATION, 1) if image.format in {"JPEG", "TIFF", "MPO"} else 1
    if stated not in _TURNS:
        raise NotConvertible(mode=f"Orientation {stated}", target="PDF/A")
    return _TURNS[stated]


def _page(pdf: Any, image: Image.Image, picture: Any, turn: int) -> None:
    dpi = image.info.get("dpi") or (0, 0)
    across, down = (float(one) if 1 < float(one) < 1e5 else _UNSTATED_DPI for one in dpi[:2])
    width, height = (
        min(_MOST, max(_LEAST, pixels * 72 / density))
        for pixels, density in ((image.width, across), (image.height, down))
    )
    page = pdf.add_blank_page(page_size=(width, height))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/Im0": picture}))
    page.obj.Contents = pdf.make_stream(f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Im0 Do Q".encode("ascii"))
    if turn:
        page.obj.Rotate = turn


def _prove(target: Path, digests: list[str]) -> None:
    """Take the pictures out again and compare; raises ``PixelsDiffer``."""
    with pikepdf.open(target) as pdf:
        if len(pdf.pages) != len(digests):
            raise PixelsDiffer(page=min(len(pdf.pages), len(digests)) + 1)
        for number, (page, digest) in enumerate(zip(pdf.pages, digests, strict=True), 1):
            stream = page.obj.Resources.XObject["/Im0"]
            is_jpeg = stream.get("/Filter") == "/DCTDecode"
            data = stream.read_raw_bytes() if is_jpeg else stream.read_bytes()
            if hashlib.sha256(data).hexdigest() != digest:
                raise PixelsDiffer(page=number)
