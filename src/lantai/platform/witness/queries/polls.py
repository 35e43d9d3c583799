"""Polls that we called, and what they said."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from lantai.kit.errors import Missing
from lantai.platform.witness.models import Ballot, Poll, PollItem
from lantai.platform.witness.types import BallotState, PollOutcome


@dataclass(frozen=True, slots=True)
class PollPage:
    """A poll with its ballots and outcomes."""

    poll: Poll
    ballots: tuple[Ballot, ...]
    items: tuple[PollItem, ...]


def poll_rows() -> QuerySet[Poll]:
    """All polls of ours, with how many answered and how many contents are not as the others have them."""
    bad = Q(items__outcome__in=(PollOutcome.DAMAGED, PollOutcome.INCONCLUSIVE))
    return Poll.objects.defer("note").annotate(
        ballot_count=Count("ballots", distinct=True),
        vote_count=Count("ballots", filter=Q(ballots__state=BallotState.VOTED), distinct=True),
        bad_count=Count("items", filter=bad, distinct=True),
        mended_count=Count("items", filter=Q(items__outcome=PollOutcome.MENDED), distinct=True),
    )


def get_poll(poll_id: int) -> PollPage:
    """One of them; raises Missing."""
    row = poll_rows().filter(pk=poll_id).first()
    if row is None:
        raise Missing
    ballots = row.ballots.select_related("peer").defer("vote").order_by("peer__name")
    return PollPage(row, tuple(ballots), tuple(row.items.all()))
