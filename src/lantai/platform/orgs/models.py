"""One table for the whole region tree."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.platform.orgs.types import OrgKind


class Org(models.Model):
    """An organisation; ``path`` is ``/1/4/9/``, so that a subtree is one prefix."""

    code = models.CharField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类型"), max_length=16, choices=OrgKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    archives = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="agencies")
    path = models.CharField(max_length=200, editable=False, db_index=True, db_collation="C")
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("机构")
        ordering = ("path",)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.code,)

    def __str__(self) -> str:
        return self.name
