"""Topic databases for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from ninja import Status

from lantai.apps.topics import queries, services
from lantai.apps.topics.keeping_api import router
from lantai.apps.topics.models import Topic
from lantai.apps.topics.permissions import P
from lantai.apps.topics.schemas import (
    CodesIn,
    PickedOut,
    RecordOut,
    RecordsOut,
    RuleIn,
    TopicIn,
    TopicOut,
    TopicsOut,
)
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs, public
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description


@router.get("/topics", response=TopicsOut)
@needs(P.TOPIC_READ)
def list_topics(request: HttpRequest, after: int = 0) -> TopicsOut:
    """Topics in the order of their ids, 200 at a time."""
    ctx = ctx_of(request)
    found, following = page_of(queries.visible(ctx), after=after)
    return TopicsOut(topics=[_topic(ctx, row) for row in found], next=following)


@router.post("/topics", response={201: TopicOut})
@needs(P.TOPIC_MANAGE)
def make(request: HttpRequest, body: TopicIn) -> Status[TopicOut]:
    """Set up a topic."""
    ctx = ctx_of(request)
    org = policy.one(queries.orgs_to_manage(ctx), code=body.org)
    return Status(201, _topic(ctx, services.make(ctx, org_id=org.pk, **body.dict(exclude={"org"}))))


@router.get("/topics/{int:topic_id}", response=TopicOut)
@needs(P.TOPIC_READ)
def get_topic(request: HttpRequest, topic_id: int) -> TopicOut:
    """One topic."""
    ctx = ctx_of(request)
    return _topic(ctx, queries.get(ctx, topic_id))


@router.put("/topics/{int:topic_id}/rule", response=TopicOut)
@needs(P.TOPIC_MANAGE)
def set_rule(request: HttpRequest, topic_id: int, body: RuleIn) -> TopicOut:
    """Set the rule and begin to gather by it."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    services.set_rule(ctx, topic_id=row.pk, rule=body.rule)
    return _topic(ctx, queries.get(ctx, topic_id))


@router.post("/topics/{int:topic_id}/records", response=PickedOut)
@needs(P.TOPIC_MANAGE)
def pick(request: HttpRequest, topic_id: int, body: CodesIn) -> PickedOut:
    """Take records in by hand."""
    ctx = ctx_of(request)
    row = queries.get_mine(ctx, topic_id)
    taken, unknown = services.pick(ctx, topic_id=row.pk, codes=body.codes)
    return PickedOut(picked=taken, unknown=unknown)


@router.get("/topics/{int:topic_id}/records", response=RecordsOut)
@needs(P.TOPIC_READ)
def list_records(request: HttpRequest, topic_id: int, after: int = 0) -> RecordsOut:
    """The records of a topic in the order of their ids, 200 at a time."""
    ctx = ctx_of(request)
    found, following = page_of(queries.records_of(ctx, queries.get(ctx, topic_id)), after=after)
    return RecordsOut(records=[_record(one) for one in found], next=following)


@router.get("/open/{int:topic_id}/records", response=RecordsOut, auth=None)
@public
def list_open_records(request: HttpRequest, topic_id: int, after: int = 0) -> RecordsOut:
    """The open records of a topic that is open to everybody."""
    row = policy.one(queries.public(), pk=topic_id)
    found, following = page_of(queries.open_records_of(row), after=after)
    return RecordsOut(records=[_record(one) for one in found], next=following)


def _topic(ctx: Ctx, row: Topic) -> TopicOut:
    return TopicOut(
        id=row.pk,
        title=row.title,
        kind=row.kind,
        share=row.share,
        org=row.org.code,
        introduction=row.introduction,
        rule=row.rule,
        total=queries.records_of(ctx, row).count(),
        refreshed_at=row.refreshed_at,
    )


def _record(row: Description) -> RecordOut:
    return RecordOut(
        id=row.pk, reference_code=row.reference_code, title=row.title, kind=row.kind.slug, year=row.year
    )
