"""Weak keys, delta lists and name constraints: judged, and compared with what the openssl command says."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ReasonFlags
from cryptography.x509.oid import NameOID

from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust, judge_certificate
from tests.kit.crypto.openssl import OPENSSL, needs_openssl, openssl

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DER = serialization.Encoding.DER
VALID, INVALID, UNVERIFIED = SignatureState.VALID, SignatureState.INVALID, SignatureState.UNVERIFIED


def name(common: str, organisation: str = "样例机构", mail: str = "") -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, organisation)]
    parts += [(NameOID.COMMON_NAME, common), *([(NameOID.EMAIL_ADDRESS, mail)] if mail else [])]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


class Holder:
    """A key with a certificate, of this key or of another holder's."""

    def __init__(self, subject, issuer=None, key=None, *, extensions=(), is_authority=True):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.subject = subject
        above = issuer or self
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(above.subject)
        made = made.public_key(self.key.public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(START).not_valid_after(END)
        made = made.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        own, upper = (
            x509.SubjectKeyIdentifier.from_public_key(one.key.public_key()) for one in (self, above)
        )
        made = made.add_extension(own, critical=False)
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(upper), critical=False
        )
        for extension, is_critical in extensions:
            made = made.add_extension(extension, critical=is_critical)
        self.certificate = made.sign(above.key, hashes.SHA256()).public_bytes(DER)
        self.serial = x509.load_der_x509_certificate(self.certificate).serial_number


def crl(issuer, number, *, revoked=(), base=None, at=AT, until=END, point=None) -> bytes:
    made = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
    made = made.last_update(at).next_update(until).add_extension(x509.CRLNumber(number), critical=False)
    if base is None:  # openssl looks for delta lists only where the complete list says that there are some
        where = x509.DistributionPoint(
            [x509.UniformResourceIdentifier("http://example.cn/d")], None, None, None
        )
        made = made.add_extension(x509.FreshestCRL([where]), critical=False)
    else:
        made = made.add_extension(x509.DeltaCRLIndicator(base), critical=True)
    if point is not None:
        made = made.add_extension(point, critical=True)
    for serial, since, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        entry = entry.add_extension(x509.CRLReason(reason), critical=False) if reason else entry
        made = made.add_revoked_certificate(entry.build())
    return made.sign(issuer.key, hashes.SHA256()).public_bytes(DER)


@pytest.fixture(scope="module")
def root() -> Holder:
    return Holder(name("样例根"))


@pytest.fixture(scope="module")
def signer(root) -> Holder:
    return Holder(name("样例单位"), root, is_authority=False)


def judge(holder, root, *crls, chain=(), at=AT):
    return judge_certificate(
        holder.certificate,
        chain=[one.certificate for one in chain],
        trust=CertificateTrust((root.certificate,), (), crls),
        at=at,
    )


SHORT_KEY = rsa.generate_private_key(65537, 1024)


def test_a_short_rsa_key_is_not_relied_on_and_the_reason_is_told(root):
    weak = Holder(name("样例弱"), root, SHORT_KEY, is_authority=False)
    for verdict in (judge(weak, root), judge_certificate(weak.certificate, trust=NO_TRUST, at=AT)):
        assert verdict.state is UNVERIFIED
        assert verdict.params == {"subject": "样例弱 (样例机构)", "bits": 1024}
        assert "2048" in verdict.message
    listed = crl(root, 1, revoked=[(weak.serial, START, None)])
    assert judge(weak, root, listed).state is INVALID  # a fault says more than a weakness


@pytest.mark.parametrize("where", ["root", "middle"])
def test_a_short_key_anywhere_above_the_signer_is_found(where):
    top = Holder(name("样例上级"), key=SHORT_KEY if where == "root" else None)
    middle = Holder(name("样例中级"), top, SHORT_KEY if where == "middle" else None)
    below = Holder(name("样例单位"), middle, is_authority=False)
    verdict = judge(below, top, chain=[middle])
    assert (verdict.state, verdict.params["bits"]) == (UNVERIFIED, 1024)


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (ec.generate_private_key(ec.SECP384R1()), VALID),
        (ec.generate_private_key(ec.BrainpoolP256R1()), VALID),
        (ec.generate_private_key(ec.SECP256K1()), UNVERIFIED),
        (ec.generate_private_key(ec.SECP224R1()), UNVERIFIED),
        (rsa.generate_private_key(65537, 2048), VALID),
    ],
    ids=["P-384", "brainpool", "secp256k1", "P-224", "rsa-2048"],
)
def test_only_known_curves_and_long_keys_are_relied_on(root, key, state):
    verdict = judge(Holder(name("样例单位"), root, key, is_authority=False), root)
    assert verdict.state is state
    assert state is VALID or verdict.params["curve"] == key.curve.name


