"""Correcting a description, in the order and the words of DA/T 18."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.models import Description


class DescribeForm(forms.Form):
    """What a cataloguer may correct; ``revision`` is the state of the row that was looked at."""

    title = forms.CharField(
        label=_("题名"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("直接表达档案主题内容和形式特征的名称，一般照录正题名；没有题名的依据内容拟写。"),
    )
    author = forms.CharField(
        label=_("责任者"),
        required=False,
        max_length=300,
        help_text=_("对档案内容进行创造、负有责任的团体或个人，用全称或通用简称。"),
    )
    document_number = forms.CharField(
        label=_("文号"), required=False, max_length=120, help_text=_("发文字号，照原样录入。")
    )
    dated_on = forms.DateField(
        label=_("日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("文件形成的日期，以落款或签发日期为准。"),
    )
    persons = forms.CharField(
        label=_("人名"),
        required=False,
        help_text=_("档案涉及的、有检索意义的人名，之间用空格或顿号隔开。"),
    )
    page_count = forms.IntegerField(label=_("页数"), required=False, min_value=0, max_value=1_000_000)
    note = forms.CharField(
        label=_("附注"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("需要解释和补充的事项。"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Description, **kwargs: Any) -> None:
        names = ("title", "author", "document_number", "dated_on", "page_count", "note", "revision")
        initial = {name: getattr(row, name) for name in names} | {"persons": "、".join(row.persons)}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_persons(self) -> list[str]:
        """The names one by one."""
        text: str = self.cleaned_data["persons"]
        for separator in "、，,；;":
            text = text.replace(separator, " ")
        found = list(dict.fromkeys(text.split()))
        if any(len(name) > 64 for name in found):
            raise forms.ValidationError(_("有一个人名超过 64 个字，请检查分隔。"))
        return found

    def changes(self) -> dict[str, Any]:
        """The elements without the revision."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}
