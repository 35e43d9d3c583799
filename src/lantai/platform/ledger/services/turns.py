"""One at a time: who writes the log or says something of its keys holds the turn until the transaction ends."""

from __future__ import annotations

from django.db import connection

_TURN = int.from_bytes(b"lantailg", "big")  # the advisory lock of the sequencer


def try_turn() -> bool:
    """Take the turn unless another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        return bool(cursor.fetchone()[0])


def take_turn() -> None:
    """Wait for the turn and take it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