@needs_openssl
def test_an_sm2_key_signs_with_sm3_only_and_an_ecdsa_key_never_by_sm2(tmp_path):
    from lantai.kit.crypto.certificates import make_authority, verify_with

    span = {"not_before": START, "not_after": END}
    sm2, p256 = (make_authority("样例", algorithm=one, **span) for one in ("sm2-sm3", "ecdsa-sha256"))
    (tmp_path / "key.der").write_bytes(sm2.pkcs8)
    (tmp_path / "text").write_bytes(b"x")
    words = ["-sha256", "-sign", "key.der", "-keyform", "DER", "-out", "signature"]
    done = subprocess.run([OPENSSL, "dgst", *words, "text"], cwd=tmp_path, capture_output=True, check=False)
    if done.returncode == 0:  # openssl lets an SM2 key sign another digest; nobody is to believe it
        for algorithm in ("", "ecdsa-sha256", "sm2-sm3"):
            assert not verify_with(
                sm2.certificate, (tmp_path / "signature").read_bytes(), b"x", algorithm=algorithm
            )
    assert not verify_with(p256.certificate, p256.sign(b"x"), b"x", algorithm="sm2-sm3")
    assert not verify_with(sm2.certificate, sm2.sign(b"x"), b"x", algorithm="ecdsa-sha256")


def test_a_delta_list_revokes_and_prolongs_the_list_that_it_continues(root, signer):
    old = crl(root, 5, at=AT - 30 * DAY, until=AT - DAY)
    assert judge(signer, root, old).state is UNVERIFIED
    quiet = crl(root, 7, base=5, at=AT - DAY)
    assert judge(signer, root, old, quiet).state is VALID
    loud = crl(root, 7, base=5, at=AT, revoked=[(signer.serial, AT - 2 * DAY, ReasonFlags.key_compromise)])
    assert judge(signer, root, old, loud).state is INVALID
    assert judge(signer, root, old, loud, at=AT - 3 * DAY).state is VALID
    assert judge(signer, root, loud).state is INVALID  # alone it still tells whom it revokes


@pytest.mark.parametrize(
    "delta",
    [
        {"number": 7, "base": 6},  # it tells only what changed after list 6, which is not here
        {"number": 5, "base": 5},
        {
            "number": 7,
            "base": 5,
            "point": x509.IssuingDistributionPoint(None, None, True, False, None, False, False),
        },
    ],
    ids=["gap", "not-newer", "other-scope"],
)
def test_a_delta_list_that_does_not_continue_ours_leaves_the_certificate_unverified(root, signer, delta):
    old = crl(root, 5, at=AT - 30 * DAY, until=AT - DAY)
    verdict = judge(signer, root, old, crl(root, **delta))
    assert verdict.state is UNVERIFIED
    assert "吊销列表" in verdict.message
    assert judge(signer, root, crl(root, **delta)).state is UNVERIFIED


def test_a_hold_ends_when_a_delta_list_takes_it_back(root, signer):
    held = crl(
        root, 5, at=AT - 30 * DAY, revoked=[(signer.serial, AT - 40 * DAY, ReasonFlags.certificate_hold)]
    )
    assert judge(signer, root, held).state is INVALID
    freed = crl(
        root, 6, base=5, at=AT - DAY, revoked=[(signer.serial, AT - DAY, ReasonFlags.remove_from_crl)]
    )
    assert judge(signer, root, held, freed).state is VALID
    assert judge(signer, root, held, freed, at=AT - 10 * DAY).state is INVALID
    other = Holder(root.subject)  # the name alone is the same
    forged = crl(
        other, 6, base=5, at=AT - DAY, revoked=[(signer.serial, AT - DAY, ReasonFlags.remove_from_crl)]
    )
    assert judge(signer, root, held, forged).state is INVALID


@needs_openssl
def test_openssl_says_the_same_of_delta_lists(root, signer, tmp_path):
    old = crl(root, 5, at=AT - 30 * DAY, until=AT - DAY)
    loud = crl(root, 7, base=5, at=AT, revoked=[(signer.serial, AT - 2 * DAY, ReasonFlags.key_compromise)])
    cases = {"old": [old], "quiet": [old, crl(root, 7, base=5, at=AT - DAY)], "loud": [old, loud]}
    for title, lists in cases.items():
        words = [
            "-crl_check",
            "-extended_crl",
            "-use_deltas",
            "-CRLfile",
            pem(tmp_path, title, "X509 CRL", lists),
        ]
        assert peer(tmp_path, signer, root, *words) == (judge(signer, root, *lists).state is VALID)


ORGANISATION = x509.Name(name("x").rdns[:2])
BOUNDS = {
    "directory": (x509.DirectoryName(ORGANISATION),),
    "mail host": (x509.RFC822Name("example.cn"),),
    "mail domain": (x509.RFC822Name(".example.cn"),),
    "dns": (x509.DNSName("example.cn"),),
    "uri": (x509.UniformResourceIdentifier(".example.cn"),),
    "ip": (x509.IPAddress(ip_network("10.0.0.0/8")),),
}


