"""``ffprobe``, a separate program, asked with hard limits: every packet read, nothing fetched, nothing written.

It parses what a stranger wrote, so it gets a cleared environment, no network protocols, and limits of the kernel
on memory, time and output. Inside the sandbox no program can start at all: there our own readers stand alone, and
what they cannot read stays unsupported.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lantai.kit.errors import N_
from lantai.kit.formats.media.wording import CUT_SOMEWHERE, NOTHING_IN_IT, is_much_shorter, shorter
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

TIMEOUT_S: float = 120
_PROCESSOR_S = 120
MEMORY_KIB = 2 << 20
_OUTPUT_BLOCKS = 8192  # of 512 bytes
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
TOO_LONG = Remark("unsupported", N_("媒体检查程序超过时间或内存限制，没有得出结论。请人工播放检查。"))
DAMAGED = N_("媒体检查程序报告错误：%(reason)s。请播放核对，必要时重新导出。")


@dataclass(frozen=True, slots=True)
class Probed:
    """What the program said: its JSON, and its complaints."""

    answer: Mapping[str, Any]
    complaints: str


class ProbeUnavailable(Exception):
    """The program is not here, or may not start here."""


def find_program() -> str:
    """The path of an installed ``ffprobe``, or an empty text."""
    return shutil.which("ffprobe") or ""


def command(program: str, path: str) -> list[str]:
    """What to run on ``path``: also for a caller who starts it behind walls of their own."""
    options = ["-v", "error", "-hide_banner", "-protocol_whitelist", "file", "-count_packets"]
    return [program, *options, "-show_entries", _ENTRIES, "-of", "json", "-i", f"file:{path}"]


def probe(path: Path, program: str) -> Probed | None:
    """The answer of ``program``; None when it ran into a limit. Raises ``ProbeUnavailable``."""
    if not os.access(program, os.X_OK):
        raise ProbeUnavailable(program)
    try:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = _run(command(program, str(path.resolve())), out, err)
            out.seek(0)
            err.seek(0)
            return read_answer(out.read(), err.read(64 << 10)) if code >= 0 else None
    except OSError as refused:  # inside the sandbox nothing may start or be written
        raise ProbeUnavailable(program) from refused


def _run(words: list[str], out: IO[bytes], err: IO[bytes]) -> int:
    """The exit code, negative when it was ended; the shell sets the limits before it becomes the program."""
    limits = (
        f"ulimit -v {MEMORY_KIB} && ulimit -t {_PROCESSOR_S} && ulimit -f {_OUTPUT_BLOCKS} && ulimit -c 0"
    )
    shell = ["/bin/sh", "-c", f'{limits} && exec "$@"', "sh", *words]
    with subprocess.Popen(
        shell,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        env={"LC_ALL": "C"},
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            return process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return -1


def read_answer(output: bytes, complaints: bytes) -> Probed:
    """What the program printed; an unreadable answer is an empty one."""
    try:
        answer = json.loads(output)
    except ValueError:
        answer = {}
    return Probed(answer if isinstance(answer, dict) else {}, complaints.decode("utf-8", "replace"))


def examination_of(probed: Probed, puid: str) -> Examination:
    """State and facts by the program's answer: whole only when it read packets and complained of nothing."""
    facts, streams = _facts(probed.answer), _streams(probed.answer)
    complaint = probed.complaints.strip()
    if not streams:
        is_cut = any(words in complaint.lower() for words in _CUT_WORDS)
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
