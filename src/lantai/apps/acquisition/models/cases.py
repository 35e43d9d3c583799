"""Cases of acquisition with their objects, opinions and agreement."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.models.files import HeldFile
from lantai.apps.acquisition.types import (
    CaseState,
    Copyright,
    Means,
    ObjectForm,
    ObjectState,
    Ownership,
    SourceKind,
    Use,
)
from lantai.kit.errors import N_


class Acquisition(models.Model):
    """征集: from a lead to what is registered. The source's name and contact are shown only by permission."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("档案馆"))
    number = models.CharField(_("征集编号"), max_length=24)
    title = models.CharField(_("征集内容"), max_length=200)
    means = models.CharField(_("征集方式"), max_length=12, choices=Means)
    state = models.CharField(_("状态"), max_length=12, choices=CaseState, default=CaseState.LEAD)
    topic = models.CharField(_("专题"), max_length=100, blank=True)
    source_kind = models.CharField(_("来源方类别"), max_length=12, choices=SourceKind)
    source_name = models.CharField(_("来源方"), max_length=120)
    source_contact = models.CharField(_("联系方式"), max_length=200, blank=True)
    lead_from = models.CharField(_("线索来源"), max_length=200, blank=True)
    description = models.TextField(_("情况说明"), blank=True)
    opened_at = models.DateTimeField(_("登记线索时间"))
    handed_by = models.CharField(_("交出人"), max_length=64, blank=True)
    received_at = models.DateTimeField(_("交接时间"), null=True)
    receiver_name = models.CharField(_("接收人"), max_length=64, blank=True)
    checker_name = models.CharField(_("复核人"), max_length=64, blank=True)
    registered_at = models.DateTimeField(_("登记时间"), null=True)
    certificate_number = models.CharField(_("证书编号"), max_length=40, blank=True)
    check_code = models.CharField(max_length=32, blank=True)
    statement = models.JSONField(default=dict)
    entry_id = models.BigIntegerField(null=True)
    reminded_on = models.DateField(null=True, editable=False)
    package = models.ForeignKey("custody.Package", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("征集")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("org", "number"), name="acquisition_number_once"),
            models.UniqueConstraint(
                fields=("check_code",), condition=~Q(check_code=""), name="acquisition_check_code_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The page of this case."""
        return reverse("acquisition:case", args=[self.pk])


class AcquiredObject(models.Model):
    """One line of the list."""

    acquisition = models.ForeignKey(Acquisition, models.CASCADE, related_name="objects_listed")
    number = models.PositiveIntegerField(_("序号"))
    title = models.CharField(_("名称"), max_length=300)
    form = models.CharField(_("类别"), max_length=12, choices=ObjectForm)
    quantity = models.PositiveIntegerField(_("数量"), default=1)
    unit = models.CharField(_("单位"), max_length=8, default=N_("件"))
    dated = models.CharField(_("年代"), max_length=60, blank=True)
    author = models.CharField(_("责任者"), max_length=120, blank=True)
    description = models.TextField(_("说明"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=ObjectState, default=ObjectState.LISTED)
    condition = models.CharField(_("完残情况"), max_length=200, blank=True)
    place = models.CharField(_("存放位置"), max_length=120, blank=True)
    reference_code = models.CharField(_("档号"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("征集材料")
        ordering = ("acquisition", "number")
        constraints = (
            models.UniqueConstraint(fields=("acquisition", "number"), name="acquisition_object_number_once"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def item_key(self) -> str:
        """The key of this object in the sealed package."""
        return f"object-{self.number:04d}"


class ObjectFile(HeldFile):
    """A photo or a file of an object."""

    owner = models.ForeignKey(AcquiredObject, models.CASCADE, related_name="files")

    class Meta:
        verbose_name = _("征集电子件")
        ordering = ("owner", "id")


class Valuation(models.Model):
    """What one valuer says."""

    acquisition = models.ForeignKey(Acquisition, models.CASCADE, related_name="valuations")
    valuer = models.CharField(_("鉴定人"), max_length=64)
    standing = models.CharField(_("单位和职称"), max_length=120)
    valued_on = models.DateField(_("鉴定日期"))
    is_authentic = models.BooleanField(_("真伪"), null=True)
    recommends = models.BooleanField(_("建议征集"))
    opinion = models.TextField(_("鉴定意见"))
    figure_yuan = models.DecimalField(_("估价（元）"), max_digits=12, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("鉴定意见")
        ordering = ("acquisition", "id")
        constraints = (
            models.UniqueConstraint(fields=("acquisition", "valuer"), name="acquisition_valuer_once"),
        )


class Agreement(models.Model):
    """征集协议: rights, duties and conditions of use."""

    acquisition = models.OneToOneField(Acquisition, models.CASCADE, related_name="agreement")
    number = models.CharField(_("协议编号"), max_length=64)
    signed_on = models.DateField(_("签订日期"))
    source_signer = models.CharField(_("来源方签字人"), max_length=64)
    archives_signer = models.CharField(_("档案馆签字人"), max_length=64)
    ownership = models.CharField(_("所有权"), max_length=12, choices=Ownership)
    copyright = models.CharField(_("著作权"), max_length=12, choices=Copyright)
    use = models.CharField(_("利用"), max_length=12, choices=Use)
    restricted_until = models.DateField(_("限制利用至"), null=True)
    terms = models.TextField(_("其他约定"), blank=True)
    price_yuan = models.DecimalField(_("价款（元）"), max_digits=12, decimal_places=2, null=True)
    deposit_until = models.DateField(_("寄存到期日"), null=True)
    return_terms = models.TextField(_("归还条件"), blank=True)

    class Meta:
        verbose_name = _("征集协议")
        ordering = ("id",)
