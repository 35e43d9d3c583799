"""Keeping a report, and what people add to it: judgements of open checks, overrides, exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils import timezone

from lantai.apps.custody import queries
from lantai.apps.custody.events import CheckConcluded
from lantai.apps.custody.models import CheckOverride, CheckReport, CheckResult, CheckRun
from lantai.apps.custody.permissions import P
from lantai.apps.custody.types import (
    Conclusion,
    NothingToOverride,
    OverrideAsked,
    OverrideByAsker,
    OverrideForbidden,
)
from lantai.apps.holdings import queries as holdings
from lantai.apps.schemes import services as schemes
from lantai.kit.fourprops.report import Report, Result
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify

OBJECT = "custody:check"
RULE = "check-override"
_ROWS_AT_ONCE = 1_000


def keep_report(check: CheckRun, report: Report) -> None:
    """Keep the whole report, and its lines as rows to be searched and paged; in the caller's transaction."""
    CheckReport.objects.create(check_run=check, body=report.to_json())
    rows = (row for result in report.results for row in _rows(check, result))
    CheckResult.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)


def counts_of(report: Report) -> dict[str, dict[str, int]]:
    """Property → outcome → number of checks, without noughts."""
    return {prop: {out: n for out, n in counts.items() if n} for prop, counts in report.counts.items()}


def _rows(check: CheckRun, result: Result) -> Iterator[CheckResult]:
    yield CheckResult(
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
    for finding in result.findings:
        yield CheckResult(
            check_run=check,
            code=result.code,
            property=result.property,
            name=result.name,
            outcome=finding.outcome,
            item_key=finding.place.item[:160],
            place=str(finding.place)[:300],
            element=finding.place.element[:80] if finding.is_fixable else "",
            message=finding.message,
            params=dict(finding.params),
            remedy=finding.remedy,
            basis=result.basis,
            is_blocking=result.is_blocking,
            is_summary=False,
        )


@transaction.atomic
def judge_check(
    ctx: Ctx, *, check_id: int, code: str, passes: bool, note: str, answers: Mapping[str, str]
) -> CheckRun:
    """Record what a person found where no program could decide, and conclude the run anew.

    Raises ``ReportNotKept``, ``Missing`` for an unknown code, and ``Invalid`` for one a program has decided.
    """
    check = _locked(ctx, check_id)
    policy.require(ctx, P.CHECK_JUDGE, check.org_id)
    on = timezone.localdate(ctx.now).isoformat()
    report = queries.report_of(check).judged(
        code, passes=passes, by=ctx.actor.name, on=on, note=note, answers=answers
    )
    CheckReport.objects.filter(check_run=check).update(body=report.to_json())
    CheckResult.objects.filter(check_run=check, code=code).delete()
    CheckResult.objects.bulk_create(_rows(check, report.result(code)))
    check.counts, check.conclusion = counts_of(report), Conclusion(report.conclusion.value)
    check.save(update_fields=["counts", "conclusion"])
    schemes.note_house_finding(ctx, org_id=check.org_id, code=code, is_good=passes, answers=answers)
    _record(ctx, check, "judged", code=code, passes=passes, conclusion=str(report.conclusion))
    events.publish(ctx, CheckConcluded(check.pk, check.subject_type, check.subject_id))
    return check


@transaction.atomic
def ask_override(ctx: Ctx, *, check_id: int, reason: str) -> CheckOverride:
    """Ask a second person to let a failed run count; raises ``OverrideForbidden`` where the rule forbids it.

    Also raises ``NothingToOverride`` and ``OverrideAsked``.
    """
    check = _locked(ctx, check_id)
    policy.require(ctx, P.CHECK_JUDGE, check.org_id)
    if check.conclusion != Conclusion.FAILED:
        raise NothingToOverride
    if CheckOverride.objects.filter(check_run=check).exclude(is_granted=False).exists():
        raise OverrideAsked
    forbidden = queries.not_overridable(check, _rule(ctx))
    if forbidden:
        raise OverrideForbidden(codes="、".join(forbidden))
    row = CheckOverride.objects.create(
        check_run=check, reason=reason, asked_by_id=ctx.actor.id, asked_by=ctx.actor.name, asked_at=ctx.now
    )
    _record(ctx, check, "override_asked")
    notify.tell(
        ctx,
        org_id=check.org_id,
        permission=P.CHECK_OVERRIDE,
        text=queries.ASKED,
        params={"name": check.subject_name},
        url=check.get_absolute_url(),
    )
    return row


@transaction.atomic
def decide_override(ctx: Ctx, *, check_id: int, grants: bool, note: str) -> CheckOverride:
    """Grant or refuse what somebody else has asked for; raises ``NothingToOverride``, ``OverrideByAsker``."""
    check = _locked(ctx, check_id)
    policy.require(ctx, P.CHECK_OVERRIDE, check.org_id)
    row = CheckOverride.objects.select_for_update().filter(check_run=check, is_granted=None).first()
    if row is None:
        raise NothingToOverride
    if row.asked_by_id == ctx.actor.id:
        raise OverrideByAsker
    row.is_granted, row.note = grants, note
    row.decided_by, row.decided_at = ctx.actor.name, ctx.now
    row.save(update_fields=["is_granted", "note", "decided_by", "decided_at"])
    _record(ctx, check, "override_granted" if grants else "override_refused")
    events.publish(ctx, CheckConcluded(check.pk, check.subject_type, check.subject_id))
    return row


def _rule(ctx: Ctx) -> Mapping[str, object]:
    body: Mapping[str, object] = holdings.rule(RULE, timezone.localdate(ctx.now)).body
    return body


@transaction.atomic
def note_export(ctx: Ctx, check: CheckRun, kind: str) -> None:
    """Leave a line of a report that left the house; the caller has seen that it may be read."""
    _record(ctx, check, "exported", kind=kind)


def _locked(ctx: Ctx, check_id: int) -> CheckRun:
    seen = queries.get_check(ctx, check_id)
    return CheckRun.objects.select_for_update().get(pk=seen.pk)


def _record(ctx: Ctx, check: CheckRun, past: str, **detail: str | int | bool) -> None:
    ledger.record(
        ctx,
        f"custody:check:{past}",
        object_type=OBJECT,
        object_id=check.pk,
        object_name=check.subject_name,
        detail=dict(detail),
    )