@pytest.mark.parametrize(
    ("bound", "inside", "outside"),
    [
        ("directory", {"subject": name("甲")}, {"subject": name("甲", "另一机构")}),
        (
            "mail host",
            {"other": x509.RFC822Name("a@example.cn")},
            {"other": x509.RFC822Name("a@b.example.cn")},
        ),
        (
            "mail domain",
            {"other": x509.RFC822Name("a@b.example.cn")},
            {"other": x509.RFC822Name("a@other.cn")},
        ),
        (
            "mail host",
            {"subject": name("甲", mail="a@example.cn")},
            {"subject": name("甲", mail="a@other.cn")},
        ),
        ("dns", {"other": x509.DNSName("a.example.cn")}, {"other": x509.DNSName("badexample.cn")}),
        (
            "uri",
            {"other": x509.UniformResourceIdentifier("https://a.example.cn/x")},
            {"other": x509.UniformResourceIdentifier("https://example.com/.example.cn")},
        ),
        (
            "ip",
            {"other": x509.IPAddress(ip_address("10.1.2.3"))},
            {"other": x509.IPAddress(ip_address("11.1.2.3"))},
        ),
    ],
)
@needs_openssl
def test_names_outside_of_what_an_authority_may_certify_are_invalid_as_openssl_says(
    root, tmp_path, bound, inside, outside
):
    for permitted, told, state in ((True, inside, VALID), (True, outside, INVALID), (False, inside, INVALID)):
        trees = BOUNDS[bound]
        limits = x509.NameConstraints(trees if permitted else None, None if permitted else trees)
        middle = Holder(name("样例中级"), root, extensions=[(limits, True)])
        others = [(x509.SubjectAlternativeName([told["other"]]), False)] if "other" in told else []
        below = Holder(told.get("subject", name("样例单位")), middle, extensions=others, is_authority=False)
        verdict = judge(below, root, chain=[middle])
        assert verdict.state is state, (permitted, told)
        assert peer(tmp_path, below, root, chain=[middle]) == (state is VALID)


def test_a_sort_of_name_that_cannot_be_compared_leaves_the_certificate_unverified(root):
    sort = x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))
    middle = Holder(name("样例中级"), root, extensions=[(x509.NameConstraints([sort], None), True)])
    names = [(x509.SubjectAlternativeName([sort]), False)]
    below = Holder(name("样例单位"), middle, extensions=names, is_authority=False)
    verdict = judge(below, root, chain=[middle])
    assert verdict.state is UNVERIFIED
    assert "名称" in verdict.message
    assert judge(Holder(name("样例单位"), middle, is_authority=False), root, chain=[middle]).state is VALID


def test_a_new_key_of_the_same_authority_is_exempt_but_its_signer_is_not(root):
    limits = x509.NameConstraints([x509.DirectoryName(name("x", "另一机构"))], None)
    middle = Holder(name("样例中级"), root, extensions=[(limits, True)])
    renewed = Holder(name("样例中级"), middle)
    below = Holder(name("样例单位"), renewed, is_authority=False)
    verdict = judge(below, root, chain=[middle, renewed])
    assert (verdict.state, verdict.params["subject"]) == (INVALID, "样例单位 (样例机构)")


def pem(folder, title, label, ders) -> str:
    from asn1crypto import pem as armour

    path = folder / f"{title}.pem"
    path.write_bytes(b"".join(armour.armor(label, one) for one in ders))
    return str(path)


def peer(folder, holder, root, *words, chain=()) -> bool:
    """Whether `openssl verify` accepts the certificate at `AT`."""
    files = {"root": [root], "signer": [holder], "chain": chain}
    paths = {
        title: pem(folder, title, "CERTIFICATE", [one.certificate for one in some])
        for title, some in files.items()
    }
    more = ["-untrusted", paths["chain"]] if chain else []
    command = [
        "verify",
        "-attime",
        int(AT.timestamp()),
        *words,
        "-CAfile",
        paths["root"],
        *more,
        paths["signer"],
    ]
    done = subprocess.run([OPENSSL, *map(str, command)], capture_output=True, check=False)
    return done.returncode == 0


@needs_openssl
def test_a_short_key_made_by_openssl_is_called_weak(tmp_path):
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:1024",
        "-nodes",
        "-keyout",
        "k",
        "-subj",
        "/CN=x",
        "-out",
        "c",
        cwd=tmp_path,
    )
    der = openssl("x509", "-in", "c", "-outform", "DER", cwd=tmp_path)
    verdict = judge_certificate(der, trust=NO_TRUST, at=datetime.now(UTC))
    assert (verdict.state, verdict.params["bits"]) == (UNVERIFIED, 1024)
