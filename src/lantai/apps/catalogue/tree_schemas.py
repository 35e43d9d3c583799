"""What the API of the tree takes and gives."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Schema

from lantai.apps.catalogue.queries.numbering import Order

_IDS = 20_000


class NodeOut(Schema):
    """A unit of the tree; `is_beyond` says that more may lie under it than are counted."""

    id: int
    reference_code: str
    title: str
    level: str
    child_count: int
    is_beyond: bool


class WindowOut(Schema):
    """Some of the units under one; ask again with `after` until `next` is 0, also where a window is empty.

    `is_beyond` says that there are more than `total`.
    """

    nodes: list[NodeOut]
    total: int
    is_beyond: bool
    next: int


class AboveOut(Schema):
    """A unit above a row."""

    id: int
    level: str
    reference_code: str
    title: str


class OriginOut(Schema):
    """An element that a row has from above, and the unit that says it (null where none does)."""

    name: str
    id: int | None
    label: str


class FormerCodeOut(Schema):
    """A code that led to a row, and still does."""

    code: str
    until: datetime
    act: str


class PlaceOut(Schema):
    """Where a row lies, what it has from there, how it was called, and how many of each level lie below it."""

    above: list[AboveOut]
    origins: list[OriginOut]
    former_codes: list[FormerCodeOut]
    below: dict[str, int]


class UnitIn(Schema):
    """A series, a file or a component to be made."""

    fonds_id: int
    level: str
    reference_code: str = Field(max_length=120)
    title: str = Field(max_length=4000)
    parent_id: int | None = None
    year: int | None = Field(None, ge=1000, le=2999)


class UnitOut(Schema):
    """A unit that was made."""

    id: int
    level: str
    reference_code: str


class ActIn(Schema):
    """Rows to act on. With `dry_run` only the plan is given; its `digest` sent back does that plan or nothing."""

    ids: list[int] = Field(max_length=_IDS)
    reason: str = Field("", max_length=300)
    digest: str = Field("", max_length=64)
    dry_run: bool = False


class MoveIn(ActIn):
    """Rows to put under `to_id`, or directly under their fonds."""

    to_id: int | None = None


class MergeUnitsIn(ActIn):
    """Units to merge into `into_id`."""

    into_id: int


class SplitIn(ActIn):
    """Some of what lies in `unit_id`, for a new unit beside it."""

    unit_id: int
    title: str = Field(max_length=4000)
    code: str = Field("", max_length=120)


class NumberIn(ActIn):
    """A rule to number rows by; what is left out is as the rule of the fonds and kind says."""

    style: str = Field("", max_length=16)
    width: int | None = Field(None, ge=3, le=5)
    parts: list[str] | None = None
    start: int | None = Field(None, ge=1, le=99_999)
    order: Order = Order.CODE


class StateIn(Schema):
    """What a unit says: `custodian` (an id), `openness` or `retention`; "" has it from above again."""

    name: str = Field(max_length=12)
    value: str = Field("", max_length=20)
    reason: str = Field("", max_length=300)


class RearrangedRowOut(Schema):
    """What an act makes of one row."""

    id: int
    code: str
    new_code: str
    parent_id: int | None
    new_parent_id: int | None
    merged_into: int | None
    warning: str


class RearrangedOut(Schema):
    """An act: `id` is null while it is only planned."""

    id: int | None
    deed: str
    summary: str
    digest: str
    needs_reason: bool
    rows: int
    renamed: int
    lines: list[RearrangedRowOut]


class DoneOut(Schema):
    """An act that was done; `followed` is how many rows changed with it."""

    id: int
    deed: str
    summary: str
    rows: int
    done_at: datetime
    undone_at: datetime | None


class DonesOut(Schema):
    """A page of acts; ask again with `after` until `next` is empty."""

    items: list[DoneOut]
    next: str


class ArrangementIn(Schema):
    """A further arrangement of a fonds; `rule` names what it goes by, level by level."""

    fonds_id: int
    name: str = Field(max_length=80)
    rule: list[str] = Field([], max_length=6)


class ArrangementOut(Schema):
    """A further arrangement."""

    id: int
    name: str
    fonds: str
    rule: list[str]
    filled_at: datetime | None


class ArrangementsOut(Schema):
    """A page of arrangements; ask again with `after` until `next` is empty."""

    items: list[ArrangementOut]
    next: str


class PlacedOut(Schema):
    """A heading, or a record (`item_id`) under one."""

    id: int
    heading: str
    item_id: int | None
    reference_code: str
    count: int


class PlacesOut(Schema):
    """A window of an arrangement; ask again with `after` until `next` is 0."""

    places: list[PlacedOut]
    next: int


class PlaceRecordsIn(Schema):
    """Records to put by their codes under a heading; a new heading is made where `heading` is written."""

    under_id: int | None = None
    heading: str = Field("", max_length=200)
    codes: list[str] = Field([], max_length=_IDS)
