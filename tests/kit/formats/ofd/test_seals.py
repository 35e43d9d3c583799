"""Seals and signatures on OFD: made by us, judged, broken byte by byte; and those of the public samples."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lantai.kit.crypto.certificates import CertifiedKey, make_authority, make_certified
from lantai.kit.crypto.signatures import SignatureFound, SignatureKind, SignatureState
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.digests import sm3
from lantai.kit.errors import Refusal
from lantai.kit.formats.ofd import ses
from lantai.kit.formats.ofd.container import opened_container
from lantai.kit.formats.ofd.document import read_document
from lantai.kit.formats.ofd.protection import Parts, protection_findings
from lantai.kit.formats.ofd.sealing import SealPicture, SealUnfit, make_seal, seal_ofd, sign_ofd
from lantai.kit.formats.ofd.seals import ofd_signatures
from lantai.kit.formats.ofd.signed import Stamp, time_of
from tests.conftest import SAMPLES, needs_samples
from tests.kit.formats import zoo

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2030, 1, 1, tzinfo=UTC)
AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
STAMP = Stamp("1", (20.0, 5.0, 30.0, 30.0), None)


@dataclass(frozen=True)
class World:
    authority: CertifiedKey
    maker: CertifiedKey
    signer: CertifiedKey
    trust: CertificateTrust


def _world(algorithm: str) -> World:
    authority = make_authority("样例根", algorithm=algorithm, not_before=BEGIN, not_after=END)
    maker = make_certified("样例制章机构", issuer=authority, not_before=BEGIN, not_after=END)
    signer = make_certified("样例局", issuer=authority, not_before=BEGIN, not_after=END)
    return World(authority, maker, signer, CertificateTrust(anchors=(authority.certificate,)))


@pytest.fixture(scope="module")
def world() -> World:
    return _world("sm2-sm3")


def _seal(world: World, *, version: int = 4, valid_to: datetime = END, lists_digests: bool = False) -> bytes:
    return make_seal(
        SealPicture("png", zoo.png_bytes((255, 0, 0)), 30, 30),
        name="样例局公章",
        seal_id="SAMPLE-1",
        maker=world.maker,
        signers=[world.signer.certificate],
        valid_from=BEGIN,
        valid_to=valid_to,
        version=version,
        lists_digests=lists_digests,
    )


def _sealed(world: World, folder: Path, **changes) -> Path:
    target = folder / "sealed.ofd"
    terms = {"key": world.signer, "seal": _seal(world), "stamps": [STAMP], "at": AT} | changes
    seal_ofd(zoo.ofd(folder / "plain.ofd"), target, **terms)
    return target


def _found(path: Path, trust: CertificateTrust = NO_TRUST) -> tuple[SignatureFound, ...]:
    with opened_container(path) as container:
        return ofd_signatures(read_document(container), trust)


def _with_part(path: Path, name: str, change) -> Path:
    changed = path.with_name("changed.ofd")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data) if info.filename == name else data)
    return changed


@pytest.mark.parametrize("version", [1, 4])
def test_a_seal_of_ours_is_valid_where_its_authority_is_trusted(version, world, tmp_path):
    (found,) = _found(_sealed(world, tmp_path, seal=_seal(world, version=version)), world.trust)
    assert (found.state, found.kind, found.name) == (SignatureState.VALID, SignatureKind.SEAL, "样例局公章")
    assert (found.signer, found.signed_at, found.algorithm) == ("样例局", AT, "sm2-sm3")
    assert found.params["unprotected_count"] == 0


def test_a_seal_of_an_unknown_authority_is_unverified(world, tmp_path):
    (found,) = _found(_sealed(world, tmp_path))
    assert found.state is SignatureState.UNVERIFIED
    assert "受信任" in found.message


def test_a_seal_may_list_its_signers_by_the_digests_of_their_certificates(world, tmp_path):
    seal = _seal(world, lists_digests=True)
    assert ses.read_seal(seal).signer_certificates == ()
    (found,) = _found(_sealed(world, tmp_path, seal=seal), world.trust)
    assert found.state is SignatureState.VALID


def _redigested(path: Path, method: str, compute) -> Path:
    """The description with other digests, signed anew by nobody: only its references are looked at."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read("D/Signs/Sign_0/Signature.xml").decode()
        for name in archive.namelist():
            old = base64.b64encode(sm3(archive.read(name))).decode()
            text = text.replace(old, base64.b64encode(compute(archive.read(name))).decode())
    text = text.replace("1.2.156.10197.1.401", method)
    return _with_part(path, "D/Signs/Sign_0/Signature.xml", lambda _old: text.encode())


