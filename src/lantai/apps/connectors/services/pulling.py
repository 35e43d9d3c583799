"""Fetching from watched places, and the watch over connectors that have fallen silent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lantai.apps.connectors import queries
from lantai.apps.connectors.boxes import ARCHIVES, METADATA, Box, BoxUnreadable, Held, OfferBroken
from lantai.apps.connectors.boxes.bucket import BucketBox
from lantai.apps.connectors.boxes.folder import FolderBox
from lantai.apps.connectors.events import ConnectorFailed, ConnectorFellSilent
from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.reading import read_documents
from lantai.apps.connectors.services import handling, receiving
from lantai.apps.connectors.types import (
    OBJECT,
    Content,
    Declared,
    DeliveryState,
    DeliveryTooLarge,
    OfferUnfit,
    Part,
    PollConnector,
    Sent,
    SentDocument,
    SourceUnknown,
    SourceUnreachable,
    Way,
)
from lantai.kit.errors import LantaiError, Missing, Refusal
from lantai.platform.accounts import policy
from lantai.platform.blobs.types import StoreFull
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import ENDED
from lantai.platform.ledger import services as ledger

MOST_NAME = 200
MOST_METADATA = 16 * 1024 * 1024
LATER = (StoreFull, SourceUnreachable)  # ours to mend: the offer stays claimed and is tried again


def keep_watch() -> None:
    """Every few seconds: start the looks that are due, and notice who has fallen silent."""
    now = timezone.now()
    for connector in queries.to_poll(now):
        start_look(connector)
    for connector in queries.fallen_silent(now):
        _note_silence(connector)


@transaction.atomic
def start_look(connector: Connector) -> bool:
    """Queue a look into a watched place, unless one goes on; the look before is forgotten."""
    rows = Run.objects.filter(about_type=OBJECT, about_id=str(connector.pk))
    if rows.exclude(state__in=ENDED).exists():
        return False
    rows.delete()
    ctx = handling.acting_as(connector, system_ctx())
    Connector.objects.filter(pk=connector.pk).update(last_seen_at=ctx.now)
    jobs.start(
        ctx,
        PollConnector(connector.pk),
        org_id=connector.agency_id,
        about=(OBJECT, connector.pk),
        is_quiet=True,
    )
    return True


@transaction.atomic
def _note_silence(connector: Connector) -> None:
    ctx = system_ctx()
    if Connector.objects.filter(pk=connector.pk, silent_since__isnull=True).update(silent_since=ctx.now):
        ledger.record(
            ctx, "connectors:connector:fell_silent", object_type=OBJECT, object_id=connector.pk,
            object_name=connector.name, detail={"hours": connector.silent_after_hours or 0},
        )  # fmt: skip
        events.publish(ctx, ConnectorFellSilent(connector.pk))


def box_of(connector: Connector) -> Box:
    """The watched place of a connector; raises ``SourceUnreachable``, ``SourceUnknown``."""
    if connector.way == Way.FOLDER:
        place = Path(settings.LANTAI_CONNECTOR_FOLDERS) / connector.agency.code / connector.code
        with _reaching(connector):
            return FolderBox(place, settle_s=connector.settle_s)
    url = queries.source_address(connector.source_name)
    if not url:
        raise SourceUnknown(name=connector.source_name)
    owner = f"{settings.LANTAI_LOG_ORIGIN}/{connector.pk}"
    with _reaching(connector):
        return BucketBox(url, connector.prefix, owner=owner, settle_s=connector.settle_s)


@contextmanager
def _reaching(connector: Connector) -> Iterator[None]:
    """What a place refuses, in words; nothing of its address."""
    try:
        yield
    except BoxUnreadable as why:
        raise SourceUnreachable(name=connector.name, why=str(why)) from why
    except OSError as why:
        raise SourceUnreachable(name=connector.name, why=why.strerror or type(why).__name__) from why


def ready(connector: Connector, box: Box) -> Iterator[str]:
    """Names of offers to take; raises ``SourceUnreachable``."""
    with _reaching(connector):
        names = list(box.offers())
    yield from names


def try_source(ctx: Ctx, *, connector_id: int) -> int:
    """Read a watched place once, taking nothing; how many offers lie ready. Raises ``SourceUnreachable``,
    ``SourceUnknown``, ``Missing`` for a connector that is pushed to."""
    connector = queries.get_connector(ctx, connector_id)
    policy.require(ctx, P.CONNECTOR_MANAGE, connector.agency_id)
    if connector.way == Way.PUSH:
        raise Missing
    found = sum(1 for _name in ready(connector, box_of(connector)))
    note_reachable(connector)
    return found


def note_unreachable(ctx: Ctx, connector: Connector, error: LantaiError) -> None:
    """Remember that a place cannot be read; people are told once until it can be read again."""
    with transaction.atomic():
        is_new = connector.last_error != error.message
        Connector.objects.filter(pk=connector.pk).update(**receiving.error_columns(ctx, error))
        if is_new:
            events.publish(ctx, ConnectorFailed(connector.pk))


def note_reachable(connector: Connector) -> None:
    """Forget the last failure to read; other errors stay to be seen."""
    unread = (SourceUnreachable.message, SourceUnknown.message)
    Connector.objects.filter(pk=connector.pk, last_error__in=unread).update(
        last_error="", last_error_params={}
    )


def fetch(ctx: Ctx, connector: Connector, box: Box, name: str) -> bool:
    """Take one offer; True when it is ours now. What cannot be taken goes back with the reason beside it."""
    with _reaching(connector):
        if not box.claim(name):
            return False
        try:
            _receive(ctx, connector, box, name)
        except LATER:
            raise
        except (Refusal, Missing) as why:
            # the reason first: whoever is killed in between finds the offer still claimed, and refuses it again
            box.answer(name, _result({"state": "refused", "reason": _said(why)}), is_done=False)
            box.give_back(name)
            _note_refused(ctx, connector, why)
            return False
        box.drop(name)
    return True


def _receive(ctx: Ctx, connector: Connector, box: Box, name: str) -> None:
    try:
        sent, parts = _offer(connector, name, box.held(name))
    except OfferBroken as broken:
        raise OfferUnfit(name=name, path=str(broken)) from broken
    found = receiving.receive(ctx, connector, sent, parts)
    if not found.is_new:  # sent before: the first answer is written again
        Delivery.objects.filter(pk=found.delivery_id).update(answered_at=None, place=name)


def _note_refused(ctx: Ctx, connector: Connector, why: LantaiError) -> None:
    Connector.objects.filter(pk=connector.pk).update(
        turned_away=F("turned_away") + 1, **receiving.error_columns(ctx, why)
    )


def _offer(connector: Connector, name: str, held: Sequence[Held]) -> tuple[Sent, list[Part]]:
    if len(name) > MOST_NAME or not name.isprintable():  # neither are names whose bytes are no text
        raise OfferUnfit(name=name.encode("utf-8", "replace").decode()[:80], path=".")
    if sum(one.size for one in held) > connector.most_mb * receiving.MB:
        raise DeliveryTooLarge(most=connector.most_mb)
    by_path = {one.path: one for one in held}
    if len(held) == 1 and held[0].path == name and name.lower().endswith(ARCHIVES):
        return _package(name, held[0])
    said = by_path.pop(METADATA, None)
    if said is None or said.size > MOST_METADATA:
        raise OfferUnfit(name=name, path=METADATA)
    text = b"".join(said.content)
    documents = read_documents(text, connector.mapping)
    parts = [Part(receiving.last_name(path), one.content) for path, one in by_path.items()]
    return Sent(key=_key(name, text), content=Content.DOCUMENTS, documents=documents, place=name), parts


def _package(name: str, file: Held) -> tuple[Sent, list[Part]]:
    """A single archive file is a package; its name is its key, its bytes tell it from another."""
    said: Mapping[str, str] = {"kind": "", "title": "", "note": ""}
    document = SentDocument(name[:100], name, said, (Declared(name=name, role="main", size=file.size),))
    sent = Sent(
        key=_key(name, str(file.size).encode()), content=Content.PACKAGE, documents=(document,), place=name
    )
    return sent, [Part(name, file.content)]


def _key(name: str, what: bytes) -> str:
    """The same offer again has the same key: its name and what it says of its files."""
    return f"{name[:70]}/{hashlib.sha256(what).hexdigest()[:32]}"


def answer_ended(connector: Connector, box: Box) -> int:
    """Write back what became of fetched deliveries; returns how many."""
    count = 0
    for row in queries.to_answer(connector.pk):
        is_done = row.state == DeliveryState.DONE
        with _reaching(connector):
            box.answer(row.place, _result(_outcome(row)), is_done=is_done)
        Delivery.objects.filter(pk=row.pk).update(answered_at=timezone.now())
        count += 1
    return count


def _outcome(row: Delivery) -> dict[str, object]:
    return {"state": row.state, "receipt": row.receipt, "documents": list(outcomes(row.pk))}


def outcomes(delivery_id: int) -> Iterable[dict[str, object]]:
    """What became of every document, in words, for the sender."""
    for item in queries.items_of(delivery_id):
        yield {
            "external_key": item.external_key,
            "outcome": item.outcome,
            "document": item.document_id,
            "reason": _(item.message) % item.params if item.message else "",
        }


def _result(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=1, default=str).encode()


def _said(error: LantaiError) -> str:
    text = _(error.message)
    return text % error.params if error.params else text
