"""What hides in the objects of a PDF is found however its names are written."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from lantai.kit.formats.pdf_examination import examine_pdf
from lantai.kit.formats.remarks import State


def _written(path, change):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        out = BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    path.write_bytes(out.getvalue())
    return path


def _in_a_name_tree(pdf):
    action = Dictionary(S=Name.JavaScript, JS=String("1"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def _with_its_kind_elsewhere(pdf):
    pdf.Root.OpenAction = Dictionary(S=pdf.make_indirect(Name.Launch), F=String("a"))


def _in_the_entries_of_a_stream(pdf):
    stream = pdf.make_stream(b"")
    stream.AA = Dictionary(O=Dictionary(S=Name.ImportData, F=String("a")))
    pdf.Root.Hidden = stream


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (_in_a_name_tree, "JavaScript"),
        (_with_its_kind_elsewhere, "Launch"),
        (_in_the_entries_of_a_stream, "ImportData"),
    ],
)
def test_an_action_is_found_wherever_it_stands(tmp_path, change, kind):
    found = examine_pdf(_written(tmp_path / "a.pdf", change), "fmt/276")
    assert found.state is State.ACTIVE
    assert found.facts["active"] == [kind]


def test_an_action_with_escaped_names_is_found(tmp_path):
    path = _written(tmp_path / "a.pdf", _in_a_name_tree)
    plain = path.read_bytes()
    path.write_bytes(plain.replace(b"/JavaScript", b"/J#61va#53cript").replace(b"/JS ", b"/#4a#53 "))
    assert path.read_bytes() != plain
    found = examine_pdf(path, "fmt/276")
    assert found.facts["active"] == ["JavaScript"]


@pytest.mark.parametrize(
    ("xmp", "claim"),
    [
        (b'<rdf:Description pdfaid:part="2" pdfaid:conformance="U"/>', "2U"),
        (
            b"<rdf:Description><pdfaid:part>3</pdfaid:part>"
            b"<pdfaid:conformance>B</pdfaid:conformance></rdf:Description>",
            "3B",
        ),
        (b'<rdf:Description pdfaid:part="4" pdfaid:rev="2020"/>', "4"),
        (b'<rdf:Description pdfaid:conformance="B"/>', ""),
        (b'<rdf:Description pdfaid:part="2" pdfaid:conformance="B"/><unclosed>', "2B"),
        (b"", ""),
    ],
)  # fmt: skip
def test_the_claim_to_be_pdfa_is_read_in_both_forms(tmp_path, xmp, claim):
    packet = (
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        b' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">' + xmp + b"</rdf:RDF></x:xmpmeta>"
    )

    def claim_it(pdf):
        pdf.Root.Metadata = pdf.make_stream(packet)

    assert examine_pdf(_written(tmp_path / "a.pdf", claim_it), "fmt/276").facts["pdfa_declared"] == claim
