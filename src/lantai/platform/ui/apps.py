"""The pages' own Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Design system, tables, pages."""

    name = "lantai.platform.ui"
    label = "ui"
    verbose_name = _("界面")
    default_auto_field = "django.db.models.BigAutoField"
