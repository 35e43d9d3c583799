"""What the catalogue shows of items under a hold, on a list, or destroyed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lantai.apps.catalogue.types import Mark
from lantai.apps.disposal import queries
from lantai.apps.disposal.models import DisposalLine, LegalHold
from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.types import ListState
from lantai.platform.context import Ctx
from lantai.platform.ui.types import State, Tone

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description


def marks_of(ctx: Ctx, rows: Collection[Description]) -> dict[int, list[Mark]]:
    """Holds and lists for who may see them; that content is destroyed, for everybody who sees the item."""
    found: dict[int, list[Mark]] = defaultdict(list)
    _mark_lists(ctx, rows, found)
    _mark_holds(ctx, rows, found)
    return found


def _mark_lists(ctx: Ctx, rows: Collection[Description], found: dict[int, list[Mark]]) -> None:
    readable = ctx.actor.orgs_with(P.LIST_READ)
    lines = DisposalLine.objects.filter(description__in=[row.pk for row in rows]).select_related(
        "disposal_list"
    )
    for line in lines.filter(queries.ON_A_LIST).order_by("pk"):
        owner = line.disposal_list
        url = owner.get_absolute_url() if owner.org_id in readable else ""
        if line.destroyed_at is not None:
            said = {"number": owner.number, "on": date_format(timezone.localtime(line.destroyed_at), "Y-m-d")}
            text = _("内容已于 %(on)s 按销毁清册 %(number)s 销毁，目录和存证保留。") % said
            found[line.description_id].append(Mark(State(_("内容已销毁"), Tone.BAD), text, url, is_gone=True))
        elif url and owner.state != ListState.DESTROYED:
            text = _("列入销毁清册 %(number)s，%(state)s。") % {
                "number": owner.number,
                "state": owner.get_state_display(),
            }
            found[line.description_id].append(Mark(State(_("在销毁清册中"), Tone.WARN), text, url))


def _mark_holds(ctx: Ctx, rows: Collection[Description], found: dict[int, list[Mark]]) -> None:
    readable = ctx.actor.orgs_with(P.HOLD_READ)
    mine = [row for row in rows if row.custodian_id in readable]
    for hold in queries.holds_over(mine, timezone.localdate(ctx.now)) if mine else ():
        until = _("至 %(day)s") % {"day": hold.ends_on.isoformat()} if hold.ends_on else _("直到解除")
        text = _("法律保全中（%(why)s，%(until)s），不能销毁。") % {"why": hold.reason, "until": until}
        mark = Mark(State(_("法律保全"), Tone.WARN), text, hold.get_absolute_url())
        for row in mine:
            if _covers(hold, row):
                found[row.pk].append(mark)


def _covers(hold: LegalHold, row: Description) -> bool:
    return (
        (hold.fonds_id is not None and hold.fonds_id == row.fonds_id)
        or (hold.package_id is not None and hold.package_id == row.package_id)
        or hold.description_id == row.pk
    )
