"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """The region tree."""

    name = "lantai.platform.orgs"
    label = "orgs"
