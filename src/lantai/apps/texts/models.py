"""Texts by page. All of it can be read again from the files, so it is in no journal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageText(models.Model):
    """What stands on a page of a file; ``told_by`` is the file with the result of text recognition, if any."""

    file = models.ForeignKey("custody.ContentFile", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(_("页码"))
    text = models.TextField()
    told_by = models.ForeignKey("custody.ContentFile", models.CASCADE, null=True, related_name="+")
    told_page = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("页面文字")
        constraints = (models.UniqueConstraint(fields=("file", "number"), name="texts_page_once"),)

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.file.natural_key(), self.number)


class ReadPackage(models.Model):
    """A package whose files were read, and at which version of it; ``unread`` counts those that could not be."""

    package = models.OneToOneField("custody.Package", models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    unread = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(_("读取时间"))

    class Meta:
        verbose_name = _("已读取文字的信息包")

    def __str__(self) -> str:
        return str(self.package_id)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.package.object_id,)
