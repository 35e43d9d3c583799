"""Signatures and time stamps in PDF files."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime

import pikepdf
import pytest
from asn1crypto import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from lantai.kit.crypto.certificates import make_crl, serial_of
from lantai.kit.crypto.signatures import SignatureKind, SignatureState
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.formats.pdfsigned import pdf_signatures
from tests.kit.formats.signedpdfs import (
    END,
    SIGNED_AT,
    START,
    blank_pdf,
    make_house,
    sha1_message,
    sign,
    sign_by_message,
    sm2_message,
    stamp_document,
)

VALID, INVALID, UNVERIFIED = SignatureState.VALID, SignatureState.INVALID, SignatureState.UNVERIFIED


@pytest.fixture(scope="module", params=["rsa-sha256", "ecdsa-sha256"])
def house(request):
    return make_house(request.param)


@pytest.fixture(scope="module")
def rsa():
    return make_house("rsa-sha256")


@pytest.fixture(scope="module")
def ec():
    return make_house("ecdsa-sha256")


@pytest.fixture(scope="module")
def sm2():
    return make_house("sm2-sm3")


@pytest.fixture(scope="module")
def signed(ec):
    return sign(blank_pdf(), ec)


@pytest.fixture
def found(tmp_path):
    def found(content: bytes, trust: CertificateTrust = NO_TRUST):
        path = tmp_path / "one.pdf"
        path.write_bytes(content)
        return pdf_signatures(path, trust)

    return found


@pytest.mark.parametrize("subfilter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED])
def test_a_signature_is_found_with_its_signer_and_time(house, found, subfilter):
    (one,) = found(sign(blank_pdf(), house, subfilter=subfilter), house.trust)
    assert (one.name, one.kind, one.state) == ("Sig1", SignatureKind.SIGNATURE, VALID), one
    assert one.signer == "样例单位"
    assert one.algorithm == house.signer.algorithm
    assert one.signed_at is not None
    assert one.signed_at.tzinfo is not None


def test_without_trust_a_signature_is_unverified_and_says_why(signed, found):
    (one,) = found(signed)
    assert one.state is UNVERIFIED
    assert "根证书" in one.message


def test_a_file_without_a_signature_has_none(found):
    assert found(blank_pdf()) == ()
    assert found(b"") == ()


def test_one_changed_byte_anywhere_outside_of_the_hole_is_invalid(signed, ec, found):
    start, end = _hole(signed)
    chosen = [*random.Random(7).sample(range(start), 60), *range(end, len(signed), 7)]
    word = signed.index(b"/ByteRange")
    for at in [*chosen, *range(word, word + 10)]:
        changed = bytearray(signed)
        changed[at] ^= 1
        assert {one.state for one in found(bytes(changed), ec.trust)} == {INVALID}, at


def test_one_changed_byte_of_the_hole_changes_nothing_that_a_valid_signature_says(signed, ec, found):
    before, (start, _) = found(signed, ec.trust), _hole(signed)
    spared = 0
    for at in range(start, start + 2400, 30):
        changed = bytearray(signed)
        changed[at] ^= 1
        after = found(bytes(changed), ec.trust)
        # A message has a few parts that nobody signs, such as its list of digest algorithms.
        assert after == before or VALID not in {one.state for one in after}, at
        spared += after == before
    assert spared < 5


def _hole(pdf):
    start = pdf.index(b"/Contents <") + len(b"/Contents ")
    return start, pdf.index(b">", start) + 1


def test_what_is_put_behind_the_signature_data_is_not_passed_over(signed, ec, found):
    padding = signed.index(b"00000000>")
    changed = signed[:padding] + b"00c0ffee" + signed[padding + 8 :]
    (one,) = found(changed, ec.trust)
    assert one.state is INVALID


def test_a_page_changed_after_signing_is_named(signed, ec, found):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/MediaBox"] = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 9, 9)])
    writer.update_container(page)
    output = io.BytesIO()
    writer.write(output)
    (one,) = found(output.getvalue(), ec.trust)
    assert one.state is INVALID
    assert "追加" in one.message


@pytest.mark.parametrize("more", [b"\n% more\n", b"hidden" + b" " * 500, b"hidden %%EOF\n"])
def test_bytes_after_the_end_are_named(signed, ec, found, more):
    (one,) = found(signed + more, ec.trust)
    assert one.state is INVALID
    assert "覆盖" in one.message


def test_a_second_signature_leaves_the_first_one_valid(signed, ec, found):
    first, second = found(sign(signed, ec, name="Sig2"), ec.trust)
    assert (first.state, second.state) == (VALID, VALID)
    assert "再次签名" in first.message


def test_nothing_may_follow_a_signature_that_forbids_it(ec, found):
    locked = sign(blank_pdf(), ec, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    assert [one.state for one in found(locked, ec.trust)] == [VALID]
    states = {one.name: one.state for one in found(_second_by_force(locked, ec), ec.trust)}
    assert states["Sig1"] is INVALID


def _second_by_force(locked, house):
    """pyHanko would refuse to sign; a message of one's own does not ask."""
    return sign_by_message(
        locked, lambda covered: sm2_message(covered, make_house("sm2-sm3").signer), name="Sig2"
    )


def test_a_rewritten_file_is_no_longer_signed(signed, ec, found):
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as document:
        document.save(output)
    assert {one.state for one in found(output.getvalue(), ec.trust)} == {INVALID}


