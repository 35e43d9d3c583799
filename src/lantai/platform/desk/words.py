"""What acts of the ledger are called on pages: the moves of the state tables by themselves, others by name."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantai.platform.context import Channel
from lantai.platform.workflow import registry

_named: dict[str, str | Promise] = {}
CHANNELS: dict[str, str | Promise] = {
    Channel.WEB: _("网页"),
    Channel.API: _("接口"),
    Channel.JOB: _("后台任务"),
    Channel.COMMAND: _("命令行"),
}


def name_acts(words: Mapping[str, str | Promise]) -> None:
    """Declare what acts are called; from an ``apps.py`` only."""
    _named.update(words)


def act_label(act: str) -> str:
    """The act in words; one that nobody named as it stands in the ledger."""
    return str(_named.get(act) or _of_move(act) or act)


def _of_move(act: str) -> str | Promise | None:
    object_type, _colon, past = act.rpartition(":")
    for one in registry.machines():
        if one.object_type == object_type:
            return next((move.label for move in one.machine.moves if move.past == past), None)
    return None
