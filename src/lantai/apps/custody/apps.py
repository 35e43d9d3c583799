"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Packages, their files, fixity and the four-property test as evidence of content."""

    name = "lantai.apps.custody"
    label = "custody"
