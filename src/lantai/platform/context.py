"""Who acts, for which organisation, when and by which channel: the first argument of every service."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from lantai.kit.errors import N_


class Channel(StrEnum):
    """By which door a request came in."""

    WEB = "web"
    API = "api"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a machine account or the system, with what each grant covers.

    ``grants`` maps a permission to the ids of the organisations in which it holds.
    """

    id: int | None
    name: str
    org_ids: frozenset[int] = frozenset()
    grants: Mapping[str, frozenset[int]] = field(default_factory=dict)
    is_system: bool = False

    def orgs_with(self, permission: str) -> frozenset[int]:
        """Ids of the organisations in which the actor holds ``permission``."""
        return self.grants.get(permission, frozenset())

    def holds(self, permission: str) -> bool:
        """Whether the actor holds ``permission`` anywhere."""
        return bool(self.grants.get(permission))


@dataclass(frozen=True, slots=True)
class Ctx:
    """Made by the middleware, the job runner or the command line; never by a service."""

    actor: Actor
    org_id: int | None
    org_name: str
    now: datetime
    request_id: str
    channel: Channel

    def later(self, now: datetime) -> Ctx:
        """The same actor at another instant."""
        return replace(self, now=now)


SYSTEM = Actor(id=None, name=N_("系统"), is_system=True)
ANONYMOUS = Actor(id=None, name=N_("访客"))


def new_request_id() -> str:
    """A fresh id that a person can quote and the log can be searched for."""
    return uuid.uuid4().hex[:12]


def system_ctx(channel: Channel = Channel.JOB) -> Ctx:
    """The context of work that nobody asked for: schedules, sequencing, repair."""
    return Ctx(SYSTEM, None, "", datetime.now(UTC), new_request_id(), channel)
