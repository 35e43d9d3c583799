"""Long acts of this app."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.copies import services
from lantai.apps.copies.types import FillPlace, SyncCopies
from lantai.kit.errors import N_
from lantai.platform.context import Ctx
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


def _now(run: Running) -> Ctx:
    """A run may last for days: what it writes bears the time of writing."""
    return run.ctx.later(timezone.now())


def _cursor(text: str) -> tuple[int, int]:
    """(copy, how many of its files are done)."""
    copy_id, _colon, index = text.partition(":")
    return int(copy_id or 0), int(index or 0)


@handles(SyncCopies, label=_("核对副本策略"))
def sync_copies(run: Running, args: SyncCopies) -> None:
    """Work out which copies are wanted; a few statements, repeated whole after a kill."""
    with run.advance(to="done"):
        changed = services.sync_all(_now(run))
    run.say(N_("副本记录变动 %(n)d 行。"), n=changed)


@handles(FillPlace, queue="default", label=_("复制到存储位置"))
def fill_place(run: Running, args: FillPlace) -> None:
    """Copy after copy until the place lacks none; a killed run goes on inside the object where it was."""
    done = late = 0
    while copy := services.due(_now(run), args.place_id).first():
        copy_id, index = _cursor(run.cursor)
        start = index if copy_id == copy.pk else 0
        if services.fill(
            _now(run),
            copy,
            start=start,
            stepped=lambda i, pk=copy.pk: _step(run, pk, i),
            pace=services.pace_of(copy),
        ):
            done += 1
        else:
            late += 1
        with run.advance(to=f"{copy.pk}:0"):
            pass
    run.say(N_("复制完成 %(done)d 份，推迟 %(late)d 份。"), done=done, late=late)


def _step(run: Running, copy_id: int, index: int) -> None:
    with run.advance(to=f"{copy_id}:{index}", done=0):
        pass
