"""Harvesting other repositories: page by page, each kept with its token, to be stopped and taken up anywhere."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lantai.apps.interop.models import Round, Source
from lantai.apps.interop.services.keeping import Kept, keep
from lantai.apps.interop.types import HarvestEndless, HarvestStuck, Incoming
from lantai.kit.errors import N_
from lantai.platform.context import Ctx
from lantai.platform.jobs.running import Running
from lantai.platform.ledger import services as ledger
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseRefused
from lantai.platform.witness import wire
from lantai.platform.witness.types import PeerSilent

READER, WHO = "lantai.kit.oai.reading:read_page", "lantai.kit.oai.reading:read_identity"
MOST_BYTES = 32 << 20
MOST_PAGES, MOST_EMPTY, MOST_TIME = 500_000, 100, timedelta(days=7)  # of one harvest
_LONGEST_TIME = 30
_OK = 200
DONE = N_("采集完成：新增 %(new)d 条，更新 %(changed)d 条，撤回 %(deleted)d 条。")
ANEW = N_("对方不再认识续传标记，从这一次采集的起点重新开始；已采集的记录不会重复。")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a harvest is; what its run keeps as its cursor."""

    round_id: int
    since: str = ""
    at: str = ""  # the other side's clock on the first page: the next harvest begins there
    token: str = ""
    is_begun: bool = False
    is_anew: bool = False  # it began again once already
    pages: int = 0
    empties: int = 0  # pages without a record, one after the other
    mark: str = (
        ""  # an earlier token: to come by it again is to go round in a circle (R. P. Brent, BIT 20, 1980)
    )

    @classmethod
    def read(cls, cursor: str) -> Place:
        """From a cursor."""
        return cls(**json.loads(cursor))

    def write(self) -> str:
        """As a cursor."""
        return json.dumps(asdict(self))


def harvest(run: Running, source: Source) -> None:
    """Everything that is new there since the last time."""
    if run.cursor:
        place = Place.read(run.cursor)
    else:
        begun = Round.objects.create(
            org_id=source.org_id,
            source=source,
            key=f"run-{run.row.pk}",
            began_at=run.ctx.now,
            since=source.harvested_until,
        )
        place = Place(begun.pk, since=source.harvested_until)
        with run.advance(to=place.write(), done=0):
            pass
    while (following := _step(run, source, place)) is not None:
        place = following
    _end(run, source, place)


def _step(run: Running, source: Source, place: Place) -> Place | None:
    """One page; None after the last."""
    if place.is_begun and not place.token:
        return None
    try:
        page = read_page(source, place)
    except ParseRefused as refusal:
        if refusal.kind != "TokenRefused" or place.is_anew or not place.token:
            raise
        run.say(ANEW)
        return Place(place.round_id, place.since, is_anew=True)
    if page["total"]:
        run.set_total(int(page["total"]))
    records = list(_incoming(page["records"]))
    following = _following(place, page, len(records))
    if following.token and timezone.now() - run.row.created_at > MOST_TIME:
        raise HarvestEndless(pages=following.pages)
    with run.advance(to=following.write(), done=len(records)):
        _count(place.round_id, keep(run.ctx.later(timezone.now()), source, records))
    return following


def _following(place: Place, page: Mapping[str, Any], count: int) -> Place:
    """The place behind a page; raises ``HarvestStuck`` and ``HarvestEndless`` where the list has no end."""
    token, pages = str(page["token"]), place.pages + 1
    empties = 0 if count else place.empties + 1
    if token and token in (place.token, place.mark):
        raise HarvestStuck
    if token and (pages > MOST_PAGES or empties > MOST_EMPTY):
        raise HarvestEndless(pages=pages)
    is_power_of_two = not pages & (pages - 1)
    return replace(
        place,
        at=place.at if place.is_begun else _clock(str(page["at"])),
        token=token,
        is_begun=True,
        pages=pages,
        empties=empties,
        mark=token if is_power_of_two else place.mark,
    )


def _clock(text: str) -> str:
    """The other side's time, "" for one that cannot be: to ask from there would bring nothing for ever."""
    try:
        at = datetime.fromisoformat(text)
        is_sound = at < timezone.now() + timedelta(days=1)
    except (ValueError, TypeError):  # no time, or one without its zone
        return ""
    return text if is_sound and len(text) <= _LONGEST_TIME else ""


def read_page(source: Source, place: Place) -> Mapping[str, Any]:
    """One page of the list, read in the sandbox; ``PeerSilent``, ``BadAddress``, and what reading refuses."""
    if place.token:
        asked = {"verb": "ListRecords", "resumptionToken": place.token}
    else:
        said = {"metadataPrefix": source.prefix or "oai_dc", "set": source.spec, "from": place.since}
        asked = {"verb": "ListRecords", **{name: value for name, value in said.items() if value}}
    return _read(READER, source.address, asked)


def identity_of(address: str) -> Mapping[str, Any]:
    """What the repository at an address says of itself; raises as ``read_page``."""
    return _read(WHO, address, {"verb": "Identify"})


def _read(target: str, address: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
    answer = wire.ask(address, urlencode(asked), most_bytes=MOST_BYTES)
    if answer.status != _OK:
        raise PeerSilent(why=f"HTTP {answer.status}")
    with tempfile.TemporaryDirectory(prefix="lantai-harvest-") as folder:
        path = Path(folder) / "page.xml"
        path.write_bytes(answer.body)
        found = sandbox.call(target, path=path)
    return found if isinstance(found, Mapping) else {}


def _incoming(records: Iterable[Mapping[str, Any]]) -> Iterator[Incoming]:
    for one in records:
        said: Mapping[str, list[str]] = one["dc"]
        links = [text for text in said.get("identifier", ()) if text.startswith(("https://", "http://"))]
        codes = [text for text in said.get("identifier", ()) if text not in links]
        yield Incoming(
            identifier=one["identifier"],
            datestamp=one["datestamp"],
            is_deleted=bool(one["is_deleted"]),
            title="；".join(said.get("title", ())),
            author="；".join(said.get("creator", ())),
            reference_code=next(iter(codes), ""),
            dated=next(iter(said.get("date", ())), ""),
            archives=next(iter(said.get("publisher", ())), ""),
            address=next(iter(links), ""),
            note="\n".join(said.get("description", ())),
            sets=tuple(one["sets"]),
            body=one["xml"],
        )


def _count(round_id: int, kept: Kept) -> None:
    Round.objects.filter(pk=round_id).update(
        page_count=F("page_count") + 1,
        new_count=F("new_count") + kept.new,
        changed_count=F("changed_count") + kept.changed,
        deleted_count=F("deleted_count") + kept.deleted,
        conflict_count=F("conflict_count") + kept.conflicts,
    )


def _end(run: Running, source: Source, place: Place) -> None:
    now = timezone.now()
    with transaction.atomic():
        Round.objects.filter(pk=place.round_id).update(ended_at=now)
        Source.objects.filter(pk=source.pk).update(
            harvested_until=place.at or place.since, last_error="", last_error_params={}
        )
        found = Round.objects.get(pk=place.round_id)
        counts = {"new": found.new_count, "changed": found.changed_count, "deleted": found.deleted_count}
        _record(run.ctx, source, counts)
    run.say(DONE, **counts)


def _record(ctx: Ctx, source: Source, counts: dict[str, int]) -> None:
    ledger.record(
        ctx,
        "interop:source:harvested",
        object_type="interop:source",
        object_id=source.pk,
        object_name=source.name,
        detail=dict(counts),
    )
