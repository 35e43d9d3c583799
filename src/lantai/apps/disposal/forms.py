"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.disposal.types import SUPERVISORS, Verdict
from lantai.platform.accounts.models import User
from lantai.platform.orgs.models import Org

_TEXT = forms.Textarea(attrs={"rows": 3})


class DraftForm(forms.Form):
    """A new list of all that is due."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("保管单位"))
    title = forms.CharField(label=_("名称"), max_length=200)
    reason = forms.CharField(label=_("销毁理由"), max_length=2000, widget=_TEXT)

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]


class OpinionForm(forms.Form):
    """The word of a member of the group."""

    duty = forms.CharField(
        label=_("身份"), max_length=64, help_text=_("如：档案部门负责人、业务部门负责人。")
    )
    text = forms.CharField(label=_("意见"), max_length=4000, widget=_TEXT)


class LineForm(forms.Form):
    """What becomes of one item."""

    verdict = forms.ChoiceField(label=_("鉴定结论"), choices=Verdict.choices)
    note = forms.CharField(label=_("备注"), max_length=300, required=False)


class ExecuteForm(forms.Form):
    """Who watches, where and how."""

    supervisors = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("监销人"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("两名，且未参与本清册的提出、鉴定流转和审批。"),
    )
    method = forms.CharField(
        label=_("销毁方式"),
        max_length=200,
        initial=_("删除主存储和全部副本中的内容，保留目录和日志；备份到期清除"),
    )
    place = forms.CharField(label=_("销毁地点"), max_length=200)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisors"].queryset = people  # type: ignore[attr-defined]

    def clean_supervisors(self) -> list[User]:
        """As many as the law asks for."""
        chosen = list(self.cleaned_data["supervisors"])
        if len(chosen) != SUPERVISORS:
            raise forms.ValidationError(_("请选择两名监销人。"))
        return chosen


class HoldForm(forms.Form):
    """A new legal hold."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("保管单位"))
    fonds_code = forms.CharField(label=_("全宗号"), max_length=40, required=False)
    package = forms.IntegerField(label=_("信息包编号"), min_value=1, required=False)
    reference_code = forms.CharField(
        label=_("档号"), max_length=120, required=False, help_text=_("以上三项只填一项。")
    )
    reason = forms.CharField(label=_("原因"), max_length=300)
    basis = forms.CharField(label=_("依据文书"), max_length=200, required=False)
    ends_on = forms.DateField(
        label=_("到期日"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("不填表示直到解除。"),
    )  # fmt: skip

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]
