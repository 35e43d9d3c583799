"""Who is in a topic by its rule: walked through as a job, then followed change by change."""

from __future__ import annotations

import time
from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.topics import queries
from lantai.apps.topics.models import Member, Topic
from lantai.apps.topics.types import OBJECT, RefreshTopic, Standing
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.search import services as search

SOURCE, _LISTENER = "catalogue", "topics"
_SECONDS = 5
DROPPED_A_STEP = 5_000


@transaction.atomic
def refresh(ctx: Ctx, *, topic_id: int) -> Topic:
    """Begin a round over all that the rule finds; what it does not find any more leaves at its end."""
    Topic.objects.filter(pk=topic_id).update(round=F("round") + 1)
    row = Topic.objects.get(pk=topic_id)
    jobs.start(ctx, RefreshTopic(row.pk, row.round), org_id=row.org_id, about=(OBJECT, row.pk), is_quiet=True)
    return row


def take_in(ctx: Ctx, row: Topic, ids: Collection[int]) -> int:
    """Let rows in by the rule, in this round; those picked or excluded by hand stay so. How many are new."""
    there = set(
        Member.objects.filter(topic=row, description__in=ids).values_list("description_id", flat=True)
    )
    Member.objects.filter(topic=row, description__in=there).update(round=row.round)
    new = sorted(set(ids) - there)
    Member.objects.bulk_create(
        (
            Member(topic=row, description_id=pk, standing=Standing.RULE, round=row.round, added_at=ctx.now)
            for pk in new
        ),
        ignore_conflicts=True,
        batch_size=1_000,
    )
    search.changed(ctx, SOURCE, new)
    return len(new)


def finish_round(ctx: Ctx, row: Topic, *, limit: int = DROPPED_A_STEP) -> int:
    """Let some of those leave that the rule did not find in this round; call again until it returns 0."""
    left = Member.objects.filter(topic=row, standing=Standing.RULE, round__lt=row.round).order_by("pk")
    return _drop(ctx, row, list(left.values_list("description_id", flat=True)[:limit]))


def _drop(ctx: Ctx, row: Topic, ids: list[int]) -> int:
    Member.objects.filter(topic=row, standing=Standing.RULE, description__in=ids).delete()
    search.changed(ctx, SOURCE, ids)
    return len(ids)


def follow_now() -> None:
    """For the worker's schedule: what changed and can be found by now joins or leaves, for some seconds."""
    until = time.monotonic() + _SECONDS
    while _follow_some() and time.monotonic() < until:
        continue


@transaction.atomic
def _follow_some() -> bool:
    changed = search.hear(_LISTENER, SOURCE, timezone.now())
    if changed:
        follow_changes(system_ctx(Channel.JOB), changed)
    return bool(changed)


def follow_changes(ctx: Ctx, changed: Collection[int]) -> int:
    """Ask every rule about the changed rows; returns how many joined or left.

    What joins or leaves is told to search, which indexes it with its topics; heard of again it changes nothing.
    """
    return sum(_follow(ctx, row, changed) for row in queries.ruled())


def _follow(ctx: Ctx, row: Topic, changed: Collection[int]) -> int:
    keeper = catalogue.keeper(row.org_id, ctx.now)
    found: set[int] = set()
    after = ""
    try:
        while True:
            ids, after = catalogue.page_of_matches(
                keeper, row.rule, custodian=row.org_id, after=after, among=changed
            )
            found.update(ids)
            if not after:
                break
    except (Refusal, Missing):
        return 0  # a rule that cannot be asked any more keeps who is in it, until somebody changes it
    held = Member.objects.filter(topic=row, standing=Standing.RULE, description__in=changed)
    gone = sorted(set(held.values_list("description_id", flat=True)) - found)
    return take_in(ctx, row, found) + _drop(ctx, row, gone)
