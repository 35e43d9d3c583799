"""What the parsers have to say about a file: a message to be translated, with its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.errors import LantaiError

SAMPLE_CHARS = 2000

Value = str | int | float | bool
Fact = Value | list[str] | list[float]


class State(StrEnum):
    """What a file was found to be; only ``ok`` means that it was read to its end and nothing was wrong."""

    OK = "ok"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    UNSUPPORTED = "unsupported"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding; ``message`` is a message id with ``%(name)s`` places for ``params``."""

    code: str
    message: str
    params: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def remark_of(error: LantaiError) -> Remark:
    """The refusal of a parser as a remark, under the name of its class."""
    params = {k: v if isinstance(v, Value) else str(v) for k, v in error.params.items()}
    return Remark(type(error).__name__, error.message, params)


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found in one file; ``facts`` hold sizes with their units in the names.

    ``text_sample`` is the whole text where it is shorter than ``SAMPLE_CHARS``.
    ``signatures`` is None where nobody looked for any, and empty where there are none.
    """

    puid: str
    state: State
    facts: Mapping[str, Fact] = field(default_factory=dict)
    problems: tuple[Remark, ...] = ()
    pages: int | None = None
    text_sample: str = ""
    signatures: tuple[SignatureFound, ...] | None = None
