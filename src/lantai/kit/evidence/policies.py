"""Whose cosignatures are enough (C2SP tlog-policy): logs, witnesses, groups of them, one quorum.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> <k>|any|all <member>…
    quorum <name>|none

Names are octets and nothing else: bytes that are no UTF-8 are carried through as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.notes import Note, VerifierKey, parse_verifier_key

MAX_POLICY_BYTES = 256 * 1024
MAX_EACH = 256  # logs, witnesses, groups
NONE = "none"

_ODD = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


class BadPolicy(Invalid):
    """The text is not a trust policy."""

    message = N_("见证策略第 %(number)d 行不正确：%(why)s")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log whose checkpoints are accepted."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness, under the name that groups and the quorum use."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Members of which `threshold` have to have witnessed."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyVerdict:
    """What a policy says of a checkpoint: the log that signed it and the witnesses that cosigned, by name."""

    is_met: bool
    log: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who has to have signed for a checkpoint to be believed."""

    logs: tuple[LogLine, ...] = ()
    witnesses: tuple[WitnessLine, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    def render(self) -> str:
        """The policy file."""
        lines = [" ".join(filter(None, ("log", one.key.render(), one.url))) for one in self.logs]
        for witness in self.witnesses:
            lines.append(" ".join(filter(None, ("witness", witness.name, witness.key.render(), witness.url))))
        for group in self.groups:
            lines.append(" ".join(("group", group.name, str(group.threshold), *group.members)))
        return "".join(f"{line}\n" for line in [*lines, f"quorum {self.quorum}"])

    def is_met_by(self, witnesses: set[str]) -> bool:
        """Whether cosignatures of the named witnesses are enough."""
        if self.quorum == NONE:
            return True
        met = set(witnesses) & {one.name for one in self.witnesses}
        for group in self.groups:  # each names only what stands before it
            if len(met.intersection(group.members)) >= group.threshold:
                met.add(group.name)
        return self.quorum in met

    def judge(self, note: Note) -> PolicyVerdict:
        """Whether a signed checkpoint satisfies the policy; lines of strangers are passed over."""
        origin = parse_checkpoint(note.text).origin
        signed = {
            key
            for line in note.signatures
            for key in self._keys()
            if (key.name, key.key_id) == (line.name, line.key_id) and key.verify(note.text, line.blob)
        }
        logs = [one.key.name for one in self.logs if one.key in signed and one.key.name == origin]
        found = [one.name for one in self.witnesses if one.key in signed]
        is_met = (bool(logs) or not self.logs) and self.is_met_by(set(found))
        return PolicyVerdict(is_met, logs[0] if logs else "", tuple(found))

    def _keys(self) -> list[VerifierKey]:
        return [*(one.key for one in self.logs), *(one.key for one in self.witnesses)]


def parse_policy(data: bytes) -> Policy:
    """The policy in a file; raises BadPolicy, which names the line, or BadVerifierKey."""
    if len(data) > MAX_POLICY_BYTES:
        raise BadPolicy(N_("见证策略文件过大。"))
    reader = _Reader()
    for number, line in enumerate(data.split(b"\n"), 1):
        words = [word for word in re.split(rb"[ \t]+", line) if word]
        if _ODD.search(line):
            raise BadPolicy(number=number, why=N_("有不允许的控制字符"))
        if words and not words[0].startswith(b"#"):
            reader.take(number, [word.decode("utf-8", "surrogateescape") for word in words])
    return reader.done(data.count(b"\n") + 1)


class _Reader:
    """A policy while its lines are read."""

    def __init__(self) -> None:
        self._logs: list[LogLine] = []
        self._witnesses: list[WitnessLine] = []
        self._groups: list[Group] = []
        self._quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()
        self._raw: set[tuple[str, bytes]] = set()
        self._number = 0

    def take(self, number: int, words: list[str]) -> None:
        self._number = number
        match words:
            case ["log", key, *url] if len(url) < 2:
                self._logs.append(LogLine(self._key(key, is_witness=False), "".join(url)))
            case ["witness", name, key, *url] if len(url) < 2:
                found = WitnessLine(name, self._key(key, is_witness=True), "".join(url))
                self._define(name)
                self._witnesses.append(found)
            case ["group", name, count, *members] if members:
                self._group(name, count, members)
            case ["quorum", name]:
                self._require(self._quorum is None, N_("只能有一行 quorum"))
                self._require(name == NONE or name in self._names, N_("quorum 所指的名称没有在前面定义"))
                self._quorum = name
            case _:
                self._require(False, N_("不是 log、witness、group 或 quorum 的写法"))
        most = max(len(self._logs), len(self._witnesses), len(self._groups))
        self._require(most <= MAX_EACH, N_("条目过多"))

    def _key(self, text: str, *, is_witness: bool) -> VerifierKey:
        key = parse_verifier_key(text)
        self._require(key.is_witness == is_witness, N_("公钥的类型与用途不符"))
        # By the bare key: the same key under two names must not count twice.
        bare = ("witness" if is_witness else "log", key.public.raw)
        self._require(bare not in self._raw, N_("公钥重复"))
        self._raw.add(bare)
        return key

    def _define(self, name: str) -> None:
        self._require(name != NONE and name not in self._names, N_("名称重复或不允许"))
        self._names.add(name)

    def _group(self, name: str, count: str, members: list[str]) -> None:
        self._require(len(set(members)) == len(members), N_("成员重复"))
        self._require(self._names.issuperset(members), N_("成员没有在前面定义"))
        self._require(self._members.isdisjoint(members), N_("一个名称只能是一个组的成员"))
        word = {"any": "1", "all": str(len(members))}.get(count, count)
        self._require(bool(_NUMBER.fullmatch(word)) and int(word) <= len(members), N_("组的门槛不正确"))
        self._define(name)
        self._members.update(members)
        self._groups.append(Group(name, int(word), tuple(members)))

    def _require(self, holds: bool, why: str) -> None:
        if not holds:
            raise BadPolicy(number=self._number, why=why)

    def done(self, lines: int) -> Policy:
        self._number = lines
        if self._quorum is None:
            raise BadPolicy(number=lines, why=N_("缺少 quorum"))
        return Policy(tuple(self._logs), tuple(self._witnesses), tuple(self._groups), self._quorum)
