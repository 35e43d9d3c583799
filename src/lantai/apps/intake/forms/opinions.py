"""The annex of a transfer as a form and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.kit.handover import opinions

_NOTHING = ("", "—")


def _choices(words: Mapping[Any, str]) -> list[tuple[str, Any]]:
    return [_NOTHING, *((str(slug.value), _(word)) for slug, word in words.items())]


class OpinionForm(forms.Form):
    """One line of the annex; the standard's order of columns."""

    opening = forms.ChoiceField(label=_("到期开放意见"), required=False)
    clause = forms.CharField(
        label=_("理由条款"), required=False, max_length=300, help_text=_("延期或控制时必填，写明依据的条款。")
    )
    disclosure = forms.ChoiceField(label=_("政府信息公开情况"), required=False)
    disclosed_on = forms.DateField(
        label=_("公开日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    original = forms.CharField(label=_("原密级"), required=False, max_length=40)
    change = forms.ChoiceField(label=_("密级变更情况"), required=False)
    decided_on = forms.DateField(
        label=_("变更日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    basis = forms.CharField(label=_("变更依据"), required=False, max_length=300)
    only_empty = forms.BooleanField(label=_("只填写附表还空着的件"), required=False, initial=True)

    def __init__(self, *args: Any, is_for_all: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opening"].choices = _choices(opinions.OPENINGS)  # type: ignore[attr-defined]
        self.fields["disclosure"].choices = _choices(opinions.DISCLOSURES)  # type: ignore[attr-defined]
        self.fields["change"].choices = _choices(opinions.CHANGES)  # type: ignore[attr-defined]
        if not is_for_all:
            del self.fields["only_empty"]

    @property
    def said(self) -> dict[str, str]:
        """The line as the service takes it."""
        values = {name: self.cleaned_data.get(name) for name in opinions.HEADINGS}
        return {name: str(value) for name, value in values.items() if value}


class AnnexForm(forms.Form):
    """The annex as a filled-in sheet."""

    file = forms.FileField(
        label=_("附表文件"), help_text=_("xlsx 或 csv，表头照附表的样式；按档号对应，一行一件。")
    )
