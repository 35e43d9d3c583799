"""What a log says of its own keys, statement by statement, so that old proofs verify for ever.

A statement is a signed note, whose text no checkpoint can be mistaken for:

    lantai.key-history/v1
    <origin>
    number <n>                    from 1, without a gap
    previous <Base64>             SHA-256 of the text before; 32 zero bytes for the first
    act introduced|rotated|revoked|changed|ended
    at <YYYY-MM-DDThh:mm:ssZ>     never before that of the statement before
    size <n>                      leaves of the log at that moment, never fewer than before
    key <verifier key>            introduced, revoked: this one; rotated: the old one
    new <verifier key>            rotated
    reason lost|superseded|compromised, since <time>, good <n>    revoked
    trees sha256[ sm3]            changed: the trees that checkpoints say from here on

Who has to sign: `introduced` the key itself and, but for the first statement, one in force; `rotated` the old and
the new one; `revoked` another one in force, or the key itself when it is the last; `changed` and `ended` one in
force. A history file holds the notes one after another, an empty line between them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from lantai.kit.crypto import SigningKey
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.encoding import base64_of, decimal, from_base64
from lantai.kit.evidence.notes import Note, VerifierKey, parse_note, parse_verifier_key, sign_note

HEADER = "lantai.key-history/v1"
MAX_HISTORY_CHARS = 4 * 1024 * 1024
MAX_STATEMENTS = 4_096
NOTHING = bytes(32)

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_TREES = re.compile(r"sha256|sha256 sm3|sm3")


class BadHistory(Invalid):
    """The history of keys is not one."""

    message = N_("密钥历史第 %(number)d 条声明不正确：%(why)s")


class Act(StrEnum):
    """What a statement says."""

    INTRODUCED = "introduced"
    ROTATED = "rotated"
    REVOKED = "revoked"
    CHANGED = "changed"
    ENDED = "ended"


class Reason(StrEnum):
    """Why a key was revoked; what a compromised key signed is believed only when it was seen before."""

    LOST = "lost"
    SUPERSEDED = "superseded"
    COMPROMISED = "compromised"


_FIELDS = {
    Act.INTRODUCED: ("key",),
    Act.ROTATED: ("key", "new"),
    Act.REVOKED: ("key", "reason", "since", "good"),
    Act.CHANGED: ("trees",),
    Act.ENDED: (),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; the fields that its act does not have are empty."""

    origin: str
    number: int
    previous: bytes
    act: Act
    at: datetime
    size: int
    key: VerifierKey | None = None
    new: VerifierKey | None = None
    reason: Reason | None = None
    since: datetime | None = None
    good: int | None = None
    trees: str = ""

    def text(self) -> str:
        """The text that is signed."""
        shown = {
            "key": self.key and self.key.render(),
            "new": self.new and self.new.render(),
            "reason": self.reason,
            "since": self.since and _told(self.since),
            "good": self.good,
            "trees": self.trees,
        }
        lines = [HEADER, self.origin, f"number {self.number}", f"previous {base64_of(self.previous)}"]
        lines += [f"act {self.act}", f"at {_told(self.at)}", f"size {self.size}"]
        lines += [f"{name} {shown[name]}" for name in _FIELDS[self.act]]
        return "".join(f"{line}\n" for line in lines)


def _told(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_TIME)


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid(N_("“%(text)s”不是规范的时间。"), text=text[:40]) from error


def parse_statement(text: str) -> Statement:
    """The statement of a note text; raises Invalid for any other spelling than `text`'s."""
    refused = Invalid(N_("声明的写法不规范。"))
    lines = text.removesuffix("\n").split("\n")
    named = [line.partition(" ") for line in lines[2:]]
    said = {name: value for name, _, value in named}
    try:
        act = Act(said["act"])
        parts = {name: said[name] for name in ("number", "previous", "at", "size", *_FIELDS[act])}
        reason = Reason(parts["reason"]) if "reason" in parts else None
    except (KeyError, ValueError) as error:
        raise refused from error
    found = Statement(
        origin=lines[1],
        number=decimal(parts["number"]),
        previous=from_base64(parts["previous"]),
        act=act,
        at=_time(parts["at"]),
        size=decimal(parts["size"]),
        key=parse_verifier_key(parts["key"]) if "key" in parts else None,
        new=parse_verifier_key(parts["new"]) if "new" in parts else None,
        reason=reason,
        since=_time(parts["since"]) if "since" in parts else None,
        good=decimal(parts["good"]) if "good" in parts else None,
        trees=parts.get("trees", ""),
    )
    if found.text() != text:
        raise refused
    return found


