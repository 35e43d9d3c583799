"""What a page is made of: small frozen values that views hand over and templates show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Tone(StrEnum):
    """What a colour says; a word and an icon always stand beside it."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    BUSY = "busy"
    PRIMARY = "primary"

    @property
    def icon(self) -> str:
        """The icon that carries the meaning where colour cannot be seen."""
        return TONE_ICONS[self]


TONE_ICONS = {
    Tone.PLAIN: "circle",
    Tone.GOOD: "circle-check",
    Tone.WARN: "alert-triangle",
    Tone.BAD: "alert-circle",
    Tone.BUSY: "circle-half-2",
    Tone.PRIMARY: "circle-dot",
}


@dataclass(frozen=True, slots=True)
class State:
    """The state of a thing as a word with its tone."""

    label: Text
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Act:
    """A button or a link; ``why_not`` shows it disabled and says why."""

    label: Text
    url: str = ""
    tone: Tone = Tone.PLAIN
    icon: str = ""
    needs_reason: bool = False
    confirm: Text = ""
    method: str = "post"
    fields: Mapping[str, str] = field(default_factory=dict)
    why_not: Text = ""

    @property
    def asks_first(self) -> bool:
        """Whether something must be read or written before the act is sent."""
        return bool(self.needs_reason or self.confirm)


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the path to a page."""

    label: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value of a record; ``kind`` as for a table column."""

    label: Text
    value: object
    kind: str = "text"
    url: str = ""
    help: Text = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline: who did what, when, why, and its proof."""

    at: datetime
    who: str
    what: Text
    reason: str = ""
    proof_url: str = ""
    tone: Tone = Tone.PLAIN
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A statutory clock; ``days_left`` counts working days and is negative when overdue."""

    label: Text
    due_on: date
    days_left: int

    @property
    def tone(self) -> Tone:
        """Overdue, due within three working days, or in time."""
        if self.days_left < 0:
            return Tone.BAD
        return Tone.WARN if self.days_left <= 3 else Tone.PLAIN

    @property
    def days_over(self) -> int:
        """How many working days the clock has run over."""
        return -self.days_left


@dataclass(frozen=True, slots=True)
class Integrity:
    """The badge of a record: what was found when its copies were last read."""

    tone: Tone
    label: Text
    checked_at: datetime | None = None
    copies: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """A long piece of work as its page polls it."""

    poll_url: str
    label: Text
    done: int
    total: int | None
    state: State
    is_finished: bool
    rate: Text = ""
    time_left: Text = ""
    log: Sequence[str] = ()
    cancel_url: str = ""
    result_url: str = ""

    @property
    def percent(self) -> int | None:
        """Whole percent done, or None while the amount of work is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several parallel pages about the same thing."""

    label: Text
    url: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """What will appear here, and the first act that makes it appear."""

    title: Text
    text: Text = ""
    act: Act | None = None
