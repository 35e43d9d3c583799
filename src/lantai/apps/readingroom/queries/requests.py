"""Requests as staff and as applicants see them."""

from __future__ import annotations

from django.db.models import CharField, DateField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.types import Asked
from lantai.apps.readingroom.models import Finding, Request
from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.types import CLOSED, PublicStep
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs.models import Run
from lantai.platform.workflow.models import Clock, Transition

OBJECT = "readingroom:request"
READ_REQUEST = policy.Granted(P.REQUEST_READ, "archives_id")
MOST_LINKABLE = 10

# What an applicant is told of a move; moves that are not here are the archives' own affair.
_TOLD = {
    "accept": (N_("已受理，正在查找"), "busy"),
    "propose": (N_("查找完成，正在审核"), "busy"),
    "approve": (N_("审核通过，正在出具证明"), "busy"),
    "deliver": (N_("证明已出具，可以下载"), "good"),
    "answer_not_found": (N_("没有查到相关档案"), "plain"),
    "refuse": (N_("不予受理"), "warn"),
    "withdraw": (N_("申请已撤回"), "plain"),
}
_REASON_IS_TOLD = frozenset({"refuse", "answer_not_found"})


def visible(ctx: Ctx) -> QuerySet[Request]:
    """Requests to the archives where the actor may read them."""
    return policy.visible(Request.objects.select_related("archives"), READ_REQUEST, ctx.actor)


def get(ctx: Ctx, request_id: int) -> Request:
    """One request, or ``Missing``."""
    return policy.one(visible(ctx), pk=request_id)


def desk_rows(ctx: Ctx) -> QuerySet[Request]:
    """Visible requests with the day on which their running limit ends."""
    clock = Clock.objects.filter(
        object_type=OBJECT, object_id=Cast(OuterRef("pk"), CharField()), stopped_on__isnull=True
    )
    due_on = Subquery(clock.order_by("due_on").values("due_on")[:1], output_field=DateField())
    return visible(ctx).annotate(due_on=due_on)


def count_open(ctx: Ctx) -> int:
    """How many visible requests are not closed."""
    return visible(ctx).exclude(state__in=CLOSED).count()


def with_number(number: str) -> Request | None:
    """The request of that number; the caller has shown that it may be seen."""
    return Request.objects.select_related("archives").filter(number=number).first()


def findings_of(request_id: int) -> QuerySet[Finding]:
    """The records linked to a request, in the order in which they were linked."""
    rows = Finding.objects.filter(request_id=request_id)
    return rows.select_related("description", "description__fonds", "description__kind")


def get_finding(ctx: Ctx, finding_id: int) -> Finding:
    """One linked record of a visible request, or ``Missing``."""
    rows = Finding.objects.select_related("request", "request__archives", "description")
    seen = rows.filter(request__archives_id__in=ctx.actor.orgs_with(P.REQUEST_READ))
    return policy.one(seen, pk=finding_id)


def linkable(ctx: Ctx, row: Request, text: str) -> list[object]:
    """Records kept by the request's archives that match ``text`` and are not linked yet, at most ten.

    The index finds them; while there is no index, the database looks at titles, codes and names.
    """
    if not text.strip():
        return []
    own = catalogue.visible(ctx).filter(custodian_id=row.archives_id, level="item")
    own = own.exclude(pk__in=row.findings.values("description_id"))
    found = catalogue.find(ctx, Asked(text=text, limit=5 * MOST_LINKABLE))
    if found.is_ready:
        rows = own.in_bulk([hit.id for hit in found.hits])
        return [rows[hit.id] for hit in found.hits if hit.id in rows][:MOST_LINKABLE]
    for word in text.split():
        own = own.filter(
            Q(title__icontains=word) | Q(reference_code__icontains=word) | Q(persons__contains=[word])
        )
    return list(own[:MOST_LINKABLE])


def public_steps(row: Request) -> list[PublicStep]:
    """The progress of a request in everyday words, newest first; names of staff stay inside."""
    steps = [PublicStep(row.submitted_at, N_("申请已提交"), tone="good")]
    for move in Transition.objects.filter(object_type=OBJECT, object_id=str(row.pk)):
        if told := _TOLD.get(move.move):
            text, tone = told
            reason = move.reason if move.move in _REASON_IS_TOLD else ""
            steps.append(PublicStep(move.at, text, reason, tone))
    return steps[::-1]


def issuing_run(request_id: int) -> Run | None:
    """The newest run that makes this request's certificate."""
    return Run.objects.filter(about_type=OBJECT, about_id=str(request_id)).order_by("-id").first()
