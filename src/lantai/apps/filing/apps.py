"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class FilingConfig(AppConfig):
    """An agency's desk: capture, arrangement, numbering, sealing."""

    name = "lantai.apps.filing"
    label = "filing"
