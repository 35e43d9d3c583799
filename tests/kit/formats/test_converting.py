"""Pictures are made anew in lasting formats: lossless is proved for each page, and what is lost is said."""

from __future__ import annotations

import hashlib

import pytest
from PIL import Image

from lantai.kit.formats import converting
from lantai.kit.formats.converting import NotConvertible, PixelsDiffer, convert, targets_for
from lantai.kit.formats.identify import identify
from lantai.kit.formats.images import ImageBroken


def picture(mode: str, size=(97, 61), shift: int = 0) -> Image.Image:
    """Made up: a gradient with noise that a lossy coder would change."""
    width, height = size
    grey = bytes((x * 7 + y * 13 + (x * y) % 31 + shift) % 256 for y in range(height) for x in range(width))
    return Image.frombytes("L", size, grey).convert(mode)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_every_page_of_a_tiff_becomes_a_jpeg_2000_with_the_same_pixels(tmp_path, out):
    source = tmp_path / "a.tif"
    pages = [picture("RGB"), picture("L", shift=9), picture("1")]
    pages[0].save(source, save_all=True, append_images=pages[1:], dpi=(300, 300))
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    made = convert(source, out, "jp2")
    assert [page["name"] for page in made["pages"]] == ["0001.jp2", "0002.jp2", "0003.jp2"]
    for page, original in zip(made["pages"], pages, strict=True):
        with Image.open(out / page["name"]) as again:
            same = original.convert("L") if original.mode == "1" else original
            assert again.mode == same.mode and again.tobytes() == same.tobytes()
        assert identify(out / page["name"]).puid == made["puid"] == "x-fmt/392"
    assert made["lost"] == ["dpi"]
    assert made["made_bytes"] == sum((out / page["name"]).stat().st_size for page in made["pages"])
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(("mode", "suffix"), [("P", "png"), ("RGBA", "png"), ("LA", "png"), ("RGB", "bmp")])
def test_palettes_and_transparency_survive(tmp_path, out, mode, suffix):
    source = tmp_path / f"a.{suffix}"
    picture("RGB").convert(mode).save(source)
    assert convert(source, out, "jp2")["pages"][0]["pixels_sha256"]


def test_a_jpeg_keeps_profile_and_resolution_and_promises_no_pixels(tmp_path, out):
    source = tmp_path / "a.tif"
    picture("RGB").save(source, dpi=(300, 300), icc_profile=b"made-up profile")
    made = convert(source, out, "jpeg")
    assert made["pages"][0]["pixels_sha256"] == "" and made["lost"] == []
    with Image.open(out / "0001.jpg") as again:
        assert again.info["dpi"] == (300, 300) and again.info["icc_profile"] == b"made-up profile"


def test_what_the_target_does_not_hold_is_refused(tmp_path, out):
    source = tmp_path / "a.tif"
    picture("CMYK").save(source)
    with pytest.raises(NotConvertible, match="CMYK"):
        convert(source, out, "jp2")


def test_a_coder_that_changes_a_pixel_is_found_out(tmp_path, out, monkeypatch):
    source = tmp_path / "a.tif"
    picture("RGB").save(source)
    lossy = converting.TARGETS["jpeg"].save
    cheat = {"jp2": _with_save(converting.TARGETS["jp2"], lossy)}
    monkeypatch.setattr(converting, "TARGETS", cheat)
    with pytest.raises(PixelsDiffer):
        convert(source, out, "jp2")


def _with_save(target, save):
    from dataclasses import replace

    return replace(target, save=save)


def test_a_broken_picture_is_refused(tmp_path, out):
    source = tmp_path / "a.tif"
    picture("RGB").save(source)
    source.write_bytes(source.read_bytes()[:200])
    with pytest.raises(ImageBroken):
        convert(source, out, "jp2")


def test_what_a_format_can_become_is_known_by_its_puid():
    assert [target.slug for target in targets_for("fmt/353")] == ["jp2", "jpeg"]
    assert targets_for("fmt/95") == ()
