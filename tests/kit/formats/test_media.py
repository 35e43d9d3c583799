"""Sound and film: whole ones are told from cut ones, by our own readers and by ffprobe."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.formats.examine import examine
from lantai.kit.formats.media import probing
from lantai.kit.formats.media.examination import examine_media
from lantai.kit.formats.remarks import State
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
]
ONLY_PROGRAM = ["a.flv", "a.mpg", "a.ts", "a.wmv", "a.aiff", "a.au"]


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
@pytest.mark.parametrize("name", OURS)
def test_media_that_were_cut_off_are_never_ok(name, share, studio, tmp_path):
    if name == "bare.mp3" and share == 0.5:
        share = 0.51  # frames of one size and no index: a cut between two frames leaves a shorter, whole recording
    found = examine(cut(studio / name, tmp_path, share))
    assert found.state in {State.TRUNCATED, State.BROKEN}
    assert found.problems


@needs_ffmpeg
@pytest.mark.parametrize("name", [*OURS, *ONLY_PROGRAM])
def test_the_program_reads_every_packet_of_a_whole_file(name, studio):
    found = examine_media(studio / name, "", program=FFPROBE)
    assert found.state is State.OK, found.problems
    assert "container" in found.facts


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_the_program_finds_a_cut_too(name, studio, tmp_path):
    probed = probing.probe(cut(studio / name, tmp_path, 0.5), FFPROBE)
    assert probing.examination_of(probed, "").state in {State.TRUNCATED, State.BROKEN}


@needs_ffmpeg
def test_a_film_without_an_index_is_measured_by_its_packets(tmp_path):
    zoo_media.film(tmp_path, {"a.flv": MEDIA["a.flv"]}, seconds=5)
    (tmp_path / "short").mkdir()
    assert examine_media(tmp_path / "a.flv", "", program=FFPROBE).state is State.OK
    short = cut(tmp_path / "a.flv", tmp_path / "short", 0.4)
    assert examine_media(short, "", program=FFPROBE).state is State.TRUNCATED


@needs_ffmpeg
@pytest.mark.parametrize("name", ONLY_PROGRAM)
def test_without_the_program_other_media_stay_unsupported_and_say_why(name, studio, tmp_path):
    assert [examine(studio / name).state] == [State.UNSUPPORTED]
    absent = examine_media(studio / name, "", program=str(tmp_path / "ffprobe"))
    assert (absent.state, absent.problems[0].code) == (State.UNSUPPORTED, "no-probe")


def script(folder: Path, text: str) -> str:
    path = folder / "ffprobe"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_program_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(probing, "TIMEOUT_S", 0.1)
    assert probing.probe(tmp_path, script(tmp_path, "exec sleep 60")) is None


def test_a_program_gets_no_environment_and_cannot_flood_us(tmp_path, monkeypatch):
    monkeypatch.setenv("LANTAI_SECRET", "x")
    probed = probing.probe(tmp_path, script(tmp_path, 'env >&2; echo "{}"'))
    assert "LANTAI_SECRET" not in probed.complaints
    monkeypatch.setattr(probing, "_OUTPUT_BLOCKS", 8)
    flooded = probing.probe(tmp_path, script(tmp_path, "exec cat /dev/zero"))
    assert flooded is None or flooded.answer == {}


def test_a_program_that_answers_nonsense_proves_nothing(tmp_path):
    zoo.wav(tmp_path / "a.wav")
    probed = probing.probe(tmp_path / "a.wav", script(tmp_path, "echo nonsense"))
    assert probing.examination_of(probed, "").state is State.BROKEN


def test_the_worse_of_two_answers_counts(tmp_path):
    zoo.wav(tmp_path / "a.wav")
    complaining = (
        """echo '{"streams": [{"codec_type": "audio", "nb_read_packets": "3"}]}'; echo "bad packet" >&2"""
    )
    found = examine_media(tmp_path / "a.wav", "fmt/141", program=script(tmp_path, complaining))
    assert (found.state, found.facts["sample_rate_hz"]) == (State.BROKEN, 8000)


def test_a_recording_of_nothing_is_broken(tmp_path):
    zoo.wav(tmp_path / "a.wav")
    data = (tmp_path / "a.wav").read_bytes()[:44]
    (tmp_path / "a.wav").write_bytes(data[:40] + bytes(4))
    assert examine(tmp_path / "a.wav").state is State.BROKEN


@needs_ffmpeg
@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(OURS), data=st.data())
def test_no_damage_makes_a_reader_crash_or_run_on(studio, tmp_path_factory, name, data):
    content = bytearray((studio / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 10))):
        near = data.draw(st.sampled_from([256, len(content)]))
        content[data.draw(st.integers(0, min(near, len(content)) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damage") / name
    path.write_bytes(content)
    assert examine(path).state in set(State)
