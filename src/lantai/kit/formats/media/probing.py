"""``ffprobe``, a separate program: what it is asked, and what its answer says of a file.

It parses what a stranger wrote, so it is started only behind walls, which are not here (``lantai.platform.sandbox``);
here it is told to follow nothing that a file names: no network, no playlist, no second file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lantai.kit.errors import N_
from lantai.kit.formats.media.comparing import picture_of
from lantai.kit.formats.media.wording import CUT_SOMEWHERE, NOTHING_IN_IT, is_much_shorter, shorter
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

PROGRAM = "ffprobe"
# Containers that hold their own sound and picture. Playlists, scripts and lists of pictures, which name other files,
# are none of them.
CONTAINERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,dv,eac3,flac,flv,gxf,h264,hevc,ivf,m4v,matroska,webm,"
    "mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,mpegvideo,mxf,ogg,rm,w64,wav,wv"
)
_ENTRIES = (
    "format=format_name,duration,bit_rate:"
    "stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,sample_rate,channels,bits_per_raw_sample,"
    "nb_read_packets,duration:"
    "stream_disposition=attached_pic"
)
_CUT_WORDS = (
    "partial file",
    "truncat",
    "moov atom not found",
    "end of file",
    "premature",
    "incomplete",
    "overread",
)
_UNKNOWN_WORDS = ("invalid data found when processing input", "not on whitelist")
NOT_KNOWN = Remark("no-probe", N_("媒体检查程序不认识这种录音录像格式，没有检查内容。请人工播放检查。"))
DAMAGED = N_("媒体检查程序报告错误：%(reason)s。请播放核对，必要时重新导出。")


@dataclass(frozen=True, slots=True)
class Probed:
    """What the program said: its JSON, and its complaints."""

    answer: Mapping[str, Any]
    complaints: str


def arguments(place: str) -> list[str]:
    """What to ask the program about the file at ``place``: every packet counted, nothing else opened."""
    options = ["-v", "error", "-hide_banner", "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS]
    return [*options, "-count_packets", "-show_entries", _ENTRIES, "-of", "json", "-i", f"file:{place}"]


def read_answer(output: bytes, complaints: bytes) -> Probed:
    """What the program printed; an unreadable answer is an empty one."""
    try:
        answer = json.loads(output)
    except (ValueError, RecursionError):
        answer = {}
    return Probed(answer if isinstance(answer, dict) else {}, complaints.decode("utf-8", "replace"))


def examination_of(probed: Probed, puid: str) -> Examination:
    """State and facts by the program's answer: whole only when it read packets and complained of nothing."""
    facts, streams = _facts(probed.answer), _streams(probed.answer)
    complaint = probed.complaints.strip()
    if not streams:
        is_cut = any(words in complaint.lower() for words in _CUT_WORDS)
        is_known = "container" in facts or not any(words in complaint.lower() for words in _UNKNOWN_WORDS)
        if not is_cut and not is_known:
            return Examination(puid, State.UNSUPPORTED, facts, (NOT_KNOWN,))
        state, remark = (State.TRUNCATED, CUT_SOMEWHERE) if is_cut else (State.BROKEN, NOTHING_IN_IT)
        return Examination(puid, state, facts, (remark,))
    stated, found = facts.get("duration_ms"), _longest_ms(streams)
    if any(words in complaint.lower() for words in _CUT_WORDS):
        return Examination(puid, State.TRUNCATED, facts, (CUT_SOMEWHERE,))
    if isinstance(stated, int) and found and is_much_shorter(found, stated):
        return shorter(puid, facts, stated_ms=stated, found_ms=found)
    if complaint or not all(_whole(s.get("nb_read_packets")) for s in streams):
        reason = complaint.splitlines()[-1][-200:] if complaint else "-"
        return Examination(puid, State.BROKEN, facts, (Remark("broken", DAMAGED, {"reason": reason}),))
    return Examination(puid, State.OK, facts)


def measured(probed: Probed) -> dict[str, frozenset[Fact]]:
    """Every value that any stream has, by fact; the length only where the container states one."""
    found: dict[str, set[Fact]] = {}
    for stream in _streams(probed.answer):
        one = _facts({"streams": [stream]})
        one |= {"picture": picture_of(one)} if picture_of(one) else {}
        for name, value in one.items():
            found.setdefault(name, set()).add(value)
    facts = _facts(probed.answer)
    if "duration_ms" in facts and states_length(facts):
        found["duration_ms"] = {facts["duration_ms"]}
    return {name: frozenset(values) for name, values in found.items()}


def facts_of(probed: Probed) -> dict[str, Fact]:
    """What the program measured; the length of the longest stream where the container states none."""
    facts, found = _facts(probed.answer), _longest_ms(_streams(probed.answer))
    return facts if "duration_ms" in facts or not found else facts | {"duration_ms": found}


def states_length(facts: Mapping[str, Fact]) -> bool:
    """Whether the container says how long it is; of a bare stream the program only estimates it."""
    return facts.get("container") not in {"mp3", "aac", "ac3", "mpegts", "mpeg"}


def _streams(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Sound and picture, without cover pictures."""
    streams = answer.get("streams")
    return [
        s
        for s in (streams if isinstance(streams, list) else [])
        if isinstance(s, dict)
        and s.get("codec_type") in {"audio", "video"}
        and not (s.get("disposition") or {}).get("attached_pic")
    ]


def _facts(answer: Mapping[str, Any]) -> dict[str, Fact]:
    told = answer.get("format") if isinstance(answer.get("format"), dict) else {}
    facts: dict[str, Fact] = {}
    if told and isinstance(told.get("format_name"), str):
        facts["container"] = told["format_name"][:100]
    if told and (length := _ms(told.get("duration"))):
        facts["duration_ms"] = length
    if told and (speed := _whole(told.get("bit_rate"))):
        facts["bit_rate_bps"] = speed
    for stream in reversed(_streams(answer)):
        kind = stream["codec_type"]
        facts[f"{kind}_codec"] = str(stream.get("codec_name", ""))[:50]
        names = {"width": "width_px", "height": "height_px"} if kind == "video" else _SOUND
        facts |= {fact: value for name, fact in names.items() if (value := _whole(stream.get(name)))}
        if kind == "video" and (rate := _ratio(stream.get("avg_frame_rate"))):
            facts["frame_rate_fps"] = rate
    return facts


_SOUND = {"sample_rate": "sample_rate_hz", "channels": "channels", "bits_per_raw_sample": "bits_per_sample"}


def _longest_ms(streams: list[Mapping[str, Any]]) -> int:
    """How long the longest stream is; one without a duration of its own is measured by its pictures."""
    return max((_ms(s.get("duration")) or _ms_of_pictures(s) for s in streams), default=0)


def _ms_of_pictures(stream: Mapping[str, Any]) -> int:
    rate = _ratio(stream.get("avg_frame_rate"))
    if not rate or rate != _ratio(stream.get("r_frame_rate")):  # the time between pictures varies
        return 0
    return round(_whole(stream.get("nb_read_packets")) * 1000 / rate)


def _ms(value: object) -> int:
    try:
        seconds = float(str(value))
    except ValueError:
        return 0
    return round(seconds * 1000) if 0 < seconds < 1e8 else 0


def _whole(value: object) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _ratio(value: object) -> float:
    above, _, below = str(value).partition("/")
    return round(int(above) / int(below), 3) if _whole(above) and _whole(below) else 0.0
