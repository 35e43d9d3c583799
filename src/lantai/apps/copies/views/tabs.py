"""The pages about copies stand beside each other."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lantai.platform.ui.types import Tab


def tabs(current: str) -> list[Tab]:
    """All of them, with the one that is shown."""
    found = (
        ("overview", _("总览")),
        ("copies", _("全部副本")),
        ("policies", _("策略")),
        ("readings", _("校验")),
        ("damages", _("异常")),
        ("moves", _("搬迁与退出")),
        ("surplus", _("多余副本")),
        ("orphans", _("两边核对")),
    )
    return [Tab(label, reverse(f"copies:{name}"), name == current) for name, label in found]
