"""Reading OFD: structure, words and pictures of pages."""

from __future__ import annotations

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lantai.kit.errors import Refusal
from lantai.kit.formats.examine import examine
from lantai.kit.formats.ofd.geometry import Matrix, offsets
from lantai.kit.formats.ofd.paths import path_operators
from lantai.kit.formats.ofd.to_pdf import FontNeeded
from lantai.kit.formats.remarks import State
from lantai.kit.formats.render import page_count, render_page, text_of
from tests.conftest import SAMPLES, needs_samples
from tests.kit.formats import zoo


def _picture(path, width=200):
    return Image.open(io.BytesIO(render_page(path, 1, width))).convert("RGB")


def test_words_come_line_by_line_whatever_their_order_in_the_file(tmp_path):
    def run(x, y, words):
        return (
            f'<ofd:TextObject ID="9" Boundary="{x} {y} 40 6" Font="3" Size="4"><ofd:TextCode X="0" Y="4" '
            f'DeltaX="g 9 4">{words}</ofd:TextCode></ofd:TextObject>'
        )

    path = zoo.ofd(
        tmp_path / "a.ofd", content=run(10, 30, "第二行") + run(40, 10, "右边") + run(10, 10, "左边")
    )
    assert text_of(path, 100) == "左边 右边\n第二行"
    assert text_of(path, 4) == "左边 右"


def test_an_ofd_tells_its_size_and_title(tmp_path):
    found = examine(zoo.ofd(tmp_path / "a.ofd"))
    assert (found.state, found.pages, found.facts["page_mm"]) == (State.OK, 1, [100.0, 50.0])
    assert found.facts["info_Title"] == "样例"


@pytest.mark.parametrize("part", ["OFD.xml", "D/Document.xml", "D/P.xml", "D/Res.xml"])
def test_a_missing_part_is_never_overlooked(part, tmp_path):
    path = zoo.ofd(tmp_path / "a.ofd", extra={part: b""})
    assert examine(path).state is not State.OK


def test_a_dtd_inside_an_ofd_is_refused(tmp_path):
    page = '<!DOCTYPE a [<!ENTITY b "c">]><Page>&b;</Page>'
    found = examine(zoo.ofd(tmp_path / "a.ofd", extra={"D/P.xml": page}))
    assert (found.state, found.problems[0].code) == (State.BROKEN, "unsafe-part")


def test_a_filled_square_is_drawn_where_it_belongs(tmp_path):
    square = (
        '<ofd:PathObject ID="5" Boundary="50 0 50 50" Fill="true" Stroke="false">'
        '<ofd:FillColor Value="255 0 0"/>'
        "<ofd:AbbreviatedData>M 0 0 L 50 0 L 50 50 L 0 50 C</ofd:AbbreviatedData></ofd:PathObject>"
    )
    picture = _picture(zoo.ofd(tmp_path / "a.ofd", content=square))
    assert picture.size == (200, 100)
    assert picture.getpixel((150, 50)) == (255, 0, 0)
    assert picture.getpixel((50, 50)) == (255, 255, 255)


def test_an_image_is_placed_by_its_matrix_and_stands_upright(tmp_path):
    image = Image.new("RGB", (2, 2), (0, 0, 255))
    image.putpixel((0, 0), (255, 0, 0))
    out = io.BytesIO()
    image.resize((64, 64), Image.Resampling.NEAREST).save(out, "PNG")
    path = zoo.ofd(
        tmp_path / "a.ofd",
        content='<ofd:ImageObject ID="6" Boundary="0 0 50 50" CTM="50 0 0 50 0 0" ResourceID="7"/>',
        resources='<ofd:MultiMedias><ofd:MultiMedia ID="7" Type="Image"><ofd:MediaFile>i.png</ofd:MediaFile>'
        "</ofd:MultiMedia></ofd:MultiMedias>",
        extra={"D/i.png": out.getvalue()},
    )
    picture = _picture(path)
    red, blue = picture.getpixel((25, 25)), picture.getpixel((75, 75))
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]
    assert picture.getpixel((150, 50)) == (255, 255, 255)


def test_latin_letters_are_drawn_without_any_font(tmp_path):
    assert min(_picture(zoo.ofd(tmp_path / "a.ofd")).convert("L").getextrema()) < 100


def test_chinese_without_a_font_is_refused_instead_of_drawn_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr("lantai.kit.formats.ofd.to_pdf.installed_chinese_font", lambda: None)
    words = '<ofd:TextObject ID="4" Boundary="0 0 50 9" Font="3" Size="5"><ofd:TextCode X="0" Y="5">档案</ofd:TextCode></ofd:TextObject>'  # noqa: E501
    with pytest.raises(FontNeeded, match="Times New Roman"):
        _picture(zoo.ofd(tmp_path / "a.ofd", content=words))


@needs_samples
@pytest.mark.parametrize("name", ["doc1File", "keyword", "testImageNotFound", "test-ofda"])
def test_samples_with_their_own_fonts_are_drawn(name):
    path = SAMPLES / "ofd" / f"{name}.ofd"
    assert page_count(path) >= 1
    assert min(_picture(path, 400).convert("L").getextrema()) < 128


@needs_samples
def test_other_samples_are_drawn_or_refused_with_a_reason():
    for path in sorted((SAMPLES / "ofd").glob("*.ofd")):
        try:
            picture = _picture(path, 300)
        except Refusal as refused:
            assert str(refused)
        else:
            assert picture.width == 300


numbers = st.floats(-100, 100, allow_nan=False)


@given(st.builds(Matrix, *[numbers] * 6), st.builds(Matrix, *[numbers] * 6), numbers, numbers)
def test_one_matrix_after_the_other_is_their_product(first, second, x, y):
    once = first.then(second).apply(x, y)
    twice = second.apply(*first.apply(x, y))
    assert all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-4) for a, b in zip(once, twice, strict=True))


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0, 50)), max_size=6), st.integers(0, 20))
def test_delta_lists_are_written_out_and_never_too_long(groups, count):
    text = " ".join(f"g {n} {v}" for n, v in groups)
    expected = [v for n, v in groups for _ in range(n)][:count]
    assert offsets(text, count) == pytest.approx(expected)


@given(st.text("SMLQBAC 0123456789.-x", max_size=80))
def test_any_outline_becomes_operators_or_nothing(data):
    for line in path_operators(data, Matrix()).splitlines():
        assert line.split()[-1] in {"m", "l", "c", "h"}


def test_a_half_circle_ends_where_it_should():
    drawn = path_operators("M 0 0 A 5 5 0 0 1 10 0", Matrix()).splitlines()
    ends = [tuple(float(word) for word in line.split()[4:6]) for line in drawn[1:]]
    assert ends == [(5.0, -5.0), (10.0, 0.0)]


@pytest.mark.parametrize("odd", ["nan", "inf", "1e308", "-", "9" * 400])
def test_numbers_that_no_page_has_are_not_believed(odd, tmp_path):
    letters = (
        f'<ofd:TextObject ID="4" Boundary="0 0 50 9" Font="3" Size="{odd}" CharDirection="{odd}">'
        f'<ofd:TextCode X="{odd}" Y="5" DeltaX="g {odd} {odd}">ab</ofd:TextCode></ofd:TextObject>'
    )
    assert _picture(zoo.ofd(tmp_path / "a.ofd", content=letters)).width == 200
