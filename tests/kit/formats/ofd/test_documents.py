"""A package of several documents: all of them are read, shown, counted, signed and reported."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lantai.kit.errors import Refusal
from lantai.kit.formats.examine import examine
from lantai.kit.formats.ofd.container import opened_container
from lantai.kit.formats.ofd.document import page_of, read_documents
from lantai.kit.formats.ofd.protection import Parts, protection_findings
from lantai.kit.formats.ofd.to_svg import page_svg
from lantai.kit.formats.remarks import State
from lantai.kit.formats.render import page_count, render_page, text_of
from tests.kit.formats.zoo import OFD_NS, ofd


def part(name: str, inner: str) -> str:
    return f'<ofd:{name} xmlns:ofd="{OFD_NS}" Version="1.0" DocType="OFD">{inner}</ofd:{name}>'


def body(folder: str, title: str, more: str = "") -> str:
    info = f"<ofd:DocInfo><ofd:Title>{title}</ofd:Title></ofd:DocInfo>"
    return f"<ofd:DocBody>{info}<ofd:DocRoot>{folder}/Document.xml</ofd:DocRoot>{more}</ofd:DocBody>"


def square(colour: str) -> str:
    return (
        '<ofd:Content><ofd:Layer ID="2"><ofd:PathObject ID="5" Boundary="0 0 100 50" Fill="true" Stroke="false">'
        f'<ofd:FillColor Value="{colour}"/><ofd:AbbreviatedData>M 0 0 L 100 0 L 100 50 L 0 50 C'
        "</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer></ofd:Content>"
    )


def second(
    pages: str = '<ofd:Page ID="1" BaseLoc="P.xml"/><ofd:Page ID="2" BaseLoc="Q.xml"/>',
) -> dict[str, str]:
    area = "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 100 50</ofd:PhysicalBox></ofd:PageArea>"
    words = (
        '<ofd:Content><ofd:Layer ID="2"><ofd:TextObject ID="4" Boundary="10 10 60 8" Font="3" Size="5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="g 5 3">Second</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content>'
    )
    return {
        "E/Document.xml": part(
            "Document",
            f"{area}<ofd:PublicRes>Res.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{pages}</ofd:Pages>",
        ),
        "E/Res.xml": part("Res", '<ofd:Fonts><ofd:Font ID="3" FontName="Arial"/></ofd:Fonts>'),
        "E/P.xml": part("Page", words),
        "E/Q.xml": part("Page", square("0 0 255")),
    }


@pytest.fixture
def both(tmp_path):
    entry = part("OFD", body("D", "甲") + body("E", "乙"))
    return ofd(tmp_path / "a.ofd", extra={"OFD.xml": entry} | second())


def test_every_document_is_counted_read_and_reported(both):
    found = examine(both)
    assert (found.state, found.pages) == (State.OK, 3)
    assert [p.code for p in found.problems] == ["several-documents"]
    assert (found.facts["document_count"], found.facts["document_titles"]) == (2, ["甲", "乙"])
    assert found.facts["fonts_missing"] == ["Times New Roman", "Arial"]
    assert page_count(both) == 3
    assert text_of(both, 1000).split() == ["Sample", "Second"]
    assert text_of(both, 6) == "Sample"


def test_pages_are_counted_through_all_documents(both):
    picture = Image.open(io.BytesIO(render_page(both, 3, 200)))
    assert picture.getpixel((100, 50)) == (0, 0, 255)
    assert b"#0000ff" in page_svg(both, 2)
    assert b"Second" in page_svg(both, 1)
    with opened_container(both) as container:
        documents = read_documents(container)
        assert [page_of(documents, n)[1] for n in range(3)] == [0, 0, 1]
        for outside in (-1, 3):
            with pytest.raises(Refusal):
                page_of(documents, outside)


@pytest.mark.parametrize("gone", ["E/Document.xml", "E/Q.xml", "E/Res.xml"])
def test_a_part_that_the_second_document_lacks_is_never_overlooked(tmp_path, gone):
    entry = part("OFD", body("D", "甲") + body("E", "乙"))
    path = ofd(tmp_path / "a.ofd", extra={"OFD.xml": entry} | second() | {gone: ""})
    assert examine(path).state is State.BROKEN


def test_one_document_that_is_listed_twice_is_one(tmp_path):
    path = ofd(tmp_path / "a.ofd", extra={"OFD.xml": part("OFD", body("D", "甲") + body("D", "甲"))})
    assert (examine(path).pages, examine(path).problems) == (1, ())


def test_a_signature_on_one_document_does_not_vouch_for_another_that_nobody_signed(tmp_path):
    listed = "<ofd:Signatures>S.xml</ofd:Signatures>"
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference>'
        for name in (*second(), "OFD.xml")
    )
    info = f'<ofd:SignedInfo><ofd:References CheckMethod="sm3">{references}</ofd:References></ofd:SignedInfo>'
    signatures = {
        "S.xml": part("Signatures", '<ofd:Signature ID="1" Type="Sign" BaseLoc="/T.xml"/>'),
        "T.xml": part("Signature", f"{info}<ofd:SignedValue>/V.dat</ofd:SignedValue>"),
        "V.dat": "x",
    }
    for first_has_one in (False, True):
        bodies = body("D", "甲", listed if first_has_one else "") + body("E", "乙", listed)
        path = ofd(tmp_path / "a.ofd", extra={"OFD.xml": part("OFD", bodies)} | second() | signatures)
        with opened_container(path) as container:
            first, other = read_documents(container)
            findings = list(protection_findings(Parts(other, [first]), other.signatures[0]))
        open_parts = [one.params["parts"] for one in findings if "parts" in one.params]
        assert bool(open_parts) is not first_has_one
        assert first_has_one or "D/P.xml" in open_parts[0]
