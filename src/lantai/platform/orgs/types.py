"""Kinds of organisations and what can be wrong with one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid


class OrgKind(models.TextChoices):
    """What an organisation is in the archival administration (档案法 arts 8-12)."""

    REGION = "region", _("地区")
    BUREAU = "bureau", _("档案主管部门")
    ARCHIVES = "archives", _("综合档案馆")
    AGENCY = "agency", _("立档单位")
    CONTRACTOR = "contractor", _("服务企业")


class OrgCodeTaken(Invalid):
    """Another organisation has that code."""

    message = N_("代码“%(code)s”已由“%(name)s”使用，请换一个代码。")
