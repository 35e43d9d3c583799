"""Sound and film: whole ones are told from cut ones, by our own readers and by ffprobe."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.formats.examine import examine
from lantai.kit.formats.media import probing
from lantai.kit.formats.media.comparing import disagreements
from lantai.kit.formats.media.examination import examine_media, second_voice, without_second_voice
from lantai.kit.formats.remarks import Examination, State
from tests.kit.formats import zoo, zoo_media
from tests.kit.formats.zoo_media import FFPROBE, MEDIA, needs_ffmpeg

OURS = [
    "a.mp3",
    "bare.mp3",
    "a.m4a",
    "a.mp4",
    "a.mov",
    "a.mkv",
    "a.webm",
    "a.avi",
    "a.flac",
    "a.ogg",
    "bwf.wav",
    "a.wmv",
    "a.aiff",
]
BARELY_OURS = ["a.flv", "a.mpg"]  # we know where they end, not what is in them
ONLY_PROGRAM = ["a.ts", "a.au"]


def cut(path: Path, folder: Path, share: float) -> Path:
    data = path.read_bytes()
    short = folder / path.name
    short.write_bytes(data[: int(len(data) * share)])
    return short


@needs_ffmpeg
@pytest.mark.parametrize("name", OURS)
def test_our_readers_find_whole_media_whole_and_measure_them(name, studio):
    found = examine(studio / name)
    assert found.state is State.OK, found.problems
    assert 900 <= found.facts["duration_ms"] <= 1200
    assert found.facts["sample_rate_hz"] == 44100
    if "video_codec" in found.facts:
        assert (found.facts["width_px"], found.facts["height_px"]) == (64, 48)


@needs_ffmpeg
@pytest.mark.parametrize("share", [0.1, 0.5, 0.93])
@pytest.mark.parametrize("name", [*OURS, *BARELY_OURS])
def test_media_that_were_cut_off_are_never_ok(name, share, studio, tmp_path):
    if name in {"bare.mp3", "a.mpg"}:
        share += 0.01  # frames of one size and no index: a cut between two frames leaves a shorter, whole recording
    found = examine(cut(studio / name, tmp_path, share))
    assert found.state in {State.TRUNCATED, State.BROKEN}
    assert found.problems


def ask(path: Path) -> tuple[bytes, bytes]:
    """What the real program says; walls are the sandbox's, and tested there."""
    assert FFPROBE
    run = subprocess.run([FFPROBE, *probing.arguments(str(path))], capture_output=True, timeout=600)
    return run.stdout, run.stderr


def codes(found: Examination) -> list[str]:
    return [problem.code for problem in found.problems]


@needs_ffmpeg
def test_a_program_stream_with_its_end_mark_leaves_no_doubt(studio, tmp_path):
    whole = tmp_path / "a.mpg"
    whole.write_bytes((studio / "a.mpg").read_bytes() + b"\0\0\1\xb9")
    assert (examine(whole).state, codes(examine(whole))) == (State.OK, [])


def heard_twice(path: Path) -> Examination:
    return second_voice(examine_media(path, ""), *ask(path))


@needs_ffmpeg
@pytest.mark.parametrize("name", [*OURS, *BARELY_OURS, *ONLY_PROGRAM])
def test_the_program_reads_every_packet_of_a_whole_file_and_agrees_with_our_reader(name, studio):
    found = heard_twice(studio / name)
    assert (found.state, codes(found)) == (State.OK, ["no-end-mark"] if name == "a.mpg" else [])
    assert found.facts["media_readers"] == (["ffprobe"] if name in ONLY_PROGRAM else ["lantai", "ffprobe"])
    assert found.facts["sample_rate_hz"] == 44100
    assert 900 <= found.facts["duration_ms"] <= 1200


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_the_program_finds_a_cut_too(name, studio, tmp_path):
    probed = probing.read_answer(*ask(cut(studio / name, tmp_path, 0.5)))
    assert probing.examination_of(probed, "").state in {State.TRUNCATED, State.BROKEN}


@needs_ffmpeg
def test_a_film_without_an_index_is_measured_by_its_packets(tmp_path):
    zoo_media.film(tmp_path, {"a.flv": MEDIA["a.flv"]}, seconds=5)
    (tmp_path / "short").mkdir()
    assert heard_twice(tmp_path / "a.flv").state is State.OK
    assert heard_twice(cut(tmp_path / "a.flv", tmp_path / "short", 0.4)).state is State.TRUNCATED


