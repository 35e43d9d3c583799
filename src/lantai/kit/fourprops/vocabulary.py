"""The words of the four-property test (DA/T 70—2018)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lantai.kit.errors import N_


class Property(StrEnum):
    """The four properties; the first figure of a check's code is its property."""

    AUTHENTICITY = "authenticity"
    INTEGRITY = "integrity"
    USABILITY = "usability"
    SAFETY = "safety"


class Stage(StrEnum):
    """When the test is made."""

    FILING = "filing"  # 归档
    TRANSFER = "transfer"  # 移交与接收
    PRESERVATION = "preservation"  # 长期保存

    @property
    def prefix(self) -> str:
        """The letters before a code at this stage; `BC` is our own, the others are in general use."""
        return _PREFIXES[self]


class Outcome(StrEnum):
    """What a check found; only PASS says that something was looked at and is right."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    MANUAL = "manual"
    NOT_APPLICABLE = "not_applicable"
    NOT_RUN = "not_run"


class Conclusion(StrEnum):
    """What the whole run comes to."""

    PASSED = "passed"
    FAILED = "failed"
    NEEDS_PERSON = "needs_person"


class Need(StrEnum):
    """What a check cannot do without."""

    METADATA = "metadata"
    FILES = "files"
    PACKAGE = "package"
    DATABASE = "database"
    ANTIVIRUS = "antivirus"
    CARRIER = "carrier"
    SIGNATURES = "signatures"
    PERSON = "person"


# the outcome of a whole is the gravest one of its parts
GRAVITY = (
    Outcome.FAIL,
    Outcome.NOT_RUN,
    Outcome.MANUAL,
    Outcome.WARN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)

_PREFIXES = {Stage.FILING: "GD", Stage.TRANSFER: "YJ", Stage.PRESERVATION: "BC"}

PROPERTY_LABELS: Mapping[Property, str] = {
    Property.AUTHENTICITY: N_("真实性"),
    Property.INTEGRITY: N_("完整性"),
    Property.USABILITY: N_("可用性"),
    Property.SAFETY: N_("安全性"),
}
STAGE_LABELS: Mapping[Stage, str] = {
    Stage.FILING: N_("归档"),
    Stage.TRANSFER: N_("移交与接收"),
    Stage.PRESERVATION: N_("长期保存"),
}
OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.PASS: N_("通过"),
    Outcome.WARN: N_("提示"),
    Outcome.FAIL: N_("不通过"),
    Outcome.MANUAL: N_("待人工检测"),
    Outcome.NOT_APPLICABLE: N_("不适用"),
    Outcome.NOT_RUN: N_("未检测"),
}
CONCLUSION_LABELS: Mapping[Conclusion, str] = {
    Conclusion.PASSED: N_("合格"),
    Conclusion.FAILED: N_("不合格"),
    Conclusion.NEEDS_PERSON: N_("待人工确认"),
}


def gravest(outcomes: set[Outcome]) -> Outcome:
    """The gravest of `outcomes`; NOT_APPLICABLE where there are none."""
    return next((outcome for outcome in GRAVITY if outcome in outcomes), Outcome.NOT_APPLICABLE)
