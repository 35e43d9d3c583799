"""How likely a format is to become unreadable, by PUID: shipped as data, with the source and how sure we are.

What the table does not name is of unknown risk, never of none. An archives may judge otherwise; its own words come
from outside and take the place of ours.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from lantai.kit.errors import N_


class Risk(StrEnum):
    """How soon a format should be migrated."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    SEVERE = "severe"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """What a judgement rests on."""

    STANDARD = "standard"
    PRACTICE = "practice"
    JUDGEMENT = "judgement"
    LOCAL = "local"


RISKS: Mapping[Risk, str] = {
    Risk.LOW: N_("低"),
    Risk.MEDIUM: N_("中"),
    Risk.HIGH: N_("高"),
    Risk.SEVERE: N_("很高"),
    Risk.UNKNOWN: N_("未知"),
}
CERTAINTIES: Mapping[Certainty, str] = {
    Certainty.STANDARD: N_("标准规定"),
    Certainty.PRACTICE: N_("通行做法"),
    Certainty.JUDGEMENT: N_("本系统判断"),
    Certainty.LOCAL: N_("本馆判断"),
}
REASONS: Mapping[str, str] = {
    "open-standard": N_("公开标准，多种软件可读。"),
    "archival": N_("为长期保存制定的公开标准。"),
    "open-large": N_("公开标准，可长期保存，但占用空间大。"),
    "depends-outside": N_("可能依赖未嵌入的字体、外部内容或脚本，换一台机器显示可能走样。"),
    "rare": N_("很少使用，能读的软件不多。"),
    "vendor": N_("由一家厂商规定，未列入归档格式。"),
    "vendor-binary": N_("厂商的二进制格式，新版软件逐步停止支持。"),
    "vendor-codec": N_("厂商专有编码，播放软件减少。"),
    "aging-codec": N_("编码较旧，播放软件逐步停止支持。"),
    "unlisted": N_("公开格式，但未列入归档格式。"),
    "editable": N_("可编辑格式，版面随软件和字体变化，应另存版式文件。"),
    "active": N_("含宏或由二进制部件组成，打开有风险。"),
    "obsolete": N_("已停止使用，能读的软件很少。"),
    "opaque": N_("压缩包，里面的文件没有逐个识别。"),
    "": N_("没有这种格式的判断，请人工评估。"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a format: its risk, why, what to migrate to (slugs of converters, best first)."""

    puid: str
    family: str
    risk: Risk
    reason: str
    targets: tuple[str, ...]
    source: str
    certainty: Certainty

    @property
    def why(self) -> str:
        """The reason as a message id; words of an archives' own as they are."""
        return REASONS.get(self.reason, self.reason)


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Judgement]:
    """The judgements that come with the product, by PUID."""
    text = resources.files(__package__).joinpath("risk.csv").read_text("utf-8")
    return {one.puid: one for row in csv.DictReader(text.splitlines()) for one in _judgements(row)}


def judgement_of(puid: str) -> Judgement:
    """What we say of ``puid``; of a format that the table does not name, that we know nothing."""
    found = shipped().get(puid)
    return found or Judgement(puid, "", Risk.UNKNOWN, "", (), "", Certainty.JUDGEMENT)


def _judgements(row: Mapping[str, str]) -> list[Judgement]:
    return [
        Judgement(
            puid,
            row["family"],
            Risk(row["risk"]),
            row["reason"],
            tuple(row["targets"].split()),
            row["source"],
            Certainty(row["certainty"]),
        )
        for puid in _spelled_out(row["puids"])
    ]


def _spelled_out(groups: str) -> list[str]:
    """``fmt/14-20 x-fmt/92`` as single PUIDs."""
    found: list[str] = []
    for group in groups.split():
        space, _, numbers = group.partition("/")
        first, _, last = numbers.partition("-")
        found += [f"{space}/{number}" for number in range(int(first), int(last or first) + 1)]
    return found
