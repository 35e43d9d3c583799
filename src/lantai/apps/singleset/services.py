"""Assessing, reviewing and approving single-set management (DA/T 92-2022)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lantai.apps.holdings import queries as holdings
from lantai.apps.singleset import queries
from lantai.apps.singleset.models import Answer, Assessment, Evidence
from lantai.apps.singleset.permissions import P
from lantai.apps.singleset.states import ASSESSMENT
from lantai.apps.singleset.types import (
    OBJECT,
    RULE,
    AlreadyUnderWay,
    AssessmentState,
    CriteriaOpen,
    EvidenceNotTaken,
    EvidenceTooLarge,
    Level,
    NoKinds,
    NotAfterToday,
    NotInDraft,
    NotReady,
    NotUnderReview,
    OpinionsOpen,
    Score,
    Terms,
    UnknownCriterion,
)
from lantai.kit.errors import N_, Missing
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import TooLarge
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.orgs.models import Org
from lantai.platform.workflow import services as workflow

MOST_EVIDENCE_MB = 50
EVIDENCE_SUFFIXES = frozenset(
    {
        ".pdf",
        ".ofd",
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".doc",
        ".docx",
        ".xls",
        ".xlsx",
        ".wps",
        ".et",
        ".txt",
    }
)
WITH_REASON = frozenset({"send_back", "suspend", "resume", "withdraw"})
FURTHEST_REMINDER_DAYS = 366
DUE = N_("单套管理将于 %(on)s 到期复查：%(org)s。请开始新一次评估。")


@transaction.atomic
def begin(ctx: Ctx, *, org_id: int, kind_ids: Collection[int], systems: str) -> Assessment:
    """Begin a self-assessment against the criteria in force; raises ``NoKinds``, ``NoRuleInForce``."""
    policy.require(ctx, P.ASSESSMENT_DRAFT, org_id)
    if not kind_ids:
        raise NoKinds(field="kinds")
    Org.objects.select_for_update(no_key=True).get(pk=org_id)  # rounds are counted one at a time
    _refuse_second(org_id)
    rule = holdings.rule(RULE, timezone.localdate(ctx.now))
    last = Assessment.objects.filter(org_id=org_id).aggregate(last=Max("number"))["last"] or 0
    row = Assessment.objects.create(
        org_id=org_id, number=last + 1, rule=rule, systems=systems, drafted_at=ctx.now
    )
    row.kinds.set(kind_ids)
    codes = [one.code for one in queries.terms_of(row).criteria]
    Answer.objects.bulk_create(Answer(assessment=row, code=code) for code in codes)
    _record(ctx, "begun", row, {"rule_version": rule.version, "criteria": len(codes)})
    return row


def _refuse_second(org_id: int) -> None:
    under_way = (AssessmentState.DRAFT, AssessmentState.SUBMITTED, AssessmentState.REVIEWED)
    if Assessment.objects.filter(org_id=org_id, state__in=under_way).exists():
        raise AlreadyUnderWay


@transaction.atomic
def answer(ctx: Ctx, *, assessment_id: int, said: Mapping[str, tuple[str, str]]) -> Assessment:
    """Enter level and statement of criteria (code → both); raises ``NotInDraft``, ``UnknownCriterion``."""
    row = _locked(ctx, assessment_id)
    policy.require(ctx, P.ASSESSMENT_DRAFT, row.org_id)
    if row.state != AssessmentState.DRAFT:
        raise NotInDraft
    answers = _named(row, said)
    for one in answers:
        level, one.statement = said[one.code]
        one.level = Level(level) if level else ""
    Answer.objects.bulk_update(answers, ["level", "statement"])
    _record(ctx, "answered", row, {"criteria": len(answers)})
    return row


@transaction.atomic
def add_evidence(ctx: Ctx, *, assessment_id: int, code: str, name: str, content: Iterable[bytes]) -> Evidence:
    """Keep a paper that supports an answer; raises ``EvidenceTooLarge``, ``EvidenceNotTaken``, ``NotInDraft``."""
    row = _locked(ctx, assessment_id)
    policy.require(ctx, P.ASSESSMENT_DRAFT, row.org_id)
    if row.state != AssessmentState.DRAFT:
        raise NotInDraft
    [said] = _named(row, {code})
    if not name.casefold().endswith(tuple(EVIDENCE_SUFFIXES)):
        raise EvidenceNotTaken(name=name, field="file")
    try:
        staged = blobs.stage(content, limit_bytes=MOST_EVIDENCE_MB * 1024 * 1024)
    except TooLarge as error:
        raise EvidenceTooLarge(name=name, most=MOST_EVIDENCE_MB, field="file") from error
    paper = Evidence.objects.create(
        answer=said,
        name=name[-255:],
        blob_key=staged.key,
        size_bytes=staged.size,
        sha256=staged.digests.sha256,
        added_at=ctx.now,
    )
    _record(ctx, "evidence_added", row, {"criterion": code, "sha256": paper.sha256})
    return paper


@transaction.atomic
def drop_evidence(ctx: Ctx, *, evidence_id: int) -> Assessment:
    """Take a paper out of an assessment in progress; raises ``NotInDraft``."""
    paper = queries.get_evidence(ctx, evidence_id)
    row = _locked(ctx, paper.answer.assessment_id)
    policy.require(ctx, P.ASSESSMENT_DRAFT, row.org_id)
    if row.state != AssessmentState.DRAFT:
        raise NotInDraft
    paper.delete()
    blobs.discard(paper.blob_key)
    _record(ctx, "evidence_dropped", row, {"criterion": paper.answer.code, "sha256": paper.sha256})
    return row


@transaction.atomic
def submit(ctx: Ctx, *, assessment_id: int) -> Assessment:
    """Send the self-assessment for review; raises ``CriteriaOpen``."""
    row = _locked(ctx, assessment_id)
    terms, answers = queries.terms_of(row), queries.answers_of(row.pk)
    open_ones = [one for one in terms.criteria if not answers[one.code].level]
    if open_ones:
        raise CriteriaOpen(open=len(open_ones), first=open_ones[0].text)
    score = queries.self_score(terms, answers)
    _keep_score(row, self_score=score.percent)
    workflow.move(ctx, row, ASSESSMENT, "submit", detail={"percent": str(score.percent)})
    return row


@transaction.atomic
def opine(ctx: Ctx, *, assessment_id: int, said: Mapping[str, tuple[str, str]]) -> Assessment:
    """Enter the reviewer's level and note of criteria; raises ``NotUnderReview``, ``UnknownCriterion``."""
    row = _locked(ctx, assessment_id)
    policy.require(ctx, P.ASSESSMENT_REVIEW, row.org_id)
    if row.state != AssessmentState.SUBMITTED:
        raise NotUnderReview
    answers = _named(row, said)
    for one in answers:
        level, one.review_note = said[one.code]
        one.review_level = Level(level) if level else ""
    Answer.objects.bulk_update(answers, ["review_level", "review_note"])
    _record(ctx, "opinion_given", row, {"criteria": len(answers)})
    return row


