"""What people fill in."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lantai.apps.connectors import queries
from lantai.apps.connectors.models import Connector
from lantai.apps.connectors.reading import mapping_text, read_mapping
from lantai.apps.connectors.types import MappingUnfit, Registration, Way
from lantai.apps.holdings import queries as holdings
from lantai.platform.context import Ctx
from lantai.platform.ui import pages

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
_PREFIX = re.compile(r"[A-Za-z0-9._/-]*")


class ConnectorForm(forms.Form):
    """What may be changed at any time."""

    name = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("在列表和通知中显示，例如“办公自动化系统”。")
    )
    source_system = forms.CharField(
        label=_("来源系统"), max_length=200, help_text=_("业务系统的名称、版本和运维单位，供核查时说明来源。")
    )
    kind_id = forms.ChoiceField(label=_("档案种类"), help_text=_("递送的说明中没有写明种类的文件按此收录。"))
    mapping = forms.CharField(
        label=_("字段对应"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "每行一条“本系统字段 = 来源系统字段”，例如 title = bt；其他元数据写作 elements.名称。"
            "没有列出的来源字段按原名存为元数据，不会丢弃。留空表示对方按接口说明的字段名递送。"
        ),
    )
    source_name = forms.ChoiceField(
        label=_("对象存储来源"), required=False,
        help_text=_("在系统设置 connector_sources 中登记的名称；地址和密钥只在设置中，不写入数据库。"),
    )  # fmt: skip
    prefix = forms.CharField(
        label=_("前缀"), required=False, max_length=300, help_text=_("对象存储中本接入专用的前缀。")
    )
    settle_s = forms.IntegerField(
        label=_("静置秒数"), min_value=1, max_value=86_400, initial=60,
        help_text=_("没有 .ready 标记时，内容这么久没有变化才拉取。"),
    )  # fmt: skip
    poll_s = forms.IntegerField(label=_("轮询间隔（秒）"), min_value=10, max_value=86_400, initial=60)
    rate_per_minute = forms.IntegerField(label=_("每分钟递送上限"), min_value=1, max_value=10_000, initial=60)
    most_mb = forms.IntegerField(
        label=_("每次递送上限（MB）"), min_value=1, max_value=1_048_576, initial=2048
    )
    most_documents = forms.IntegerField(
        label=_("每次文件份数上限"), min_value=1, max_value=2_000, initial=200
    )
    silent_after_hours = forms.IntegerField(
        label=_("静默告警（小时）"), required=False, min_value=1, max_value=8_760,
        help_text=_("这么久没有递送时通知本单位和系统管理员；留空不告警。"),
    )  # fmt: skip

    fieldsets = (
        (_("系统"), ("fonds_id", "code", "way", "name", "source_system", "kind_id", "mapping")),
        (_("拉取"), ("source_name", "prefix", "settle_s", "poll_s")),
        (_("限额和告警"), ("rate_per_minute", "most_mb", "most_documents", "silent_after_hours")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind_id"].choices = [(str(one.pk), str(one)) for one in holdings.kinds()]  # type: ignore[attr-defined]
        sources = [(name, name) for name in queries.source_names()]
        self.fields["source_name"].choices = [("", "—"), *sources]  # type: ignore[attr-defined]

    def clean_mapping(self) -> dict[str, str]:
        """The lines as pairs."""
        try:
            return read_mapping(self.cleaned_data["mapping"])
        except MappingUnfit as unfit:
            raise ValidationError(pages.said(unfit)) from unfit

    def clean_prefix(self) -> str:
        """Letters that every store takes."""
        prefix = str(self.cleaned_data["prefix"]).strip("/")
        if not _PREFIX.fullmatch(prefix) or ".." in prefix:
            raise ValidationError(_("前缀只能用字母、数字、点、横线、下划线和斜线。"))
        return prefix

    def said(self) -> Registration:
        """The input as the service takes it."""
        names = [name for name in Registration.__dataclass_fields__ if name != "kind_id"]
        values = {name: self.cleaned_data[name] for name in names}
        return Registration(kind_id=int(self.cleaned_data["kind_id"]), **values)


class NewConnectorForm(ConnectorForm):
    """What is fixed when a connector is registered, and the rest."""

    fonds_id = forms.ChoiceField(
        label=_("立档单位和全宗"), help_text=_("递送的说明中没有写明全宗的文件归入此全宗。")
    )
    code = forms.CharField(
        label=_("代号"),
        max_length=39,
        help_text=_("小写字母、数字和横线；监视目录和机器账号以此命名，以后不能改。"),
    )
    way = forms.ChoiceField(label=_("接入方式"), choices=Way.choices)

    field_order = ("fonds_id", "code", "way")

    def __init__(self, *args: Any, ctx: Ctx, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fonds_id"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.creator} · {one.code} {one.name}") for one in queries.fonds_to_connect(ctx)
        ]

    def clean_code(self) -> str:
        """A name that is safe as a folder."""
        if not _CODE.fullmatch(self.cleaned_data["code"]):
            raise ValidationError(_("代号只能用小写字母、数字和横线，并以字母或数字开头。"))
        return str(self.cleaned_data["code"])


def initial_of(row: Connector) -> dict[str, object]:
    """What is registered now, to be edited."""
    values = {name: getattr(row, name) for name in Registration.__dataclass_fields__}
    return values | {"mapping": mapping_text(row.mapping)}
