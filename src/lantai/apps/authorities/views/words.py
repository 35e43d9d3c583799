"""In words: the elements of a version and the acts that made it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.platform.ui.types import Text

BODY_LABELS: dict[str, Text] = {
    "name": _("规范名称"),
    "kind": _("种类"),
    "code": _("代码"),
    "began": _("起始日期"),
    "ended": _("终止日期"),
    "history": _("沿革或生平"),
    "functions": _("职能或职业"),
    "mandate": _("设立依据"),
    "structure": _("内部机构或谱系"),
    "context": _("背景"),
    "note": _("附注"),
    "maturity": _("完成程度"),
    "unit_id": _("平台单位"),
    "names": _("名称"),
    "relations": _("关系"),
    "sources": _("来源"),
}
ACTS: dict[str, Text] = {
    "authorities:authority:entered": _("登记规范记录"),
    "authorities:authority:revised": _("修改规范记录"),
    "authorities:authority:restored": _("恢复规范记录"),
    "authorities:authority:name_added": _("加名称"),
    "authorities:authority:name_revised": _("修改名称"),
    "authorities:authority:name_dropped": _("删除名称"),
    "authorities:authority:related": _("加关系"),
    "authorities:authority:unrelated": _("删除关系"),
    "authorities:authority:source_added": _("加来源"),
    "authorities:authority:source_dropped": _("删除来源"),
}


def said_of(act: str) -> Text:
    """An act of a version in words."""
    return ACTS.get(act, act)
