"""Values and refusals of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantai.kit.errors import N_, Refusal
from lantai.kit.evidence.canonical import Json


@dataclass(frozen=True, slots=True)
class Line:
    """One act of many that `record_many` writes at once."""

    object_type: str
    object_id: object
    object_name: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)


class NotYetLogged(Refusal):
    """The entry waits for the next checkpoint."""

    message = N_("这条操作记录已保存，但还没有编入存证日志。请过几秒再试。")
