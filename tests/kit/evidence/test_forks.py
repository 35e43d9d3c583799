"""A log that says two things is found out, and the proof is a file that a stranger checks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lantai.kit import cli
from lantai.kit.errors import LantaiError
from lantai.kit.evidence import forks, tiles, witnessing
from lantai.kit.evidence.checkpoints import parse_checkpoint, sign_checkpoint
from lantai.kit.evidence.forks import Change, Growth, compare_trees, fork_between, judge_growth
from lantai.kit.evidence.merkle import SHA256, SM3
from lantai.kit.evidence.verdicts import Findings
from tests.kit.evidence.logs import Log, entries, key, trust
from tests.kit.evidence.test_witnessing import Witness

HONEST = Log(entries(600))


def _variant(change: str) -> Log:
    rows = entries(600)
    if change == "truncated and grown again":
        rows = rows[:500] + entries(100, 7000)
    elif change == "reordered":
        rows[400], rows[401] = rows[401], rows[400]
    elif change == "changed":
        rows[300] = b"another"
    elif change == "removed":
        del rows[300]
    elif change == "inserted":
        rows.insert(300, b"another")
    return Log(rows)


def _growth(old: Log, new: Log, old_size: int, new_size: int) -> Growth:
    longer = new if new_size >= old_size else old
    proof = tiles.consistency(*sorted((old_size, new_size)), longer.store)
    return judge_growth(old.head(old_size), new.head(new_size), proof)


def test_a_client_tells_growth_from_rollback_and_fork() -> None:
    assert _growth(HONEST, HONEST, 600, 600) is Growth.SAME
    assert _growth(HONEST, HONEST, 255, 600) is Growth.GREW
    assert _growth(HONEST, HONEST, 600, 255) is Growth.ROLLED_BACK
    other = _variant("changed")
    assert _growth(HONEST, other, 600, 600) is Growth.FORKED
    assert _growth(HONEST, other, 400, 600) is Growth.FORKED
    assert _growth(HONEST, other, 299, 600) is Growth.GREW


@pytest.mark.parametrize(
    ("change", "told", "index"),
    [
        ("truncated and grown again", Change.CHANGED, 500),
        ("reordered", Change.REORDERED, 400),
        ("changed", Change.CHANGED, 300),
        ("removed", Change.REMOVED, 300),
        ("inserted", Change.INSERTED, 300),
    ],
)
def test_the_first_leaf_that_differs_is_found_and_what_was_done_there(change, told, index) -> None:
    other = _variant(change)
    for algorithm, store in ((SHA256, "store"), (SM3, "sm3_store")):
        found = compare_trees(getattr(HONEST, store), 600, getattr(other, store), other.size, algorithm)
        assert (found.change, found.index) == (told, index)


def test_trees_that_only_grew_or_were_cut_are_told_apart() -> None:
    def compare(old: int, new: int) -> tuple[Change, int | None]:
        found = compare_trees(HONEST.store, old, Log(entries(new)).store, new)
        return found.change, found.index

    assert compare(600, 600) == (Change.NONE, None)
    assert compare(256, 600) == (Change.GREW, 256)
    assert compare(0, 3) == (Change.GREW, 0)
    assert compare(600, 512) == (Change.TRUNCATED, 512)
    assert compare(600, 0) == (Change.TRUNCATED, 0)


def test_the_first_difference_is_found_at_every_place_of_a_small_tree() -> None:
    rows = entries(530)
    for place in (0, 1, 254, 255, 256, 257, 511, 512, 529):
        other = Log([*rows[:place], b"another", *rows[place + 1 :]])
        assert compare_trees(HONEST.store, 530, other.store, 530).index == place


def _verdict(data: bytes, *, store=None) -> Findings:
    findings = Findings()
    forks.check_fork(data, store or trust(), findings)
    return findings


@pytest.mark.parametrize(
    "change", ["truncated and grown again", "reordered", "changed", "removed", "inserted"]
)
def test_evi_53_two_histories_become_a_proof_that_a_stranger_checks(change: str) -> None:
    """Each history has its witness, both in good faith; whoever sees both checkpoints has the proof."""
    other = _variant(change)
    seen = []
    for log, witness in ((HONEST, Witness("w1")), (other, Witness("w2"))):
        note = log.note()
        lines = witnessing.cosignatures_of(witness.add(log, note), note, trust("w1", "w2").keys)
        assert len(lines) == 1
        seen.append(replace(note, signatures=(*note.signatures, lines[0][0])))
    fork = fork_between(*seen, (other if other.size >= 600 else HONEST).store)
    findings = _verdict(fork.render())
    assert findings.ok, findings.checks
    assert forks.parse_fork(fork.render()) == fork
    assert findings.facts["log"] == HONEST.origin


def test_a_fork_far_apart_in_size_is_proved_by_the_tiles_of_the_longer_tree() -> None:
    other = _variant("changed")
    longer = Log(other.entries + entries(900, 5000))
    fork = fork_between(HONEST.note(450), longer.note(), longer.store)
    assert 0 < len(fork.proof) < 20
    assert _verdict(fork.render()).facts["first_size"] == 450
    assert fork_between(HONEST.note(300), longer.note(), longer.store) is None


def test_two_sequencers_that_signed_the_same_size_need_no_tiles() -> None:
    fork = fork_between(HONEST.note(), _variant("reordered").note(), Log().store)
    assert (fork.proof, _verdict(fork.render()).ok) == ((), True)
    assert fork.render() == fork_between(fork.second, fork.first, Log().store).render()


def test_a_fork_of_the_sm3_tree_alone_is_a_fork() -> None:
    wrong = replace(HONEST.head(), extensions=(_variant("changed").head().extensions[0],))
    forged = sign_checkpoint(wrong, HONEST.keys())
    assert fork_between(HONEST.note(), forged, HONEST.store) is None
    fork = fork_between(HONEST.note(), forged, HONEST.sm3_store, SM3)
    assert _verdict(fork.render()).facts["tree"] == "sm3"


def test_nobody_is_blamed_for_what_is_no_fork() -> None:
    other = _variant("changed")
    fork = fork_between(HONEST.note(), other.note(), other.store)
    agreeing = replace(fork, second=fork.first, root=parse_checkpoint(fork.first.text).root)
    unproved = replace(fork, second=Log(entries(700)).note(), root=bytes(32))
    stranger = replace(fork, second=sign_checkpoint(other.head(), [key("stranger")]))
    elsewhere = Log(other.entries, origin="other.example/log")
    of_two_logs = fork_between(HONEST.note(), elsewhere.note(), elsewhere.store)
    for wrong, check in (
        (agreeing, "contradiction"),
        (unproved, "contradiction"),
        (stranger, "signatures"),
        (of_two_logs, "origin"),
    ):
        findings = _verdict(wrong.render())
        assert not findings.ok
        assert check in [one.name for one in findings.checks if not one.ok]


def test_any_changed_byte_of_the_proof_is_found() -> None:
    other = _variant("changed")
    data = fork_between(HONEST.note(450), other.note(), other.store).render()
    good = forks.parse_fork(data)
    found = 0
    for place in range(0, len(data), 7):
        bad = bytearray(data)
        bad[place] ^= 1
        if not _verdict(bytes(bad)).ok:
            found += 1
            continue
        # One of the two signature lines of a checkpoint may be lost: the other still stands.
        same = forks.parse_fork(bytes(bad))
        assert (same.first.text, same.second.text, same.proof) == (
            good.first.text,
            good.second.text,
            good.proof,
        )
    assert found > len(data) // 14


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"\xff", b"{" * 9000, b" " * (forks.MAX_FORK_BYTES + 1)]
)
def test_what_is_no_proof_is_told_so(data: bytes) -> None:
    assert [check.name for check in _verdict(data).checks] == ["form"]


def test_the_command_answers_by_its_exit_code(tmp_path: Path, capsys) -> None:
    other = _variant("changed")
    fork = fork_between(HONEST.note(), other.note(), other.store)
    (tmp_path / "fork.json").write_bytes(fork.render())
    (tmp_path / "none.json").write_bytes(fork.render().replace(b"fork/v1", b"fork/v2"))
    (tmp_path / "trust.txt").write_text(trust().render())
    asked = ["--trust", str(tmp_path / "trust.txt")]
    assert cli.main(["fork", str(tmp_path / "fork.json"), *asked]) == 0
    assert "日志已分叉" in capsys.readouterr().out
    assert cli.main(["fork", str(tmp_path / "fork.json"), str(tmp_path / "none.json"), *asked]) == 1
    (tmp_path / "trust.txt").write_text("nonsense")
    assert cli.main(["fork", str(tmp_path / "fork.json"), *asked]) == 2


def test_a_checkpoint_without_an_sm3_root_is_no_party_of_an_sm3_fork() -> None:
    with pytest.raises(LantaiError):
        fork_between(HONEST.note(has_sm3=False), HONEST.note(), HONEST.sm3_store, SM3)
