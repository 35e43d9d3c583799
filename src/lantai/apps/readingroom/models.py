"""Citizens' requests and the certificates that answer them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.readingroom.types import IdKind, Purpose, Relation, TopicKind

_RESIDENT_DIGITS = 18


class Hall(models.Model):
    """查档窗口: what an archives tells the public of its reading room, in its own words."""

    archives = models.OneToOneField("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("档案馆"))
    hours = models.TextField(_("开放时间"), blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("咨询电话"), max_length=60, blank=True)
    fee = models.CharField(_("费用说明"), max_length=200, blank=True)
    takes_requests = models.BooleanField(_("接受网上申请"), default=True)
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("查档窗口")

    def __str__(self) -> str:
        return f"{self.archives_id}"


class Request(models.Model):
    """查档申请; the identity number lies encrypted, and only its last four characters are shown."""

    number = models.CharField(_("办件编号"), max_length=32, unique=True)
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("受理档案馆"))
    topic = models.CharField(_("查档类别"), max_length=16, choices=TopicKind)
    state = models.CharField(_("状态"), max_length=12, default="submitted")
    applicant_name = models.CharField(_("申请人"), max_length=64)
    id_kind = models.CharField(_("证件类型"), max_length=12, choices=IdKind)
    id_number_sealed = models.BinaryField()
    id_number_tail = models.CharField(max_length=4)
    phone_sealed = models.BinaryField()
    phone_tail = models.CharField(max_length=4)
    relation = models.CharField(_("与档案所载人的关系"), max_length=8, choices=Relation)
    purpose = models.CharField(_("利用目的"), max_length=12, choices=Purpose)
    persons = ArrayField(models.CharField(max_length=64), default=list, verbose_name=_("档案所载姓名"))
    years = models.CharField(_("大致年份"), max_length=40, blank=True)
    place = models.CharField(_("登记地点或单位"), max_length=120, blank=True)
    clue = models.TextField(_("其他线索"), blank=True)
    submit_key = models.CharField(max_length=40, unique=True)
    submitted_at = models.DateTimeField(_("提交时间"))
    closed_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        verbose_name = _("查档申请")
        ordering = ("-id",)
        indexes = (models.Index(fields=("archives", "state", "-id"), name="readingroom_request_desk"),)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The page at the desk."""
        return reverse("readingroom:request", args=[self.pk])

    @property
    def desk_name(self) -> str:
        """What the published log calls a request: its number opens it, so it is told to nobody else."""
        return f"{timezone.localtime(self.submitted_at):%Y%m%d}-{self.pk}"

    @property
    def id_number_masked(self) -> str:
        """The identity number as it may be shown: its last four characters."""
        stars = _RESIDENT_DIGITS - len(self.id_number_tail) if self.id_kind == IdKind.RESIDENT else 4
        return "*" * stars + self.id_number_tail

    @property
    def phone_masked(self) -> str:
        """The phone number as it may be shown: its last four digits."""
        return "*******" + self.phone_tail


class Finding(models.Model):
    """A record that staff have linked to a request."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="findings")
    description = models.ForeignKey(
        "catalogue.Description", models.PROTECT, related_name="+", verbose_name=_("档案")
    )
    statement = models.TextField(_("证明内容"), blank=True)
    linked_at = models.DateTimeField(_("关联时间"))

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("request", "description"), name="readingroom_finding_once"),
        )


class CertificateDraft(models.Model):
    """A certificate while it is made: what was given or written once is kept here, so that a run which was
    killed goes on with the same number, the same page and the same ledger entry."""

    request = models.OneToOneField(Request, models.PROTECT, related_name="draft")
    number = models.CharField(max_length=40, unique=True)
    check_code = models.CharField(max_length=24, unique=True)
    made_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    base_key = models.CharField(max_length=200, blank=True)
    entry_id = models.BigIntegerField(null=True)


class Certificate(models.Model):
    """档案证明: a signed PDF that carries its own proof; one for a request."""

    number = models.CharField(_("证明编号"), max_length=40, unique=True)
    request = models.OneToOneField(
        Request, models.PROTECT, related_name="certificate", verbose_name=_("查档申请")
    )
    state = models.CharField(_("状态"), max_length=12, default="valid")
    check_code = models.CharField(max_length=24, unique=True)
    blob_key = models.CharField(max_length=200, db_index=True)
    size_bytes = models.BigIntegerField(_("大小"), default=0)
    sha256 = models.CharField(max_length=64, db_index=True)
    base_sha256 = models.CharField(max_length=64, db_index=True)
    facts = models.JSONField(default=dict)
    entry_id = models.BigIntegerField()
    issued_at = models.DateTimeField(_("出证时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("档案证明")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The page at the desk."""
        return reverse("readingroom:certificate", args=[self.pk])


class NumberCounter(models.Model):
    """The last certificate number of an archives in a year; locked while one is given."""

    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("archives", "year"), name="readingroom_counter_once"),)


class Attempt(models.Model):
    """Knocks at public doors, counted by a keyed digest of who knocked at which, so that guessing is slow."""

    caller = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("caller", "at"), name="readingroom_attempt_of"),)
