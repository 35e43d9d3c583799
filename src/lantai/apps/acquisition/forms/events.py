"""Forms of major events and key projects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.forms.cases import DAY, WORDS
from lantai.apps.acquisition.types import EventKind
from lantai.platform.orgs.models import Org


class ReviseEventForm(forms.Form):
    """What may change while the list is open."""

    title = forms.CharField(label=_("名称"), max_length=200)
    began_on = forms.DateField(label=_("开始日期"), widget=DAY)
    ended_on = forms.DateField(label=_("结束日期"), widget=DAY, required=False)
    place = forms.CharField(label=_("地点"), max_length=200, required=False)
    lead = forms.ModelChoiceField(Org.objects.none(), label=_("牵头单位"), required=False)
    plan = forms.CharField(
        label=_("档案工作方案"),
        max_length=8000,
        required=False,
        widget=WORDS,
        help_text=_("职责分工、归档范围、收集方式、移交时限。"),
    )

    def __init__(self, *args: Any, agencies: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = agencies  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        lead = values.pop("lead")
        return {**values, "lead_id": lead.pk if lead else None}


class ListEventForm(ReviseEventForm):
    """A new event."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("档案馆"))
    kind = forms.ChoiceField(label=_("类别"), choices=EventKind.choices)
    field_order = ("org", "title", "kind", "began_on", "ended_on", "place", "lead", "plan")

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = super().said()
        org = values.pop("org")
        return {**values, "org_id": org.pk}


class AskForm(forms.Form):
    """What a unit is asked for."""

    agency = forms.ModelChoiceField(Org.objects.none(), label=_("责任单位"))
    title = forms.CharField(label=_("应归档材料"), max_length=300)
    due_on = forms.DateField(label=_("移交期限"), widget=DAY)
    expected_count = forms.IntegerField(label=_("应收件数"), min_value=1)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, agencies: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class ProgressForm(forms.Form):
    """How far it is."""

    received_count = forms.IntegerField(label=_("已收件数"), min_value=0)
    submission_number = forms.CharField(
        label=_("移交批次编号"), max_length=64, required=False, help_text=_("移交接收中的批次编号。")
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
