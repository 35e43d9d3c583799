"""EVI 61, 62: a checkpoint on a chain is a file that proves itself as far as that can be without a node."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lantai.kit import cli
from lantai.kit.evidence import bundles
from lantai.kit.evidence.anchors import BadAnchor, judge_anchor, parse_anchor
from lantai.kit.evidence.canonical import canonical
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verify import verify_bytes
from tests.kit.chains.blocks import CHAIN, KEY, anchor_of
from tests.kit.evidence import conformance


@pytest.fixture(scope="module")
def base() -> conformance.Base:
    return conformance.make_base()


@pytest.fixture(scope="module")
def data(base) -> bytes:
    return anchor_of(base.note.text).render()


def test_an_anchor_tells_who_put_which_checkpoint_into_which_block(base, data):
    found = judge_anchor(data)
    said = parse_checkpoint(base.note.text)
    assert (found.origin, found.size, found.chain_id) == (said.origin, said.size, CHAIN)
    assert found.sender == f"0x{KEY.address.hex()}" and found.block_at.year == 2026
    assert parse_anchor(data).render() == data


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("chain", 1),
        ("text", "other.example/log\n1\nAAAA\n"),
        ("proof", []),
        ("block", {"hash": "00" * 32}),
        ("block", {"number": 8}),
        ("transaction", {"index": 0}),
        ("transaction", {"hash": "00" * 32}),
        ("transaction", {"raw": "02c0"}),
        ("lantai", "anchor/v2"),
        ("more", 1),
    ],
)
def test_what_is_altered_proves_nothing(data, part, value):
    said = json.loads(data)
    changed = said.get(part)
    said[part] = {**changed, **value} if isinstance(changed, dict) else value
    with pytest.raises(BadAnchor):
        judge_anchor(canonical(said))
    for other in (b"", b"{}", b"[]", b"{" * 5000, canonical(said)[:-1], b"\xff"):
        with pytest.raises(BadAnchor):
            judge_anchor(other)


def test_an_anchor_of_another_log_or_history_is_not_joined(base, data):
    said = parse_checkpoint(base.note.text)
    assert judge_anchor(data, joins=said).size == said.size
    for other in (
        replace(said, origin="other"),
        replace(said, root=bytes(32)),
        replace(said, size=said.size + 1),
    ):
        with pytest.raises(BadAnchor):
            judge_anchor(data, joins=other)


def test_evi_62_an_anchor_in_a_bundle_is_told_and_one_of_another_log_is_not_believed(base, data):
    trust = TrustStore.parse(base.trust)
    good, bad = data, anchor_of("other.example/log\n1\n" + "A" * 43 + "=\n").render()
    whole = verify_bytes(conformance.zipped(base.members | {bundles.anchor_path(good): good}), trust)
    assert whole.ok and "2026-" in str(whole.facts[bundles.anchor_path(good)])
    other = verify_bytes(conformance.zipped(base.members | {bundles.anchor_path(bad): bad}), trust)
    assert other.ok and bundles.anchor_path(bad) not in other.facts
    assert any("没有采信" in str(check) for check in other.checks)


def test_the_command_line_says_what_a_node_must_be_asked(data, tmp_path, capsys):
    path = tmp_path / "anchor.json"
    path.write_bytes(data)
    assert cli.main(["anchor", str(path)]) == 0
    said = capsys.readouterr().out
    assert "eth_getBlockByNumber(0x7)" in said and f"0x{KEY.address.hex()}" in said
    path.write_bytes(path.read_bytes().replace(b"7", b"8", 1))
    assert cli.main(["anchor", str(path)]) == 1
