"""The pages' own Django app."""

from __future__ import annotations

from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Design system, tables, pages."""

    name = "lantai.platform.ui"
    label = "ui"
    verbose_name = _("界面")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is said of a field left empty, in our words; Django's speak of fields of a program."""
        forms.Field.default_error_messages["required"] = _("还没有填写。")
        forms.FileField.default_error_messages["required"] = _("还没有选择文件。")
        for chosen in (forms.ChoiceField, forms.ModelChoiceField):
            chosen.default_error_messages["required"] = _("还没有选择。")
