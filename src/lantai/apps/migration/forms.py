"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.migration.queries import Choice
from lantai.apps.migration.types import MOST_SAMPLES, Converter, RiskLevel

_TEXT = forms.Textarea(attrs={"rows": 3})


class DraftForm(forms.Form):
    """A new plan for one format of one fonds, or of all."""

    converter = forms.ChoiceField(label=_("转换方式"))
    is_every_fonds = forms.BooleanField(label=_("包括其他全宗中的同一格式"), required=False, initial=False)
    title = forms.CharField(label=_("名称"), max_length=200)
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=_TEXT)
    sample_size = forms.IntegerField(
        label=_("抽样文件数"), min_value=1, max_value=MOST_SAMPLES, initial=3,
        help_text=_("先转换大小不同的几个文件，查看结果并估计用量。"),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["converter"].choices = [  # type: ignore[attr-defined]
            (one.converter.slug, one.converter.label) for one in choices
        ]


class JudgeForm(forms.Form):
    """The archives' own word on a format."""

    risk = forms.ChoiceField(label=_("风险"), choices=RiskLevel.choices)
    reason = forms.CharField(label=_("理由"), max_length=300)
    target = forms.ChoiceField(label=_("建议转换方式"), required=False)

    def __init__(self, *args: Any, converters: tuple[Converter, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [("", _("不转换"))]
        self.fields["target"].choices = [*none, *((one.slug, one.label) for one in converters)]  # type: ignore[attr-defined]


class CountForm(forms.Form):
    """Whose formats are counted."""

    org = forms.ModelChoiceField(None, label=_("保管单位"))

    def __init__(self, *args: Any, orgs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]
