"""What is done every minute, hour or day by one worker of all."""

from __future__ import annotations

from lantai.apps.copies.models import Copy, CopyPolicy
from lantai.apps.copies.services.replication import start_filling
from lantai.apps.copies.types import DEFAULT_RATE_MB_S
from lantai.kit.digests.pairs import Pace
from lantai.platform.context import system_ctx


def fill_now() -> None:
    """Copies whose turn has come, also those that had to wait."""
    start_filling(system_ctx())


def pace_of(copy: Copy) -> Pace:
    """How fast copies of an organisation are read: the slowest of its policies counts."""
    rates = CopyPolicy.objects.filter(org_id=copy.package.custodian_id).order_by("rate_mb_s")
    rate = rates.values_list("rate_mb_s", flat=True).first()
    return Pace((DEFAULT_RATE_MB_S if rate is None else rate) * 1_000_000)
