"""Long acts of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.topics import services
from lantai.apps.topics.models import Topic
from lantai.apps.topics.types import RefreshTopic
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running

_LEAVING = "leaving"


@handles(RefreshTopic, label=_("执行专题收录规则"))
def refresh_topic(run: Running, args: RefreshTopic) -> None:
    """Take in page after page of what the rule finds, then let go what it did not find; goes on after a kill."""
    row = Topic.objects.filter(pk=args.topic_id, round=args.round).first()
    if row is None:
        return  # a later round has begun
    keeper = catalogue.keeper(row.org_id, run.ctx.now)
    while run.cursor != _LEAVING:
        ids, after = (), ""
        if row.rule:
            ids, after = catalogue.page_of_matches(keeper, row.rule, custodian=row.org_id, after=run.cursor)
        with run.advance(to=after or _LEAVING, done=len(ids)):
            services.take_in(run.ctx, row, ids)
    while True:
        with run.advance(to=_LEAVING, done=0):
            left = services.finish_round(run.ctx, row)
        if not left:
            break
    with run.advance(to=_LEAVING, done=0):
        Topic.objects.filter(pk=row.pk, round=args.round).update(refreshed_at=run.ctx.now)
    run.say(N_("规则收录 %(n)d 条。"), n=row.members.filter(standing="rule").count())
