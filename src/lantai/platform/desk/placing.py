"""What people fill in about places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.kit.crypto.envelopes import AES, SM4
from lantai.platform.orgs.models import Org
from lantai.platform.places import registry
from lantai.platform.places.types import Medium, VolumeState

_GB = 1_000_000_000


class ChangePlaceForm(forms.Form):
    """What may change while a place is in use."""

    title = forms.CharField(label=_("名称"), max_length=120)
    site = forms.CharField(
        label=_("所在地"),
        max_length=120,
        required=False,
        help_text=_("副本的多样性按所在地计算，如机房或异地库的名称。"),
    )
    read_order = forms.IntegerField(
        label=_("读取顺序"), min_value=1, max_value=1000, initial=50, help_text=_("数小的先读。")
    )
    capacity_gb = forms.FloatField(label=_("容量（GB）"), required=False, min_value=0)

    def said(self) -> dict[str, Any]:
        """As the service takes it: bytes."""
        values = dict(self.cleaned_data)
        capacity = values.pop("capacity_gb")
        return {**values, "capacity_bytes": int(capacity * _GB) if capacity else None}


class PlaceForm(ChangePlaceForm):
    """A new place."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("管理单位"))
    slug = forms.CharField(
        label=_("代号"),
        max_length=32,
        help_text=_("小写字母、数字和下划线；密钥和设置以它命名，以后不能更改。"),
    )
    kind = forms.ChoiceField(label=_("类型"))
    address = forms.CharField(
        label=_("地址"),
        max_length=500,
        help_text=_("文件夹的绝对路径，或 s3://存储桶/前缀?endpoint=…&region=…。账号和密钥不写在这里。"),
    )
    medium = forms.ChoiceField(label=_("介质"), choices=Medium.choices)
    is_offline = forms.BooleanField(label=_("离线"), required=False)
    is_sealed = forms.BooleanField(
        label=_("加密"), required=False, help_text=_("内容离开本机前加密。密钥请立即拆分为份额，交五人保管。")
    )
    algorithm = forms.ChoiceField(
        label=_("加密算法"), choices=[(AES, "AES-256-GCM"), (SM4, "SM4-GCM")], initial=AES
    )
    field_order = (
        "org", "slug", "title", "kind", "address", "site", "medium", "read_order", "capacity_gb", "is_offline",
        "is_sealed", "algorithm",
    )  # fmt: skip

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        self.fields["kind"].choices = registry.choices()  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = super().said()
        org = values.pop("org")
        return {**values, "org_id": org.pk}


class VolumeForm(forms.Form):
    """A tape, disc or disk."""

    number = forms.CharField(label=_("介质编号"), max_length=32)
    label = forms.CharField(label=_("标签"), max_length=200, required=False)
    shelf = forms.CharField(label=_("存放位置"), max_length=200, help_text=_("库房、柜、层、格。"))


class ReviseVolumeForm(VolumeForm):
    """What may change: not the number."""

    number = None  # type: ignore[assignment]
    state = forms.ChoiceField(label=_("状态"), choices=VolumeState.choices)
