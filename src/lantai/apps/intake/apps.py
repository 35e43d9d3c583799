"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Transfer from agencies to archives: test, accept or return, receipt."""

    name = "lantai.apps.intake"
    label = "intake"
