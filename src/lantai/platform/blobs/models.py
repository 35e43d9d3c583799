"""What is stored, and what is on its way in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.digests import Digests
from lantai.platform.blobs.types import Staged, UploadState


class Blob(models.Model):
    """One content in the store, however many records point at it."""

    key = models.CharField(max_length=131, unique=True)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    sm3 = models.CharField(max_length=64)
    staged_at = models.DateTimeField()
    holds = models.IntegerField(default=1)
    pinned = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("内容")
        indexes: ClassVar = [models.Index(fields=["staged_at"])]

    def __str__(self) -> str:
        return self.key

    @property
    def staged(self) -> Staged:
        """This row as other apps know it."""
        return Staged(self.key, self.size_bytes, Digests(self.sha256, self.sha512, self.sm3))


class Upload(models.Model):
    """One file being received from a browser, piece by piece."""

    token = models.CharField(max_length=64, unique=True)
    owner_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    relative_path = models.CharField(max_length=2000, blank=True)
    size_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default=UploadState.RECEIVING)
    blob_key = models.CharField(max_length=131, blank=True)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        verbose_name = _("上传")
        indexes: ClassVar = [models.Index(fields=["owner_id", "state"]), models.Index(fields=["touched_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(offset_bytes__gte=0, offset_bytes__lte=models.F("size_bytes")),
                name="upload_offset_within_size",
            ),
            models.CheckConstraint(
                condition=models.Q(state=UploadState.RECEIVING, blob_key="")
                | models.Q(state=UploadState.FINISHED) & ~models.Q(blob_key=""),
                name="upload_finished_has_blob",
            ),
        ]

    def __str__(self) -> str:
        return self.name
