"""Choosing the scheme of a four-property test, and keeping its report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from lantai.apps.custody.models import CheckResult, CheckRun
from lantai.apps.custody.types import Occasion
from lantai.apps.singleset import queries as singleset
from lantai.kit.fourprops.report import Report, Result
from lantai.kit.fourprops.scheme import Scheme, scheme_for
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

_ROWS_AT_ONCE = 1_000


def scheme_in_use(slug: str, *, org_id: int, kind_id: int, on: date) -> Scheme:
    """The scheme by which records of a kind of one agency are tested on a day, in every place.

    What single-set management demands of the agency (``org_id``) is added. A batch may go on with the numbers
    of the one before it. Raises ``Missing`` for a scheme that does not exist.
    """
    return singleset.stricter_scheme(scheme_for(slug).going_on(), org_id=org_id, kind_id=kind_id, on=on)


@transaction.atomic
def record_check(
    ctx: Ctx,
    report: Report,
    *,
    occasion: Occasion,
    subject: tuple[str, object],
    subject_name: str,
    org_id: int,
    subject_org_id: int,
    started_at: datetime,
) -> CheckRun:
    """Keep ``report`` as rows: one line a check, and one a failure with its place, reason and remedy.

    ``org_id`` tested, ``subject_org_id`` brought what was tested; both sides may read the report.
    """
    check = CheckRun.objects.create(
        stage=report.stage,
        occasion=occasion,
        scheme=report.scheme,
        scheme_version=report.scheme_edition,
        subject_type=subject[0],
        subject_id=str(subject[1]),
        subject_name=subject_name[:200],
        org_id=org_id,
        subject_org_id=subject_org_id,
        operator_name=ctx.actor.name,
        conclusion=report.conclusion,
        item_count=report.items_checked,
        failed_item_count=report.items_failed,
        counts={prop: {out: n for out, n in counts.items() if n} for prop, counts in report.counts.items()},
        started_at=started_at,
        finished_at=ctx.now,
    )
    CheckResult.objects.bulk_create(_rows(check, report), batch_size=_ROWS_AT_ONCE)
    ledger.record(
        ctx,
        "custody:check:recorded",
        object_type=subject[0],
        object_id=subject[1],
        object_name=subject_name[:200],
        detail={"check": check.pk, "occasion": str(occasion), "conclusion": str(report.conclusion)},
    )
    return check


def _rows(check: CheckRun, report: Report) -> Iterator[CheckResult]:
    for result in report.results:
        yield _line(check, result)
        for finding in result.findings:
            yield CheckResult(
                check_run=check,
                code=result.code,
                property=result.property,
                name=result.name,
                outcome=finding.outcome,
                item_key=finding.place.item,
                place=str(finding.place)[:300],
                message=finding.message,
                params=dict(finding.params),
                remedy=finding.remedy,
                basis=result.basis,
                is_blocking=result.is_blocking,
                is_summary=False,
            )


def _line(check: CheckRun, result: Result) -> CheckResult:
    return CheckResult(
        check_run=check,
        code=result.code,
        property=result.property,
        name=result.name,
        outcome=result.outcome,
        basis=result.basis,
        tested=sum(result.counts.values()),
        failed=result.counts.get(Outcome.FAIL, 0),
        left_out=result.findings_left_out,
        is_blocking=result.is_blocking,
        is_summary=True,
    )
