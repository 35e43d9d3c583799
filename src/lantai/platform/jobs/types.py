"""States of a run and what stops one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, LantaiError, Refusal


class RunState(models.TextChoices):
    """Where a run stands."""

    QUEUED = "queued", _("排队")
    RUNNING = "running", _("进行中")
    SUCCEEDED = "succeeded", _("已完成")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已取消")


ENDED = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})


class Cancelled(LantaiError):
    """Somebody asked the run to stop; raised at its next step."""

    message = N_("任务已按要求停止，已完成的部分保留。")


class RunHasEnded(Refusal):
    """A run that has ended can't be stopped, one that goes on can't be started again."""

    message = N_("任务“%(label)s”已经结束，不能再停止。")


class RunGoesOn(Refusal):
    """A run that goes on can't be started again."""

    message = N_("任务“%(label)s”还在进行，不能重复启动。")