@needs_ffmpeg
@pytest.mark.parametrize("name", ONLY_PROGRAM)
def test_without_the_program_other_media_stay_unsupported_and_say_why(name, studio):
    found = examine(studio / name)
    assert (found.state, found.problems[0].code) == (State.UNSUPPORTED, "no-probe")
    given_up = without_second_voice(found)
    assert (given_up.state, [p.code for p in given_up.problems]) == (State.UNSUPPORTED, ["unsupported"])


@needs_ffmpeg
def test_a_playlist_that_calls_itself_a_film_is_not_followed(studio, tmp_path):
    hostile = tmp_path / "a.mp4"
    for text in (
        f"#EXTM3U\n#EXTINF:1,\nfile:{studio}/a.ts\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile {studio}/a.mp4\n",
        "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>",
    ):
        hostile.write_text(text)
        found = probing.examination_of(probing.read_answer(*ask(hostile)), "")
        assert (found.state is State.OK, found.facts) == (False, {})


def answer(complaint: str = "", **stream: object) -> tuple[bytes, bytes]:
    stream = {"codec_type": "audio", "codec_name": "pcm_s16le", "nb_read_packets": "3"} | stream
    return json.dumps({"streams": [stream], "format": {"format_name": "wav"}}).encode(), complaint.encode()


@pytest.mark.parametrize("nonsense", [b"nonsense", b"[" * 100_000, b"[]", b'{"streams": 7, "format": []}'])
def test_a_program_that_answers_nonsense_proves_nothing(nonsense):
    assert probing.examination_of(probing.read_answer(nonsense, b""), "").state is State.BROKEN


def test_the_worse_of_two_answers_counts(tmp_path):
    zoo.wav(tmp_path / "a.wav")
    found = second_voice(examine_media(tmp_path / "a.wav", "fmt/141"), *answer("bad packet"))
    assert (found.state, found.facts["sample_rate_hz"]) == (State.BROKEN, 8000)


@pytest.mark.parametrize(
    ("theirs", "word"),
    [
        ({"sample_rate": "44100"}, "44100"),
        ({"codec_name": "dts"}, "dts"),
        ({"codec_type": "video", "codec_name": "h264", "width": 64, "height": 48}, "没有读到"),
    ],
)
def test_two_readings_of_one_file_are_both_told(tmp_path, theirs, word):
    zoo.wav(tmp_path / "a.wav")
    found = second_voice(examine_media(tmp_path / "a.wav", "fmt/141"), *answer(**theirs))
    assert found.state is State.OK
    assert [p.code for p in found.problems] == ["media-disagree"]
    assert word in str(found.problems[0])


def test_a_length_that_differs_is_told_but_not_one_that_is_only_estimated():
    ours = {"audio_codec": "mp3", "duration_ms": 60_000}
    for container, differs in (("mp3", False), ("mov,mp4,m4a,3gp,3g2,mj2", True)):
        told = {
            "format": {"format_name": container, "duration": "90.0"},
            "streams": [{"codec_type": "audio"}],
        }
        told["streams"][0] |= {"codec_name": "mp3"}
        found = disagreements(ours, probing.measured(probing.Probed(told, "")))
        assert bool(found) is differs


def test_a_second_track_is_no_disagreement():
    streams = [
        {"codec_type": "video", "codec_name": "mpeg4", "width": w, "height": h} for w, h in ((64, 48), (8, 6))
    ]
    ours = {"video_codec": "mp4v", "width_px": 8, "height_px": 6}
    assert disagreements(ours, probing.measured(probing.Probed({"streams": streams}, ""))) == ()


def test_a_recording_of_nothing_is_broken(tmp_path):
    zoo.wav(tmp_path / "a.wav")
    data = (tmp_path / "a.wav").read_bytes()[:44]
    (tmp_path / "a.wav").write_bytes(data[:40] + bytes(4))
    assert examine(tmp_path / "a.wav").state is State.BROKEN


@needs_ffmpeg
@settings(max_examples=60)
@given(name=st.sampled_from([*OURS, *BARELY_OURS]), data=st.data())
def test_no_damage_makes_a_reader_crash_or_run_on(studio, tmp_path_factory, name, data):
    content = bytearray((studio / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 10))):
        near = data.draw(st.sampled_from([256, len(content)]))
        content[data.draw(st.integers(0, min(near, len(content)) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damage") / name
    path.write_bytes(content)
    assert examine(path).state in set(State)
