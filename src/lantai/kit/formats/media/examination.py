"""Which reader reads a sound or a film, and what ``ffprobe`` adds where it may run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.formats.media.avi import examine_avi
from lantai.kit.formats.media.flac import examine_flac
from lantai.kit.formats.media.matroska import examine_matroska
from lantai.kit.formats.media.mp3 import examine_mp3
from lantai.kit.formats.media.mp4 import examine_mp4
from lantai.kit.formats.media.ogg import examine_ogg
from lantai.kit.formats.media.probing import TOO_LONG, ProbeUnavailable, examination_of, probe
from lantai.kit.formats.media.wav import examine_wav
from lantai.kit.formats.remarks import Examination, Remark, State

Reader = Callable[[Path, str], Examination]

NO_PROGRAM = Remark(
    "no-probe",
    N_("这种录音录像格式需要媒体检查程序 ffprobe，此处没有或不能运行，没有检查内容。请人工播放检查。"),
)


def examine_media(path: Path, puid: str, *, program: str = "") -> Examination:
    """State and facts of a sound or a film; ``program`` is the path of ``ffprobe``, empty for none.

    Our reader of the container speaks first; the program may find more faults, never fewer.
    """
    reader = reader_of(path)
    ours = reader(path, puid) if reader else None
    theirs = _by_program(path, puid, program)
    if ours is None:
        return theirs or Examination(puid, State.UNSUPPORTED, problems=(NO_PROGRAM,))
    if theirs is None or theirs.problems == (TOO_LONG,):
        return ours
    facts = {**ours.facts, **theirs.facts}
    return replace(ours if ours.state is not State.OK else theirs, facts=facts)


def reader_of(path: Path) -> Reader | None:
    """Our reader of the container that the file begins like."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return examine_wav
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return examine_avi
    if head[4:8] in {b"ftyp", b"moov", b"wide", b"mdat"}:
        return examine_mp4
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2):
        return examine_mp3
    return next((reader for mark, reader in _BY_MARK.items() if head.startswith(mark)), None)


_BY_MARK: dict[bytes, Reader] = {
    b"\x1aE\xdf\xa3": examine_matroska,
    b"fLaC": examine_flac,
    b"OggS": examine_ogg,
}


def _by_program(path: Path, puid: str, program: str) -> Examination | None:
    if not program:
        return None
    try:
        probed = probe(path, program)
    except ProbeUnavailable:
        return None
    return (
        examination_of(probed, puid) if probed else Examination(puid, State.UNSUPPORTED, problems=(TOO_LONG,))
    )
