"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages of the platform's own parts."""

    name = "lantai.platform.desk"
    label = "desk"
