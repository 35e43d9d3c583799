"""Signatures over packages: good ones hold, and everything that was done to them afterwards shows."""

from __future__ import annotations

import base64
import re
import subprocess

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.packages.eep import (
    Document,
    DocumentData,
    Signer,
    read_eep,
    write_modified,
    write_original,
    writer,
)
from lantai.kit.packages.eep.contents import looked_at
from lantai.kit.packages.eep.reader import read_package
from lantai.kit.packages.eep.rules import RULES
from tests.kit.packages.eep.making import AT, CREATOR, authority, content, encoding, key, two_documents

ALGORITHMS = ("sm2-sm3", "rsa-sha256", "ecdsa-sha256")
VALID, INVALID, UNVERIFIED = SignatureState.VALID, SignatureState.INVALID, SignatureState.UNVERIFIED


def trust(algorithm):
    return CertificateTrust(anchors=(authority(algorithm).certificate,))


def signed(folder, algorithm="sm2-sm3", *, locked=True):
    path = folder / "a.eep"
    signer = Signer(key(algorithm), name="样例签名人")
    lock = Signer(key(algorithm, "样例档案室")) if locked else None
    write_original(path, two_documents(folder), creator=CREATOR, created_at=AT, signers=(signer,), lock=lock)
    return path


def states(path, algorithm="sm2-sm3"):
    package = read_package(path, path.name, looked_at, trust=trust(algorithm))
    return [found.state for found in package.found]


def changed(path, old, new, count=1):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))
    return path


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_and_its_lock_hold(tmp_path, algorithm):
    package = read_eep(signed(tmp_path, algorithm), tmp_path / "out", trust=trust(algorithm))
    assert [(one.name, one.state, one.signer) for one in package.found] == [
        ("修改0-签名1", VALID, "样例市样例局"),
        ("锁定签名→修改0-签名1", VALID, "样例档案室"),
    ]
    assert package.found[0].signed_at == AT
    assert package.problems == ()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_changed_content_breaks_the_signature_but_not_the_lock(tmp_path, algorithm):
    path = changed(signed(tmp_path, algorithm), "<密级>公开</密级>", "<密级>秘密</密级>")
    assert states(path, algorithm) == [INVALID, VALID]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("签名人>样例签名人", "签名人>别的签名人"),
        ("<签名时间>2026-03", "<签名时间>2026-04"),
    ],
)
def test_a_changed_signature_breaks_its_lock(tmp_path, old, new):
    assert states(changed(signed(tmp_path), old, new)) == [VALID, INVALID]


def test_one_bit_of_a_computer_file_breaks_the_signature(tmp_path):
    path = signed(tmp_path, locked=False)
    text = path.read_text()
    at = text.index("编码数据ID=") + 60
    path.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    assert states(path) == [INVALID]


def test_a_swapped_certificate_breaks_the_signature(tmp_path):
    path = signed(tmp_path, locked=False)
    own, other = (
        base64.b64encode(one.certificate).decode() for one in (key("sm2-sm3"), key("sm2-sm3", "另一单位"))
    )
    assert states(changed(path, own, other)) == [INVALID]


def test_a_certificate_of_nobody_we_know_is_not_verified(tmp_path):
    package = read_eep(signed(tmp_path), tmp_path / "out", trust=NO_TRUST)
    assert {found.state for found in package.found} == {UNVERIFIED}


def test_an_expired_certificate_is_invalid_at_its_time(tmp_path):
    path = signed(tmp_path, locked=False)
    assert states(changed(path, "<签名时间>2026-03", "<签名时间>2028-03")) == [INVALID]


def test_a_lock_on_a_signature_that_is_not_there_is_invalid(tmp_path):
    path = changed(signed(tmp_path), "<被锁定签名标识符>修改0-签名1", "<被锁定签名标识符>修改0-签名9")
    assert states(path) == [VALID, INVALID]


def test_a_lock_on_another_signature_is_invalid(tmp_path):
    path = tmp_path / "a.eep"
    signers = tuple(Signer(key("sm2-sm3", name)) for name in ("样例一", "样例二"))
    write_original(
        path, two_documents(tmp_path), creator=CREATOR, created_at=AT, signers=signers, lock=signers[0]
    )
    changed(path, "<被锁定签名标识符>修改0-签名2", "<被锁定签名标识符>修改0-签名1")
    assert states(path) == [VALID, VALID, INVALID]


def test_a_lock_is_invalid_where_two_signatures_share_its_identifier(tmp_path):
    path = tmp_path / "a.eep"
    signers = tuple(Signer(key("sm2-sm3", name)) for name in ("样例一", "样例二"))
    write_original(
        path, two_documents(tmp_path), creator=CREATOR, created_at=AT, signers=signers, lock=signers[0]
    )
    changed(path, "<签名标识符>修改0-签名1", "<签名标识符>修改0-签名2")
    assert states(path)[-1] == INVALID


