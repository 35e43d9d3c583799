"""The three things that a PREMIS document speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lantai.kit.errors import N_, Invalid


class Unordered(Invalid):
    """PREMIS has objects first, then events, then agents."""

    message = N_("PREMIS 文档中的对象、事件、责任者没有按次序写入。")


class Category(StrEnum):
    """What kind of object."""

    FILE = "file"
    REPRESENTATION = "representation"
    ENTITY = "intellectualEntity"


@dataclass(frozen=True, slots=True)
class Kept:
    """An object: a file with its digests, or the whole that files belong to."""

    identifier: str
    category: Category = Category.FILE
    scheme: str = "path"
    size_bytes: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)  # by the name of the algorithm, hexadecimal
    format_name: str = ""
    puid: str = ""
    original_name: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened; it is one event however many objects it speaks for."""

    identifier: str
    kind: str
    at: str  # EDTF, as PREMIS has it; "" where nobody knows
    detail: str = ""
    outcome: str = ""
    agents: Iterable[str] = ()
    objects: Iterable[str] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """Who or what did it."""

    identifier: str
    name: str
    kind: str = ""  # person, organization, software
