"""Form fields from fields that are data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from lantai.kit.metadata import kinds
from lantai.kit.metadata.fields import FieldType, KindField

_WRITTEN = ("是", "否")  # as `shown` writes a value of yes or no


def label_of(field: KindField) -> str:
    """The label in the reader's language: fields are named in both by whoever made them."""
    is_english = (get_language() or "").startswith("en")
    return field.label_en if is_english and field.label_en else field.label


def help_of(field: KindField) -> str:
    """What is said beside a field: ours in the reader's language, an archives' own as it was typed."""
    return gettext(field.help) if field.help and kinds.is_shipped(field, field.help) else field.help


def group_of(field: KindField) -> str:
    """The heading under which a field stands, likewise."""
    return gettext(field.group) if field.group and kinds.is_shipped(field, field.group) else field.group


def choice_of(field: KindField, value: str) -> str:
    """How a page says one of the words to choose from, likewise; rows keep the word itself."""
    return pgettext("choice", value) if value and kinds.is_shipped(field, value) else value


def choices_of(field: KindField) -> list[tuple[str, str]]:
    """The words to choose from: each as rows keep it, and as a page says it."""
    return [(one, choice_of(field, one)) for one in field.choices]


def form_field(field: KindField) -> forms.Field:
    """How a field is asked for; what was written is read by the kind, not by the form."""
    said: dict[str, Any] = {"label": label_of(field), "required": False, "help_text": help_of(field)}
    if field.type == FieldType.CHOICE:
        made: forms.Field = forms.ChoiceField(choices=[("", "—"), *choices_of(field)], **said)
    elif field.type == FieldType.YES_NO:
        made = forms.ChoiceField(choices=[("", "—"), *zip(_WRITTEN, (_("是"), _("否")), strict=True)], **said)
    elif field.type == FieldType.LONG_TEXT:
        rows = 2 if field.column == "title" else 3
        made = forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **said)
    else:
        made = forms.CharField(widget=forms.TextInput(attrs=_hints(field)), **said)
    made.widget.is_required = False
    return made


def _hints(field: KindField) -> dict[str, str]:
    if field.type == FieldType.NUMBER:
        return {"inputmode": "decimal"}
    if field.type == FieldType.DATE:
        return {"placeholder": "2011-03-05"}
    if field.type == FieldType.IDENTITY_NUMBER:
        return {"autocomplete": "off", "spellcheck": "false"}
    return {}
