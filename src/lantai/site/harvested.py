"""What harvesters were told that the rows themselves do not tell: which records are no more, or no more for them.

A datestamp (interop.Stamp) is made anew from its row, but for what the row has forgotten: that it was withdrawn, was
open once, or was with another custodian. The journal keeps these, and `rebuild.harvested` reads them again. Without
them a harvester would show for ever what was taken back long ago.
"""

from __future__ import annotations

import logging
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q

from lantai.apps.holdings import queries as holdings
from lantai.apps.interop import services as interop
from lantai.apps.interop.models import Stamp
from lantai.apps.interop.queries import listing
from lantai.platform import rows
from lantai.platform.orgs.models import Org

logger = logging.getLogger("lantai.journal")
KIND = "harvested"
_AT_ONCE = 1_000  # stamps of one line
_ROUNDS = 50
_FORGOTTEN = Q(custodian_id=None) | Q(was_public=True, is_public=False) | Q(holders__len__gt=1)
_FIELDS = (
    "row_id", "permanent", "stamped_at", "archives_code", "fonds_id", "kind_id", "custodian_id", "holders",
    "was_public",
)  # fmt: skip
Line = dict[str, object]


def until_now(since: datetime | None) -> datetime | None:
    """A moment before which every datestamp is given for what has happened by now; later ones are later.

    Where they cannot be given it is ``since``, as in the segment before: the next one tells of them.
    """
    try:
        # A first walk over all rows takes longer, and tells of itself afterwards.
        for _round in range(_ROUNDS):
            if not interop.follow():
                break
    except Exception:  # boundary: the beat of datestamps tells of its fault; the acts are kept all the same
        logger.exception("datestamps do not follow, the journal goes on without them")
        return since
    return listing.now()


def lines(since: datetime | None, until: datetime | None, at: datetime) -> Iterator[Line]:
    """The datestamps after ``since`` that could not be made again, deflated, many in a line."""
    if until is None or until == since:
        return
    found = Stamp.objects.filter(_FORGOTTEN, stamped_at__lte=until).order_by("stamped_at", "row_id")
    if since is not None:
        found = found.filter(stamped_at__gt=since)
    todo = found.values(*_FIELDS).iterator(chunk_size=_AT_ONCE)
    while some := list(islice(todo, _AT_ONCE)):
        packed = b64encode(zlib.compress(b"".join(rows.as_text(_told(some))))).decode()
        key = str(some[0]["permanent"])
        yield {"t": KIND, "at": at.isoformat(), "key": key, "id": None, "row": {"stamps": packed}}


def _told(some: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Each with the codes of what it names, as numbers of rows are not kept by all of them."""
    named = holdings.all_fonds().filter(pk__in={one["fonds_id"] for one in some})
    fonds = {one.pk: rows.key_of(one) for one in named}
    kinds = {one.pk: one.slug for one in holdings.kinds()}
    orgs = dict(Org.objects.values_list("pk", "code"))
    for one in some:
        yield {
            **one,
            "fonds_id": fonds.get(one["fonds_id"]),
            "kind_id": kinds.get(one["kind_id"]),
            "custodian_id": orgs.get(one["custodian_id"]),
            "holders": [orgs[pk] for pk in one["holders"] if pk in orgs],
        }
