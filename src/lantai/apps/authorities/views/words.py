"""In words: the elements of a version and the acts that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from lantai.apps.authorities.types import AuthorityKind, Maturity, NameKind, RelationKind
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


def said_of_value(key: str, value: object, called: Mapping[str, Mapping[int, str]]) -> str:
    """An element of a version as its page has it, one name, relation or source a line; ``called`` by id."""
    if isinstance(value, list):
        return "\n".join(_line(key, part, called) for part in value)
    label = (
        called[key].get(int(str(value))) if key in called and value else _LABELS.get(key, {}).get(str(value))
    )
    return str(label or value or "")


def _line(key: str, part: Mapping[str, object], called: Mapping[str, Mapping[int, str]]) -> str:
    return " ".join(str(word) for word in _words(key, part, called) if word)


def _words(key: str, part: Mapping[str, object], called: Mapping[str, Mapping[int, str]]) -> Iterator[object]:
    yield _LABELS.get(key, {}).get(str(part.get("kind")))
    yield part.get("text") or part.get("citation")
    if target := part.get("target_id"):
        yield called[key].get(int(str(target)), _("已不在"))
    began, ended = part.get("began_year"), part.get("ended_year")
    if began or ended:
        yield f"{began or ''}—{ended or ''}"
    yield part.get("code")
    yield part.get("note") or part.get("found")


_LABELS: dict[str, dict[str, Text]] = {
    "kind": dict(AuthorityKind.choices),
    "maturity": dict(Maturity.choices),
    "names": dict(NameKind.choices),
    "relations": dict(RelationKind.choices),
}