def test_the_true_object_hidden_elsewhere_does_not_vouch_for_a_false_one(tmp_path):
    path = signed(tmp_path, locked=False)
    text = path.read_text()
    found = re.search("<被签名对象.*</被签名对象>", text, re.DOTALL)
    false = found[0].replace("<密级>公开", "<密级>秘密")
    path.write_text(
        text.replace("<版本>2009</版本>", f"<版本>2009<藏>{found[0]}</藏></版本>").replace(
            "\n" + found[0], "\n" + false
        )
    )
    assert states(path) == [INVALID]


def test_an_unknown_rule_is_tried_and_never_believed(tmp_path):
    path = changed(signed(tmp_path, locked=False), RULES[0].text, "RSA")
    assert states(path) == [VALID]
    assert states(changed(path, "<密级>公开</密级>", "<密级>秘密</密级>")) == [UNVERIFIED]


def test_an_unknown_algorithm_is_not_verified(tmp_path):
    path = changed(signed(tmp_path, locked=False), "SM2-SM3", "样例算法")
    assert states(path) == [UNVERIFIED]


def test_a_weak_algorithm_proves_a_change_and_nothing_else(tmp_path):
    path = signed(tmp_path, "rsa-sha256", locked=False)
    private = serialization.load_der_private_key(key("rsa-sha256").pkcs8, password=None)
    octets = re.search("<被签名对象.*</被签名对象>".encode(), path.read_bytes(), re.DOTALL)[0]
    value = base64.b64encode(private.sign(octets, padding.PKCS1v15(), hashes.SHA1())).decode()
    path.write_text(re.sub("(<签名结果>)[^<]*", lambda found: found[1] + value, path.read_text()))
    assert states(changed(path, "RSA-SHA256", "sha1WithRSAEncryption"), "rsa-sha256") == [UNVERIFIED]
    assert states(changed(path, "<密级>公开</密级>", "<密级>秘密</密级>"), "rsa-sha256") == [INVALID]


@pytest.mark.parametrize("element", ["签名结果", "证书"])
def test_a_signature_without_value_or_certificate_is_invalid(tmp_path, element):
    path = signed(tmp_path, locked=False)
    path.write_text(re.sub(f"<{element}>.*?</{element}>", f"<{element}></{element}>", path.read_text()))
    assert states(path) == [INVALID]


def test_the_signatures_of_the_original_hold_inside_a_modified_package(tmp_path):
    path = signed(tmp_path)
    record = two_documents(tmp_path)
    data_id = record.documents[0].versions[0].encodings[0].data_id
    one = encoding("文档1", "通知.txt", tmp_path / "通知.txt", layer=1, refers_to=data_id)
    revised = content(Document("修改1-文档1", (DocumentData("修改1-v", (one,)),), role="主文档"))
    signers = (Signer(key("rsa-sha256")),)
    write_modified(tmp_path / "b.eep", path, revised, creator=CREATOR, created_at=AT, signers=signers)
    both = CertificateTrust(anchors=(*trust("sm2-sm3").anchors, *trust("rsa-sha256").anchors))
    found = read_eep(tmp_path / "b.eep", tmp_path / "out", trust=both).found
    assert [(one.name, one.state) for one in found] == [("修改0-签名1", VALID), ("修改1-签名1", VALID)]
    changed(tmp_path / "b.eep", "<密级>公开</密级>", "<密级>秘密</密级>")  # in the innermost layer
    found = read_eep(tmp_path / "b.eep", tmp_path / "out2", trust=both).found
    assert [one.state for one in found] == [INVALID, INVALID]


def test_a_long_object_is_signed_by_its_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "MOST_SIGNED_BYTES", 1000)
    path = signed(tmp_path)
    assert RULES[1].text in path.read_text()
    assert states(path) == [VALID, VALID]
    assert states(changed(path, "<密级>公开</密级>", "<密级>秘密</密级>"))[0] == INVALID


def test_openssl_verifies_the_octets_that_stand_in_the_file(tmp_path):
    path = signed(tmp_path, "rsa-sha256", locked=False)
    octets = re.search("<被签名对象.*</被签名对象>".encode(), path.read_bytes(), re.DOTALL)[0]
    root = etree.fromstring(path.read_bytes())
    space = {"e": root.nsmap[None]}
    element = root.find("e:被签名对象", space)
    assert octets == etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, with_tail=False
    )
    (tmp_path / "octets").write_bytes(octets)
    (tmp_path / "signature").write_bytes(base64.b64decode(root.findtext(".//e:签名结果", "", space)))
    (tmp_path / "certificate").write_bytes(base64.b64decode(root.findtext(".//e:证书", "", space)))
    public = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-in", "certificate", "-noout", "-pubkey"],
        cwd=tmp_path, check=True, capture_output=True,
    ).stdout  # fmt: skip
    (tmp_path / "public").write_bytes(public)
    command = ["openssl", "dgst", "-sha256", "-verify", "public", "-signature", "signature", "octets"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).stdout == b"Verified OK\n"
