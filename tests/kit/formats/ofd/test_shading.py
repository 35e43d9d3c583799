"""Gradients: every colour of the run where it belongs, in pixels; the same runs in SVG."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from lantai.kit.formats.ofd.container import NAMESPACE
from lantai.kit.formats.ofd.geometry import IDENTITY
from lantai.kit.formats.ofd.meshes import mesh_of
from lantai.kit.formats.ofd.pdf_resources import PdfResources
from lantai.kit.formats.ofd.shading import gradient_of
from lantai.kit.formats.ofd.to_svg import page_svg
from lantai.kit.formats.render import render_page
from tests.kit.formats import zoo

RED, BLUE = ("255 0 0", (255, 0, 0)), ("0 0 255", (0, 0, 255))
RUN = f'<ofd:Segment Position="0"><ofd:Color Value="{RED[0]}"/></ofd:Segment>'
RUN += f'<ofd:Segment Position="1"><ofd:Color Value="{BLUE[0]}"/></ofd:Segment>'
AXIAL = 'StartPoint="10 0" EndPoint="40 0"'
SQUARE = "M 0 0 L 50 0 L 50 50 L 0 50 C"


def filled(path, shading, *, data=SQUARE, alpha="", more=""):
    return zoo.ofd(
        path / "a.ofd",
        content=f'<ofd:PathObject ID="5" Boundary="0 0 50 50" Fill="true" Stroke="false" {more}>'
        f"<ofd:FillColor {alpha}>{shading}</ofd:FillColor>"
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>",
    )


def pixels(path):
    """The colour at a place in millimetres; four pixels are one."""
    picture = Image.open(io.BytesIO(render_page(path, 1, 400))).convert("RGB")
    return lambda x, y: picture.getpixel((round(x * 4), round(y * 4)))


def near(one, other, by=14):
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("extend", "left", "right"),
    [(0, (255, 255, 255), (255, 255, 255)), (1, RED[1], (255, 255, 255)), (3, RED[1], BLUE[1])],
)
def test_a_run_along_a_line_goes_from_colour_to_colour_and_ends_or_goes_on(tmp_path, extend, left, right):
    at = pixels(filled(tmp_path, f'<ofd:AxialShd {AXIAL} Extend="{extend}">{RUN}</ofd:AxialShd>'))
    assert near(at(12, 25), (238, 0, 17))
    assert near(at(25, 5), (128, 0, 128))
    assert near(at(38, 45), (17, 0, 238))
    assert (near(at(4, 25), left), near(at(46, 25), right)) == (True, True)
    assert at(75, 25) == (255, 255, 255)


def test_a_run_may_have_three_colours_at_their_own_places(tmp_path):
    segments = RUN.replace('<ofd:Segment Position="1">', '<ofd:Segment Position="0.25">')
    segments += '<ofd:Segment Position="1"><ofd:Color Value="0"/></ofd:Segment>'
    at = pixels(filled(tmp_path, f'<ofd:AxialShd StartPoint="0 0" EndPoint="50 0">{segments}</ofd:AxialShd>'))
    assert near(at(12.5, 25), BLUE[1])
    assert near(at(31.25, 25), (0, 0, 128))


@pytest.mark.parametrize(("way", "after"), [("Repeat", (230, 0, 25)), ("Reflect", (25, 0, 230))])
def test_a_short_run_repeats_or_swings_back(tmp_path, way, after):
    shading = (
        f'<ofd:AxialShd MapType="{way}" MapUnit="20" StartPoint="0 0" EndPoint="50 0">{RUN}</ofd:AxialShd>'
    )
    at = pixels(filled(tmp_path, shading))
    assert near(at(10, 25), (128, 0, 128))
    assert near(at(22, 25), after)
    assert near(at(45, 25), (191, 0, 64))


def test_a_run_between_circles_and_between_ellipses(tmp_path):
    circle = f'StartPoint="25 25" StartRadius="0" EndPoint="25 25" EndRadius="20">{RUN}</ofd:RadialShd>'
    at = pixels(filled(tmp_path, f"<ofd:RadialShd {circle}"))
    assert near(at(25, 25), RED[1], 30)
    assert near(at(35, 25), (128, 0, 128)) and near(at(25, 15), (128, 0, 128))
    assert at(25, 2) == (255, 255, 255)
    at = pixels(filled(tmp_path, f'<ofd:RadialShd Eccentricity="0.866" Angle="0" {circle}'))
    assert near(at(35, 25), (128, 0, 128))
    assert near(at(25, 30), (128, 0, 128), 20)
    assert at(25, 10) == (255, 255, 255)
    at = pixels(filled(tmp_path, f'<ofd:RadialShd Eccentricity="0.866" Angle="90" {circle}'))
    assert near(at(30, 25), (128, 0, 128), 20)
    assert near(at(25, 35), (128, 0, 128))


def test_a_run_moves_and_turns_with_its_object(tmp_path):
    shading = f'<ofd:AxialShd {AXIAL} Extend="3">{RUN}</ofd:AxialShd>'
    at = pixels(filled(tmp_path, shading, more='CTM="0 1 -1 0 50 0"'))
    assert near(at(25, 25), (128, 0, 128))
    assert (near(at(25, 5), RED[1]), near(at(25, 45), BLUE[1])) == (True, True)


def test_a_run_colours_lines_and_letters_too(tmp_path):
    shading = f'<ofd:AxialShd StartPoint="0 0" EndPoint="50 0" Extend="3">{RUN}</ofd:AxialShd>'
    line = (
        '<ofd:PathObject ID="5" Boundary="0 0 50 50" LineWidth="6"><ofd:StrokeColor>'
        f"{shading}</ofd:StrokeColor><ofd:AbbreviatedData>M 0 40 L 50 40</ofd:AbbreviatedData></ofd:PathObject>"
    )
    words = (
        f'<ofd:TextObject ID="6" Boundary="0 0 50 30" Font="3" Size="28"><ofd:FillColor>{shading}</ofd:FillColor>'
        '<ofd:TextCode X="1" Y="24" DeltaX="28">II</ofd:TextCode></ofd:TextObject>'
    )
    path = zoo.ofd(tmp_path / "a.ofd", content=line + words)
    at = pixels(path)
    assert near(at(5, 40), (230, 0, 25)) and near(at(45, 40), (25, 0, 230))
    picture = Image.open(io.BytesIO(render_page(path, 1, 400))).convert("RGB").crop((0, 0, 200, 110))
    inked = {pixel for _, pixel in picture.getcolors(1 << 16) if pixel[1] < 20}
    assert any(red > 180 > 90 > blue for red, _, blue in inked)
    assert any(blue > 120 > 110 > red for red, _, blue in inked)


def test_a_run_can_be_seen_through(tmp_path):
    at = pixels(
        filled(tmp_path, f'<ofd:AxialShd {AXIAL} Extend="3">{RUN}</ofd:AxialShd>', alpha='Alpha="128"')
    )
    assert near(at(4, 25), (255, 127, 127))


def test_svg_has_the_same_runs(tmp_path):
    radial = f'<ofd:RadialShd StartPoint="25 25" StartRadius="20" EndPoint="25 25" EndRadius="0">{RUN}</ofd:RadialShd>'
    for shading, kind in (
        (f'<ofd:AxialShd {AXIAL} Extend="1">{RUN}</ofd:AxialShd>', "linear"),
        (radial, "radial"),
    ):
        root = etree.fromstring(page_svg(filled(tmp_path, shading), 0))
        (made,) = root.iter(f"{{*}}{kind}Gradient")
        assert made.get("gradientUnits") == "userSpaceOnUse"
        stops = [(s.get("offset"), s.get("stop-color"), s.get("stop-opacity")) for s in made]
        if kind == "linear":
            want = [("0.00000", "#ff0000", None), ("1.00000", "#0000ff", None), ("1.00000", "#0000ff", "0")]
            assert stops == want
        else:
            # the larger circle came first: SVG takes the smaller one, which is blue
            assert (made.get("fr"), made.get("r")) == ("0", "20")
            assert [colour for _, colour, _ in stops] == ["#0000ff", "#0000ff", "#ff0000", "#ff0000"]
        assert any(p.get("fill") == f"url(#{made.get('id')})" for p in root.iter("{*}path"))


numbers = st.floats(-50, 50).map(lambda v: f"{v:.3f}") | st.sampled_from(["", "nan", "x", "1e300"])


@given(
    positions=st.lists(numbers, max_size=6),
    unit=numbers,
    way=st.sampled_from(["Direct", "Repeat", "Reflect", "?"]),
    radius=numbers,
    is_radial=st.booleans(),
)
def test_whatever_a_stranger_writes_the_stops_are_in_order(positions, unit, way, radius, is_radial):
    kind = "RadialShd" if is_radial else "AxialShd"
    segments = "".join(f'<Segment Position="{at}"><Color Value="9 9 9"/></Segment>' for at in positions)
    text = (
        f'<FillColor xmlns="{NAMESPACE}"><{kind} MapType="{way}" MapUnit="{unit}" StartPoint="0 0" EndPoint="9 0" '
        f'StartRadius="{radius}" EndRadius="5" Eccentricity="{unit}" Angle="{radius}">{segments}</{kind}></FillColor>'
    )
    found = gradient_of(etree.fromstring(text))
    assert (found is None) is (not positions)
    if found is not None:
        places = [stop.at for stop in found.stops]
        assert places == sorted(places)
        assert (places[0], places[-1]) == (0.0, 1.0)
        assert all(0 <= value <= 1 for stop in found.stops for value in stop.colour)


def point(x, y, colour, edge=0):
    return f'<ofd:Point X="{x}" Y="{y}" EdgeFlag="{edge}"><ofd:Color Value="{colour}"/></ofd:Point>'


CORNERS = point(0, 0, "255 0 0") + point(50, 0, "0 0 255") + point(0, 50, "0 255 0")


def test_a_triangle_runs_between_the_colours_of_its_corners(tmp_path):
    at = pixels(filled(tmp_path, f"<ofd:GouraudShd>{CORNERS}</ofd:GouraudShd>"))
    assert near(at(2, 2), (235, 10, 10), 16) and near(at(46, 1), (15, 5, 235), 16)
    assert near(at(24, 24), (10, 122, 122), 20)
    assert at(45, 45) == (255, 255, 255)


def test_a_second_triangle_goes_on_from_a_side_and_the_rest_has_the_background(tmp_path):
    more = CORNERS + point(50, 50, "255 255 0", edge=1) + '<ofd:BackColor Value="0 0 0"/>'
    at = pixels(filled(tmp_path, f"<ofd:GouraudShd>{more}</ofd:GouraudShd>"))
    assert near(at(48, 48), (245, 245, 10), 16)
    half = CORNERS + '<ofd:BackColor Value="0 0 0"/>'
    assert pixels(filled(tmp_path, f"<ofd:GouraudShd>{half}</ofd:GouraudShd>"))(45, 45) == (0, 0, 0)


@pytest.mark.parametrize("name", ["LaGourandShd", "LaGouraudShd"])
def test_a_lattice_is_filled_and_svg_has_the_mean_of_its_colours(tmp_path, name):
    points = "".join(point(x, y, f"{x * 5} 0 0") for y in (0, 50) for x in (0, 25, 50))
    path = filled(tmp_path, f'<ofd:{name} VerticesPerRow="3">{points}</ofd:{name}>')
    at = pixels(path)
    assert near(at(10, 40), (50, 0, 0)) and near(at(40, 10), (200, 0, 0))
    fills = [one.get("fill") for one in etree.fromstring(page_svg(path, 0)).iter("{*}path")]
    assert "#7d0000" in fills


@pytest.mark.parametrize("inside", ["", point(0, 0, "1 2 3"), point(0, 0, "") * 2, '<ofd:Point X="a"/>' * 3])
def test_half_a_triangle_is_no_mesh(tmp_path, inside):
    assert pixels(filled(tmp_path, f"<ofd:GouraudShd>{inside}</ofd:GouraudShd>"))(25, 25) == (0, 0, 0)


@given(points=st.lists(st.tuples(numbers, numbers, numbers, numbers), max_size=7), row=numbers)
def test_triangles_of_any_numbers_are_drawn_or_left_alone(points, row):
    told = "".join(point(x, y, f"{value} 0 0", edge) for x, y, value, edge in points)
    for name in ("GouraudShd", "LaGouraudShd"):
        colour = (
            f'<ofd:FillColor xmlns:ofd="{NAMESPACE}"><ofd:{name} VerticesPerRow="{row}">{told}</ofd:{name}>'
        )
        found = mesh_of(etree.fromstring(f"{colour}</ofd:FillColor>"))
        if found is not None:
            assert all(0 <= share <= 1 for share in found.mean)
            assert PdfResources().mesh(found, IDENTITY) == "/P0"
