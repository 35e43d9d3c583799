"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.platform.orgs.models import Org
from lantai.platform.witness.types import PeerRole, Way


class PeerForm(forms.Form):
    """A new peer."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("登记单位"))
    name = forms.CharField(label=_("名称"), max_length=100)
    role = forms.ChoiceField(label=_("关系"), choices=PeerRole.choices, initial=PeerRole.BOTH)
    way = forms.ChoiceField(
        label=_("途径"),
        choices=Way.choices,
        help_text=_("网络不通的，用摆渡文件：lantai ferry export 和 lantai ferry import。"),
    )
    address = forms.CharField(
        label=_("见证地址"),
        max_length=300,
        required=False,
        help_text=_("对方见证服务的地址，如 https://archives.example/witness；摆渡的不填。"),
    )
    log_origin = forms.CharField(
        label=_("日志名称"),
        max_length=255,
        required=False,
        help_text=_("对方日志检查点的第一行。只为我们见证、又不经摆渡的可不填。"),
    )
    keys = forms.CharField(
        label=_("公钥"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("每行一个，形如 名称+8位编号+公钥。见对方的 /witness/keys.txt 和 /log/trust.txt。"),
    )
    check = forms.CharField(
        label=_("核对号"),
        max_length=40,
        help_text=_("通过电话等另一渠道向对方要来的二十位数字，防止公钥在途中被调换。"),
    )
    group = forms.CharField(label=_("策略组"), max_length=60, required=False)

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        org = values.pop("org")
        return {**values, "org_id": org.pk}


class ChangePeerForm(forms.Form):
    """What may change of a peer; other keys make another peer."""

    address = forms.CharField(label=_("见证地址"), max_length=300, required=False)
    group = forms.CharField(label=_("策略组"), max_length=60, required=False)
    is_polled = forms.BooleanField(
        label=_("互相普查"),
        required=False,
        help_text=_("与对方约定后勾选：双方定期请对方读出同一份内容作答；证明过持有的，可向对方取回以修复。"),
    )


class PolicyForm(forms.Form):
    """The policy as text."""

    text = forms.CharField(
        label=_("见证策略"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_("C2SP tlog-policy 格式：witness、group、quorum 各行。"),
    )
