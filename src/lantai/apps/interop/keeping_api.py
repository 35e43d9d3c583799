"""Sources and channels for machines: registered, revised, started, removed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from lantai.apps.interop import queries, services
from lantai.apps.interop.models import Foreign, Source
from lantai.apps.interop.permissions import P
from lantai.apps.interop.schemas import ForeignOut, ForeignSourceOut, ReportChannelOut
from lantai.apps.interop.types import Way
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.schemas import Text

router = Router(tags=["interop"])
Hours = Annotated[int, Field(ge=1, le=24 * 366)]
SHOWN = 100


class SourceData(Schema):
    """What is said of a source; ``reporter`` is the code of the archives that reports, where none is harvested."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=120)
    address: Text = Field("", max_length=500)
    prefix: Text = Field("oai_dc", max_length=40)
    spec: Text = Field("", max_length=200)
    every_hours: Hours = 24
    reporter: Text = Field("", max_length=32)


class NewSource(SourceData):
    """A new source; ``org`` is the code of the organisation that collects."""

    org: Text = Field(min_length=1, max_length=32)
    way: Way


class RevisedSource(SourceData):
    """A source as it shall be."""

    is_enabled: bool = True


class RoundOut(Schema):
    """One harvest, or one batch that was reported to us: what it brought."""

    id: int
    key: str
    began_at: datetime
    ended_at: datetime | None
    page_count: int
    new_count: int
    changed_count: int
    deleted_count: int
    conflict_count: int
    refused: list[dict[str, str]]


class SourceWhole(ForeignSourceOut):
    """A source with its newest rounds."""

    rounds: list[RoundOut]


class ChannelData(Schema):
    """What is said of a channel; ``key_name`` names the key kept on this machine."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=120)
    address: Text = Field(min_length=1, max_length=500)
    key_name: Text = Field(min_length=1, max_length=40)
    every_hours: Hours = 24
    only_open: bool = False


class NewChannel(ChannelData):
    """A new channel; ``org`` is the code of the archives that reports."""

    org: Text = Field(min_length=1, max_length=32)


class RevisedChannel(ChannelData):
    """A channel as it shall be."""

    is_enabled: bool = True


class RemovedOut(Schema):
    """How many records went with a source."""

    removed: int


class StartedOut(Schema):
    """The run that was started."""

    run: int


@router.post("/sources", response={201: ForeignSourceOut})
@needs(P.SOURCE_MANAGE)
def register_source(request: HttpRequest, given: NewSource) -> Status[ForeignSourceOut]:
    """Enter another archives' catalogue."""
    ctx = ctx_of(request)
    org = policy.one(queries.orgs_to_collect_for(ctx), code=given.org)
    said = _source_said(ctx, given) | {"way": given.way.value}
    return Status(201, ForeignSourceOut.from_orm(services.register_source(ctx, org_id=org.pk, **said)))


@router.get("/sources/{int:source_id}", response=SourceWhole)
@needs(P.SOURCE_READ)
def get_source(request: HttpRequest, source_id: int) -> SourceWhole:
    """A source with what its newest harvests brought."""
    ctx = ctx_of(request)
    row: Source = policy.one(queries.sources(ctx), pk=source_id)
    rounds = [RoundOut.from_orm(one) for one in queries.rounds(ctx).filter(source=row)[:SHOWN]]
    return SourceWhole(**ForeignSourceOut.from_orm(row).dict(), rounds=rounds)


@router.put("/sources/{int:source_id}", response=ForeignSourceOut)
@needs(P.SOURCE_MANAGE)
def revise_source(request: HttpRequest, source_id: int, given: RevisedSource) -> ForeignSourceOut:
    """Change a source; another address, format or set begins its harvest anew."""
    ctx = ctx_of(request)
    policy.one(queries.sources(ctx), pk=source_id)
    said = _source_said(ctx, given) | {"is_enabled": given.is_enabled}
    return ForeignSourceOut.from_orm(services.revise_source(ctx, source_id=source_id, **said))


@router.delete("/sources/{int:source_id}", response=RemovedOut)
@needs(P.SOURCE_MANAGE)
def remove_source(request: HttpRequest, source_id: int) -> RemovedOut:
    """Remove a source with all that it brought."""
    return RemovedOut(removed=services.remove_source(ctx_of(request), source_id=source_id))


@router.post("/sources/{int:source_id}/harvest", response={202: StartedOut})
@needs(P.SOURCE_MANAGE)
def start_harvest(request: HttpRequest, source_id: int) -> Status[StartedOut]:
    """Harvest now, as a run."""
    return Status(202, StartedOut(run=services.start_harvest(ctx_of(request), source_id=source_id).pk))


@router.get("/foreign/{int:foreign_id}", response=ForeignOut)
@needs(P.SOURCE_READ)
def get_foreign(request: HttpRequest, foreign_id: int) -> Foreign:
    """One record of another archives."""
    return policy.one(queries.foreign_records(ctx_of(request)), pk=foreign_id)


@router.post("/channels", response={201: ReportChannelOut})
@needs(P.REPORT_MANAGE)
def register_channel(request: HttpRequest, given: NewChannel) -> Status[ReportChannelOut]:
    """Enter the superior to whom the catalogue is reported."""
    ctx = ctx_of(request)
    org = policy.one(queries.orgs_to_report_for(ctx), code=given.org)
    row = services.register_channel(ctx, org_id=org.pk, **given.dict(exclude={"org"}))
    return Status(201, ReportChannelOut.from_orm(row))


@router.get("/channels/{int:channel_id}", response=ReportChannelOut)
@needs(P.REPORT_READ)
def get_channel(request: HttpRequest, channel_id: int) -> ReportChannelOut:
    """Where the catalogue is reported to, and how far."""
    return ReportChannelOut.from_orm(policy.one(queries.channels(ctx_of(request)), pk=channel_id))


@router.put("/channels/{int:channel_id}", response=ReportChannelOut)
@needs(P.REPORT_MANAGE)
def revise_channel(request: HttpRequest, channel_id: int, given: RevisedChannel) -> ReportChannelOut:
    """Change a channel; another superior gets everything from the beginning."""
    row = services.revise_channel(ctx_of(request), channel_id=channel_id, **given.dict())
    return ReportChannelOut.from_orm(row)


@router.post("/channels/{int:channel_id}/report", response={202: StartedOut})
@needs(P.REPORT_MANAGE)
def start_report(request: HttpRequest, channel_id: int) -> Status[StartedOut]:
    """Report now, as a run."""
    return Status(202, StartedOut(run=services.start_report(ctx_of(request), channel_id=channel_id).pk))


def _source_said(ctx: Ctx, given: SourceData) -> dict[str, object]:
    """As the services take it."""
    reporter = policy.one(queries.reporters_for(ctx), code=given.reporter).pk if given.reporter else None
    names = ("name", "address", "prefix", "spec", "every_hours")
    return {name: getattr(given, name) for name in names} | {"reporter_id": reporter}
