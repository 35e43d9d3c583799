"""Long acts of this app."""

from __future__ import annotations

import json

from django.utils.translation import gettext_lazy as _

from lantai.apps.quality import services
from lantai.apps.quality.models import Snapshot
from lantai.apps.quality.types import CountQuality
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running

_DUPLICATES, _CONTENT, _END = "duplicates", "content", "end"


@handles(CountQuality, label=_("检查目录质量"), alone=True)
def count_quality(run: Running, args: CountQuality) -> None:
    """Row after row, then what is asked of all at once; goes on after a kill where it was."""
    row = Snapshot.objects.filter(pk=args.snapshot_id, finished_at=None).first()
    if row is None:
        return
    while run.cursor not in {_DUPLICATES, _CONTENT, _END}:
        after = json.loads(run.cursor) if run.cursor else None
        rows = services.next_rows(row, tuple(after) if after else None)
        to = json.dumps([rows[-1].reference_code, rows[-1].level]) if rows else _DUPLICATES
        with run.advance(to=to, done=len(rows)):
            services.look_at(row, rows)
    if run.cursor == _DUPLICATES:
        with run.advance(to=_CONTENT, done=0):
            services.find_duplicates(row)
    if run.cursor == _CONTENT:
        with run.advance(to=_END, done=0):
            services.count_content(row)
    with run.advance(to=_END, done=0):
        row = services.finish(run.ctx, snapshot_id=row.pk)
    run.say(N_("检查了 %(n)d 条，有问题的 %(faulty)d 条。"), n=row.row_count, faulty=row.faulty_count)
