"""Forms of this app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lantai.kit.fourprops.worksheets import SIGNED_OFF, Answer, Question, Worksheet

YES_NO = [("yes", _("是")), ("no", _("否"))]
_OWN = {question.name for question in SIGNED_OFF}


class JudgeForm(forms.Form):
    """A worksheet: its own questions, then the conclusion and the note; who and when are known."""

    def __init__(self, data: Mapping[str, Any] | None, *, sheet: Worksheet | None) -> None:
        super().__init__(data)
        self.questions = [one for one in (sheet.questions if sheet else ()) if one.name not in _OWN]
        for one in self.questions:
            self.fields[f"q_{one.name}"] = _field(one)
        self.fields["conclusion"] = forms.ChoiceField(
            label=_("结论"), choices=[("pass", _("通过")), ("fail", _("不通过"))], widget=forms.RadioSelect
        )
        self.fields["note"] = forms.CharField(
            label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
        )

    def clean(self) -> dict[str, Any] | None:
        """A failure says why."""
        said = super().clean()
        if said and said.get("conclusion") == "fail" and not said.get("note", "").strip():
            self.add_error("note", _t("结论为不通过时，请写明原因。"))
        return said

    def answers(self) -> dict[str, str]:
        """Question → what was answered."""
        return {one.name: str(self.cleaned_data[f"q_{one.name}"] or "") for one in self.questions}


def _field(question: Question) -> forms.Field:
    label = _t(question.label)
    match question.answer:
        case Answer.YES_NO:
            return forms.ChoiceField(label=label, choices=YES_NO, widget=forms.RadioSelect)
        case Answer.DATE:
            return forms.DateField(
                label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )
        case Answer.NUMBER:
            return forms.DecimalField(label=label)
        case Answer.TEXT:
            return forms.CharField(label=label, max_length=1000)


class OverrideForm(forms.Form):
    """Why a failed run should count."""

    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class DecideForm(forms.Form):
    """A second person's decision."""

    decision = forms.ChoiceField(
        label=_("决定"), choices=[("grant", _("同意放行")), ("refuse", _("不同意"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("意见"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
