"""One element of a scheme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lantai.kit.errors import N_


class Obligation(StrEnum):
    """How far an element is asked for."""

    MANDATORY = "M"  # 必选
    CONDITIONAL = "C"  # 条件选
    OPTIONAL = "O"  # 可选


class Part(StrEnum):
    """The unit in which an element occurs (the four entities of DA/T 46, with files and signatures apart)."""

    RECORD = "record"
    ENCODING = "encoding"
    SIGNATURE = "signature"
    AGENT = "agent"
    BUSINESS = "business"
    RELATION = "relation"


class ValueKind(StrEnum):
    """What the text of a value must look like."""

    GROUP = "group"  # holds other elements and no value
    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    YEAR = "year"
    DATE = "date"
    DATETIME = "datetime"
    BASE64 = "base64"
    URI = "uri"
    IDENTITY_NUMBER = "identity_number"


KIND_LABELS: Mapping[ValueKind, str] = {
    ValueKind.GROUP: N_("容器型元素，不应有值"),
    ValueKind.TEXT: N_("文本"),
    ValueKind.CODE: N_("由字母、数字组成的代码"),
    ValueKind.INTEGER: N_("整数"),
    ValueKind.YEAR: N_("四位数的年度"),
    ValueKind.DATE: N_("日期（如 20110305 或 2011-03-05，可只到年或月；推定的日期写在方括号里）"),
    ValueKind.DATETIME: N_("日期时间（如 2011-03-05T09:00:00+08:00）"),
    ValueKind.BASE64: N_("Base64 编码"),
    ValueKind.URI: N_("统一资源标识"),
    ValueKind.IDENTITY_NUMBER: N_("公民身份号码"),
}


@dataclass(frozen=True, slots=True)
class Element:
    """An element; ``provenance`` tags say for each figure how sure it is (S… read, M memory, D our own)."""

    number: str
    name: str
    identifier: str
    obligation: Obligation
    kind: ValueKind
    parent: str = ""  # number of the group above
    part: Part = Part.RECORD
    is_repeatable: bool = False
    values: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    min_length: int = 0
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
