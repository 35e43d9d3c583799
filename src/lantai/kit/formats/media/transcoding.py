"""Sound and film made anew by ``ffmpeg``, a separate program: what it is told, and how its work is proved.

It is started behind walls that are not here (``lantai.platform.sandbox``). Lossless work is proved by the digests of
the decoded streams of both files, lossy work by what can be measured: length, size of the picture, channels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.media.probing import CONTAINERS
from lantai.kit.formats.remarks import Fact

PROGRAM = "ffmpeg"
_QUIET = [
    "-v",
    "error",
    "-hide_banner",
    "-nostdin",
    "-protocol_whitelist",
    "file",
    "-format_whitelist",
    CONTAINERS,
]
_SAME_EACH_TIME = [
    "-map_metadata",
    "0",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-flags:a",
    "+bitexact",
]
_HASH = re.compile(r"^\d+,([va]),SHA256=([0-9a-f]{64})$", re.MULTILINE)
_OFF_MS, _OFF_SHARE = 300, 0.005


class ProgramRefused(Refusal):
    """The program could not do it."""

    message = N_("转换程序没有完成：%(reason)s。原件未改动；请播放核对原件。")


class StreamsDiffer(Refusal):
    """Lossless was promised, and it is not."""

    message = N_("转换后解码的音视频数据与原件不一致，没有采用；请换一种目标格式或人工处理。")


class MeasuresDiffer(Refusal):
    """What can be measured is not as it was."""

    message = N_("转换后%(what)s与原件不一致（%(before)s，%(after)s），没有采用；请人工处理。")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to make sound or film anew."""

    slug: str
    suffix: str
    options: tuple[str, ...]
    has_picture: bool
    is_lossless: bool


RECIPES: Mapping[str, Recipe] = {
    recipe.slug: recipe
    for recipe in (
        Recipe("flac", "flac", ("-map", "0:a:0", "-vn", "-c:a", "flac"), has_picture=False, is_lossless=True),
        Recipe("wav", "wav", ("-map", "0:a:0", "-vn", "-c:a", "pcm_s24le", "-rf64", "auto"), has_picture=False,
               is_lossless=True),
        Recipe("mp3", "mp3", ("-map", "0:a:0", "-vn", "-c:a", "libmp3lame", "-q:a", "0"), has_picture=False,
               is_lossless=False),
        Recipe("ffv1", "mkv", ("-map", "0:v:0", "-map", "0:a?", "-fps_mode", "passthrough", "-c:v", "ffv1", "-level",
               "3", "-g", "1", "-slices", "4", "-slicecrc", "1", "-c:a", "copy"), has_picture=True, is_lossless=True),
        Recipe("h264", "mp4", ("-map", "0:v:0", "-map", "0:a?", "-c:v", "libx264", "-crf", "18", "-preset", "medium",
               "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "256k",
               "-movflags", "+faststart"), has_picture=True, is_lossless=False),
    )
}  # fmt: skip


def arguments(recipe: Recipe, place: str, made: str) -> list[str]:
    """What to tell the program about the file at ``place`` so that it makes ``made``."""
    return [
        *_QUIET,
        "-i",
        f"file:{place}",
        "-threads",
        "2",
        *recipe.options,
        *_SAME_EACH_TIME,
        f"file:{made}",
    ]


def hashing(recipe: Recipe, place: str) -> list[str]:
    """What to tell the program so that it says the digest of each decoded stream."""
    picture = ["-map", "0:v:0", "-map", "0:a?", "-c:v", "rawvideo", "-fps_mode", "passthrough"]
    streams = picture if recipe.has_picture else ["-map", "0:a:0", "-vn"]
    return [
        *_QUIET,
        "-i",
        f"file:{place}",
        *streams,
        "-c:a",
        "pcm_s32le",
        "-f",
        "streamhash",
        "-hash",
        "sha256",
        "-",
    ]


def complaint(exit_code: int, complaints: bytes) -> None:
    """Raise ``ProgramRefused`` where the program ended with an error."""
    if exit_code != 0:
        lines = complaints.decode("utf-8", "replace").strip().splitlines()
        raise ProgramRefused(reason=lines[-1][-200:] if lines else str(exit_code))


def same_streams(before: bytes, after: bytes) -> dict[str, str]:
    """The digests of the decoded streams; raises ``StreamsDiffer`` unless both files have the same."""
    old, new = (_HASH.findall(said.decode("ascii", "replace")) for said in (before, after))
    if not old or old != new:
        raise StreamsDiffer
    return {f"{kind}{number}_sha256": digest for number, (kind, digest) in enumerate(old)}


def same_measures(recipe: Recipe, before: Mapping[str, Fact], after: Mapping[str, Fact]) -> dict[str, Fact]:
    """What was measured of both and agrees; raises ``MeasuresDiffer``."""
    old, new = before.get("duration_ms"), after.get("duration_ms")
    if not isinstance(new, int) or (isinstance(old, int) and abs(old - new) > max(_OFF_MS, old * _OFF_SHARE)):
        raise MeasuresDiffer(what=N_("时长"), before=old or "-", after=new or "-")
    found: dict[str, Fact] = {"duration_ms": new}
    names = ("width_px", "height_px") if recipe.has_picture else ("channels", "sample_rate_hz")
    for name in names:
        one, other = before.get(name), after.get(name)
        is_padded = isinstance(one, int) and recipe.has_picture and other == one + one % 2
        if one is not None and one != other and not is_padded:
            raise MeasuresDiffer(what=name, before=one, after=other or "-")
        if other is not None:
            found[name] = other
    return found
