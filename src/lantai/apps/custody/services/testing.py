"""Choosing the scheme of a four-property test, and keeping its report."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from lantai.apps.custody.models import CheckRun
from lantai.apps.custody.services.reporting import counts_of, keep_report
from lantai.apps.custody.types import Occasion
from lantai.apps.schemes import queries as schemes
from lantai.apps.singleset import queries as singleset
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import Scheme
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org


def scheme_in_use(slug: str, *, stage: str, org_id: int, kind_id: int, on: date) -> Scheme:
    """The scheme by which records of a kind of one agency are tested at a stage on a day, in every place.

    It is that of the archives which keeps the agency's records. What single-set management demands of the
    agency (``org_id``) is added. A batch may go on with the numbers of the one before it. Raises ``Missing``
    for a scheme that does not exist.
    """
    org = Org.objects.get(pk=org_id)
    holding = schemes.scheme_in_force(org.archives_id or org.pk, slug, stage, on)
    return singleset.stricter_scheme(holding.going_on(), org_id=org_id, kind_id=kind_id, on=on)


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
        counts=counts_of(report),
        started_at=started_at,
        finished_at=ctx.now,
    )
    keep_report(check, report)
    ledger.record(
        ctx,
        "custody:check:recorded",
        object_type=subject[0],
        object_id=subject[1],
        object_name=subject_name[:200],
        detail={"check": check.pk, "occasion": str(occasion), "conclusion": str(report.conclusion)},
    )
    return check
