"""Transitions and clocks of every state table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Transition(models.Model):
    """One move of one row: who, when, why; names are kept so that the line outlives its row."""

    object_type = models.CharField(max_length=48)
    object_id = models.CharField(max_length=48)
    move = models.CharField(max_length=48)
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=64)
    org_name = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    entry_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("办理记录")
        ordering = ("id",)
        indexes = (models.Index(fields=("object_type", "object_id", "id"), name="workflow_transition_of"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.object_type, self.object_id, self.pk)


class Clock(models.Model):
    """A statutory or promised limit in working days."""

    object_type = models.CharField(max_length=48)
    object_id = models.CharField(max_length=48)
    kind = models.CharField(max_length=32)
    started_on = models.DateField()
    due_on = models.DateField()
    working_days = models.IntegerField()
    stopped_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("时限")
        constraints = (
            models.UniqueConstraint(
                fields=("object_type", "object_id", "kind"),
                condition=models.Q(stopped_on__isnull=True),
                name="workflow_clock_runs_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_on",), name="workflow_clock_due", condition=models.Q(stopped_on__isnull=True)
            ),
        )
