"""Every read of this app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet

from lantai.apps.connectors.models import Connector, Delivery, DeliveryFile, DeliveryItem
from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.types import DELIVERY, DeliveryState, NoConnector, Outcome, Way
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.accounts import queries as accounts
from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs.types import ENDED
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

OPEN = (DeliveryState.RECEIVED, DeliveryState.WORKING)
FAILED = (DeliveryState.PARTLY, DeliveryState.REFUSED)


def visible_connectors(ctx: Ctx) -> QuerySet[Connector]:
    """Connectors of agencies where the actor may see them."""
    rows = Connector.objects.select_related("agency", "fonds", "kind", "account")
    return policy.visible(rows, policy.Granted(P.CONNECTOR_READ, "agency"), ctx.actor)


def connector_rows(ctx: Ctx) -> QuerySet[Connector]:
    """Visible connectors with the numbers of their deliveries, for the list."""
    failed, waiting = Q(deliveries__state__in=FAILED), Q(deliveries__state__in=OPEN)
    return visible_connectors(ctx).annotate(
        delivery_count=Count("deliveries"),
        failed_count=Count("deliveries", filter=failed),
        waiting_count=Count("deliveries", filter=waiting),
    )


def get_connector(ctx: Ctx, connector_id: int) -> Connector:
    """One connector, or ``Missing``."""
    return policy.one(visible_connectors(ctx), pk=connector_id)


def of_machine(ctx: Ctx) -> Connector:
    """The connector of the machine account that acts; raises ``NoConnector``."""
    rows = Connector.objects.select_related("agency", "fonds", "kind", "account")
    found = rows.filter(account_id=ctx.actor.id).first() if ctx.actor.id is not None else None
    if found is None or found.agency_id not in ctx.actor.orgs_with(P.DELIVERY_SEND):
        raise NoConnector
    return found


def visible(ctx: Ctx) -> QuerySet[Delivery]:
    """Deliveries of agencies where the actor may see them; a machine sees its own."""
    rows = Delivery.objects.select_related("agency", "connector", "submission")
    mine = policy.Granted(P.DELIVERY_SEND, "agency") & policy.Owned("connector__account_id")
    return policy.visible(rows, policy.Granted(P.DELIVERY_READ, "agency") | mine, ctx.actor)


def get(ctx: Ctx, delivery_id: int) -> Delivery:
    """One delivery, or ``Missing``."""
    return policy.one(visible(ctx), pk=delivery_id)


def items_of(delivery_id: int) -> QuerySet[DeliveryItem]:
    """The documents of a delivery in their order, with files and what became of them."""
    files = Prefetch("files", DeliveryFile.objects.order_by("order"))
    rows = DeliveryItem.objects.filter(delivery_id=delivery_id).select_related("document")
    return rows.prefetch_related(files).order_by("order")


def waiting_items(delivery_id: int, *, most: int) -> list[DeliveryItem]:
    """The next documents of a delivery that have no outcome yet."""
    rows = items_of(delivery_id).filter(outcome=Outcome.WAITING)
    return list(rows.select_related("delivery__connector__fonds")[:most])


def count_waiting(delivery_id: int) -> int:
    """How many documents of a delivery have no outcome yet."""
    return DeliveryItem.objects.filter(delivery_id=delivery_id, outcome=Outcome.WAITING).count()


def file_of(ctx: Ctx, file_id: int) -> DeliveryFile:
    """One file of a delivery that the actor may see, or ``Missing``."""
    rows = DeliveryFile.objects.select_related("item__delivery").filter(item__delivery__in=visible(ctx))
    return policy.one(rows, pk=file_id)


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Which of these blobs lie in the quarantine of deliveries."""
    rows = DeliveryFile.objects.filter(blob_key__in=list(keys), is_here=True)
    return set(rows.values_list("blob_key", flat=True))


def fonds_to_connect(ctx: Ctx) -> list[Fonds]:
    """The fonds of agencies for which the actor may register connectors."""
    agencies = sorted(ctx.actor.orgs_with(P.CONNECTOR_MANAGE))
    return [
        fonds
        for agency_id in agencies
        for fonds in holdings.fonds_of_agency(agency_id).select_related("creator")
    ]


