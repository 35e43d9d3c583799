"""Keeping a topic for machines: its page, sections, own fields, members and counts."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from lantai.apps.topics import queries, services
from lantai.apps.topics.models import Member, OwnField, Section
from lantai.apps.topics.permissions import P
from lantai.apps.topics.types import Figure, OwnFieldKind, Share, TopicKind
from lantai.platform.accounts import policy
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of
from lantai.platform.ui.schemas import CountOut, Id, Text

router = Router(tags=["topics"])
Position = Annotated[int, Field(ge=1, le=1000)]


class PageIn(Schema):
    """What the front page says; ``cover`` is the reference code of a record of the topic."""

    model_config = ConfigDict(extra="forbid")

    title: Text = Field(min_length=1, max_length=120)
    kind: TopicKind
    introduction: Text = Field("", max_length=20_000)
    cover: Text = Field("", max_length=120)


class ShareIn(Schema):
    """Who may open the topic."""

    model_config = ConfigDict(extra="forbid")

    share: Share


class SectionIn(Schema):
    """A part of the front page."""

    model_config = ConfigDict(extra="forbid")

    title: Text = Field(min_length=1, max_length=120)
    text: Text = Field("", max_length=4_000)
    position: Position = 1


class SectionOut(Schema):
    """A part of the front page by its id."""

    id: int
    title: str
    text: str
    position: int


class RevisedFieldIn(Schema):
    """What may change of an own field."""

    model_config = ConfigDict(extra="forbid")

    label: Text = Field(min_length=1, max_length=60)
    position: Position = 1
    is_open: bool = False


class OwnFieldIn(RevisedFieldIn):
    """A new own field."""

    kind: OwnFieldKind = OwnFieldKind.TEXT


class OwnFieldOut(Schema):
    """An own field by its id."""

    id: int
    label: str
    kind: str
    position: int
    is_open: bool


class FrontOut(Schema):
    """The front page: its parts, its fields, and how many records the account may see by year and kind."""

    sections: list[SectionOut]
    fields: list[OwnFieldOut]
    total: int
    years: dict[str, int]
    kinds: dict[str, int]


class MemberOut(Schema):
    """A record in a topic, or kept out of it; ``own`` by the ids of the own fields."""

    id: int
    record: int
    reference_code: str
    title: str
    standing: str
    section: int | None
    own: dict[str, str]


class MembersOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    members: list[MemberOut]
    next: int | None


class MemberIds(Schema):
    """Members by their ids."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Id] = Field(min_length=1, max_length=20_000)


class PlaceMembersIn(MemberIds):
    """Members, and the section they go to; None for none."""

    section: Id | None = None


class OwnValuesIn(Schema):
    """Values of own fields by their ids."""

    model_config = ConfigDict(extra="forbid")

    values: dict[Id, Annotated[Text, Field(max_length=2_000)]]


@router.put("/topics/{int:topic_id}", response={204: None})
@needs(P.TOPIC_MANAGE)
def revise_topic(request: HttpRequest, topic_id: int, body: PageIn) -> Status[None]:
    """Change what the front page says."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    services.revise(ctx, topic_id=row.pk, cover_code=body.cover, **body.dict(exclude={"cover"}))
    return Status(204, None)


@router.delete("/topics/{int:topic_id}", response=CountOut)
@needs(P.TOPIC_MANAGE)
def remove_topic(request: HttpRequest, topic_id: int) -> CountOut:
    """Remove a topic; its records stay."""
    ctx = ctx_of(request)
    return CountOut(count=services.remove(ctx, topic_id=queries.get_mine(ctx, topic_id).pk))


@router.post("/topics/{int:topic_id}/refresh", response={202: None})
@needs(P.TOPIC_MANAGE)
def refresh_topic(request: HttpRequest, topic_id: int) -> Status[None]:
    """Walk through all that the rule finds once more, as a run."""
    ctx = ctx_of(request)
    services.refresh(ctx, topic_id=queries.get_mine(ctx, topic_id).pk)
    return Status(202, None)


@router.put("/topics/{int:topic_id}/share", response={204: None})
@needs(P.TOPIC_SHARE)
def share_topic(request: HttpRequest, topic_id: int, body: ShareIn) -> Status[None]:
    """Decide who may open the topic."""
    services.share(ctx_of(request), topic_id=topic_id, with_whom=body.share.value)
    return Status(204, None)


@router.get("/topics/{int:topic_id}/front", response=FrontOut)
@needs(P.TOPIC_READ)
def get_front(request: HttpRequest, topic_id: int) -> FrontOut:
    """What the front page shows, but for its records."""
    ctx = ctx_of(request)
    row = queries.get(ctx, topic_id)
    records = queries.records_of(ctx, row)
    return FrontOut(
        sections=[_section(one) for one in queries.sections_of(row)],
        fields=[_field(one) for one in queries.fields_of(row)],
        total=records.count(),
        years=_counts(queries.by_year(records, "")),
        kinds=_counts(queries.by_kind(records, "")),
    )


@router.post("/topics/{int:topic_id}/sections", response={201: SectionOut})
@needs(P.TOPIC_MANAGE)
def add_section(request: HttpRequest, topic_id: int, body: SectionIn) -> Status[SectionOut]:
    """Add a part of the front page."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    return Status(201, _section(services.add_section(ctx, topic_id=row.pk, **body.dict())))


