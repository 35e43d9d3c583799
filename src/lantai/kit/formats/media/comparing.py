"""Where our reader and ``ffprobe`` measure the same file differently: one of them, or the file, is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lantai.kit.errors import N_
from lantai.kit.formats.media.wording import is_much_shorter
from lantai.kit.formats.remarks import Fact, Remark

CODE = "media-disagree"
LENGTH = N_("时长有两种读数：本系统读出 %(ours)s 毫秒，媒体检查程序读出 %(theirs)s 毫秒。请播放核对。")
PICTURE = N_("画面尺寸有两种读数：本系统读出 %(ours)s 像素，媒体检查程序读出 %(theirs)s 像素。请播放核对。")
RATE = N_("采样率有两种读数：本系统读出 %(ours)s 赫兹，媒体检查程序读出 %(theirs)s 赫兹。请播放核对。")
CODEC = N_("编码有两种读数：本系统读出 %(ours)s，媒体检查程序读出 %(theirs)s。请播放核对。")
NO_SOUND = Remark(CODE, N_("本系统在文件里读到声音，媒体检查程序没有读到。请播放核对。"))
NO_PICTURE = Remark(CODE, N_("本系统在文件里读到画面，媒体检查程序没有读到。请播放核对。"))

# What the containers call a codec, and what the program calls it; a name that is not here is not compared.
_SAME: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("avc1", "avc3", "V_MPEG4/ISO/AVC"), frozenset({"h264"})),
    **dict.fromkeys(("hvc1", "hev1", "V_MPEGH/ISO/HEVC"), frozenset({"hevc"})),
    **dict.fromkeys(("av01", "V_AV1"), frozenset({"av1"})),
    **dict.fromkeys(("vp09", "V_VP9"), frozenset({"vp9"})),
    "V_VP8": frozenset({"vp8"}),
    "mp4v": frozenset({"mpeg4", "mpeg2video", "mpeg1video", "mjpeg"}),
    "mp4a": frozenset({"aac", "mp3", "mp2", "ac3", "als"}),
    "A_AAC": frozenset({"aac"}),
    "A_MPEG/L3": frozenset({"mp3"}),
    "pcm": frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le"}),
    "pcm_be": frozenset({"pcm_s8", "pcm_s16be", "pcm_s24be", "pcm_s32be"}),
    "pcm_float": frozenset({"pcm_f32le", "pcm_f64le"}),
    **{
        name: frozenset({name})
        for name in ("mp3", "flac", "opus", "vorbis", "theora", "pcm_alaw", "pcm_mulaw")
    },
    **{f"A_{name.upper()}": frozenset({name}) for name in ("flac", "opus", "vorbis")},
}
_MOST_FOLD = 2  # AAC with spectral band replication states half the rate at which it plays


def disagreements(ours: Mapping[str, Fact], theirs: Mapping[str, frozenset[Fact]]) -> tuple[Remark, ...]:
    """What both measured and measured differently, beyond rounding.

    ``theirs`` holds what any of the file's streams has. What only one of the two measured is no disagreement,
    but for a sound or a picture that the program does not find beside the other.
    """
    if not {"audio_codec", "video_codec"} & theirs.keys():  # it read nothing: a finding, not a measure
        return ()
    return tuple(_differences(ours, theirs))


def _differences(ours: Mapping[str, Fact], theirs: Mapping[str, frozenset[Fact]]) -> Iterator[Remark]:
    for codec, remark in (("audio_codec", NO_SOUND), ("video_codec", NO_PICTURE)):
        mine, others = ours.get(codec), theirs.get(codec, frozenset())
        if mine is not None and not others:
            yield remark
        elif str(mine) in _SAME and not _SAME[str(mine)] & others:
            yield _remark(CODEC, mine, others)
    length, lengths = ours.get("duration_ms"), theirs.get("duration_ms")
    if isinstance(length, int) and lengths and not any(_is_as_long(length, one) for one in lengths):
        yield _remark(LENGTH, length, lengths)
    picture, pictures = picture_of(ours), theirs.get("picture")
    if picture and pictures and picture not in pictures:
        yield _remark(PICTURE, picture, pictures)
    rate, rates = ours.get("sample_rate_hz"), theirs.get("sample_rate_hz")
    if isinstance(rate, int) and rate and rates and not {rate, rate * _MOST_FOLD} & rates:
        yield _remark(RATE, rate, rates)


def picture_of(facts: Mapping[str, Fact]) -> str:
    """Width and height as people write them, or an empty text."""
    width, height = facts.get("width_px"), facts.get("height_px")
    return f"{width}×{height}" if width and height else ""


def _is_as_long(ours_ms: int, theirs_ms: Fact) -> bool:
    if not isinstance(theirs_ms, int):
        return True
    return not is_much_shorter(min(ours_ms, theirs_ms), max(ours_ms, theirs_ms))


def _remark(message: str, mine: Fact | None, others: frozenset[Fact]) -> Remark:
    ours = mine if isinstance(mine, str | int) else str(mine)
    return Remark(CODE, message, {"ours": ours, "theirs": " / ".join(sorted(map(str, others)))[:200]})
