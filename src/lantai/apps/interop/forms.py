"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.interop.types import Way
from lantai.platform.orgs.models import Org

_HOURS = {"min_value": 1, "max_value": 24 * 366, "initial": 24}


class ReviseSourceForm(forms.Form):
    """What may change of a source."""

    name = forms.CharField(label=_("名称"), max_length=120)
    address = forms.CharField(
        label=_("OAI-PMH 基础地址"),
        max_length=500,
        required=False,
        help_text=_("对方公布的基础地址，以 https:// 开头，不带问号和参数。接收报送时留空。"),
    )
    prefix = forms.CharField(
        label=_("元数据格式"), max_length=40, initial="oai_dc", required=False,
        help_text=_("采集用 oai_dc；对方提供其他格式时，非都柏林核心的内容按原样保存。"),
    )  # fmt: skip
    spec = forms.CharField(
        label=_("集合"), max_length=200, required=False, help_text=_("对方的 setSpec；留空采集全部。")
    )
    every_hours = forms.IntegerField(label=_("间隔（小时）"), **_HOURS)
    reporter = forms.ModelChoiceField(
        Org.objects.none(),
        label=_("报送单位"),
        required=False,
        help_text=_("接收报送时选择；该单位用自己的接口密钥报送。"),
    )
    is_enabled = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args: Any, reporters: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reporter"].queryset = reporters  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        reporter = values.pop("reporter")
        return {**values, "reporter_id": reporter.pk if reporter else None}


class SourceForm(ReviseSourceForm):
    """A new source."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("汇集单位"))
    way = forms.ChoiceField(label=_("方式"), choices=Way.choices)
    field_order = ("org", "name", "way", "address", "prefix", "spec", "every_hours", "reporter")

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_enabled"]
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = super().said()
        org = values.pop("org")
        return {**values, "org_id": org.pk}


class ReviseChannelForm(forms.Form):
    """What may change of a channel."""

    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("例如“向市档案局报送目录”。"))
    address = forms.CharField(
        label=_("上级平台地址"),
        max_length=500,
        help_text=_("上级平台的网址，以 https:// 开头。换了地址会从头报送。"),
    )
    key_name = forms.SlugField(
        label=_("密钥名称"),
        max_length=40,
        help_text=_("设置 report_名称 中写 key=密钥；密钥由上级平台发给本馆，不写入数据库。"),
    )
    every_hours = forms.IntegerField(label=_("间隔（小时）"), **_HOURS)
    only_open = forms.BooleanField(
        label=_("只报送开放目录"),
        required=False,
        help_text=_("不勾选时报送本馆全部目录；涉及个人信息的档案不报送人名和附注。"),
    )
    is_enabled = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class ChannelForm(ReviseChannelForm):
    """A new channel."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("报送单位"))
    field_order = ("org", "name", "address", "key_name", "every_hours", "only_open")

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_enabled"]
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = super().said()
        org = values.pop("org")
        return {**values, "org_id": org.pk}