@router.put("/sections/{int:section_id}", response=SectionOut)
@needs(P.TOPIC_MANAGE)
def revise_section(request: HttpRequest, section_id: int, body: SectionIn) -> SectionOut:
    """Change a part of the front page."""
    ctx = ctx_of(request)
    section = queries.part_of(ctx, Section, section_id)
    return _section(services.revise_section(ctx, section_id=section.pk, **body.dict()))


@router.delete("/sections/{int:section_id}", response={204: None})
@needs(P.TOPIC_MANAGE)
def drop_section(request: HttpRequest, section_id: int) -> Status[None]:
    """Take a part away; its records stay in the topic."""
    ctx = ctx_of(request)
    services.drop_section(ctx, section_id=queries.part_of(ctx, Section, section_id).pk)
    return Status(204, None)


@router.post("/topics/{int:topic_id}/fields", response={201: OwnFieldOut})
@needs(P.TOPIC_MANAGE)
def add_own_field(request: HttpRequest, topic_id: int, body: OwnFieldIn) -> Status[OwnFieldOut]:
    """Add a field that the records have in this topic."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    return Status(201, _field(services.add_field(ctx, topic_id=row.pk, **body.dict())))


@router.put("/fields/{int:own_field_id}", response=OwnFieldOut)
@needs(P.TOPIC_MANAGE)
def revise_own_field(request: HttpRequest, own_field_id: int, body: RevisedFieldIn) -> OwnFieldOut:
    """Change a field; what it holds stays."""
    ctx = ctx_of(request)
    field = queries.part_of(ctx, OwnField, own_field_id)
    return _field(services.revise_field(ctx, own_field_id=field.pk, **body.dict()))


@router.delete("/fields/{int:own_field_id}", response={204: None})
@needs(P.TOPIC_MANAGE)
def drop_own_field(request: HttpRequest, own_field_id: int) -> Status[None]:
    """Show and ask a field no more."""
    ctx = ctx_of(request)
    services.drop_field(ctx, own_field_id=queries.part_of(ctx, OwnField, own_field_id).pk)
    return Status(204, None)


@router.get("/topics/{int:topic_id}/members", response=MembersOut)
@needs(P.TOPIC_READ)
def list_members(request: HttpRequest, topic_id: int, after: int = 0, excluded: bool = False) -> MembersOut:
    """Who is in a topic (or kept out of it), how, in which section, and with which own values."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id) if excluded else queries.get(ctx, topic_id)
    found, following = page_of(queries.member_rows(ctx, row, excluded=excluded), after=after)
    return MembersOut(members=[_member(one) for one in found], next=following)


@router.post("/topics/{int:topic_id}/exclude", response=CountOut)
@needs(P.TOPIC_MANAGE)
def exclude_members(request: HttpRequest, topic_id: int, body: MemberIds) -> CountOut:
    """Keep records out, whatever the rule says, until they are put back."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    return CountOut(count=services.exclude(ctx, topic_id=row.pk, member_ids=body.ids))


@router.post("/topics/{int:topic_id}/put-back", response=CountOut)
@needs(P.TOPIC_MANAGE)
def put_members_back(request: HttpRequest, topic_id: int, body: MemberIds) -> CountOut:
    """Take exclusions back."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    return CountOut(count=services.put_back(ctx, topic_id=row.pk, member_ids=body.ids))


@router.post("/topics/{int:topic_id}/place", response=CountOut)
@needs(P.TOPIC_MANAGE)
def place_members(request: HttpRequest, topic_id: int, body: PlaceMembersIn) -> CountOut:
    """Show records in a section, or in none."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    placed = services.place(ctx, topic_id=row.pk, member_ids=body.ids, section_id=body.section)
    return CountOut(count=placed)


@router.put("/members/{int:member_id}/values", response=MemberOut)
@needs(P.TOPIC_MANAGE)
def set_own_values(request: HttpRequest, member_id: int, body: OwnValuesIn) -> MemberOut:
    """Fill in own fields of one record; a field left out stays as it is."""
    ctx = ctx_of(request)
    member = queries.part_of(ctx, Member, member_id)
    services.set_values(ctx, member_id=member.pk, values=body.values)
    return _member(policy.one(queries.member_rows(ctx, member.topic), pk=member.pk))


def _section(row: Section) -> SectionOut:
    return SectionOut(id=row.pk, title=row.title, text=row.text, position=row.position)


def _field(row: OwnField) -> OwnFieldOut:
    return OwnFieldOut(id=row.pk, label=row.label, kind=row.kind, position=row.position, is_open=row.is_open)


def _member(row: Member) -> MemberOut:
    return MemberOut(
        id=row.pk, record=row.description_id, reference_code=row.description.reference_code,
        title=row.description.title, standing=row.standing, section=row.section_id, own=row.own,
    )  # fmt: skip


def _counts(figures: list[Figure]) -> dict[str, int]:
    return {one.label: one.count for one in figures}
