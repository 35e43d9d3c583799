"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from lantai.apps.authorities.types import AuthorityKind, Maturity, NameKind, RelationKind
from lantai.platform.ui.schemas import Id, Text

Year = Annotated[int, Field(ge=-3000, le=9999)]


class SaidIn(Schema):
    """The elements of a record; an element left out is empty."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=200)
    code: Text = Field("", max_length=32)
    began: Text = Field("", max_length=24)
    ended: Text = Field("", max_length=24)
    history: Text = Field("", max_length=20_000)
    functions: Text = Field("", max_length=20_000)
    mandate: Text = Field("", max_length=20_000)
    structure: Text = Field("", max_length=20_000)
    context: Text = Field("", max_length=20_000)
    note: Text = Field("", max_length=20_000)
    maturity: Maturity = Maturity.DRAFT


class AuthorityIn(SaidIn):
    """A new record; ``org`` is the code of the archives."""

    org: Text = Field(min_length=1, max_length=32)
    kind: AuthorityKind


class NameIn(Schema):
    """Another name."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(min_length=1, max_length=200)
    kind: NameKind = NameKind.FORMER
    began_year: Year | None = None
    ended_year: Year | None = None
    code: Text = Field("", max_length=6)
    note: Text = Field("", max_length=300)


class RelationIn(Schema):
    """How the record stands to another, by its id."""

    model_config = ConfigDict(extra="forbid")

    other: Id
    kind: RelationKind
    began_year: Year | None = None
    ended_year: Year | None = None
    note: Text = Field("", max_length=300)


class MergeAuthoritiesIn(Schema):
    """Records to be merged into one."""

    model_config = ConfigDict(extra="forbid")

    survivor: Id
    ids: list[Id] = Field(min_length=1, max_length=50)
    reason: Text = Field("", max_length=300)


class SuggestedOut(Schema):
    """What type-ahead offers."""

    id: int
    name: str
    hint: str


class NameOut(Schema):
    """A name with its years."""

    text: str
    kind: str
    began_year: int | None
    ended_year: int | None
    code: str


class RelationOut(Schema):
    """A relation as it reads from this record."""

    id: int
    kind: str
    label: str
    is_target: bool
    other: int
    other_name: str
    began_year: int | None
    ended_year: int | None


class AuthorityLine(Schema):
    """A record as a line of a list."""

    id: int
    kind: str
    name: str
    began: str
    ended: str
    code: str
    org: str
    merged_into: int | None
    revision: int
    updated_at: datetime


class AuthorityOut(AuthorityLine):
    """A whole record."""

    history: str
    functions: str
    mandate: str
    structure: str
    context: str
    note: str
    maturity: str
    names: list[NameOut]
    relations: list[RelationOut]


class AuthoritiesOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    authorities: list[AuthorityLine]
    next: int | None


class MergeOut(Schema):
    """A merge that was done; its id undoes it."""

    id: int
    survivor: int
    moved: int


class TermOut(Schema):
    """A word of a vocabulary."""

    label: str
    code: str
