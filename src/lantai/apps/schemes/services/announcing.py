"""What time brings: versions that end, and shipped editions that are newer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lantai.apps.schemes import queries
from lantai.apps.schemes.models import SchemeVersion
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.services.publishing import supersede_ended
from lantai.apps.schemes.types import OBJECT, SchemeState
from lantai.apps.schemes.wording import difference_lines
from lantai.kit.digests import digest_bytes
from lantai.kit.errors import N_
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify

NEWER = N_(
    "“%(title)s”的出厂方案有新版 %(edition)s，与本馆所依据的有 %(count)d 处差异。请比对后决定是否采用。"
)


@transaction.atomic
def turn_over() -> int:
    """Mark what has ended, and tell each archives once of a shipped edition newer than its own version's.

    Returns how many were told; declared as a daily beat.
    """
    ctx = system_ctx(Channel.JOB)
    supersede_ended(ctx, timezone.localdate(ctx.now))
    behind = [
        row
        for row in SchemeVersion.objects.filter(state=SchemeState.PUBLISHED)
        if queries.is_behind(row) and row.told_edition != _mark(row)
    ]
    for row in behind:
        shipped = queries.shipped(row.slug)
        said = {
            "title": row.title,
            "edition": shipped.edition,
            "count": len(difference_lines(row.base_scheme(), shipped)),
        }
        url = row.get_absolute_url()
        notify.tell(ctx, org_id=row.archives_id, permission=P.SCHEME_DRAFT, text=NEWER, params=said, url=url)
        SchemeVersion.objects.filter(pk=row.pk).update(told_edition=_mark(row))
        ledger.record(
            ctx,
            "schemes:scheme:newer_shipped_told",
            object_type=OBJECT,
            object_id=row.pk,
            object_name=str(row),
            detail={"shipped_edition": shipped.edition},
        )
    return len(behind)


def _mark(row: SchemeVersion) -> str:
    """What stands for the shipped content: an edition may change without a new number."""
    return digest_bytes(repr(queries.shipped(row.slug).to_data()).encode()).sha256
