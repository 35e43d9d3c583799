"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Typed past-tense events."""

    name = "lantai.platform.events"
    label = "events"

    def ready(self) -> None:
        from lantai.platform.events import jobs  # noqa: F401  declares its handler
