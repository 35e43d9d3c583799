"""What is kept of a harvest or a report that failed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from lantai.apps.interop.models import Channel, Source
from lantai.kit.errors import LantaiError, plain

AGAIN = timedelta(hours=1)


def note_failure(row: Source | Channel, refusal: LantaiError) -> None:
    """What the list shows until it succeeds; it is tried again within the hour, not a day later."""
    rows, soon = type(row).objects.filter(pk=row.pk), timezone.now() + AGAIN
    rows.update(last_error=refusal.message, last_error_params=plain(refusal.params))
    rows.filter(is_enabled=True, next_at__gt=soon).update(next_at=soon)
