"""Taking the catalogue that an archives reports to us: each batch once, each record judged, reasons given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantai.apps.interop.models import Foreign, Round, Source
from lantai.apps.interop.permissions import P
from lantai.apps.interop.services.keeping import keep
from lantai.apps.interop.types import (
    REPORTED_AT_ONCE,
    SOURCE_OBJECT,
    Incoming,
    ReporterUnknown,
    ReportTooLarge,
    Way,
)
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch; the same for whoever sends it again."""

    key: str
    accepted: int
    refused: tuple[tuple[str, str], ...]


@transaction.atomic
def receive(ctx: Ctx, *, key: str, records: Sequence[Mapping[str, Any]]) -> Receipt:
    """Keep a batch of an archives that reports to somebody here.

    Raises ``ReporterUnknown``, ``ReportTooLarge``. A batch that came before is answered as it was then.
    """
    policy.require(ctx, P.REPORT_DELIVER, ctx.org_id)
    source = _source_of(ctx)
    known = Round.objects.filter(source=source, key=key).first()
    if known is not None:
        return _receipt(known)
    if len(records) > REPORTED_AT_ONCE:
        raise ReportTooLarge(most=REPORTED_AT_ONCE, count=len(records))
    stamps = dict(
        Foreign.objects.filter(
            source=source, identifier__in=[one["identifier"] for one in records]
        ).values_list("identifier", "datestamp")
    )
    good, refused = [], []
    for one in records:
        fault = _fault(one, stamps.get(str(one["identifier"]), ""))
        if fault:
            refused.append([str(one["identifier"])[:500], fault])
        else:
            good.append(_incoming(one))
    kept = keep(ctx, source, good)
    row = Round.objects.create(
        org_id=source.org_id,
        source=source,
        key=key,
        began_at=ctx.now,
        ended_at=ctx.now,
        page_count=1,
        new_count=kept.new,
        changed_count=kept.changed,
        deleted_count=kept.deleted,
        conflict_count=kept.conflicts,
        refused=refused,
        since=str(len(good)),
    )
    ledger.record(
        ctx,
        "interop:report:received",
        object_type=SOURCE_OBJECT,
        object_id=source.pk,
        object_name=source.name,
        detail={"accepted": len(good), "refused": len(refused), "batch": key},
    )
    return _receipt(row)


def _source_of(ctx: Ctx) -> Source:
    """Locked: of two copies of one batch at once the second waits and finds the first."""
    rows = Source.objects.select_for_update().filter(way=Way.REPORT, reporter_id=ctx.org_id, is_enabled=True)
    found = rows.order_by("pk").first()
    if found is None:
        raise ReporterUnknown(org=ctx.org_name)
    return found


def _receipt(row: Round) -> Receipt:
    return Receipt(row.key, int(row.since or 0), tuple((name, why) for name, why in row.refused))


def _fault(one: Mapping[str, Any], held: str) -> str:
    """Why a record is not taken; "" when it is."""
    if str(one.get("datestamp", "")) < held:
        return _("已有更晚的版本，这一条是旧的")
    if one.get("is_deleted"):
        return ""
    for name, label in (("title", _("题名")), ("reference_code", _("档号")), ("fonds_code", _("全宗号"))):
        if not str(one.get(name) or "").strip():
            return _("缺少%(label)s") % {"label": label}
    for name, label in (("title", _("题名")), ("note", _("附注")), ("author", _("责任者"))):
        if len(str(one.get(name) or "")) > LONGEST:
            return _("%(label)s超过 %(most)d 字") % {"label": label, "most": LONGEST}
    return ""


def _incoming(one: Mapping[str, Any]) -> Incoming:
    def said(name: str) -> str:
        return str(one.get(name) or "").strip()

    return Incoming(
        identifier=said("identifier"),
        datestamp=said("datestamp"),
        is_deleted=bool(one.get("is_deleted")),
        title=said("title"),
        author=said("author"),
        reference_code=said("reference_code"),
        dated=said("dated_on") or said("year"),
        fonds=f"{said('fonds_code')} {said('fonds_name')}".strip(),
        archives=said("archives_name"),
        address=said("address") if said("address").startswith(("https://", "http://")) else "",
        note=said("note"),
    )
