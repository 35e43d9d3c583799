"""Pictures: what the camera wrote, what the file measures, what is missing at its end."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image

from lantai.kit.formats import opinion
from lantai.kit.formats.examine import examine
from lantai.kit.formats.remarks import State
from lantai.kit.formats.survey import survey
from tests.kit.formats import zoo, zoo_media


def test_what_the_camera_wrote_becomes_facts(tmp_path):
    zoo_media.photo(tmp_path / "a.jpg")
    facts = examine(tmp_path / "a.jpg").facts
    assert (facts["camera_maker"], facts["camera_model"], facts["iso"]) == ("Sample Camera", "S-1", 100)
    assert (facts["taken_at"], facts["aperture_f"], facts["exposure_s"]) == ("2026-01-01T08:00:00", 2.8, 0.01)
    assert (facts["latitude_deg"], facts["longitude_deg"]) == (30.25, 120.166667)
    assert (facts["width_px"], facts["height_px"], facts["dpi_x"], facts["colour_space"]) == (
        96,
        64,
        300.0,
        "rgb",
    )


@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_ing_21_a_photo_cut_off_is_truncated(share, tmp_path):
    zoo_media.photo(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[: int(len(data) * share)])
    assert examine(tmp_path / "a.jpg").state in {State.TRUNCATED, State.BROKEN}


def test_ing_21_a_picture_that_promises_too_many_pixels_is_refused_by_its_header(tmp_path):
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    found = examine(tmp_path / "a.png")
    assert (found.state, found.problems[0].code) == (State.BROKEN, "PixelFlood")


def test_strips_behind_the_end_of_a_tiff_are_missed(tmp_path):
    Image.effect_noise((64, 64), 50).save(tmp_path / "a.tif")
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[:-1000])
    assert examine(tmp_path / "a.tif").state in {State.TRUNCATED, State.BROKEN}


def test_an_opinion_is_asked_only_in_doubt_and_told_only_when_it_differs(tmp_path, monkeypatch):
    asked = []

    def guess(path):
        asked.append(path.name)
        return "python", 0.99

    monkeypatch.setattr(opinion, "_guess", guess)
    zoo.old_pdf(tmp_path / "a.pdf")
    assert survey(tmp_path / "a.pdf").second_opinion == ""
    zoo.text(tmp_path / "a.txt")
    found = survey(tmp_path / "a.txt")
    assert (asked, found.second_opinion) == (["a.txt"], "python")
    assert "second-opinion" in {p.code for p in found.problems}


def test_an_opinion_of_the_same_family_or_a_mere_hunch_is_kept_back(tmp_path, monkeypatch):
    zoo.text(tmp_path / "a.txt")
    for guess in (("markdown", 0.99), ("python", 0.5), ("unknown", 1.0), None):
        monkeypatch.setattr(opinion, "_guess", lambda _path, guess=guess: guess)
        assert survey(tmp_path / "a.txt").second_opinion == ""


def test_the_model_itself_answers(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"%PDF-1.4\n" * 3 + b"1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 40)
    label, score = opinion._guess(tmp_path / "a.txt")
    assert label
    assert 0 <= score <= 1
