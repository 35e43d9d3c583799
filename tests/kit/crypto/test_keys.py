"""Keys, signatures, key files and certificates."""

from __future__ import annotations

import shutil
import ssl
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit import crypto
from lantai.kit.crypto import libcrypto, sm2
from lantai.kit.errors import Fault, Invalid

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not installed")
DIST_ID = "distid:1234567812345678"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module", params=crypto.ALGORITHMS)
def key(request):
    return crypto.generate(request.param)


def test_a_signature_is_good_only_for_its_data_and_its_key(key):
    signature = key.sign("样例".encode())
    assert key.public.verify("样例".encode(), signature)
    assert not key.public.verify("样列".encode(), signature)
    assert not crypto.generate(key.public.algorithm).public.verify("样例".encode(), signature)


def test_no_changed_byte_of_a_signature_is_accepted(key):
    signature = key.sign(b"data")
    for at in range(len(signature)):
        for bit in (1, 0x80):
            changed = bytearray(signature)
            changed[at] ^= bit
            assert not key.public.verify(b"data", bytes(changed))
    for other in (b"", signature + b"\0", signature[:-1], b"\x30" * 4000):
        assert not key.public.verify(b"data", other)


@given(st.binary(max_size=300))
@settings(max_examples=20)
def test_sm2_signs_any_bytes(data):
    key = crypto.generate("sm2")
    assert key.public.verify(data, key.sign(data))


def test_keys_read_back_from_pem(key):
    again = crypto.load_private_pem(crypto.private_pem(key))
    public = crypto.load_public_pem(crypto.public_pem(key.public))
    assert again.public.raw == public.raw == key.public.raw
    assert public.algorithm == key.public.algorithm
    assert public.verify(b"x", again.sign(b"x"))
    assert crypto.key_id(public) == crypto.key_id(key.public)


def test_public_keys_read_back_from_their_raw_form():
    sm2_key, ed_key = crypto.generate("sm2"), crypto.generate("ed25519")
    assert crypto.Sm2Public.from_raw(sm2_key.public.raw).verify(b"x", sm2_key.sign(b"x"))
    assert crypto.Ed25519Public.from_raw(ed_key.public.raw).verify(b"x", ed_key.sign(b"x"))


@pytest.mark.parametrize(
    "text", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", b"\xff" * 50]
)
def test_what_is_not_a_key_is_refused(text):
    with pytest.raises(crypto.UnknownKey):
        crypto.load_private_pem(text)
    with pytest.raises(crypto.UnknownKey):
        crypto.load_public_pem(text)


def test_a_point_off_the_curve_is_refused():
    for raw in (b"\x04" + b"\x01" * 64, b"\x04" * 3, b"\x02" + b"\x01" * 64):
        with pytest.raises(crypto.UnknownKey):
            crypto.Sm2Public.from_raw(raw)


