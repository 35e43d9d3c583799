"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Descriptions of what is held, and finding them."""

    name = "lantai.apps.catalogue"
    label = "catalogue"