def agencies_of(ctx: Ctx) -> list[tuple[str, str]]:
    """The agencies that have connectors which the actor may see, for a filter."""
    ids = visible_connectors(ctx).values("agency_id")
    return [(str(org.pk), org.name) for org in Org.objects.filter(pk__in=ids).order_by("code")]


def count_failed(ctx: Ctx) -> int:
    """Deliveries with something not taken in, where the actor may handle them."""
    agencies = ctx.actor.orgs_with(P.DELIVERY_HANDLE)
    return Delivery.objects.filter(agency_id__in=agencies, state__in=FAILED).count()


def may_send(connector: Connector, now: datetime) -> bool:
    """Whether the machine account has been given a role that lets it send."""
    actor = accounts.actor_for(connector.account, now.date())
    return connector.account.is_active and connector.agency_id in actor.orgs_with(P.DELIVERY_SEND)


def count_since(connector_id: int, now: datetime, *, seconds: int = 60) -> int:
    """Deliveries of the last minute."""
    return Delivery.objects.filter(
        connector_id=connector_id, received_at__gt=now - timedelta(seconds=seconds)
    ).count()


def is_being_worked_on(delivery_id: int) -> bool:
    """Whether a run about the delivery goes on."""
    run = runs.latest_about(DELIVERY, delivery_id)
    return run is not None and run.state not in ENDED


def source_address(name: str) -> str:
    """The address of a named source in the settings, "" where there is none; it may hold secrets."""
    return str(dict(settings.LANTAI_CONNECTOR_SOURCES).get(name, ""))


def source_names() -> list[str]:
    """The names of sources that the settings know."""
    return sorted(dict(settings.LANTAI_CONNECTOR_SOURCES))


def source_place(way: str, *, agency_code: str, code: str, source_name: str, prefix: str) -> tuple[str, ...]:
    """Where a connector fetches, step by step: one place lies in another when it begins with it. () for a push.

    Told by the address, not by the name: the settings may name one bucket twice.
    """
    if way == Way.FOLDER:
        return tuple(part.casefold() for part in _steps(agency_code, code))
    if way != Way.BUCKET:
        return ()
    address = urlsplit(source_address(source_name))
    endpoint = dict(parse_qsl(address.query)).get("endpoint", "").rstrip("/").lower()
    return (endpoint, address.netloc.rpartition("@")[2].lower(), *_steps(address.path, prefix))


def _steps(*paths: str) -> tuple[str, ...]:
    return tuple(part for path in paths for part in path.split("/") if part not in ("", "."))


def is_shared_place(way: str, place: Sequence[str], *, but_id: int | None) -> bool:
    """Whether another connector, of any agency and also a disabled one, fetches there, above or below."""
    others = Connector.objects.filter(way=way).exclude(pk=but_id)
    columns = others.values_list("agency__code", "code", "source_name", "prefix")
    for agency_code, code, source_name, prefix in columns.iterator():
        other = source_place(way, agency_code=agency_code, code=code, source_name=source_name, prefix=prefix)
        shorter = min(len(place), len(other))
        if tuple(place[:shorter]) == other[:shorter]:
            return True
    return False


def to_poll(now: datetime) -> list[Connector]:
    """Fetching connectors whose next look is due."""
    rows = Connector.objects.filter(is_enabled=True).exclude(way=Way.PUSH).select_related("account__org")
    return [
        row
        for row in rows
        if row.last_seen_at is None or row.last_seen_at + timedelta(seconds=row.poll_s) <= now
    ]


def fallen_silent(now: datetime) -> list[Connector]:
    """Connectors through which nothing came for longer than expected, and of which nobody was told yet."""
    rows = Connector.objects.filter(
        is_enabled=True, silent_after_hours__isnull=False, silent_since__isnull=True
    )
    return [
        row
        for row in rows.order_by("pk")
        if (row.last_delivery_at or row.created_at) + timedelta(hours=row.silent_after_hours or 0) <= now
    ]


def to_answer(connector_id: int) -> QuerySet[Delivery]:
    """Ended deliveries that were fetched and whose result has not been written back."""
    ended = (DeliveryState.DONE, *FAILED, DeliveryState.DISMISSED)
    rows = Delivery.objects.filter(connector_id=connector_id, state__in=ended, answered_at__isnull=True)
    return rows.exclude(place="").order_by("pk")
