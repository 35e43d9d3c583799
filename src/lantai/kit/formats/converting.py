"""Making pictures anew in a format that will last, and proof that nothing that is seen was lost.

The original is only read. What is made is decoded again and compared pixel by pixel, so that a lossless promise is
tested for every single file; what the new format does not carry (a colour profile, the resolution) is said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.images import MAX_FRAMES, ImageBroken, opened_image

_RASTER = frozenset(
    {
        "fmt/353",
        "fmt/7",
        "fmt/8",
        "fmt/9",
        "fmt/10",
        "fmt/153",
        "fmt/156",
        "x-fmt/387",
        "fmt/154",
        "fmt/155",
        "x-fmt/388",
        "fmt/11",
        "fmt/12",
        "fmt/13",
        "fmt/935",
        "x-fmt/270",
        "fmt/116",
        "fmt/117",
        "fmt/118",
        "fmt/119",
    }
)  # fmt: skip - TIFF, PNG, BMP
_JPEG_QUALITY = 95


class NotConvertible(Refusal):
    """The picture is of a kind that the target does not hold."""

    message = N_("“%(mode)s”色彩的图像不能转换为 %(target)s，原件未改动；请选择其他目标格式。")


class PixelsDiffer(Refusal):
    """What was made is not what was there."""

    message = N_("第 %(page)d 页转换后的像素与原件不一致，没有采用；请换一种转换方式或人工处理。")


@dataclass(frozen=True, slots=True)
class Target:
    """A format to migrate to: from which PUIDs, to which, and whether every pixel must be as it was."""

    slug: str
    label: str
    puid: str
    suffix: str
    sources: frozenset[str]
    is_lossless: bool
    modes: frozenset[str]
    save: Callable[[Image.Image, Path], None]


def _save_jp2(image: Image.Image, path: Path) -> None:
    image.save(path, "JPEG2000", irreversible=False, quality_mode="rates", quality_layers=[0])


def _save_jpeg(image: Image.Image, path: Path) -> None:
    dpi = image.info.get("dpi")
    more = {"dpi": dpi} if dpi else {}
    image.save(
        path, "JPEG", quality=_JPEG_QUALITY, subsampling=0, icc_profile=image.info.get("icc_profile"), **more
    )


TARGETS: Mapping[str, Target] = {
    target.slug: target
    for target in (
        Target("jp2", N_("JPEG 2000（无损）"), "x-fmt/392", "jp2", _RASTER, is_lossless=True,
               modes=frozenset({"L", "LA", "RGB", "RGBA"}), save=_save_jp2),
        Target("jpeg", N_("JPEG（有损，质量 95）"), "fmt/43", "jpg", _RASTER, is_lossless=False,
               modes=frozenset({"L", "RGB", "CMYK"}), save=_save_jpeg),
    )
}  # fmt: skip
# A bilevel or palette picture has the same pixels in a mode that the target holds.
_SAME_IN = {"1": "L", "P": "RGB", "I;16": ""}


def targets_for(puid: str) -> tuple[Target, ...]:
    """What a format can be migrated to."""
    return tuple(target for target in TARGETS.values() if puid in target.sources)


def convert(path: str | Path, out: str | Path, to: str) -> dict[str, object]:
    """Make every page of the picture at ``path`` anew in the folder ``out``; what was made and what it lacks.

    Meant to be run in the sandbox. Raises ``NotConvertible``, ``PixelsDiffer`` and what `opened_image` refuses;
    then nothing of it is to be used.
    """
    path, out, wanted = Path(path), Path(out), TARGETS[to]
    made: list[dict[str, object]] = []
    lost: set[str] = set()
    for page in range(1, frames_of(path) + 1):
        with opened_image(path, frame=page - 1) as original:
            made.append(_page(original, out / f"{page:04d}.{wanted.suffix}", wanted, page))
            lost |= _left_behind(original, wanted)
    return {
        "target": wanted.slug,
        "puid": wanted.puid,
        "pages": made,
        "lost": sorted(lost),
        "source_bytes": path.stat().st_size,
        "made_bytes": sum(int(str(page["size_bytes"])) for page in made),
    }


def frames_of(path: Path) -> int:
    """How many pages a picture has; raises ``ImageBroken``."""
    with opened_image(path) as image:
        count = int(getattr(image, "n_frames", 1))
    if count > MAX_FRAMES:
        raise ImageBroken(reason=f"{count} frames")
    return count


def _page(original: Image.Image, path: Path, target: Target, page: int) -> dict[str, object]:
    image = _in_a_mode_of(original, target)
    before = _pixels(image)
    target.save(image, path)
    with opened_image(path) as again:
        if again.size != image.size or (target.is_lossless and _pixels(again) != before):
            raise PixelsDiffer(page=page)
    return {
        "name": path.name,
        "size_bytes": path.stat().st_size,
        "width": image.width,
        "height": image.height,
        "pixels_sha256": before if target.is_lossless else "",
    }


def _in_a_mode_of(image: Image.Image, target: Target) -> Image.Image:
    if image.mode in target.modes:
        return image
    same = _SAME_IN.get(image.mode, "")
    if image.mode == "P" and "transparency" in image.info:
        same = "RGBA"
    if same not in target.modes:
        raise NotConvertible(mode=image.mode, target=target.slug)
    info = dict(image.info)
    try:
        found = image.convert(same)
    except (OSError, ValueError) as error:
        raise ImageBroken(reason=str(error)) from error
    found.info.update(info)
    return found


def _pixels(image: Image.Image) -> str:
    """The digest of the decoded pixels, with the mode in which they are."""
    running = hashlib.sha256(f"{image.mode} {image.width}x{image.height}\n".encode())
    running.update(image.tobytes())
    return running.hexdigest()


def _left_behind(original: Image.Image, target: Target) -> set[str]:
    carried = {"jp2": set[str](), "jpeg": {"icc_profile", "dpi"}}[target.slug]
    return {name for name in ("icc_profile", "dpi", "exif") if original.info.get(name)} - carried
