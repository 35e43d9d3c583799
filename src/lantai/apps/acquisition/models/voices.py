"""Oral history and dialects: projects, speakers, their consent, and what was recorded."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.models.files import HeldFile
from lantai.apps.acquisition.types import ConsentScope, SessionState, SpeakerGroup, VoiceKind, VoiceRole


class VoiceProject(models.Model):
    """A plan of recordings: theme, background, outline (DA/T 59-2017)."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("采集单位"))
    number = models.CharField(_("项目编号"), max_length=24)
    title = models.CharField(_("主题"), max_length=200)
    kind = models.CharField(_("类别"), max_length=16, choices=VoiceKind)
    background = models.TextField(_("历史背景"), blank=True)
    outline = models.TextField(_("采访提纲或调查条目"), blank=True)
    began_on = models.DateField(_("开始日期"))
    ended_on = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("口述和方言项目")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("org", "number"), name="acquisition_project_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The page of this project."""
        return reverse("acquisition:project", args=[self.pk])


class Speaker(models.Model):
    """A narrator by a code; who that is stands apart."""

    project = models.ForeignKey(VoiceProject, models.CASCADE, related_name="speakers")
    code = models.CharField(_("口述者代号"), max_length=16)
    group = models.CharField(_("类型"), max_length=16, choices=SpeakerGroup)
    standing = models.CharField(_("与事件的关系"), max_length=200, blank=True)
    dialect_point = models.CharField(_("方言点"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("口述者")
        ordering = ("project", "id")
        constraints = (models.UniqueConstraint(fields=("project", "code"), name="acquisition_speaker_once"),)

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """The page of this speaker."""
        return reverse("acquisition:speaker", args=[self.pk])


class SpeakerIdentity(models.Model):
    """Who a speaker is: personal data, shown by permission only and leaving a line each time."""

    speaker = models.OneToOneField(Speaker, models.CASCADE, related_name="identity")
    name = models.CharField(_("姓名"), max_length=64)
    born_year = models.PositiveSmallIntegerField(_("出生年"), null=True)
    native_place = models.CharField(_("籍贯"), max_length=100, blank=True)
    contact = models.CharField(_("联系方式"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("口述者身份")
        ordering = ("id",)


class Consent(models.Model):
    """授权书: what a speaker agrees to, from when, restricted until when, and when it was withdrawn."""

    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="consents")
    number = models.CharField(_("授权书编号"), max_length=64)
    signed_on = models.DateField(_("签署日期"))
    scope = models.CharField(_("授权范围"), max_length=12, choices=ConsentScope)
    is_anonymous = models.BooleanField(_("匿名"), default=False)
    restricted_until = models.DateField(_("限制利用至"), null=True)
    withdrawn_on = models.DateField(_("撤回日期"), null=True)

    class Meta:
        verbose_name = _("授权书")
        ordering = ("speaker", "-signed_on", "-id")

    def __str__(self) -> str:
        return self.number


class VoiceSession(models.Model):
    """One recording of one speaker."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("采集单位"))
    project = models.ForeignKey(VoiceProject, models.CASCADE, related_name="sessions")
    speaker = models.ForeignKey(Speaker, models.PROTECT, related_name="sessions", verbose_name=_("口述者"))
    number = models.PositiveIntegerField(_("次数"))
    title = models.CharField(_("题名"), max_length=200)
    state = models.CharField(_("状态"), max_length=12, choices=SessionState, default=SessionState.RECORDED)
    held_on = models.DateField(_("录制日期"))
    place = models.CharField(_("录制地点"), max_length=200)
    interviewer = models.CharField(_("采集者"), max_length=64)
    language = models.CharField(_("语言或方言"), max_length=64)
    device = models.CharField(_("设备和格式"), max_length=200, blank=True)
    summary = models.TextField(_("内容提要"), blank=True)
    reference_code = models.CharField(_("档号"), max_length=120, blank=True)
    package = models.ForeignKey("custody.Package", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("录制")
        ordering = ("project", "number")
        constraints = (
            models.UniqueConstraint(fields=("project", "number"), name="acquisition_session_number_once"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this recording."""
        return reverse("acquisition:session", args=[self.pk])

    @property
    def item_key(self) -> str:
        """The key of this recording in its package."""
        return f"session-{self.number:04d}"


class VoiceFile(HeldFile):
    """A recording, its transcript or what belongs to it."""

    owner = models.ForeignKey(VoiceSession, models.CASCADE, related_name="files")
    voice_role = models.CharField(_("作用"), max_length=12, choices=VoiceRole)

    class Meta:
        verbose_name = _("录制文件")
        ordering = ("owner", "id")

    @property
    def duration(self) -> str:
        """Length of a recording as h:mm:ss once it was opened; empty for what has none."""
        facts = (self.examination or {}).get("facts", {})
        length_ms = facts.get("duration_ms")
        if not isinstance(length_ms, int):
            return ""
        whole = round(length_ms / 1000)
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
