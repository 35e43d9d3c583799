"""Reading the whole log and keeping what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from lantai.platform.ledger.models import LogCheck
from lantai.platform.ledger.queries.checking import check_log
from lantai.platform.ledger.queries.log import newest_checkpoint
from lantai.platform.ledger.types import LogFault

_KEPT_DAYS = 400


def check_and_keep(now: datetime) -> list[LogFault]:
    """Check the whole log as of ``now``, keep the verdict for others, and return the faults."""
    newest = newest_checkpoint()
    faults = check_log()
    LogCheck.objects.filter(checked_at__lt=now - timedelta(days=_KEPT_DAYS)).delete()
    LogCheck.objects.create(
        checked_at=now,
        size=newest.size if newest else 0,
        fault_count=len(faults),
        first_fault=str(faults[0]) if faults else "",
    )
    return faults
