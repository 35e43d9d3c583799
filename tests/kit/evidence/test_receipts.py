"""Receipts, checked by a stranger with the trust file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit import evidence
from lantai.kit.evidence.verify import verify_bytes
from tests.kit.evidence import issuing

STATEMENT = {"kind": "receipt", "title": "样例移交批次", "items": 12}


@pytest.fixture(scope="module")
def archives():
    return issuing.Archives()


@pytest.fixture(scope="module")
def receipt(archives):
    return archives.receipt(STATEMENT)


def reasons(verdict):
    return [str(check) for check in verdict.checks if not check.ok]


def test_a_receipt_is_good_under_the_archives_keys(archives, receipt):
    verdict = verify_bytes(receipt, archives.trust())
    assert verdict.ok, reasons(verdict)
    assert verdict.kind == "receipt"
    assert verdict.facts["statement.title"] == "样例移交批次"
    assert verdict.facts["log"] == issuing.ORIGIN
    assert verdict.facts["witnesses"] == 1
    assert {check.name for check in verdict.checks} == {"form", "statement", "inclusion", "signatures"}


def test_every_changed_byte_of_a_receipt_is_caught(archives, receipt):
    trust = archives.trust()
    for at in range(len(receipt)):
        for bit in (0x01, 0x20):
            changed = issuing.flipped(receipt, at, bit)
            assert not verify_bytes(changed, trust).ok, receipt[max(0, at - 20) : at + 20]


def test_another_spelling_of_the_same_receipt_is_refused(archives, receipt):
    trust, value = archives.trust(), json.loads(receipt)
    for other in (
        receipt + b"\n",
        receipt.replace(b'"items":12', b'"items": 12'),
        receipt.replace("样".encode(), b"\\u6837"),
        receipt.replace(b'"items":12', b'"items":12,"items":12'),
        receipt.replace(b'"items":12', b'"items":12.0'),
        json.dumps(value, ensure_ascii=False).encode(),
        json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()[::-1],
    ):
        assert other != receipt
        assert not verify_bytes(other, trust).ok


def test_a_receipt_is_worth_nothing_under_other_keys(archives, receipt):
    for trust in (issuing.Archives().trust(), evidence.TrustStore()):
        verdict = verify_bytes(receipt, trust)
        assert not verdict.ok
        assert "不在信任文件中" in reasons(verdict)[0]


def test_a_witness_cannot_stand_in_for_the_log(archives, receipt):
    value = json.loads(receipt)
    lines = value["proof"].splitlines(keepends=True)
    value["proof"] = "".join(line for line in lines if not line.startswith(f"— {issuing.ORIGIN}"))
    verdict = verify_bytes(evidence.canonical(value), archives.trust())
    assert not verdict.ok
    assert "没有日志" in reasons(verdict)[0]


def test_a_signature_line_given_twice_is_refused(archives, receipt):
    value = json.loads(receipt)
    value["proof"] += value["proof"].splitlines(keepends=True)[-1]
    assert not verify_bytes(evidence.canonical(value), archives.trust()).ok


def test_a_log_cannot_speak_for_another_log(archives):
    entry = issuing.entry_for(STATEMENT)
    root = evidence.SHA256.leaf(evidence.leaf_of(entry))
    text = evidence.Checkpoint("other.example/log", 1, root).text()
    note = evidence.sign_note(text, [(issuing.ORIGIN, archives.log_key)])
    receipt = evidence.build_receipt(STATEMENT, entry, evidence.TlogProof(0, (), note).render())
    assert not verify_bytes(receipt, archives.trust()).ok


def test_the_first_the_last_and_the_only_entry_can_be_proved(archives):
    for among, index in ((1, 0), (2, 1), (257, 256), (600, 0)):
        receipt = archives.receipt(STATEMENT, among=among, index=index)
        assert verify_bytes(receipt, archives.trust()).ok


def test_a_receipt_for_another_statement_is_not_made():
    with pytest.raises(evidence.BadReceipt):
        evidence.build_receipt({"kind": "other"}, issuing.entry_for(STATEMENT), "")


def test_an_entry_without_a_nonce_has_no_leaf():
    entry = issuing.entry_for(STATEMENT)
    for bad in (entry | {"nonce": "short"}, entry | {"nonce": None}, entry | {"act": ""}, entry | {"at": 5}):
        with pytest.raises(evidence.NotCanonical):
            evidence.leaf_of(bad)


def test_a_leaf_shows_the_act_and_the_time_and_hides_the_rest():
    entry = issuing.entry_for(STATEMENT) | {"object_name": "样例姓名"}
    leaf = json.loads(evidence.leaf_of(entry))
    assert set(leaf) == {"v", "act", "at", "sha256", "sm3"}
    assert "样例姓名" not in evidence.leaf_of(entry).decode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        b"{" * 100_000,
        b'{"a":' + b"[" * 100_000,
        b'{"lantai":"receipt/v1"}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"{" + b" " * (2 * 1024 * 1024),
        b'{"entry":{},"lantai":"receipt/v1","proof":"","statement":{}}',
        b'{"entry":[],"lantai":"receipt/v1","proof":1,"statement":7}',
        b"%PDF-1.7\n",
        b"PK\x03\x04 nothing",
        b"GIF89a",
        bytes(range(256)),
    ],
)
def test_rubbish_gets_a_verdict_and_not_a_traceback(archives, data):
    verdict = verify_bytes(data, archives.trust())
    assert not verdict.ok
    assert reasons(verdict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
@settings(max_examples=150)
def test_canonical_json_reads_back_and_is_the_only_spelling(value):
    data = evidence.canonical(value)
    assert evidence.parse_canonical(data) == value
    assert evidence.canonical(json.loads(json.dumps(value))) == data


@pytest.mark.parametrize("value", [1.5, float("nan"), {1: 2}, 2**53, b"x", object(), "\ud800", {"a": {1.0}}])
def test_what_has_no_single_spelling_has_no_canonical_form(value):
    with pytest.raises(evidence.NotCanonical):
        evidence.canonical(value)
