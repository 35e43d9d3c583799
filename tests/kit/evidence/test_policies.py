"""Which cosignatures are enough (C2SP tlog-policy)."""

from __future__ import annotations

import pytest

from lantai.kit.errors import Invalid
from lantai.kit.evidence.notes import Note, cosign, verifier_key, witness_key
from lantai.kit.evidence.policies import MAX_EACH, MAX_POLICY_BYTES, parse_policy
from tests.kit.evidence.logs import ORIGIN, Log, entries, key


def _vkey(name: str, algorithm: str = "ed25519") -> str:
    return witness_key(name, key(name, algorithm).public).render()


LOG_KEY = verifier_key(ORIGIN, key(ORIGIN).public).render()
NAMES = ("x1", "x2", "x3", "y1", "y2")
TEXT = "\n".join(
    [
        "# 样例策略",
        f"log {LOG_KEY} https://log.example/",
        *(f"  witness\t{name}  {_vkey(name)}" for name in NAMES[:-1]),
        f"witness y2 {_vkey('y2', 'sm2')} https://y2.example/witness",
        "group X 2 x1 x2 x3",
        "group Y any y1 y2",
        "",
        "group both all X Y",
        "quorum both",
    ]
)


def _note(*witnesses: str) -> Note:
    note = Log(entries(4)).note()
    for name in witnesses:
        note = cosign(note, name, key(name, "sm2" if name == "y2" else "ed25519"), posix_seconds=9)
    return note


@pytest.mark.parametrize(
    ("witnesses", "is_met"),
    [
        ((), False),
        (("x1", "x2"), False),
        (("x1", "y1"), False),
        (("x1", "x3", "y1"), True),
        (("x2", "x3", "y2"), True),
        (("x1", "x1", "y1"), False),
        (NAMES, True),
    ],
)
def test_the_quorum_decides_over_two_levels_of_groups(witnesses: tuple[str, ...], is_met: bool) -> None:
    verdict = parse_policy(TEXT.encode()).judge(_note(*witnesses))
    assert (verdict.is_met, set(verdict.witnesses)) == (is_met, set(witnesses))
    assert verdict.log == ORIGIN


def test_a_policy_without_witnesses_still_wants_the_log() -> None:
    policy = parse_policy(f"log {LOG_KEY}\nquorum none\n".encode())
    assert policy.judge(_note()).is_met
    assert not policy.judge(Note(_note().text, _note("x1").signatures[2:])).is_met
    assert parse_policy(b"quorum none").judge(_note()).is_met
    assert not policy.judge(Log(entries(4), origin="other.example/log").note()).is_met


def test_a_changed_text_loses_every_signature() -> None:
    note = _note(*NAMES)
    verdict = parse_policy(TEXT.encode()).judge(Note(note.text.replace("\n4\n", "\n5\n"), note.signatures))
    assert (verdict.is_met, verdict.log, verdict.witnesses) == (False, "", ())


def test_a_policy_renders_to_one_that_says_the_same() -> None:
    policy = parse_policy(TEXT.encode())
    again = parse_policy(policy.render().encode())
    assert again.render() == policy.render()
    assert [group.threshold for group in again.groups] == [2, 1, 2]


def test_names_are_octets() -> None:
    text = b"witness \xff\xfe " + _vkey("x1").encode() + b"\nquorum \xff\xfe\n"
    assert parse_policy(text).judge(_note("x1")).is_met


A, B = (f"witness {name} {_vkey(name)}" for name in ("x1", "x2"))
BAD = [
    "",
    A,
    "quorum x1",
    f"{A}\nquorum x1\nquorum x1",
    f"{A}\n{A}\nquorum none",
    f"{A}\nwitness other {_vkey('x1')}\nquorum none",
    f"witness none {_vkey('x1')}\nquorum none",
    f"witness x1 {LOG_KEY}\nquorum none",
    f"log {_vkey('x1')}\nquorum none",
    f"log {LOG_KEY}\nlog {LOG_KEY}\nquorum none",
    f"{A}\ngroup g 2 x1\nquorum g",
    f"{A}\ngroup g 0 x1\nquorum g",
    f"{A}\ngroup g 01 x1\nquorum g",
    f"{A}\ngroup g 1\nquorum g",
    f"{A}\ngroup g 1 x1 x1\nquorum g",
    f"{A}\ngroup g 1 g\nquorum g",
    f"{A}\ngroup g 1 none\nquorum g",
    f"{A}\n{B}\ngroup g 1 x1\ngroup h 1 x1 x2\nquorum g",
    f"{A}\ngroup x1 1 x1\nquorum x1",
    f"group g any x1\n{A}\nquorum g",
    f"{A} url more\nquorum x1",
    "wittness x1 y\nquorum none",
    "quorum none\r\n",
    "quorum none\x00",
    "witness x1 nonsense\nquorum none",
    "#" * (MAX_POLICY_BYTES + 1),
    "\n".join(f"group g{n} any x{n}" for n in range(3)) + "\nquorum none",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_what_the_specification_does_not_allow_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_policy(text.encode())


def test_more_groups_than_the_limit_are_refused() -> None:
    first = f"{A}\ngroup g0 any x1\n"
    chain = "".join(f"group g{n} any g{n - 1}\n" for n in range(1, MAX_EACH))
    assert parse_policy(f"{first}{chain}quorum g{MAX_EACH - 1}".encode()).is_met_by({"x1"})
    with pytest.raises(Invalid):
        parse_policy(f"{first}{chain}group last any g{MAX_EACH - 1}\nquorum last".encode())
