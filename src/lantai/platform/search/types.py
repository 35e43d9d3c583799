"""What may be searched, asked and found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lantai.kit.errors import N_, Fault, Invalid, Refusal
from lantai.platform.search.query import EVERYTHING, Expression

MOST_ROWS = 200
WINDOW = 10_000  # rows that come by relevance; whatever lies beyond comes by date


class Field(StrEnum):
    """What a search can be narrowed by, counted by, and fenced in by."""

    CUSTODIAN = "custodian"
    FONDS = "fonds"
    YEAR = "year"
    KIND = "kind"
    LEVEL = "level"
    RETENTION = "retention"
    OPENNESS = "openness"
    CLASSIFICATION = "classification"
    PARENT = "parent"
    WITHIN = "within"
    AUDIENCE = "audience"
    FORMAT = "format"
    PLACE = "place"
    TOPIC = "topic"


NUMBERS = frozenset({Field.CUSTODIAN, Field.FONDS, Field.YEAR, Field.PARENT, Field.WITHIN})
SEVERAL = frozenset({Field.WITHIN, Field.FORMAT, Field.PLACE, Field.TOPIC})  # a row may have more than one
FACETS = (Field.FONDS, Field.KIND, Field.YEAR, Field.RETENTION, Field.OPENNESS)


@dataclass(frozen=True, slots=True)
class Document:
    """One row as the index sees it, or one leaf of it; `None`, "" and () stand for "has none"."""

    source: str
    id: int
    title: str = ""
    body: str = ""
    author: str = ""
    codes: tuple[str, ...] = ()  # the first one is sorted by
    numbers: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    custodian: int | None = None
    fonds: int | None = None
    year: int | None = None
    kind: str = ""
    level: str = ""
    retention: str = ""
    openness: str = ""
    classification: str = ""
    parent: int | None = None
    within: tuple[int, ...] = ()  # every unit that it lies in, the parent too
    audience: str = ""  # who sees it beside its custodian, in one word that the source has for it
    format: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    dated_on: date | None = None
    leaf: int = 0  # which of several documents of the same row


@dataclass(frozen=True, slots=True)
class Among:
    """The field has one of these values."""

    field: Field
    values: frozenset[int] | frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the actor may see: any of some clauses, each of which demands all of its conditions.

    `Scope()` sees nothing: forgetting a clause can only hide.
    """

    any_of: tuple[tuple[Among, ...], ...] = ()

    def __or__(self, other: Scope) -> Scope:
        return Scope(self.any_of + other.any_of)


EVERYTHING_VISIBLE = Scope(((),))  # for what the system itself asks, never for a person


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person narrowed the search to: all of it must hold. Ranges include both ends."""

    among: tuple[Among, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    dated_from: date | None = None
    dated_to: date | None = None
    rows: frozenset[int] | None = None  # only these ids


class Sort(StrEnum):
    """In which order rows come."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Query:
    """One question to an engine.

    `after` is the `Found.after` of the page before, given back unread. By date and by code it is a key: rows
    that come or go meanwhile shift nothing. By relevance it is a position within the first `WINDOW` rows; the
    others follow by date, the newest first.
    """

    source: str
    scope: Scope
    expression: Expression = EVERYTHING
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    after: str = ""
    limit: int = 50
    facets: tuple[Field, ...] = ()
    has_leaves: bool = False  # whether `Found.leaves` is wanted


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many of the rows found have this value."""

    value: int | str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of ids in order, and figures over everything found; `after` is "" on the last page."""

    ids: tuple[int, ...] = ()
    total: int = 0
    facets: Mapping[Field, tuple[Bucket, ...]] = field(default_factory=dict)
    took_ms: float = 0.0
    after: str = ""
    is_ready: bool = True  # False while there is no index yet
    leaves: tuple[int, ...] = ()  # `Document.leaf` of each of ``ids``, where wanted


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far this machine's index is behind the rows."""

    version: str
    pending: int
    oldest_seconds: float


class BadPage(Invalid):
    """`after` is not one that we gave out for this order."""

    message = N_("这个翻页位置已失效，请回到第一页重新检索。")


class WriterBusy(Fault):
    """Another process is writing this index."""

    message = N_("另一个进程正在更新检索库。")


class RebuildUnderWay(Refusal):
    """Somebody else is rebuilding."""

    message = N_("检索库正在重建。请等它完成；现有检索不受影响。")
