"""What examining an OFD tells: tags, invoices, encryption, cuts, stowaways; and what is seen of seals."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from lantai.kit.crypto.certificates import make_authority, make_certified
from lantai.kit.formats.ends import ends_of
from lantai.kit.formats.examine import examine, examine_identified
from lantai.kit.formats.identify import identify, identify_ends
from lantai.kit.formats.ofd.blocks import DocumentInfo, ScannedPage
from lantai.kit.formats.ofd.examination import examine_ofd
from lantai.kit.formats.ofd.pictures import decoded_picture
from lantai.kit.formats.ofd.sealing import SealPicture, make_seal, seal_ofd
from lantai.kit.formats.ofd.ses import SesUnreadable, read_seal, read_sealed_value
from lantai.kit.formats.ofd.signed import Stamp
from lantai.kit.formats.ofd.to_svg import page_svg
from lantai.kit.formats.ofd.writer import write_scans
from lantai.kit.formats.remarks import State
from lantai.kit.formats.render import render_page
from lantai.kit.formats.zips import CappedZip, KeptZip, ZipBomb
from tests.kit.formats import zoo
from tests.kit.formats.ofd.test_seals import AT, BEGIN, END

RED_BOX = (20.0, 10.0, 20.0, 20.0)


def _picture(path, width=200):
    return Image.open(io.BytesIO(render_page(path, 1, width))).convert("RGB")


@pytest.fixture(scope="module")
def key():
    authority = make_authority("样例根", not_before=BEGIN, not_after=END)
    return make_certified("样例局", issuer=authority, not_before=BEGIN, not_after=END)


def _sealed(folder, key, kind, data, *, clip=None):
    seal = make_seal(
        SealPicture(kind, data, 20, 20),
        name="样例章",
        seal_id="S",
        maker=key,
        signers=[key.certificate],
        valid_from=BEGIN,
        valid_to=END,
    )
    path = folder / "sealed.ofd"
    stamps = [Stamp("1", RED_BOX, clip)]
    plain = zoo.ofd(folder / "plain.ofd", content='<ofd:TextObject ID="9" Boundary="0 0 1 1" Font="3"/>')
    seal_ofd(plain, path, key=key, seal=seal, stamps=stamps, at=AT)
    return path


def _vector(folder) -> bytes:
    path = folder / "seal.ofd"
    write_scans(path, [ScannedPage(zoo.png_bytes((255, 0, 0)), 40, 40)], info=DocumentInfo(title="样例章"))
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["png", "ofd"])
def test_a_seal_is_seen_where_it_was_put(kind, key, tmp_path):
    data = zoo.png_bytes((255, 0, 0)) if kind == "png" else _vector(tmp_path)
    path = _sealed(tmp_path, key, kind, data)
    picture = _picture(path)
    assert picture.getpixel((60, 40)) == (255, 0, 0)
    assert picture.getpixel((30, 40)) == picture.getpixel((90, 40)) == (255, 255, 255)
    assert b"<image" in page_svg(path, 0)


def test_of_a_seal_over_the_edge_only_its_part_is_seen(key, tmp_path):
    path = _sealed(tmp_path, key, "png", zoo.png_bytes((255, 0, 0)), clip=(0.0, 0.0, 5.0, 20.0))
    picture = _picture(path)
    assert picture.getpixel((45, 40)) == (255, 0, 0)
    assert picture.getpixel((60, 40)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["png", "ofd"])
def test_a_seal_whose_picture_is_broken_does_not_hide_the_page(kind, key, tmp_path):
    assert _picture(_sealed(tmp_path, key, kind, b"nothing")).size == (200, 100)


def test_examining_lists_the_seals_with_their_verdicts(key, tmp_path):
    found = examine_ofd(_sealed(tmp_path, key, "png", zoo.png_bytes()), "")
    assert found.state is State.OK
    assert [one.state.value for one in found.signatures] == ["unverified"]


def test_an_encrypted_document_is_told_from_a_broken_one(tmp_path):
    found = examine_ofd(zoo.ofd(tmp_path / "a.ofd", extra={"Encryptions.xml": "<a/>"}), "")
    assert (found.state, found.problems[0].code) == (State.ENCRYPTED, "encrypted")


def test_a_cut_document_is_told_from_a_broken_one(tmp_path):
    whole = zoo.ofd(tmp_path / "a.ofd").read_bytes()
    (tmp_path / "cut.ofd").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "odd.ofd").write_bytes(b"PK\x03\x04" + bytes(90) + whole[-22:])
    assert examine_ofd(tmp_path / "cut.ofd", "").state is State.TRUNCATED
    assert examine_ofd(tmp_path / "odd.ofd", "").state is State.BROKEN


def _whole(path):
    return zoo.ofd(path)


def _lacking(path):
    return zoo.ofd(path, content='<ofd:ImageObject ID="4" Boundary="0 0 1 1" ResourceID="7"/>')


def _locked(path):
    return zoo.ofd(path, extra={"Encryptions.xml": "<a/>"})


def _cut(path):
    path.write_bytes(zoo.ofd(path).read_bytes()[:400])
    return path


def _rotten(path):
    with zipfile.ZipFile(zoo.ofd(path)) as archive:
        begin = archive.getinfo("D/P.xml").header_offset
    data = bytearray(path.read_bytes())
    data[begin + 40 : begin + 60] = bytes(20)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("make", [_whole, _lacking, _locked, _cut, _rotten])
def test_a_document_open_since_it_was_identified_is_judged_like_one_opened_anew(make, tmp_path):
    path = make(tmp_path / "a.ofd")
    assert examine(path) == examine_identified(path, ends_of(path), identify(path))


def test_identification_leaves_a_document_open_until_the_visit_ends(tmp_path):
    path, files = zoo.ofd(tmp_path / "a.ofd"), []
    ends = ends_of(path)

    def opened():
        files.append(path.open("rb"))
        return files[-1]

    with KeptZip() as kept:
        identified = identify_ends(ends, opened, name="a.ofd", kept=kept)
        path.unlink()
        found = examine_identified(path, ends, identified, archive=kept.archive)
        assert (found.state, files[0].closed) == (State.OK, False)
    assert [file.closed for file in files] == [True]


def test_identification_closes_what_is_no_document(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"a")
    file = path.open("rb")
    with KeptZip() as kept:
        identify_ends(ends_of(path), lambda: file, name="a.zip", kept=kept)
        assert (kept.archive, file.closed) == (None, True)


def test_what_identification_read_does_not_count_against_the_examination(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(700_000))
    with CappedZip(path, total_mb=1) as archive:
        archive.read("a")
        archive.renew()
        archive.read("a")
        with pytest.raises(ZipBomb):
            archive.read("a")


def _tagged(path, tree):
    listed = f'<a:CustomTags xmlns:a="{zoo.OFD_NS}"><a:CustomTag TypeID="t"><a:FileLoc>T.xml</a:FileLoc></a:CustomTag></a:CustomTags>'  # noqa: E501
    with zipfile.ZipFile(zoo.ofd(path)) as archive:
        document = archive.read("D/Document.xml").decode()
    document = document.replace("</ofd:Document>", "<ofd:CustomTags>Tags.xml</ofd:CustomTags></ofd:Document>")
    return zoo.ofd(path, extra={"D/Document.xml": document, "D/Tags.xml": listed, "D/T.xml": tree})


@pytest.mark.parametrize("declared", ['xmlns:f="urn:f"', ""])
def test_tags_are_read_even_with_a_prefix_that_nobody_declared(declared, tmp_path):
    tree = f'<r {declared}><f:InvoiceNo><f:ObjectRef PageRef="1">4</f:ObjectRef></f:InvoiceNo></r>'
    found = examine_ofd(_tagged(tmp_path / "a.ofd", tree), "")
    assert found.facts["custom_tags"] == ["InvoiceNo=Sample"]
    assert found.facts["is_invoice"] is True
    assert found.state is State.OK


def test_a_part_outside_the_signed_list_is_a_stowaway(tmp_path):
    listed = '<e><SignedValueLoc>/v.dat</SignedValueLoc><FileList><File FileLoc="/OFD.xml"/></FileList></e>'
    found = examine_ofd(zoo.ofd(tmp_path / "a.ofd", extra={"OFDEntries.xml": listed}), "")
    assert [one.state.value for one in found.signatures] == ["invalid"]


def _jbig2(picture: Image.Image) -> bytes:
    """A JBIG2 file of one page with one region, coded like a fax (ITU-T T.88 §7.4.6)."""
    out = io.BytesIO()
    ImageOps.invert(picture.convert("L")).convert("1").save(out, "TIFF", compression="group4")
    with Image.open(io.BytesIO(out.getvalue())) as written:
        at, length = written.tag_v2[273][0], written.tag_v2[279][0]
    size = struct.pack(">II", *picture.size)
    region = size + bytes(8) + b"\0" + b"\x01" + out.getvalue()[at : at + length]
    page = size + bytes(8) + b"\0" + bytes(2)
    head = b"\x97JB2\r\n\x1a\n\x01" + struct.pack(">I", 1)
    segments = ((0, 48, page), (1, 38, region), (2, 49, b""), (3, 51, b""))
    return head + b"".join(struct.pack(">IBBBI", n, k, 0, 1, len(d)) + d for n, k, d in segments)


def test_the_qr_codes_of_invoices_are_decoded():
    """They are JBIG2, which no library for pictures reads."""
    picture = Image.new("1", (40, 24), 1)
    picture.paste(0, (4, 4, 20, 12))
    found = decoded_picture(_jbig2(picture))
    assert found.size == (40, 24)
    assert found.getpixel((10, 8))[:3] == (0, 0, 0)
    assert found.getpixel((30, 18))[:3] == (255, 255, 255)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_picture_or_none(data):
    decoded_picture(b"\x97JB2\r\n\x1a\n" + data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_seal_or_refused(data):
    for read in (read_seal, read_sealed_value):
        with pytest.raises(SesUnreadable):
            read(b"\x30" + data)
