"""A file as it is held until it is sealed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody.types import FileRole, FileState


class HeldFile(models.Model):
    """Content that was uploaded, and what opening and scanning it has shown; an empty state is not yet seen."""

    name = models.CharField(_("文件名"), max_length=255)
    role = models.CharField(_("作用"), max_length=12, choices=FileRole, default=FileRole.MAIN)
    blob_key = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    sm3 = models.CharField(max_length=64)
    added_at = models.DateTimeField(_("上传时间"))
    state = models.CharField(_("状态"), max_length=12, choices=FileState, blank=True)
    puid = models.CharField(max_length=32, blank=True)
    mime = models.CharField(max_length=120, blank=True)
    page_count = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True)
    extension_ok = models.BooleanField(default=True)
    examination = models.JSONField(null=True)
    scan = models.JSONField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
