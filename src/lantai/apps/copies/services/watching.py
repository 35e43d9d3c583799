"""How full the storage root is: a warning in time, and a gate that intake asks; nothing else is stopped."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from lantai.apps.copies.models import Copy
from lantai.apps.copies.permissions import P
from lantai.apps.copies.types import STOP_PERCENT, WARN_PERCENT, StoreNearlyFull
from lantai.kit.errors import N_, LantaiError
from lantai.platform.context import Ctx
from lantai.platform.notify import services as notify
from lantai.platform.notify.models import Notice
from lantai.platform.places import queries as places
from lantai.platform.places import services as place_services

NEARLY_FULL = N_("主存储已用 %(percent)d%%（95%% 提醒，98%% 停止接收），请安排清理或扩容。")


def used_percent() -> int | None:
    """How full the storage root is; None where it cannot be told."""
    try:
        room = places.store_of(place_services.ensure_primary()).room()
    except LantaiError:
        return None
    return room.used_percent if room else None


def require_room() -> None:
    """Raise ``StoreNearlyFull`` where nothing more should be taken in."""
    percent = used_percent()
    if percent is not None and percent >= STOP_PERCENT:
        raise StoreNearlyFull(percent=percent, stop=STOP_PERCENT)


def warn(ctx: Ctx) -> int:
    """Tell those who answer for copies, once a day, that the storage root fills up; returns how many were told."""
    percent = used_percent()
    if percent is None or percent < WARN_PERCENT:
        return 0
    if Notice.objects.filter(text=NEARLY_FULL, created_at__gt=ctx.now - timedelta(days=1)).exists():
        return 0
    kept = Copy.objects.order_by().values_list("package__custodian_id", flat=True).distinct()
    return sum(
        notify.tell(
            ctx, org_id=org_id, permission=P.COPY_VERIFY, text=NEARLY_FULL, params={"percent": percent},
            url=reverse("copies:overview"),
        )
        for org_id in kept
    )  # fmt: skip