@transaction.atomic
def finish_review(ctx: Ctx, *, assessment_id: int) -> Assessment:
    """Hand the reviewed assessment to whoever approves; raises ``OpinionsOpen``."""
    row = _locked(ctx, assessment_id)
    terms, answers = queries.terms_of(row), queries.answers_of(row.pk)
    open_ones = [one for one in terms.criteria if not answers[one.code].review_level]
    if open_ones:
        raise OpinionsOpen(open=len(open_ones), first=open_ones[0].text)
    score = queries.review_score(terms, answers)
    _keep_score(row, review_score=score.percent)
    workflow.move(ctx, row, ASSESSMENT, "review", detail={"percent": str(score.percent)})
    return row


@transaction.atomic
def approve(ctx: Ctx, *, assessment_id: int, valid_from: date, approved_by: str, citation: str) -> Assessment:
    """Put single-set management into force for the kinds named; what was in force before ends.

    Raises ``NotReady``, ``NotAfterToday`` and ``SamePerson``.
    """
    row = _locked(ctx, assessment_id)
    if valid_from < timezone.localdate(ctx.now):
        raise NotAfterToday(day=valid_from.isoformat(), field="valid_from")
    terms = queries.terms_of(row)
    _refuse_unready(terms, queries.review_score(terms, queries.answers_of(row.pk)))
    policy.require(ctx, P.ASSESSMENT_APPROVE, row.org_id)
    held = (AssessmentState.APPROVED, AssessmentState.SUSPENDED)
    for old in Assessment.objects.select_for_update().filter(org_id=row.org_id, state__in=held):
        workflow.move(ctx, old, ASSESSMENT, "supersede", detail={"by_number": row.number})
    workflow.move(ctx, row, ASSESSMENT, "approve", detail={"valid_from": valid_from.isoformat()})
    row.valid_from, row.approved_by, row.citation = valid_from, approved_by, citation
    row.recheck_on = valid_from + timedelta(days=terms.recheck_days)
    row.save(update_fields=["valid_from", "approved_by", "citation", "recheck_on"])
    return row


