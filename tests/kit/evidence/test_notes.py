"""Signed notes, checkpoints, proofs and the trust file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit import crypto, evidence
from lantai.kit.errors import Invalid
from tests.kit.evidence import issuing

# Example of the published specification (golang.org/x/mod/sumdb/note).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ROOT = bytes(range(32))


def test_a_note_of_the_reference_implementation_verifies():
    key, note = evidence.parse_verifier_key(PETER), evidence.parse_note(PETER_NOTE)
    (signature,) = note.signatures
    assert key.key_id == signature.key_id
    assert key.verify(note.text, signature.blob)
    assert not key.verify(note.text + "x\n", signature.blob)
    assert key.render() == PETER
    assert note.render() == PETER_NOTE


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_a_verifier_key_reads_back_and_verifies(algorithm):
    key = crypto.generate(algorithm)
    verifier = evidence.parse_verifier_key(evidence.verifier_key("a.example/log", key.public).render())
    note = evidence.parse_note(evidence.sign_note("text\n", [("a.example/log", key)]).render())
    assert verifier.key_id == note.signatures[0].key_id
    assert verifier.verify("text\n", note.signatures[0].blob)


def test_one_key_under_two_names_or_types_has_different_ids():
    public = crypto.generate("ed25519").public
    ids = {
        evidence.verifier_key("a", public).key_id,
        evidence.verifier_key("b", public).key_id,
        evidence.witness_key("a", public).key_id,
    }
    assert len(ids) == 3


def test_a_cosignature_commits_to_its_time():
    key = crypto.generate("ed25519")
    note = evidence.cosign(evidence.Note("text\n", ()), "w.example", key, posix_seconds=1_679_315_147)
    verifier, blob = evidence.witness_key("w.example", key.public), note.signatures[0].blob
    assert verifier.verify("text\n", blob)
    assert not verifier.verify("text\n", issuing.flipped(blob, 7))
    assert not verifier.verify("text\n", b"")
    signed = b"cosignature/v1\ntime 1679315147\ntext\n"
    assert key.public.verify(signed, blob[8:])


@pytest.mark.parametrize("at", range(len(PETER)))
def test_a_mistyped_verifier_key_is_refused(at):
    with pytest.raises(Invalid):
        changed = PETER[:at] + chr(ord(PETER[at]) ^ 1) + PETER[at + 1 :]
        evidence.parse_verifier_key(changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— name AAAAAA==\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name  AAAAAAAA\n",
        "te\txt\n\n— name AAAAAAAA\n",
        "\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 100,
    ],
)
def test_what_is_not_a_note_is_refused(text):
    with pytest.raises(Invalid):
        evidence.parse_note(text)


@given(
    st.integers(0, 10**18), st.binary(min_size=32, max_size=32), st.lists(st.sampled_from(["sm3 abc", "x"]))
)
def test_a_checkpoint_reads_back(size, root, extensions):
    checkpoint = evidence.Checkpoint("a.example/log", size, root, tuple(extensions))
    assert evidence.parse_checkpoint(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n1\n",
        "a\n01\nAAAA\n",
        "a\n1\nAAAA\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "\n1\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text):
    with pytest.raises(Invalid):
        evidence.parse_checkpoint(text)


def test_an_extension_line_cannot_smuggle_lines_in():
    with pytest.raises(evidence.BadCheckpoint):
        evidence.Checkpoint("a", 1, ROOT, ("x\ny",)).text()


@given(
    st.integers(0, 10**9), st.lists(st.binary(min_size=32, max_size=32), max_size=30), st.binary(max_size=9)
)
@settings(max_examples=50)
def test_a_proof_reads_back(index, hashes, extra):
    note = evidence.parse_note("a\n1\n" + "A" * 43 + "=\n\n— a AAAAAAAA\n")
    proof = evidence.TlogProof(index, tuple(hashes), note, extra)
    assert evidence.parse_proof(proof.render()) == proof


def test_a_proof_is_spelled_as_in_the_specification():
    note = evidence.parse_note("a\n1\n" + "A" * 43 + "=\n\n— a AAAAAAAA\n")
    lines = evidence.TlogProof(7, (ROOT,), note, b"x").render().split("\n")
    assert lines[:5] == [
        "c2sp.org/tlog-proof@v1",
        "extra eA==",
        "index 7",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "",
    ]


def test_a_trust_file_reads_back_and_allows_comments():
    trust = issuing.Archives().trust()
    text = "# 样例地区\n\n" + trust.render()
    assert evidence.TrustStore.parse(text).render() == trust.render()
    assert len(trust.certificates) == 1


@pytest.mark.parametrize(
    "text",
    [
        "rubbish",
        PETER[:-1],
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        PETER + " extra",
    ],
)
def test_a_trust_file_with_a_bad_line_is_refused_whole(text):
    with pytest.raises(Invalid):
        evidence.TrustStore.parse(text)
