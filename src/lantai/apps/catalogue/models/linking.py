"""What descriptions are by and about: links to records of authority."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.types import AccessRole


class AccessPoint(models.Model):
    """A description is by, or about, an authority.

    ``chosen`` is the record that a person chose, ``authority`` the one that stands for it now: the same, until
    somebody finds that two records are of one thing.
    """

    description = models.ForeignKey(
        "catalogue.Description", models.CASCADE, related_name="access_points", verbose_name=_("著录")
    )
    authority = models.ForeignKey(
        "authorities.Authority", models.PROTECT, related_name="+", verbose_name=_("规范记录")
    )
    chosen = models.ForeignKey("authorities.Authority", models.PROTECT, related_name="+")
    role = models.CharField(_("与档案的关系"), max_length=8, choices=AccessRole)

    class Meta:
        verbose_name = _("检索点")
        constraints = (
            models.UniqueConstraint(
                fields=("description", "chosen", "role"), name="catalogue_access_point_once"
            ),
        )
        indexes = (models.Index(fields=("authority", "role", "description"), name="catalogue_by_authority"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.description.natural_key(), self.role, *self.chosen.natural_key())
