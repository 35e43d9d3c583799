"""Pictures of pages, plain text, and what the policy says of a format."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lantai.kit.formats.own import OWN_FORMATS
from lantai.kit.formats.policy import NATIONAL, Stage, Standing
from lantai.kit.formats.pronom import registry
from lantai.kit.formats.render import PageMissing, PreviewUnsupported, page_count, render_page, text_of
from tests.kit.formats import zoo


@pytest.mark.parametrize(
    ("name", "pages"), [("a.pdf", 1), ("a.tif", 3), ("a.png", 1), ("a.jpg", 1), ("a.jp2", 1)]
)
def test_pages_become_pictures(name, pages, tmp_path):
    path = tmp_path / name
    zoo.ANIMALS[name](path)
    assert page_count(path) == pages
    picture = Image.open(io.BytesIO(render_page(path, pages, 16)))
    assert (picture.format, picture.width) == ("PNG", 16)


def test_a_page_that_is_not_there_is_named(tmp_path):
    zoo.tiff(tmp_path / "a.tif")
    with pytest.raises(PageMissing, match="没有第 4 页"):
        render_page(tmp_path / "a.tif", 4, 100)


def test_a_sound_has_no_preview(tmp_path):
    zoo.wav(tmp_path / "a.wav")
    with pytest.raises(PreviewUnsupported):
        render_page(tmp_path / "a.wav", 1, 100)


def test_text_comes_from_pdf_and_txt_and_stops_at_the_limit(tmp_path):
    zoo.pdf(tmp_path / "a.pdf")
    zoo.text(tmp_path / "a.txt")
    assert text_of(tmp_path / "a.pdf", 1000) == "Lantai sample page"
    assert text_of(tmp_path / "a.pdf", 6) == "Lantai"
    assert text_of(tmp_path / "a.txt", 4) == "关于样例"


@pytest.mark.parametrize("depth", ["I;16", "CMYK", "P", "LA", "1", "L"])
def test_every_kind_of_pixel_can_be_shown(depth, tmp_path):
    path = tmp_path / "a.tif"
    Image.new(depth, (10, 10)).save(path)
    assert render_page(path, 1, 16)


def test_the_policy_names_only_formats_that_pronom_knows():
    known = set(registry(None).formats) | set(OWN_FORMATS)
    assert set(NATIONAL.by_puid) <= known


@pytest.mark.parametrize(
    ("puid", "stage", "standing"),
    [
        ("lantai-fmt/1", Stage.PRESERVATION, Standing.PREFERRED),
        ("fmt/477", Stage.TRANSFER, Standing.PREFERRED),
        ("fmt/412", Stage.FILING, Standing.CONVERT),
        ("fmt/412", Stage.PRESERVATION, Standing.REFUSED),
        ("fmt/0", Stage.FILING, Standing.UNLISTED),
        ("", Stage.TRANSFER, Standing.UNLISTED),
    ],
)
def test_the_policy_answers_with_its_clause(puid, stage, standing):
    verdict = NATIONAL.verdict(puid, stage)
    assert verdict.standing is standing
    assert verdict.clause
