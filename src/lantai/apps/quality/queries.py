"""Reading: figures of fonds, the lists behind them, how they went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.quality.models import Finding, Snapshot
from lantai.apps.quality.permissions import P
from lantai.apps.quality.types import ILLEGAL, RULE, Fault, FieldLine, Figure, Lacking, Weights
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.holdings.models import Fonds

READ = policy.Granted(P.QUALITY_READ, "fonds__archives_id")
ITEMS = ("item", "component")
_TREND = 24


def visible(ctx: Ctx) -> QuerySet[Snapshot]:
    """Looks at fonds of archives where the actor may read figures."""
    return policy.visible(Snapshot.objects.select_related("fonds__archives"), READ, ctx.actor)


def latest(ctx: Ctx) -> QuerySet[Snapshot]:
    """The newest finished look at each fonds."""
    return visible(ctx).filter(is_latest=True)


def fonds_of(ctx: Ctx) -> QuerySet[Fonds]:
    """Fonds that the actor may have counted."""
    return holdings.visible_fonds(ctx).filter(archives_id__in=ctx.actor.orgs_with(P.QUALITY_COUNT))


def fonds_to_read(ctx: Ctx, fonds_id: int) -> Fonds:
    """One fonds of an archives where the actor may read figures, or ``Missing``."""
    rows = holdings.visible_fonds(ctx).filter(archives_id__in=ctx.actor.orgs_with(P.QUALITY_READ))
    return policy.one(rows, pk=fonds_id)


def latest_of(fonds_id: int) -> Snapshot | None:
    """The newest finished look; the caller has checked who asks."""
    return Snapshot.objects.filter(fonds=fonds_id, is_latest=True).select_related("fonds").first()


def trend_of(fonds_id: int) -> list[Snapshot]:
    """The newest two dozen finished looks, oldest first."""
    rows = Snapshot.objects.filter(fonds=fonds_id, finished_at__isnull=False).order_by("-began_at", "-pk")
    return list(rows[:_TREND])[::-1]


def weights(on: date) -> Weights:
    """How the score is made up on a day; raises ``NoRuleInForce``."""
    body = holdings.rule(RULE, on).body
    return Weights(**{name: int(body[name]) for name in Weights.__dataclass_fields__})


def figures_of(row: Snapshot) -> list[Figure]:
    """The figures of a look with the lists behind them."""
    findings = reverse("quality:findings", args=[row.fonds_id])
    illegal = "&".join(f"fault={code}" for code in sorted(ILLEGAL))
    content, text, scans = (reverse("quality:lacking", args=[row.fonds_id, what]) for what in Lacking.values)
    return [
        _figure(_("有必填未填的条目"), row.missing_count, row.row_count, f"{findings}?fault={Fault.MISSING}"),
        _figure(_("有值不合规的条目"), row.illegal_count, row.row_count, f"{findings}?{illegal}"),
        _figure(
            _("疑似重复的条目"), row.duplicate_count, row.row_count, f"{findings}?fault={Fault.DUPLICATE}"
        ),
        replace(
            _figure(_("挂接原文的件"), row.linked_count, row.item_count, content),
            lacking=str(Lacking.CONTENT.label),
            lacking_count=row.item_count - row.linked_count,
        ),
        replace(
            _figure(_("已数字化的页数"), row.digitised_page_count, row.page_count, scans),
            lacking=str(Lacking.PAGES.label),
        ),
        replace(
            _figure(_("有全文的件"), row.fulltext_count, row.linked_count, text),
            lacking=str(Lacking.TEXT.label),
            lacking_count=row.linked_count - row.fulltext_count,
        ),
    ]


def _figure(label: str, count: int, total: int, url: str) -> Figure:
    return Figure(label, count, total, percent(count, total), url)


def newest_look(fonds_id: int) -> int | None:
    """Id of the newest look at a fonds, also of one that goes on."""
    return Snapshot.objects.filter(fonds_id=fonds_id).order_by("-pk").values_list("pk", flat=True).first()


def percent(count: int, total: int) -> float | None:
    """To one decimal; None of nothing."""
    return round(100 * min(count, total) / total, 1) if total else None


def by_field(row: Snapshot) -> list[FieldLine]:
    """How often each fault occurs in each field, the most first."""
    url = reverse("quality:findings", args=[row.fonds_id])
    counts = (
        row.findings.order_by().values_list("fault", "field", "label").annotate(n=Count("pk")).order_by("-n")
    )
    return [
        FieldLine(str(Fault(fault).label), label, n, f"{url}?fault={fault}&field={field}")
        for fault, field, label, n in counts[:200]
    ]


def findings_of(ctx: Ctx, fonds_id: int) -> QuerySet[Finding]:
    """The faults that the newest look found, in rows the actor may see."""
    rows = Finding.objects.filter(
        snapshot__fonds=fonds_id, snapshot__is_latest=True, description__in=catalogue.tellable(ctx)
    )
    return rows.select_related("description__kind")


def fields_with_faults(fonds_id: int) -> list[tuple[str, str]]:
    """The fields in which there are faults, for a filter."""
    rows = Finding.objects.filter(snapshot__fonds=fonds_id, snapshot__is_latest=True).exclude(field="")
    return list(rows.order_by("label").values_list("field", "label").distinct()[:200])


def lacking(ctx: Ctx, fonds_id: int, what: str) -> QuerySet[Description]:
    """Items of a fonds that the actor may see: without content, without text, or with fewer pages than described."""
    rows = catalogue.tellable(ctx).filter(
        fonds_id=fonds_id, level__in=ITEMS, custodian_id=own_custodian(fonds_id)
    )
    files = custody.files_at(OuterRef("package_id"), OuterRef("item_key"))
    if what == Lacking.CONTENT:
        return rows.filter(~Exists(files))
    if what == Lacking.PAGES:
        held = files.order_by().values("item_key").annotate(n=Sum("page_count")).values("n")
        return rows.filter(page_count__gt=Coalesce(Subquery(held), 0))
    return rows.filter(Exists(files), ~Exists(files.exclude(text="")))


def own_custodian(fonds_id: int) -> int:
    """The archives of a fonds: what it keeps itself is what is counted."""
    return int(holdings.archives_of_fonds(fonds_id))


def due(now: datetime) -> Iterable[int]:
    """Fonds with descriptions that were not looked at within the days of the rule."""
    since = now - timedelta(days=weights(timezone.localdate(now)).every_days)
    fresh = Snapshot.objects.filter(began_at__gte=since).values("fonds")
    return catalogue.standing().exclude(fonds__in=fresh).order_by().values_list("fonds", flat=True).distinct()
