"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.platform.orgs.models import Org
from lantai.platform.places.models import Place


class ChangeForm(forms.Form):
    """When, how long, and what is promised."""

    title = forms.CharField(label=_("方案名称"), max_length=120)
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)
    includes_store = forms.BooleanField(
        label=_("包括档案内容"), required=False, initial=True, help_text=_("不选则只备份数据库。")
    )
    full_every_hours = forms.IntegerField(
        label=_("完整备份间隔（小时）"), min_value=1, max_value=744, initial=24
    )
    increment_every_minutes = forms.IntegerField(
        label=_("增量间隔（分钟）"), min_value=1, max_value=1440, initial=5
    )
    drill_every_days = forms.IntegerField(
        label=_("恢复演练间隔（天）"), min_value=0, max_value=366, initial=7, help_text=_("0 为不定期演练。")
    )
    keep_daily = forms.IntegerField(label=_("保留日备份"), min_value=1, max_value=366, initial=7)
    keep_weekly = forms.IntegerField(label=_("保留周备份"), min_value=0, max_value=520, initial=5)
    keep_monthly = forms.IntegerField(label=_("保留月备份"), min_value=0, max_value=240, initial=12)
    keep_yearly = forms.IntegerField(label=_("保留年备份"), min_value=0, max_value=100, initial=3)
    rpo_minutes = forms.IntegerField(
        label=_("可容忍丢失（分钟）"), min_value=1, max_value=100_000, initial=15,
        help_text=_("灾难时最多丢失多少分钟的业务（RPO），超过即告警。"),
    )  # fmt: skip
    rto_minutes = forms.IntegerField(
        label=_("恢复时限（分钟）"), min_value=1, max_value=100_000, initial=240,
        help_text=_("从开始恢复到可以使用的时限（RTO），演练时实测比较。"),
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class PlanForm(ChangeForm):
    """A new plan."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("管理单位"))
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("存储位置"), help_text=_("应与正在使用的存储不在同一台设备上。")
    )
    second_place = forms.ModelChoiceField(
        Place.objects.none(), label=_("第二存储位置"), required=False,
        help_text=_("两处都写完才算完成；一处损坏时用另一处修复。"),
    )  # fmt: skip
    field_order = ("org", "title", "place", "second_place")

    def __init__(self, *args: Any, orgs: QuerySet[Org], places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.fields["second_place"].queryset = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two places are two."""
        values = super().clean() or {}
        if values.get("second_place") and values.get("second_place") == values.get("place"):
            self.add_error("second_place", _("第二存储位置应与第一个不同。"))
        return values

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        org = values.pop("org")
        return {**values, "org_id": org.pk}
