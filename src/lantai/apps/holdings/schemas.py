"""What the API gives out."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext
from ninja import Schema

from lantai.apps.holdings.models import RecordKind, RuleSet


class FondsOut(Schema):
    """A fonds."""

    id: int
    code: str
    name: str
    kind: str
    archives: str
    creator: str | None
    started_year: int | None
    ended_year: int | None


class ClassOut(Schema):
    """A class of a scheme; ``depth`` counts from 0."""

    id: int
    code: str
    name: str
    depth: int
    is_active: bool


class ScheduleLineOut(Schema):
    """A line of a schedule; ``retention`` is Y or D and a number of years."""

    number: str
    scope: str
    retention: str


class ScheduleOut(Schema):
    """The schedule in force."""

    id: int
    version: int
    title: str
    valid_from: date | None
    approved_by: str
    citation: str
    lines: list[ScheduleLineOut]


class RuleOut(Schema):
    """A version of a rule."""

    slug: str
    version: int
    title: str
    body: dict[str, object]
    valid_from: date
    valid_to: date | None
    citation: str
    is_confirmed: bool

    @staticmethod
    def resolve_title(row: RuleSet) -> str:
        """In the language that the caller asked for."""
        return gettext(row.title)

    @staticmethod
    def resolve_citation(row: RuleSet) -> str:
        """In the language that the caller asked for."""
        return gettext(row.citation)


class KindOut(Schema):
    """A kind of record."""

    slug: str
    name: str
    category_code: str
    element_scheme: str
    is_personal: bool

    @staticmethod
    def resolve_name(row: RecordKind) -> str:
        """In the language that the caller asked for."""
        return gettext(row.name)
