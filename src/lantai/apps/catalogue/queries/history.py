"""What was done to a description."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.models import Description, DescriptionVersion
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.types import Happening
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.desk.words import act_label
from lantai.platform.ledger import queries as ledger

if TYPE_CHECKING:
    from lantai.platform.ledger.models import Entry

ENTERED = "catalogue:rows:entered"
ACTS = {
    "catalogue:item:described": _("修改著录"),
    "catalogue:item:restored": _("恢复著录"),
    "catalogue:items:registered": _("登记入目录"),
    ENTERED: _("登入目录"),
    "catalogue:items:handed_over": _("移交后变更保管单位"),
    "catalogue:items:marked_destroyed": _("目录中标注了已销毁的件"),
    "custody:check:recorded": _("四性检测"),
    "custody:content:destroyed": _("信息包中有内容按清册销毁"),
    "custody:package:sealed": _("封存"),
    "custody:package:version_added": _("增加版本"),
    "custody:package:handed_over": _("移交保管"),
}

USES = frozenset({"catalogue:file:downloaded", "catalogue:number:revealed"})  # what is done again and again


def may_describe(ctx: Ctx, row: Description) -> bool:
    """Whether the actor may edit the description."""
    return row.custodian_id in ctx.actor.orgs_with(P.ITEM_DESCRIBE)


def versions_of(row: Description) -> QuerySet[DescriptionVersion]:
    """The edits of a description, newest first; for those who may edit it."""
    return row.versions.order_by("-revision")


def happenings(ctx: Ctx, row: Description) -> list[Happening]:
    """The life of a row from the ledger, oldest first: of its package, then its own.

    Nothing for who sees the row only because it was opened: colleagues' names are not public.
    """
    entries = [entry for about in _abouts(ctx, row) for entry in ledger.entries_about(*about)]
    return [_happening(entry) for entry in sorted([*entries, *_entering(ctx, row)], key=attrgetter("pk"))]


def timeline(ctx: Ctx, row: Description) -> list[Happening]:
    """The same for a page: what one person took or looked at several times on one day is one line of it."""
    entries = [entry for about in _abouts(ctx, row) for entry in ledger.days_about(*about, USES)]
    return [
        _happening(entry, entry.times if entry.act in USES else 1)
        for entry in sorted([*entries, *_entering(ctx, row)], key=attrgetter("pk"))
    ]


def proof_of(ctx: Ctx, row: Description, entry_id: int) -> str:
    """The proof that something of the life of a row stands in the log, or ``Missing``."""
    found = (ledger.entries_about(*about).filter(pk=entry_id) for about in _abouts(ctx, row))
    is_entering = any(entry.pk == entry_id for entry in _entering(ctx, row))
    if not is_entering and not any(entries.exists() for entries in found):
        raise Missing
    return ledger.proof_of(entry_id)


def _sees_its_life(ctx: Ctx, row: Description) -> bool:
    return row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ)


def _entering(ctx: Ctx, row: Description) -> list[Entry]:
    """The act that entered the row, with all that were entered by it: one entry for the rows from first to last."""
    if not _sees_its_life(ctx, row):
        return []
    acts = ledger.entries_at(ENTERED, row.created_at)
    return [one for one in acts if int(one.detail["first"]) <= row.pk <= int(one.detail["last"])]


def _abouts(ctx: Ctx, row: Description) -> list[tuple[str, int]]:
    if not _sees_its_life(ctx, row):
        return []
    about = [("catalogue:description", row.pk)]
    if row.package_id:
        about.append(("custody:package", row.package_id))
    return about


def _happening(entry: Entry, count: int = 1) -> Happening:
    fields = str(entry.detail.get("fields") or "")
    return Happening(
        at=entry.at,
        who=f"{entry.actor_name} · {entry.org_name}" if entry.org_name else entry.actor_name,
        what=str(ACTS.get(entry.act) or act_label(entry.act)),
        fields=tuple(fields.split(",")) if fields else (),
        entry_id=entry.pk,
        request_id=entry.request_id,
        count=count,
    )