def test_a_time_stamp_is_found_beside_its_signature_and_sets_its_time(rsa, found):
    signature, stamp = found(sign(blank_pdf(), rsa, stamped=True), rsa.trust)
    assert (signature.state, stamp.state) == (VALID, VALID)
    assert (stamp.kind, stamp.signer) == (SignatureKind.TIMESTAMP, "样例时间戳")
    assert signature.signed_at == stamp.signed_at


def test_a_stamp_of_the_whole_document_is_judged(rsa, found):
    stamped = stamp_document(sign(blank_pdf(), rsa), rsa)
    signature, stamp = found(stamped, rsa.trust)
    assert (signature.state, stamp.state, stamp.kind) == (VALID, VALID, SignatureKind.TIMESTAMP)
    changed = stamped.replace(b"%PDF-1.", b"%PDF-2.", 1)
    assert {one.state for one in found(changed, rsa.trust)} == {INVALID}


def test_a_certificate_revoked_before_signing_makes_the_signature_invalid(signed, ec, found):
    gone = make_crl(
        ec.root, [(serial_of(ec.signer.certificate), START)], at=datetime.now(UTC), next_update=END
    )
    (one,) = found(signed, CertificateTrust((ec.root.certificate,), (), (gone,)))
    assert one.state is INVALID
    assert "吊销" in one.message


@pytest.mark.parametrize("attributed", [True, False])
@pytest.mark.parametrize("is_gm", [True, False])
def test_sm2_signatures_are_verified(sm2, found, attributed, is_gm):
    pdf = sign_by_message(
        blank_pdf(), lambda covered: sm2_message(covered, sm2.signer, attributed=attributed, is_gm=is_gm)
    )
    (one,) = found(pdf, sm2.trust)
    assert (one.state, one.algorithm, one.signed_at) == (VALID, "sm2-sm3", SIGNED_AT), one
    assert found(pdf.replace(b"%PDF-1.", b"%PDF-2.", 1), sm2.trust)[0].state is INVALID


@pytest.mark.parametrize("is_inside", [False, True])
def test_sha1_proves_little_but_still_shows_a_change(rsa, found, is_inside):
    kind = _Sha1Inside if is_inside else SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    pdf = sign_by_message(
        blank_pdf(), lambda covered: sha1_message(covered, rsa.signer, is_inside=is_inside), subfilter=kind
    )
    (one,) = found(pdf, rsa.trust)
    assert (one.state, one.signer) == (UNVERIFIED, "样例单位")
    assert "SHA-1" in one.message
    assert found(pdf.replace(b"%PDF-1.", b"%PDF-2.", 1), rsa.trust)[0].state is INVALID


class _Sha1Inside:
    """An old kind that pyHanko does not write any more."""

    value = generic.NameObject("/adbe.pkcs7.sha1")


def test_a_message_with_the_certificate_of_another_is_invalid(sm2, found):
    other = make_house("sm2-sm3")

    def forged(covered):
        made = sm2_message(covered, sm2.signer)
        theirs = x509.Certificate.load(sm2.signer.certificate).public_key.dump()
        return made.replace(theirs, x509.Certificate.load(other.signer.certificate).public_key.dump())

    (one,) = found(sign_by_message(blank_pdf(), forged), sm2.trust)
    assert one.state is INVALID


class _Foreign:
    """Stands where pyHanko wants one of its own kinds."""

    value = generic.NameObject("/GM.sm2seal.sample")


@pytest.mark.parametrize("is_message", [True, False])
def test_a_seal_of_another_format_is_named_and_unverified(sm2, found, is_message):
    def fill(covered):
        return sm2_message(covered, sm2.signer) if is_message else b"\x30\x03\x02\x01\x04"

    pdf = sign_by_message(blank_pdf(), fill, subfilter=_Foreign)
    (one,) = found(pdf, sm2.trust)
    assert one.state is UNVERIFIED
    assert one.params["format"] == "/GM.sm2seal.sample"


def test_a_byte_range_that_spares_more_than_the_hole_is_not_covered(ec, found):
    pdf = sign_by_message(blank_pdf(), lambda covered: sm2_message(covered, ec.signer))
    at = pdf.index(b"/ByteRange [0 ") + len(b"/ByteRange [0 ")
    first = pdf[at:].split(b" ", 1)[0]
    shorter = str(int(first) - 50).encode().rjust(len(first), b"0")
    (one,) = found(pdf[:at] + shorter + pdf[at + len(first) :], ec.trust)
    assert one.state is INVALID
    assert "覆盖" in one.message


def test_an_encrypted_file_is_unverified(signed, found):
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="样例", user="样例"))
    states = {one.state for one in found(output.getvalue())}
    assert states == {UNVERIFIED}


@given(noise=st.binary(max_size=400), at=st.floats(0, 1))
@settings(max_examples=25)
def test_a_hostile_file_is_invalid_and_never_an_error(signed, found, ec, noise, at):
    place = int(at * len(signed))
    for content in (
        b"%PDF-1.7\n/ByteRange" + noise,
        signed[:place] + noise,
        signed[:place] + noise + signed[place:],
    ):
        if b"ByteRange" in content and content != signed:
            assert {one.state for one in found(content, ec.trust)} == {INVALID}


def test_a_table_of_contents_before_the_beginning_of_the_file_is_no_error(signed, ec, found):
    at = signed.rindex(b"startxref") + len(b"startxref\n")
    assert {one.state for one in found(signed[:at] + b"-5\n%%EOF\n", ec.trust)} == {INVALID}
