"""The applicant comes back with number and phone."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.readingroom import queries
from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.services import attempts, codes
from lantai.apps.readingroom.services.attempts import Door
from lantai.apps.readingroom.services.closing import close
from lantai.apps.readingroom.states import REQUEST
from lantai.apps.readingroom.types import PairUnknown
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow


def open_with_pair(ctx: Ctx, *, number: str, phone_tail: str, address: str) -> Request:
    """The request with that number and those last four digits.

    Public. Raises ``PairUnknown``, the same for a wrong number and for wrong digits, and ``TooManyRequests``
    after too many of them from one address or for one number, whether or not that number exists.
    """
    asked = codes.as_typed(number)[:32]
    knocks = ((Door.TRACK, address), (Door.TRACKED_NUMBER, asked))
    for door, whose in knocks:
        attempts.check(door, whose, ctx.now)
    row = queries.with_number(asked)
    if row is not None and row.phone_tail == phone_tail.strip():
        return row
    for door, whose in knocks:
        attempts.note(door, whose, ctx.now)
    raise PairUnknown


@transaction.atomic
def withdraw_request(ctx: Ctx, *, number: str) -> Request:
    """Take an application back; the caller has seen the pair of number and phone in this session."""
    row = Request.objects.select_related("archives").get(number=number)
    workflow.move(ctx, row, REQUEST, "withdraw")
    return close(ctx, row)
