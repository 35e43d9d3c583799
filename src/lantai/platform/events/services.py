"""Announcing up the rank."""

from __future__ import annotations

from dataclasses import asdict

from lantai.platform.context import Ctx
from lantai.platform.events import registry
from lantai.platform.events.jobs import Delivery
from lantai.platform.jobs import services as jobs


def publish(ctx: Ctx, event: object) -> None:
    """Announce ``event`` (a frozen dataclass of ids) in the caller's transaction."""
    for subscriber in registry.subscribers_of(type(event)):
        jobs.start(ctx, Delivery(subscriber, registry.name_of(type(event)), asdict(event)), is_quiet=True)  # type: ignore[call-overload]
