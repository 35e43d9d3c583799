"""Input of this app's pages."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.platform.accounts.roles import roles
from lantai.platform.orgs.models import Org


class UserForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("用户名"), max_length=64, help_text=_("字母和数字，用于登录，以后不能更改。")
    )
    name = forms.CharField(label=_("姓名"), max_length=64)
    org = forms.ModelChoiceField(label=_("所属机构"), queryset=Org.objects.none())
    email = forms.EmailField(label=_("电子邮箱"), required=False)
    password = forms.CharField(
        label=_("初始密码"),
        widget=forms.PasswordInput,
        required=False,
        help_text=_("至少 10 位。机器账号不设密码，用接口令牌。"),
    )
    is_machine = forms.BooleanField(label=_("机器账号"), required=False)

    def __init__(self, *args: object, orgs: QuerySet[Org], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """A person needs a password, a machine has none."""
        cleaned = super().clean() or {}
        if not cleaned.get("is_machine") and not cleaned.get("password"):
            self.add_error("password", _("请设置初始密码。"))
        return cleaned


class PasswordForm(forms.Form):
    """A new password for somebody who forgot theirs."""

    password = forms.CharField(
        label=_("新密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 位。请当面告知本人，并请其登录后自行更改。"),
    )


class RoleForm(forms.Form):
    """A role given at an organisation for a time."""

    role = forms.ChoiceField(label=_("角色"))
    org = forms.ModelChoiceField(label=_("任职机构"), queryset=Org.objects.none())
    starts_on = forms.DateField(
        label=_("起"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("止"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("不填表示长期有效。"),
    )

    def __init__(self, *args: object, orgs: QuerySet[Org], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        self.fields["role"].choices = [(r.slug, r.label) for r in roles().values()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """The end is not before the start."""
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("截止日期早于起始日期。"))
        return cleaned


class TokenForm(forms.Form):
    """A new token of a machine account."""

    label = forms.CharField(label=_("用途"), max_length=80, help_text=_("例如：办公系统推送归档文件。"))
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=3650, initial=365)
