"""Messages as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """Registers nothing: the desk shows the messages."""

    name = "lantai.platform.notify"
