"""Accounts, assignments of roles, and tokens of machines."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class User(AbstractBaseUser):
    """A person or a machine that signs in; there is no superuser."""

    username = models.CharField(_("用户名"), max_length=64, unique=True)
    name = models.CharField(_("姓名"), max_length=64)
    email = models.EmailField(_("电子邮箱"), blank=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, verbose_name=_("所属机构"), related_name="users")
    is_active = models.BooleanField(_("启用"), default=True)
    is_machine = models.BooleanField(_("机器账号"), default=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        verbose_name = _("用户")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name shown on pages and kept in ledger lines."""
        return self.name


class Assignment(models.Model):
    """A role held at an organisation for a time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments", verbose_name=_("用户"))
    role = models.CharField(_("角色"), max_length=48)
    org = models.ForeignKey("orgs.Org", models.PROTECT, verbose_name=_("任职机构"))
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("授予人")
    )

    class Meta:
        verbose_name = _("任职")
        constraints = (
            models.UniqueConstraint(fields=("user", "role", "org"), name="accounts_assignment_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="accounts_assignment_in_order",
            ),
        )


class ApiToken(models.Model):
    """A machine's key; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("账号"))
    label = models.CharField(_("用途"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
