"""Reading: assessments, scores, and whether single-set management holds for a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lantai.apps.singleset.checks import stricter
from lantai.apps.singleset.models import Answer, Assessment, Evidence
from lantai.apps.singleset.permissions import P
from lantai.apps.singleset.types import SHARE, AssessmentState, Criterion, Level, Part, Score, Terms
from lantai.kit.fourprops.scheme import Scheme
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

READ = policy.Granted(P.ASSESSMENT_READ, "org_id")


def visible_assessments(ctx: Ctx) -> QuerySet[Assessment]:
    """The assessments of agencies that the actor may see."""
    return policy.visible(Assessment.objects.select_related("org", "rule"), READ, ctx.actor)


def get_assessment(ctx: Ctx, assessment_id: int) -> Assessment:
    """One assessment, or ``Missing``."""
    return policy.one(visible_assessments(ctx), pk=assessment_id)


def orgs_to_assess(ctx: Ctx) -> QuerySet[Org]:
    """The agencies for which the actor may assess."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.ASSESSMENT_DRAFT), is_active=True)


def terms_of(assessment: Assessment) -> Terms:
    """The criteria that this assessment was begun with; a newer rule changes none of it."""
    rule = assessment.rule
    body: Mapping[str, object] = rule.body
    rows: Iterable[Mapping[str, object]] = body["criteria"]  # type: ignore[assignment]
    return Terms(
        version=rule.version,
        citation=_(rule.citation),
        is_confirmed=rule.is_confirmed,
        criteria=tuple(map(_criterion, rows)),
        enough_percent=int(str(body["enough_percent"])),
        recheck_days=int(str(body["recheck_days"])),
        remind_days=int(str(body["remind_days"])),
        stricter={str(row["code"]): str(row["level"]) for row in body["stricter"]},  # type: ignore[attr-defined]
    )


def _criterion(row: Mapping[str, object]) -> Criterion:
    return Criterion(
        str(row["code"]),
        _(str(row["dimension"])),
        _(str(row["text"])),
        int(str(row["weight"])),
        bool(row["required"]),
    )


def answers_of(assessment_id: int) -> dict[str, Answer]:
    """The answers by the code of their criterion."""
    rows = Answer.objects.filter(assessment_id=assessment_id).prefetch_related("evidence")
    return {row.code: row for row in rows}


def parts_of(assessment: Assessment, *, is_review: bool) -> list[Part]:
    """The dimensions in their order, with how far the agency (or the reviewer) is."""
    column = "review_level" if is_review else "level"
    rows = Answer.objects.filter(assessment=assessment).exclude(**{column: ""})
    said = set(rows.values_list("code", flat=True))
    of_dimension: dict[str, list[Criterion]] = {}
    for one in terms_of(assessment).criteria:
        of_dimension.setdefault(one.dimension, []).append(one)
    return [
        Part(dimension, tuple(criteria), sum(one.code in said for one in criteria))
        for dimension, criteria in of_dimension.items()
    ]


def self_score(terms: Terms, answers: Mapping[str, Answer]) -> Score:
    """What the agency says of itself."""
    return _score(terms, {code: answer.level for code, answer in answers.items()})


def review_score(terms: Terms, answers: Mapping[str, Answer]) -> Score:
    """What the reviewer found."""
    return _score(terms, {code: answer.review_level for code, answer in answers.items()})


def _score(terms: Terms, levels: Mapping[str, str]) -> Score:
    said = [(one, Level(levels[one.code])) for one in terms.criteria if levels.get(one.code)]
    weights = sum(one.weight for one, _ in said)
    gained = sum(one.weight * SHARE[level] for one, level in said)
    lacking = tuple(one for one, level in said if one.is_required and level is not Level.MET)
    percent = round(100 * gained / weights, 1) if weights else None
    return Score(percent, len(said), len(terms.criteria), lacking)


def get_evidence(ctx: Ctx, evidence_id: int) -> Evidence:
    """One paper of an assessment that the actor may see, or ``Missing``."""
    rows = Evidence.objects.filter(answer__assessment__in=visible_assessments(ctx))
    return policy.one(rows.select_related("answer__assessment"), pk=evidence_id)


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Which of these blobs are evidence."""
    return set(Evidence.objects.filter(blob_key__in=list(keys)).values_list("blob_key", flat=True))


def in_force(org_id: int) -> Assessment | None:
    """The approval that an agency has, also while it is suspended; None where there is none."""
    held = (AssessmentState.APPROVED, AssessmentState.SUSPENDED)
    return Assessment.objects.select_related("rule", "org").filter(org_id=org_id, state__in=held).first()


def is_single_set(org_id: int, kind_id: int, on: date) -> bool:
    """Whether the agency files this kind of record in one electronic set on a day."""
    return Assessment.objects.filter(
        org_id=org_id, kinds=kind_id, state=AssessmentState.APPROVED, valid_from__lte=on
    ).exists()


def stricter_checks(org_id: int, kind_id: int, on: date) -> Mapping[str, str]:
    """Check code → level that single-set management demands of this agency's records; {} without it."""
    row = in_force(org_id)
    return terms_of(row).stricter if row and is_single_set(org_id, kind_id, on) else {}


def stricter_scheme(scheme: Scheme, *, org_id: int, kind_id: int, on: date) -> Scheme:
    """``scheme`` as single-set management demands it of this agency's records; as it is without it."""
    return stricter(scheme, stricter_checks(org_id, kind_id, on))


def due_for_recheck(until: date) -> QuerySet[Assessment]:
    """Approvals whose re-check is due by a day and of which nobody was reminded yet."""
    rows = Assessment.objects.select_related("org", "rule").filter(state=AssessmentState.APPROVED)
    return rows.filter(recheck_on__lte=until, reminded_on__isnull=True)
