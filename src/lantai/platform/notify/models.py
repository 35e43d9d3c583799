"""One message to one person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Kept as message id and values, so that everybody reads it in their own language."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("收件人"))
    text = models.CharField(_("内容"), max_length=500)
    params = models.JSONField(default=dict, blank=True)
    url = models.CharField(_("链接"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("消息")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"]),
            models.Index(fields=["user"], name="notify_unread", condition=models.Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> str:
        """The message in the reader's language."""
        return gettext(self.text) % self.params if self.params else gettext(self.text)