def test_a_key_file_is_for_its_owner_only(key, tmp_path):
    path = tmp_path / "log.pem"
    crypto.save_private(path, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.pem"]
    assert crypto.load_private(path).public.raw == key.public.raw
    path.chmod(0o640)
    with pytest.raises(crypto.KeyFileExposed):
        crypto.load_private(path)


def test_a_key_file_is_never_overwritten(key, tmp_path):
    path = tmp_path / "log.pem"
    path.write_bytes(b"kept")
    with pytest.raises(crypto.KeyFileExists):
        crypto.save_private(path, key)
    assert path.read_bytes() == b"kept"
    assert len(list(tmp_path.iterdir())) == 1


def openssl(*arguments, cwd):
    return subprocess.run([OPENSSL, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@needs_openssl
def test_openssl_accepts_our_sm2_keys_and_signatures(tmp_path):
    key = crypto.generate("sm2")
    crypto.save_private(tmp_path / "key.pem", key)
    (tmp_path / "pub.pem").write_bytes(crypto.public_pem(key.public))
    (tmp_path / "data").write_bytes("样例内容".encode())
    (tmp_path / "sig").write_bytes(key.sign("样例内容".encode()))
    derived = openssl("pkey", "-in", "key.pem", "-pubout", cwd=tmp_path)
    assert derived.stdout.encode() == crypto.public_pem(key.public)
    done = openssl(
        "dgst", "-sm3", "-verify", "pub.pem", "-sigopt", DIST_ID, "-signature", "sig", "data", cwd=tmp_path
    )
    assert "Verified OK" in done.stdout


@needs_openssl
def test_we_accept_sm2_keys_and_signatures_of_openssl(tmp_path):
    openssl("genpkey", "-algorithm", "SM2", "-out", "key.pem", cwd=tmp_path)
    openssl("pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem", cwd=tmp_path)
    (tmp_path / "data").write_bytes("样例内容".encode())
    openssl("dgst", "-sm3", "-sign", "key.pem", "-sigopt", DIST_ID, "-out", "sig", "data", cwd=tmp_path)
    public = crypto.load_public_pem((tmp_path / "pub.pem").read_bytes())
    signature = (tmp_path / "sig").read_bytes()
    assert public.verify("样例内容".encode(), signature)
    assert not public.verify("样列内容".encode(), signature)
    private = crypto.load_private_pem((tmp_path / "key.pem").read_bytes())
    assert private.public.raw == public.raw


@needs_openssl
def test_openssl_pkeyutl_agrees_too(tmp_path):
    key = crypto.generate("sm2")
    (tmp_path / "pub.pem").write_bytes(crypto.public_pem(key.public))
    (tmp_path / "data").write_bytes(b"abc")
    (tmp_path / "sig").write_bytes(key.sign(b"abc"))
    done = openssl(
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "pub.pem",
        "-rawin",
        "-digest",
        "sm3",
        "-in",
        "data",
        "-sigfile",
        "sig",
        "-pkeyopt",
        DIST_ID,
        cwd=tmp_path,
    )
    assert "Success" in done.stdout


def test_many_threads_sign_and_verify_with_one_key():
    key, failures = crypto.generate("sm2"), []

    def work(name):
        for turn in range(100):
            data = b"%d-%d" % (name, turn)
            if not key.public.verify(data, key.sign(data)) or key.public.verify(b"x", key.sign(data)):
                failures.append(data)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_every_context_is_freed_even_when_verification_fails(monkeypatch):
    key = crypto.generate("sm2")
    library = libcrypto.load()
    counts = {"new": 0, "free": 0}
    made, freed = library.EVP_MD_CTX_new, library.EVP_MD_CTX_free

    class Counting:
        def __getattr__(self, name):
            return getattr(library, name)

        def EVP_MD_CTX_new(self):
            counts["new"] += 1
            return made()

        def EVP_MD_CTX_free(self, context):
            counts["free"] += 1
            freed(context)

    monkeypatch.setattr(libcrypto, "load", Counting)
    key.public.verify(b"x", key.sign(b"x"))
    key.public.verify(b"x", b"bad")
    assert counts == {"new": 3, "free": 3}


def test_a_failed_verification_leaves_no_error_for_pythons_ssl():
    key = crypto.generate("sm2")
    assert not key.public.verify(b"x", b"\x30\x03bad")
    peek = libcrypto.load().ERR_peek_error
    assert peek() == 0
    assert ssl.create_default_context() is not None


def test_a_machine_without_sm2_says_so(monkeypatch):
    monkeypatch.setattr(libcrypto, "_candidates", lambda: iter(["libnothing.so.9"]))
    with pytest.raises(crypto.Sm2Unavailable) as missing:
        libcrypto.load.__wrapped__()
    assert isinstance(missing.value, Fault)
    assert "OpenSSL 3.0" in str(missing.value)


def test_the_identity_is_the_default_of_the_national_standard():
    assert sm2.USER_ID == b"1234567812345678"


def issued(**changes):
    authority_key, signer_key = crypto.generate("p256"), crypto.generate("p256")
    dates = {"not_before": START, "not_after": START + timedelta(days=3650)} | changes
    authority = crypto.issue_authority("样例档案馆", authority_key, **dates)
    signer = crypto.issue_certificate(
        "样例档案馆", signer_key.public, authority=authority, authority_key=authority_key, **dates
    )
    return x509.load_pem_x509_certificate(authority), x509.load_pem_x509_certificate(signer)


def test_an_archives_issues_its_own_signer_certificate():
    authority, signer = issued()
    signer.verify_directly_issued_by(authority)
    names = signer.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    assert names[0].value == "样例档案馆"
    assert signer.not_valid_before_utc == START
    assert signer.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment


@needs_openssl
def test_openssl_verifies_the_chain(tmp_path):
    from cryptography.hazmat.primitives.serialization import Encoding

    now = datetime.now(UTC)
    authority, signer = issued(not_before=now - timedelta(days=1), not_after=now + timedelta(days=9))
    (tmp_path / "ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    (tmp_path / "signer.pem").write_bytes(signer.public_bytes(Encoding.PEM))
    done = openssl("verify", "-x509_strict", "-CAfile", "ca.pem", "signer.pem", cwd=tmp_path)
    assert done.stdout == "signer.pem: OK\n"


def test_a_certificate_with_wrong_dates_or_a_foreign_authority_is_not_issued():
    with pytest.raises(Invalid):
        issued(not_after=START)
    with pytest.raises(Invalid):
        issued(not_before=datetime(2026, 1, 1))  # noqa: DTZ001
    key = crypto.generate("p256")
    dates = {"not_before": START, "not_after": START + timedelta(days=1)}
    authority = crypto.issue_authority("样例档案馆", key, **dates)
    with pytest.raises(Invalid):
        crypto.issue_certificate(
            "样例档案馆", key.public, authority=authority, authority_key=crypto.generate("p256"), **dates
        )
