"""Which formats may be filed, transferred and kept, with the clause that says so.

The defaults follow GB/T 18894—2016, with DA/T 47—2009 for layout formats; a region may hold its own policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lantai.kit.errors import N_


class Stage(StrEnum):
    """Where in a record's life the question is asked."""

    FILING = "filing"
    TRANSFER = "transfer"
    PRESERVATION = "preservation"


class Standing(StrEnum):
    """What the policy says of a format at a stage."""

    PREFERRED = "preferred"
    ACCEPTED = "accepted"
    CONVERT = "convert"
    REFUSED = "refused"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a group of PUIDs; ``clause`` is shown to whoever is refused."""

    slug: str
    label: str
    puids: frozenset[str]
    standing: Mapping[Stage, Standing]
    clause: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The policy's answer for one format."""

    standing: Standing
    clause: str
    label: str


@dataclass(frozen=True, slots=True)
class FormatPolicy:
    """An ordered list of rules; the first that names the PUID decides."""

    slug: str
    rules: tuple[Rule, ...]
    citation: str
    by_puid: Mapping[str, Rule] = field(init=False)

    def __post_init__(self) -> None:
        table: dict[str, Rule] = {}
        for rule in self.rules:
            for puid in rule.puids:
                table.setdefault(puid, rule)
        object.__setattr__(self, "by_puid", table)

    def verdict(self, puid: str, stage: Stage) -> Verdict:
        """What the policy says of ``puid`` at ``stage``; an unlisted format is never accepted silently."""
        rule = self.by_puid.get(puid)
        if rule is None:
            return Verdict(Standing.UNLISTED, self.citation, "")
        return Verdict(rule.standing.get(stage, Standing.UNLISTED), rule.clause, rule.label)


def _puids(*groups: str) -> frozenset[str]:
    """``fmt/14-20`` and ``x-fmt/111`` written out."""
    found: set[str] = set()
    for group in groups:
        space, _, numbers = group.partition("/")
        first, _, last = numbers.partition("-")
        found |= {f"{space}/{n}" for n in range(int(first), int(last or first) + 1)}
    return frozenset(found)


def _at(filing: Standing, transfer: Standing, preservation: Standing) -> Mapping[Stage, Standing]:
    return {Stage.FILING: filing, Stage.TRANSFER: transfer, Stage.PRESERVATION: preservation}


_BEST = _at(Standing.PREFERRED, Standing.PREFERRED, Standing.PREFERRED)
_GOOD = _at(Standing.ACCEPTED, Standing.ACCEPTED, Standing.ACCEPTED)
_UNTIL_FILED = _at(Standing.CONVERT, Standing.REFUSED, Standing.REFUSED)
_GB18894 = "GB/T 18894—2016 归档格式"
_DAT47 = "DA/T 47—2009 版式电子文件长期保存格式需求"

NATIONAL = FormatPolicy(
    slug="gbt-18894",
    citation=_GB18894,
    rules=(
        Rule(
            "ofd", N_("OFD 版式文档"), _puids("lantai-fmt/1"), _BEST, f"{_GB18894}；{_DAT47}；GB/T 33190—2016"
        ),
        Rule(
            "pdf-a", N_("PDF/A"), _puids("fmt/95", "fmt/354", "fmt/476-481"), _BEST, f"{_GB18894}；{_DAT47}"
        ),
        Rule("pdf", N_("PDF"), _puids("fmt/14-20", "fmt/276", "fmt/1129"), _GOOD, f"{_GB18894}；{_DAT47}"),
        Rule("eep", N_("电子文件封装包"), _puids("lantai-fmt/2"), _GOOD, "DA/T 48—2009"),
        Rule("tiff", N_("TIFF"), _puids("fmt/353", "x-fmt/387", "fmt/154-155", "x-fmt/388"), _BEST, _GB18894),
        Rule(
            "jpeg", N_("JPEG"), _puids("fmt/41-44", "x-fmt/390-391", "x-fmt/398", "fmt/645"), _GOOD, _GB18894
        ),
        Rule("jp2", N_("JPEG 2000"), _puids("x-fmt/392", "fmt/151"), _GOOD, "DA/T 31—2017"),
        Rule(
            "png",
            N_("PNG"),
            _puids("fmt/11-13", "fmt/935"),
            _at(Standing.ACCEPTED, Standing.CONVERT, Standing.CONVERT),
            _GB18894,
        ),
        Rule("wav", N_("WAV"), _puids("fmt/6", "fmt/141-143", "fmt/703-711", "fmt/1-2"), _BEST, _GB18894),
        Rule("mp3", N_("MP3"), _puids("fmt/134"), _GOOD, _GB18894),
        Rule("mp4", N_("MP4"), _puids("fmt/199"), _GOOD, _GB18894),
        Rule("mpeg", N_("MPEG"), _puids("x-fmt/385-386", "fmt/640", "fmt/649"), _GOOD, _GB18894),
        Rule("avi", N_("AVI"), _puids("fmt/5"), _GOOD, _GB18894),
        Rule("flv", N_("FLV"), _puids("x-fmt/382"), _GOOD, _GB18894),
        Rule("text", N_("纯文本"), _puids("x-fmt/111"), _GOOD, _GB18894),
        Rule("xml", N_("XML"), _puids("fmt/101"), _GOOD, _GB18894),
        Rule("e-invoice", N_("电子发票 XML"), _puids("lantai-fmt/3"), _GOOD, "DA/T 94—2022"),
        Rule("svg", N_("SVG"), _puids("fmt/91-92", "fmt/413"), _GOOD, _GB18894),
        Rule("eml", N_("电子邮件"), _puids("fmt/278", "fmt/950"), _GOOD, _GB18894),
        Rule("web", N_("网页归档"), _puids("fmt/289", "fmt/1281", "fmt/1355"), _GOOD, _GB18894),
        Rule(
            "siard",
            N_("SIARD 数据库归档"),
            _puids("fmt/161", "fmt/995", "fmt/1196", "fmt/1777"),
            _GOOD,
            _GB18894,
        ),
        Rule(
            "office",
            N_("Office 文档"),
            _puids("fmt/412", "fmt/214-215", "fmt/39-40", "fmt/59", "fmt/61", "fmt/126", "fmt/189"),
            _UNTIL_FILED,
            _GB18894,
        ),
    ),
)
