"""What a verifier says: one verdict made of named checks, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantai.kit.errors import LantaiError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `message` is the Chinese text under which it is translated."""

    name: str
    ok: bool
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass
class Findings:
    """Checks and facts while they are collected."""

    checks: list[Check] = field(default_factory=list)
    facts: dict[str, str | int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether something was checked and nothing failed so far."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def expect(self, name: str, ok: bool, good: str, bad: str, /, **params: object) -> bool:
        """Note a check with the sentence for its outcome, and hand the outcome back."""
        self.checks.append(Check(name, ok, good if ok else bad, params))
        return ok

    def refuse(self, name: str, error: LantaiError) -> None:
        """Note a check that ended in a refusal, in the words of the refusal."""
        self.checks.append(Check(name, False, error.message, error.params))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one piece of evidence; `facts` may be shown only when `ok`."""

    kind: str
    ok: bool
    checks: tuple[Check, ...]
    facts: Mapping[str, str | int]

    @classmethod
    def of(cls, kind: str, findings: Findings) -> Verdict:
        """The verdict that the findings add up to."""
        return cls(kind, findings.ok, tuple(findings.checks), dict(findings.facts))
