"""What an archives tells the public of its reading room."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.readingroom.models import Hall
from lantai.apps.readingroom.permissions import P
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger


@transaction.atomic
def describe_hall(
    ctx: Ctx,
    *,
    archives_id: int,
    hours: str,
    address: str,
    phone: str,
    fee: str,
    takes_requests: bool,
) -> Hall:
    """Set opening hours, address, phone and fee of an archives' reading room, shown on the portal at once."""
    policy.require(ctx, P.REQUEST_HANDLE, archives_id)
    said = {"hours": hours, "address": address, "phone": phone, "fee": fee}
    row, _is_new = Hall.objects.update_or_create(
        archives_id=archives_id,
        defaults={**said, "takes_requests": takes_requests, "updated_at": ctx.now},
    )
    ledger.record(
        ctx,
        "readingroom:hall:described",
        object_type="readingroom:hall",
        object_id=row.pk,
        detail={**said, "takes_requests": takes_requests},
    )
    return row
