"""What a state table can refuse, and the rows that pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lantai.kit.errors import N_, Denied, Invalid, Refusal


class NotFromHere(Refusal):
    """The row is in a state from which this move does not lead."""

    message = N_("“%(title)s”现在是“%(state)s”，不能%(move)s。页面可能已过时，请刷新后再看。")


class MovedMeanwhile(Refusal):
    """Somebody else moved the row first."""

    message = N_("“%(title)s”刚刚由别人办理，您的操作没有生效。请刷新后再看。")


class MoveNotPermitted(Denied):
    """The actor lacks the permission at the row's organisation."""

    message = N_("您没有权限%(move)s。如确需办理，请向本机构的安全管理员申请。")


class ReasonMissing(Invalid):
    """This move must be explained."""

    message = N_("%(move)s须写明理由。")


class SamePerson(Denied):
    """Approval needs a second person."""

    message = N_("%(move)s须由另一人办理，因为前一步是您办的。")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a timeline."""

    at: datetime
    actor_name: str
    org_name: str
    label: str
    state_label: str
    tone: str
    reason: str
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the inbox."""

    noun: str
    title: str
    url: str
    state_label: str
    tone: str
    moves: tuple[str, ...]
    since: datetime | None
    due_on: date | None
    days_left: int | None
