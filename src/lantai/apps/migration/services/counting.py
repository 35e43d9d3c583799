"""Counting what formats are held, and judging their risk."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Sum

from lantai.apps.custody import queries as custody
from lantai.apps.migration import queries, registry
from lantai.apps.migration.models import FormatRisk, HeldFormat
from lantai.apps.migration.permissions import P
from lantai.apps.migration.types import FORMAT, ConverterUnfit, CountFormats, RiskLevel
from lantai.kit.formats.risk import Judgement
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.registry import kind_of
from lantai.platform.ledger import services as ledger

_STALE = timedelta(hours=20)
_REMEMBERED_DAYS = 30


@transaction.atomic
def keep_counts() -> int:
    """Every day: count what every organisation keeps, unless somebody did; returns how many counts were started."""
    ctx = system_ctx()
    stale = queries.uncounted(before=ctx.now - _STALE)
    jobs.forget_ended(_REMEMBERED_DAYS, kind=kind_of(CountFormats(0)).name)
    return sum(count_anew(ctx, org_id=org_id) for org_id in stale)


def count_anew(ctx: Ctx, *, org_id: int) -> bool:
    """Queue a count that nobody waits for, after what changed the figures; not when one is under way."""
    if runs.is_under_way(CountFormats(org_id)):
        return False
    jobs.start(ctx, CountFormats(org_id), org_id=org_id, about=(FORMAT, org_id), is_quiet=True)
    return True


@transaction.atomic
def start_count(ctx: Ctx, *, org_id: int) -> Run:
    """Queue the counting of what an organisation keeps."""
    policy.require(ctx, P.FORMAT_READ, org_id)
    return jobs.start(ctx, CountFormats(org_id), org_id=org_id, about=(FORMAT, org_id))


@transaction.atomic
def count_formats(ctx: Ctx, *, org_id: int) -> int:
    """Count the files of every format in every fonds, in one statement; how many kinds."""
    own = queries.judgements(org_id)
    found = (
        queries.contents(custody.kept_by(org_id))
        .values_list("fonds_id", "file_puid")
        .annotate(Count("file_pk"), Sum("file_size"), Count("pk", distinct=True))
    )
    done = queries.migrated(org_id)
    rows = [_row(ctx, org_id, row, queries.judged(row[1], own.get(row[1]))) for row in found]
    for row in rows:
        row.migrated_count = done.get((row.fonds_id, row.puid), 0)
    HeldFormat.objects.filter(org_id=org_id).delete()
    HeldFormat.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def _row(ctx: Ctx, org_id: int, row: tuple[int, str, int, int, int], said: Judgement) -> HeldFormat:
    fonds_id, puid, file_count, byte_count, package_count = row
    return HeldFormat(
        org_id=org_id,
        fonds_id=fonds_id,
        puid=puid,
        family=queries.name_of(puid)[:120],
        file_count=file_count,
        byte_count=byte_count or 0,
        package_count=package_count,
        counted_at=ctx.now,
        **_said(said),
    )


def _said(said: Judgement) -> dict[str, str]:
    return {
        "risk": said.risk.value,
        "reason": said.why,
        "source": said.source,
        "certainty": said.certainty.value,
        "target": next(iter(said.targets), ""),
    }


@transaction.atomic
def judge_format(ctx: Ctx, *, org_id: int, puid: str, risk: str, reason: str, target: str = "") -> FormatRisk:
    """Let an archives' own word on a format take the place of ours; raises ``ConverterUnfit``."""
    policy.require(ctx, P.FORMAT_JUDGE, org_id)
    if target and registry.converter_named(target) is None:
        raise ConverterUnfit(field="target", label=target, puid=puid)
    said = {"risk": RiskLevel(risk).value, "reason": reason, "target": target}
    row, _made = FormatRisk.objects.update_or_create(
        org_id=org_id, puid=puid, defaults={**said, "judged_by": ctx.actor.name, "judged_at": ctx.now}
    )
    HeldFormat.objects.filter(org_id=org_id, puid=puid).update(**_said(queries.judged(puid, row)))
    ledger.record(
        ctx,
        "migration:format:judged",
        object_type=FORMAT,
        object_id=row.pk,
        object_name=puid,
        detail={"risk": row.risk, "target": row.target},
    )
    return row
