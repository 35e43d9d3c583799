"""Delivery: one quiet run a subscriber, so that a failing one is seen, kept and repeated alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from lantai.platform.events import registry
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one subscriber."""

    subscriber: str
    event: str
    values: dict[str, Any] = field(default_factory=dict)


@handles(Delivery, label=_("通知后续环节"))
def deliver(run: Running, delivery: Delivery) -> None:
    """Call the subscriber with the event; its effect and the run's step commit together."""
    event = registry.type_named(delivery.event)(**delivery.values)
    with run.advance(to="delivered"):
        import_string(delivery.subscriber)(run.ctx, event)