@pytest.mark.parametrize(
    ("method", "name", "states"),
    [
        ("2.16.840.1.101.3.4.2.1", "sha256", []),
        ("SHA1", "sha1", [SignatureState.UNVERIFIED]),
        ("", "md5", [SignatureState.UNVERIFIED]),
        ("WHIRLPOOL", "sha256", [SignatureState.UNVERIFIED]),
    ],
)
def test_digests_of_old_documents_are_checked_and_weak_ones_told(method, name, states, world, tmp_path):
    path = _redigested(_sealed(world, tmp_path), method, lambda data: hashlib.new(name, data).digest())
    with opened_container(path) as container:
        document = read_document(container)
        found = list(protection_findings(Parts(document), document.signatures[0]))
    assert [one.state for one in found] == states


def test_rsa_seals_are_made_and_judged_too(tmp_path):
    rsa = _world("rsa-sha256")
    (found,) = _found(_sealed(rsa, tmp_path, seal=_seal(rsa)), rsa.trust)
    assert (found.state, found.algorithm) == (SignatureState.VALID, "rsa-sha256")


def test_a_changed_byte_in_any_protected_part_breaks_the_seal(world, tmp_path):
    path = _sealed(world, tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    for name in names:
        if name.endswith("Signatures.xml"):
            continue
        changed = _with_part(path, name, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
        try:
            states = {found.state for found in _found(changed, world.trust)}
        except Refusal:  # OFD.xml or Document.xml is no longer XML
            continue
        assert states == {SignatureState.INVALID}, name


def test_a_removed_part_is_named(world, tmp_path):
    path = _with_part(
        _sealed(world, tmp_path),
        "D/Signs/Sign_0/Signature.xml",
        lambda d: d.replace(b"/D/Res.xml", b"/D/Gone.xml"),
    )
    (found,) = _found(path, world.trust)
    assert (found.state, found.params["part"]) == (SignatureState.INVALID, "/D/Gone.xml")


def test_a_page_added_after_sealing_is_not_covered(world, tmp_path):
    path = _sealed(world, tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("D/Notes.txt", "无关")
    (found,) = _found(path, world.trust)
    assert (found.state, found.params["unprotected_parts"]) == (SignatureState.VALID, "D/Notes.txt")


def test_a_seal_may_only_be_used_by_those_whom_it_lists(world, tmp_path):
    other = make_certified("样例他人", issuer=world.authority, not_before=BEGIN, not_after=END)
    with pytest.raises(SealUnfit, match="没有授权"):
        _sealed(world, tmp_path, key=other)


def test_a_seal_forged_by_somebody_else_is_found_out(world, tmp_path):
    seal = ses.SealV4.load(_seal(world))
    seal["info"]["property"]["name"] = "样例假章"
    forged = ses.SealV4(
        {
            "info": ses.SealInfoV4.load(seal["info"].dump(force=True)),
            "certificate": world.maker.certificate,
            "algorithm": seal["algorithm"],
            "signature": seal["signature"].native,
        }
    ).dump()
    (found,) = _found(_sealed(world, tmp_path, seal=forged), world.trust)
    assert (found.state, found.message) == (
        SignatureState.INVALID,
        "印章不是制章者签发的，或在签发后被改动。",
    )


def test_a_seal_used_after_its_end_is_told(world, tmp_path):
    seal = _seal(world, valid_to=AT - timedelta(days=1))
    (found,) = _found(_sealed(world, tmp_path, seal=seal), world.trust)
    assert found.state is SignatureState.UNVERIFIED
    assert "有效期" in found.message


def test_two_offices_can_seal_one_after_the_other(world, tmp_path):
    once = _sealed(world, tmp_path)
    seal_ofd(once, tmp_path / "twice.ofd", key=world.signer, seal=_seal(world), stamps=[STAMP], at=AT)
    sign_ofd(tmp_path / "twice.ofd", tmp_path / "three.ofd", key=world.signer, at=AT)
    found = _found(tmp_path / "three.ofd", world.trust)
    assert [(one.state, one.kind.value) for one in found] == [
        (SignatureState.VALID, "seal"),
        (SignatureState.VALID, "seal"),
        (SignatureState.VALID, "signature"),
    ]


def test_no_seal_is_put_on_a_page_that_is_not_there(world, tmp_path):
    with pytest.raises(SealUnfit, match="没有这一页"):
        _sealed(world, tmp_path, stamps=[Stamp("99", STAMP.box, None)])


@pytest.mark.parametrize("change", [lambda d: d[:40], lambda d: b"", lambda d: b"\x30\x80" * 500])
def test_nonsense_for_a_signature_value_is_a_verdict(change, world, tmp_path):
    path = _with_part(_sealed(world, tmp_path), "D/Signs/Sign_0/SignedValue.dat", change)
    assert [one.state for one in _found(path, world.trust)] == [SignatureState.INVALID]


@pytest.mark.parametrize("change", ["seal_id", "width_mm", "version", "valid_to"])
def test_a_seal_with_nonsense_is_not_made(change, world):
    terms = {
        "name": "样例",
        "seal_id": "章" if change == "seal_id" else "A",
        "maker": world.maker,
        "signers": [world.signer.certificate],
        "valid_from": BEGIN,
        "valid_to": BEGIN if change == "valid_to" else END,
        "version": 9 if change == "version" else 4,
    }
    with pytest.raises(SealUnfit):
        make_seal(SealPicture("png", b"x", 0 if change == "width_mm" else 1, 1), **terms)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20200723130907.763Z", "2020-07-23T13:09:07+00:00"),
        ("20221031141634", "2022-10-31T14:16:34+08:00"),
        ("2021-05-19 20:53:44", "2021-05-19T20:53:44+08:00"),
        ("2021-05-19T20:53:44+08:00", "2021-05-19T12:53:44+00:00"),
    ],
)
def test_producers_write_times_in_many_ways(written, expected):
    assert time_of(written) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("written", ["", "昨天", "20211345000000", "2021-05-19"])
def test_what_is_no_time_is_none(written):
    assert time_of(written) is None


@needs_samples
@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("v4signed", ["unverified"]),
        ("SESV4SignDoc", ["unverified"]),
        ("999", ["unverified"]),
        ("testImageNotFound", ["unverified", "unverified"]),
        ("keyword", ["invalid", "invalid"]),  # its text was changed after sealing to hide a person
        ("helloworld", []),
    ],
)
def test_the_seals_of_the_samples_come_out_as_they_are(name, states):
    assert [one.state.value for one in _found(SAMPLES / "ofd" / f"{name}.ofd")] == states


@needs_samples
def test_a_sealed_sample_with_one_letter_changed_is_invalid(tmp_path):
    copy = tmp_path / "v4signed.ofd"
    copy.write_bytes((SAMPLES / "ofd" / "v4signed.ofd").read_bytes())
    changed = _with_part(copy, "Doc_0/Pages/Page_0/Content.xml", lambda data: data.replace(b"2", b"3", 1))
    (found,) = _found(changed)
    assert found.state is SignatureState.INVALID
    assert found.params["part"] == "Doc_0/Pages/Page_0/Content.xml"
