"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.carriers.models import Carrier
from lantai.apps.carriers.types import CarrierKind, CopyRole
from lantai.platform.orgs.models import Org

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_GB, _MB = 1_000_000_000, 1_000_000


class ReviseForm(forms.Form):
    """What may change while a carrier is kept."""

    label = forms.CharField(label=_("标签"), max_length=200, help_text=_("照抄盘面或盒脊上的文字。"))
    place = forms.CharField(label=_("存放位置"), max_length=200, help_text=_("库房、柜、层、格。"))
    content = forms.CharField(
        label=_("内容"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    role = forms.ChoiceField(label=_("套别"), choices=CopyRole.choices)
    copy_of = forms.ModelChoiceField(Carrier.objects.none(), label=_("复制自"), required=False)

    def __init__(self, *args: Any, originals: QuerySet[Carrier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copy_of"].queryset = originals  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        original = values.pop("copy_of")
        return {**values, "copy_of_id": original.pk if original else None}


class RegisterForm(ReviseForm):
    """A new carrier."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("保管单位"))
    number = forms.CharField(label=_("载体编号"), max_length=64, help_text=_("在本单位内不重复（DA/T 52）。"))
    kind = forms.ChoiceField(label=_("载体类型"), choices=CarrierKind.choices)
    received_on = forms.DateField(label=_("入库日期"), widget=_DAY)
    came_from = forms.CharField(label=_("来源"), max_length=200, required=False)
    capacity_gb = forms.FloatField(label=_("容量（GB）"), required=False, min_value=0)
    normal_mb_per_s = forms.FloatField(
        label=_("标称读取速度（MB/s）"),
        required=False,
        min_value=0,
        help_text=_("同型号载体的正常读取速度，检测时与实测速度比较。"),
    )
    field_order = (
        "org", "number", "label", "kind", "role", "copy_of", "place", "received_on", "came_from",
        "capacity_gb", "normal_mb_per_s", "content",
    )  # fmt: skip

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def said(self) -> dict[str, Any]:
        """As the service takes it: bytes."""
        values = super().said()
        org, capacity, speed = values.pop("org"), values.pop("capacity_gb"), values.pop("normal_mb_per_s")
        return {
            **values,
            "org_id": org.pk,
            "capacity_bytes": int(capacity * _GB) if capacity else None,
            "normal_bytes_per_s": int(speed * _MB) if speed else None,
        }


class InspectForm(forms.Form):
    """One inspection."""

    inspected_on = forms.DateField(label=_("检查日期"), widget=_DAY)
    looks_good = forms.TypedChoiceField(
        label=_("外观和标签"),
        choices=[("yes", _("完好")), ("no", _("有划伤、变形、霉斑或标签不全"))],
        coerce=lambda value: value == "yes",
    )
    read_mb_per_s = forms.FloatField(
        label=_("实测读取速度（MB/s）"), required=False, min_value=0, help_text=_("没有测量就留空。")
    )
    unreadable_count = forms.IntegerField(label=_("读不出的文件数"), min_value=0, initial=0)
    disc_is_within_limits = forms.TypedChoiceField(
        label=_("光盘参数（DA/T 38）"),
        choices=[("", _("没有测量")), ("yes", _("合格")), ("no", _("超出限值"))],
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        help_text=_("由光盘检测仪测出的错误率等参数。"),
    )
    note = forms.CharField(
        label=_("检查记录"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def said(self) -> dict[str, Any]:
        """As the service takes it: bytes a second."""
        values = dict(self.cleaned_data)
        speed = values.pop("read_mb_per_s")
        return {**values, "read_bytes_per_s": None if speed is None else int(speed * _MB)}