def _refuse_unready(terms: Terms, score: Score) -> None:
    if score.lacking or score.percent is None or score.percent < terms.enough_percent:
        lacking = score.lacking[0].text if score.lacking else "—"
        raise NotReady(percent=str(score.percent), enough=terms.enough_percent, lacking=lacking)


@transaction.atomic
def move(ctx: Ctx, *, assessment_id: int, name: str, reason: str) -> Assessment:
    """Send back, suspend, resume or withdraw, each with its reason; raises ``Missing`` for other moves."""
    if name not in WITH_REASON:
        raise Missing
    row = _locked(ctx, assessment_id)
    workflow.move(ctx, row, ASSESSMENT, name, reason=reason)
    return row


@transaction.atomic
def remind_of_rechecks() -> int:
    """Tell agencies and their authority of re-checks that are near, once each; how many."""
    ctx = system_ctx(Channel.JOB)
    today = timezone.localdate(ctx.now)
    due = [
        row
        for row in queries.due_for_recheck(today + timedelta(days=FURTHEST_REMINDER_DAYS))
        if _is_near(row, today)
    ]
    for row in due:
        said = {"on": row.recheck_on.isoformat() if row.recheck_on else "", "org": row.org.name}
        for permission in (P.ASSESSMENT_DRAFT, P.ASSESSMENT_REVIEW):
            url = row.get_absolute_url()
            notify.tell(ctx, org_id=row.org_id, permission=permission, text=DUE, params=said, url=url)
        Assessment.objects.filter(pk=row.pk).update(reminded_on=today)
        _record(ctx, "recheck_reminded", row, {"recheck_on": said["on"]})
    return len(due)


def _is_near(row: Assessment, today: date) -> bool:
    days = queries.terms_of(row).remind_days
    return row.recheck_on is not None and row.recheck_on <= today + timedelta(days=days)


def _keep_score(row: Assessment, **score: float | None) -> None:
    Assessment.objects.filter(pk=row.pk).update(**score)


def _named(row: Assessment, codes: Iterable[str]) -> list[Answer]:
    wanted = list(codes)
    found = {
        one.code: one for one in Answer.objects.select_for_update().filter(assessment=row, code__in=wanted)
    }
    for code in wanted:
        if code not in found:
            raise UnknownCriterion(code=code)
    return list(found.values())


def _locked(ctx: Ctx, assessment_id: int) -> Assessment:
    visible = queries.get_assessment(ctx, assessment_id)
    return Assessment.objects.select_for_update(of=("self",)).select_related("org", "rule").get(pk=visible.pk)


def _record(ctx: Ctx, past: str, row: Assessment, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx,
        f"singleset:assessment:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail=detail,
    )
