"""Requests of the image interface and the file of tiles."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from lantai.kit.pictures.asking import MOST_AREA, BadPictureRequest, read_wanted
from lantai.kit.pictures.drawing import draw, ready_tile
from lantai.kit.pictures.pyramid import NAME, Pyramid, PyramidBroken, build

WHOLE = (1300, 700)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four fields of colour in four quarters, cut into tiles."""
    folder = tmp_path_factory.mktemp("tiles")
    sheet = Image.new("RGB", WHOLE, "red")
    sheet.paste("blue", (650, 0, 1300, 350))
    sheet.paste("lime", (0, 350, 650, 700))
    sheet.paste("black", (650, 350, 1300, 700))
    sheet.save(folder / "sheet.png")
    assert build(folder / "sheet.png", 1, folder) == {"width": 1300, "height": 700}
    return folder / NAME


def shown(tiles: Path, *asked: str) -> Image.Image:
    return Image.open(BytesIO(draw(tiles, asdict(read_wanted(WHOLE, *asked)))))


@pytest.mark.parametrize(
    ("region", "size", "out"),
    [
        ("full", "max", (1300, 700)),
        ("square", "max", (700, 700)),
        ("100,100,50,60", "max", (50, 60)),
        ("1250,650,500,500", "max", (50, 50)),
        ("pct:50,50,50,50", "pct:10", (65, 35)),
        ("full", "260,", (260, 140)),
        ("full", ",70", (130, 70)),
        ("full", "!200,200", (200, 108)),
        ("full", "100,100", (100, 100)),
        ("0,0,10,10", "^100,", (100, 100)),
        ("full", "^!2600,2600", (2600, 1400)),
    ],
)
def test_region_and_size_are_as_the_interface_says(region: str, size: str, out: tuple[int, int]) -> None:
    wanted = read_wanted(WHOLE, region, size, "0", "default", "jpg")
    assert (wanted.out_width, wanted.out_height) == out


@pytest.mark.parametrize(
    "asked",
    [
        ("1300,0,1,1", "max", "0", "default", "jpg"),
        ("0,0,0,10", "max", "0", "default", "jpg"),
        ("-1,0,5,5", "max", "0", "default", "jpg"),
        ("pct:101,0,5,5", "max", "0", "default", "jpg"),
        ("full", "2600,", "0", "default", "jpg"),
        ("full", "0,", "0", "default", "jpg"),
        ("full", ",", "0", "default", "jpg"),
        ("full", "^9999,9999", "0", "default", "jpg"),
        ("full", "!5,", "0", "default", "jpg"),
        ("full", "!2600,2600", "0", "default", "jpg"),
        ("full", "pct:0", "0", "default", "jpg"),
        ("full", "max", "361", "default", "jpg"),
        ("full", "max", "x", "default", "jpg"),
        ("full", "max", "0", "native", "jpg"),
        ("full", "max", "0", "default", "exe"),
        ("１,0,5,5", "max", "0", "default", "jpg"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: tuple[str, str, str, str, str]) -> None:
    with pytest.raises(BadPictureRequest):
        read_wanted(WHOLE, *asked)


def test_a_picture_too_large_to_give_out_is_given_smaller() -> None:
    wanted = read_wanted((40_000, 30_000), "full", "max", "0", "default", "jpg")
    assert wanted.out_width * wanted.out_height <= MOST_AREA
    assert wanted.out_width * 3 == pytest.approx(wanted.out_height * 4, abs=8)


def test_parts_turns_and_qualities_show_the_right_pixels(tiles: Path) -> None:
    assert shown(tiles, "full", "13,7", "0", "default", "png").getpixel((12, 0)) == (0, 0, 254)
    corner = shown(tiles, "650,350,650,350", "max", "0", "color", "png")
    assert corner.size == (650, 350)
    assert corner.crop((16, 16, 650, 350)).getextrema() == ((0, 0), (0, 0), (0, 0))
    turned = shown(tiles, "full", "130,", "90", "default", "png")
    assert turned.size == (70, 130)
    assert turned.getpixel((60, 10))[0] > 200  # red came to the upper right
    assert shown(tiles, "full", "130,", "!0", "default", "png").getpixel((120, 10))[0] > 200
    assert shown(tiles, "full", "130,", "0", "gray", "jpg").mode == "L"
    assert shown(tiles, "full", "130,", "0", "bitonal", "png").mode == "1"
    assert shown(tiles, "full", "130,", "22.5", "default", "webp").width > 130


def test_a_tile_is_given_as_it_lies_there_and_anything_else_is_drawn(tiles: Path) -> None:
    with tiles.open("rb") as source:
        pyramid = Pyramid.read(source)
        assert [(one.width, one.height) for one in pyramid.levels] == [(1300, 700), (650, 350), (325, 175)]
        for region, size in (
            ("512,0,512,512", "512,"),
            ("1024,512,276,188", "max"),
            ("1024,0,276,700", "138,350"),
        ):
            data = ready_tile(source, pyramid, read_wanted(WHOLE, region, size, "0", "default", "jpg"))
            assert data is not None
            assert data.startswith(b"\xff\xd8")
        for asked in (
            ("511,0,512,512", "max", "0"),
            ("0,0,512,512", "max", "90"),
            ("0,0,512,512", "300,", "0"),
        ):
            assert ready_tile(source, pyramid, read_wanted(WHOLE, *asked, "default", "jpg")) is None


def test_a_file_of_tiles_that_is_not_whole_is_told_from_one_that_is(tiles: Path) -> None:
    data = tiles.read_bytes()
    for broken in (b"", data[:9], b"x" + data[1:], data[:7] + b"\xff\xff\xff\xff" + data[11:], data[:40]):
        with pytest.raises(PyramidBroken):
            Pyramid.read(BytesIO(broken))
    cut = BytesIO(data[:-5_000])
    with pytest.raises(PyramidBroken):
        Pyramid.read(cut).tile(cut, 2, 0, 0)
