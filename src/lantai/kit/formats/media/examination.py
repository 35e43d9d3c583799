"""Which of our readers reads a sound or a film, and what ``ffprobe`` adds as a second voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.formats.media.aiff import examine_aiff
from lantai.kit.formats.media.asf import HEADER as ASF_HEADER
from lantai.kit.formats.media.asf import examine_asf
from lantai.kit.formats.media.avi import examine_avi
from lantai.kit.formats.media.comparing import disagreements
from lantai.kit.formats.media.flac import examine_flac
from lantai.kit.formats.media.matroska import examine_matroska
from lantai.kit.formats.media.mp3 import examine_mp3
from lantai.kit.formats.media.mp4 import examine_mp4
from lantai.kit.formats.media.ogg import examine_ogg
from lantai.kit.formats.media.probing import PROGRAM, examination_of, measured, read_answer, states_length
from lantai.kit.formats.media.tagged import examine_flv, examine_program_stream
from lantai.kit.formats.media.wav import examine_wav
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

Reader = Callable[[Path, str], Examination]

READERS = "media_readers"  # the fact that says who has read a sound or a film
_OWN = "lantai"
NO_PROGRAM = Remark(
    "no-probe",
    N_("这种录音录像格式需要媒体检查程序 ffprobe，此处没有或不能运行，没有检查内容。请人工播放检查。"),
)
NO_ANSWER = Remark(
    "unsupported",
    N_("媒体检查程序没有在限制内读完这个文件（超时、内存不足或异常退出），没有得出结论。请人工播放检查。"),
)


def examine_media(path: Path, puid: str) -> Examination:
    """State and facts of a sound or a film by our reader of its container; ``unsupported`` without one."""
    reader = reader_of(path)
    if reader is None:
        return Examination(puid, State.UNSUPPORTED, {READERS: []}, (NO_PROGRAM,))
    ours = reader(path, puid)
    return replace(ours, facts={**ours.facts, READERS: [_OWN]})


def wants_second_voice(facts: Mapping[str, Fact]) -> bool:
    """Whether what was examined is a sound or a film, which ``ffprobe`` should read as well."""
    return READERS in facts


def second_voice(ours: Examination, output: bytes, complaints: bytes) -> Examination:
    """What our reader and the program found together: the program may find more faults, never fewer.

    Where they measure differently the difference is reported; the program's value is kept, but for a length
    that it only estimates.
    """
    probed = read_answer(output, complaints)
    theirs = examination_of(probed, ours.puid)
    heard = [*_readers(ours), PROGRAM]
    facts = {**ours.facts, **theirs.facts, READERS: heard}
    if "duration_ms" in ours.facts and not states_length(theirs.facts):
        facts["duration_ms"] = ours.facts["duration_ms"]
    if not _readers(ours):
        kept = [p for p in ours.problems if p.code != NO_PROGRAM.code]
        return replace(theirs, facts=facts, problems=(*theirs.problems, *kept))
    differing = disagreements(ours.facts, measured(probed))
    worse = ours if ours.state is not State.OK or theirs.state is State.UNSUPPORTED else theirs
    others = ours.problems if worse is theirs else ()
    return replace(ours, state=worse.state, facts=facts, problems=(*worse.problems, *others, *differing))


def without_second_voice(ours: Examination) -> Examination:
    """Our finding, where the program came to no end; what only it could have read stays unsupported."""
    if _readers(ours):
        return replace(ours, problems=(*ours.problems, NO_ANSWER))
    kept = [p for p in ours.problems if p.code != NO_PROGRAM.code]
    return replace(ours, problems=(NO_ANSWER, *kept))


def _readers(found: Examination) -> list[str]:
    names = found.facts.get(READERS)
    return [str(name) for name in names] if isinstance(names, list) else []


def reader_of(path: Path) -> Reader | None:
    """Our reader of the container that the file begins like."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return examine_wav
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return examine_avi
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return examine_aiff
    if head[4:8] in {b"ftyp", b"moov", b"wide", b"mdat"}:
        return examine_mp4
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2):
        return examine_mp3
    return next((reader for mark, reader in _BY_MARK.items() if head.startswith(mark)), None)


_BY_MARK: dict[bytes, Reader] = {
    b"\x1aE\xdf\xa3": examine_matroska,
    b"fLaC": examine_flac,
    b"OggS": examine_ogg,
    ASF_HEADER: examine_asf,
    b"FLV\x01": examine_flv,
    b"\0\0\1\xba": examine_program_stream,
}
