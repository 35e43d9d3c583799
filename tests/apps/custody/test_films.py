"""Films and recordings are read twice: by our reader in a worker, and by ffprobe behind its own walls."""

from __future__ import annotations

import pytest

from lantai.apps.custody.services.examination import survey_files
from lantai.platform.sandbox import programs
from lantai.platform.sandbox.types import Killed, ParseKilled, ProgramUnavailable
from tests.kit.formats import zoo
from tests.kit.formats.zoo_media import film, needs_ffmpeg


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studio")
    film(folder, {"a.mpg": ("-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2"), "a.au": ("-vn",)})
    return folder


@needs_ffmpeg
def test_a_film_is_measured_by_ffprobe_and_a_text_is_not_asked_for(studio, tmp_path):
    (tmp_path / "a.txt").write_text("说明")
    (tmp_path / "b.au").write_bytes((studio / "a.au").read_bytes()[:24])
    names = [studio / "a.mpg", tmp_path / "a.txt", studio / "a.au", tmp_path / "b.au"]
    film_found, text, sound, empty = survey_files([(path, path.name) for path in names])
    facts = film_found.examination["facts"]
    assert facts["media_readers"] == ["lantai", "ffprobe"]
    assert (film_found.state, facts["width_px"], facts["video_codec"]) == ("ok", 64, "mpeg2video")
    assert (sound.state, sound.why, sound.examination["facts"]["media_readers"]) == ("ok", "", ["ffprobe"])
    assert "media_readers" not in text.examination["facts"]
    assert empty.state != "ok"


@pytest.mark.parametrize(
    ("failure", "code"),
    [(ProgramUnavailable(program="ffprobe"), "no-probe"), (ParseKilled(Killed.TIMEOUT), "unsupported")],
)
def test_without_an_answer_of_ffprobe_our_own_finding_stands(tmp_path, monkeypatch, failure, code):
    def fail(*args, **kwargs):
        raise failure

    monkeypatch.setattr(programs, "run", fail)
    zoo.wav(tmp_path / "a.wav")
    (tmp_path / "a.au").write_bytes(b".snd\0\0\0\x18\0\0\0\x04\0\0\0\3\0\0\x1f\x40\0\0\0\1" + bytes(4))
    ours, unknown = survey_files([(tmp_path / name, name) for name in ("a.wav", "a.au")])
    assert (ours.state, unknown.state) == ("ok", "unsupported")
    assert unknown.examination["problems"][0]["code"] == code