@dataclass(frozen=True, slots=True)
class Term:
    """Where a key of the log speaks for it: checkpoints of `first` to `last` leaves (None: no end yet)."""

    key: VerifierKey
    first: int
    introduced_at: datetime
    last: int | None = None
    ended_at: datetime | None = None
    reason: str = ""  # rotated, lost, superseded, compromised, ended
    since: datetime | None = (
        None  # what a compromised key signed later, or nobody knows when, is not believed
    )

    @property
    def is_in_force(self) -> bool:
        """Whether the key may still sign."""
        return self.ended_at is None

    def covers(self, size: int, seen_at: datetime | None = None) -> bool:
        """Whether the key spoke for the log at `size`; `seen_at` is when others saw the checkpoint, if they did."""
        if size < self.first or (self.last is not None and size > self.last):
            return False
        return self.since is None or (seen_at is not None and seen_at < self.since)


class KeyHistory:
    """The statements of a log in order, all checked: what does not follow from the one before is refused."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self.notes: tuple[Note, ...] = ()
        self.statements: tuple[Statement, ...] = ()
        self._terms: dict[tuple[str, bytes], Term] = {}
        if len(notes) > MAX_STATEMENTS:
            raise BadHistory(N_("密钥历史过长。"))
        for note in notes:
            self._take(note)

    @classmethod
    def parse(cls, text: str) -> KeyHistory:
        """The history in a file; raises BadHistory or Invalid."""
        if len(text) > MAX_HISTORY_CHARS:
            raise BadHistory(N_("密钥历史过长。"))
        parts = text.removesuffix("\n").split("\n\n") if text else []
        notes = [
            parse_note(f"{body}\n\n{lines}\n") for body, lines in zip(parts[::2], parts[1::2], strict=False)
        ]
        found = cls(notes)
        if found.render() != text:
            raise BadHistory(N_("密钥历史的写法不规范。"))
        return found

    def render(self) -> str:
        """The history file."""
        return "\n".join(note.render() for note in self.notes)

    @property
    def origin(self) -> str:
        """The log whose keys these are; "" before the first statement."""
        return self.statements[0].origin if self.statements else ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every key that ever was, in the order of introduction."""
        return tuple(self._terms.values())

    @property
    def has_ended(self) -> bool:
        """Whether the log said that it signs no more."""
        return bool(self.statements) and self.statements[-1].act is Act.ENDED

    def in_force(self) -> list[VerifierKey]:
        """The keys that sign now."""
        return [term.key for term in self.terms if term.is_in_force]

    def term_of(self, key: VerifierKey) -> Term | None:
        """Where a key speaks for the log, None for a stranger."""
        return self._terms.get(_name(key))

    def next(self, act: Act, *, at: datetime, size: int, **fields: object) -> Statement:
        """The statement that would follow, to be signed by `sign_statement`; `origin` is needed for the first."""
        last = self.statements[-1] if self.statements else None
        base = Statement(
            origin=str(fields.pop("origin", self.origin)),
            number=len(self.statements) + 1,
            previous=hashlib.sha256(last.text().encode()).digest() if last else NOTHING,
            act=act,
            at=at.astimezone(UTC).replace(microsecond=0),
            size=size,
        )
        return replace(base, **fields)  # type: ignore[arg-type]

    def with_statement(self, note: Note) -> KeyHistory:
        """The history with one more statement; raises BadHistory when it does not follow."""
        return KeyHistory((*self.notes, note))

    def _take(self, note: Note) -> None:
        number = len(self.statements) + 1
        try:
            found = parse_statement(note.text)
            why = self._why_not(found, note)
        except BadHistory:
            raise
        except Invalid as error:
            raise BadHistory(number=number, why=str(error)) from error
        if why:
            raise BadHistory(number=number, why=why)
        self._apply(found)
        self.notes, self.statements = (*self.notes, note), (*self.statements, found)

    def _why_not(self, found: Statement, note: Note) -> str:
        """Why a statement does not follow from those before, or ""."""
        last = self.statements[-1] if self.statements else None
        if found.number != len(self.statements) + 1 or (last and last.origin != found.origin):
            return N_("序号或日志名称不衔接")
        if found.previous != (hashlib.sha256(last.text().encode()).digest() if last else NOTHING):
            return N_("与上一条声明不衔接")
        if last and (found.at < last.at or found.size < last.size):
            return N_("时间或日志条数倒退")
        if self.has_ended:
            return N_("日志已声明终止")
        return self._wrong_subject(found) or self._missing_signer(found, note)

    def _wrong_subject(self, found: Statement) -> str:
        named = [key for key in (found.key, found.new) if key is not None]
        if any(key.name != found.origin or key.is_witness for key in named):
            return N_("所说的公钥不是本日志的签名公钥")
        fresh = found.key if found.act is Act.INTRODUCED else found.new
        if fresh is not None and _name(fresh) in self._terms:
            return N_("所说的新公钥以前用过")
        if found.act in (Act.ROTATED, Act.REVOKED) and (
            found.key is None or not self._is_in_force(found.key)
        ):
            return N_("所说的公钥不在使用中")
        if not self.statements and found.act is not Act.INTRODUCED:
            return N_("第一条声明必须是启用公钥")
        if found.act is Act.REVOKED and (found.good is None or found.good > found.size):
            return N_("最后可信的条数多于日志条数")
        if found.act is Act.CHANGED and not _TREES.fullmatch(found.trees):
            return N_("所说的树的算法不认识")
        return ""

    def _missing_signer(self, found: Statement, note: Note) -> str:
        """Which signature a statement lacks; every line has to be a good one of a key that it may be of."""
        known = self.in_force() + [key for key in (found.key, found.new) if key is not None]
        by_name = {_name(key): key for key in known}
        signed = set()
        for line in note.signatures:
            key = by_name.get((line.name, line.key_id))
            if key is None or not key.verify(note.text, line.blob):
                return N_("有不能核对或不正确的签名")
            signed.add(_name(key))
        force = {_name(key) for key in self.in_force()}
        key_name, new_name = (_name(key) if key else None for key in (found.key, found.new))
        good = {
            Act.INTRODUCED: key_name in signed and (not self.statements or bool(signed & force)),
            Act.ROTATED: {key_name, new_name} <= signed,
            Act.REVOKED: bool(signed & (force - {key_name})) or (force == {key_name} == signed),
            Act.CHANGED: bool(signed & force),
            Act.ENDED: bool(signed & force),
        }[found.act]
        return "" if good else N_("缺少应有的签名")

    def _is_in_force(self, key: VerifierKey) -> bool:
        term = self.term_of(key)
        return term is not None and term.is_in_force

    def _apply(self, found: Statement) -> None:
        terms = self._terms
        fresh = found.key if found.act is Act.INTRODUCED else found.new
        if fresh is not None:
            terms[_name(fresh)] = Term(fresh, found.size, found.at)
        if found.act is Act.ROTATED and found.key:
            self._end(found.key, found, found.size, "rotated")
        elif found.act is Act.REVOKED and found.key and found.reason:
            since = found.since if found.reason is Reason.COMPROMISED else None
            self._end(found.key, found, found.good, found.reason, since)
        elif found.act is Act.ENDED:
            for key in self.in_force():
                self._end(key, found, found.size, "ended")

    def _end(
        self, key: VerifierKey, by: Statement, last: int | None, reason: str, since: datetime | None = None
    ) -> None:
        term = self._terms[_name(key)]
        self._terms[_name(key)] = replace(term, last=last, ended_at=by.at, reason=str(reason), since=since)


def _name(key: VerifierKey) -> tuple[str, bytes]:
    return key.name, key.key_id


def sign_statement(statement: Statement, keys: Sequence[SigningKey]) -> Note:
    """The statement signed by each key in turn, under the name of the log."""
    return sign_note(statement.text(), [(statement.origin, key) for key in keys])
