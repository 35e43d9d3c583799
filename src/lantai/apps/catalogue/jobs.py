"""Long acts of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.editing import ApplyBulk, UndoBulk
from lantai.apps.catalogue.models import BulkChange
from lantai.apps.catalogue.services import bulk_changing as changing
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


@handles(ApplyBulk, label=_("批量修改著录"))
def apply_bulk(run: Running, args: ApplyBulk) -> None:
    """Part by part; killed in between it goes on behind the last part that was committed."""
    bulk = BulkChange.objects.get(pk=args.bulk_id)
    after = int(run.cursor or 0)
    while True:
        upto, count = changing.next_part(bulk, after)
        if not count:
            break
        with run.advance(to=str(upto), done=count):
            changing.apply_part(run.ctx, bulk, after, upto)
        after = upto
    bulk = changing.finish_bulk(run.ctx, bulk_id=bulk.pk)
    run.say(N_("已修改 %(n)d 条，%(left)d 条没有改动。"), n=bulk.changed_count, left=bulk.skipped_count)


@handles(UndoBulk, label=_("撤销批量修改"))
def undo_bulk(run: Running, args: UndoBulk) -> None:
    """Part by part, backwards in meaning and forwards in order."""
    bulk = BulkChange.objects.get(pk=args.bulk_id)
    after = int(run.cursor or 0)
    while True:
        upto, count = changing.next_versions(bulk, after)
        if not count:
            break
        with run.advance(to=str(upto), done=count):
            changing.undo_part(run.ctx, bulk, after, upto)
        after = upto
    changing.finish_undo(run.ctx, bulk_id=bulk.pk)
    run.say(N_("批量修改已撤销。以后又改过的著录没有动。"))
