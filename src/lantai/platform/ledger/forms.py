"""What the audit officer may ask the ledger."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _


class EntryFilter(forms.Form):
    """Narrows the list of entries; a field that makes no sense is left out."""

    act = forms.CharField(label=_("行为"), required=False, max_length=120)
    actor = forms.CharField(label=_("操作人"), required=False, max_length=80)
    object_type = forms.CharField(label=_("对象类别"), required=False, max_length=80)
    object_id = forms.CharField(label=_("对象编号"), required=False, max_length=200)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """The fields that were filled in and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self) -> str:
        """The filter without the place in the list, as the query of a link."""
        return urlencode({name: value for name, value in self.asked().items() if name != "before"})
