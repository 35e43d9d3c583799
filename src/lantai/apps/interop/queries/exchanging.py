"""Sources, channels and records of other archives, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Count, Q, QuerySet

from lantai.apps.interop.models import Channel, Dispatch, Foreign, Round, Source
from lantai.apps.interop.permissions import P
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind
from lantai.platform.search import services as search
from lantai.platform.search.types import Among, Document, Field, Found, Scope

FOREIGN = "foreign"


def sources(ctx: Ctx) -> QuerySet[Source]:
    """Sources of organisations where the actor may see them."""
    rows = Source.objects.select_related("org", "reporter")
    return policy.visible(rows, policy.Granted(P.SOURCE_READ), ctx.actor)


def counted(rows: QuerySet[Source]) -> QuerySet[Source]:
    """With the number of records held from each."""
    return rows.annotate(record_count=Count("records", filter=Q(records__is_deleted=False)))


def rounds(ctx: Ctx) -> QuerySet[Round]:
    """What harvests and reports brought."""
    rows = Round.objects.select_related("source")
    return policy.visible(rows, policy.Granted(P.SOURCE_READ), ctx.actor)


def foreign_records(ctx: Ctx) -> QuerySet[Foreign]:
    """Records of other archives that the actor may see."""
    rows = Foreign.objects.select_related("source", "org").defer("body")
    return policy.visible(rows, policy.Granted(P.SOURCE_READ), ctx.actor)


def channels(ctx: Ctx) -> QuerySet[Channel]:
    """Where the actor's organisations report to."""
    return policy.visible(Channel.objects.select_related("org"), policy.Granted(P.REPORT_READ), ctx.actor)


def dispatches(ctx: Ctx) -> QuerySet[Dispatch]:
    """Batches that were reported."""
    rows = Dispatch.objects.select_related("channel")
    return policy.visible(rows, policy.Granted(P.REPORT_READ), ctx.actor)


def orgs_to_collect_for(ctx: Ctx) -> QuerySet[Org]:
    """Where the actor may register sources."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.SOURCE_MANAGE), is_active=True)


def orgs_to_report_for(ctx: Ctx) -> QuerySet[Org]:
    """The organisations whose reporting the actor arranges."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.REPORT_MANAGE), is_active=True)


def reporters_for(ctx: Ctx) -> QuerySet[Org]:
    """The archives below the actor's organisations: those that may report to them."""
    below = Q(pk__in=())
    for path in orgs_to_collect_for(ctx).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return Org.objects.filter(below, kind=OrgKind.ARCHIVES, is_active=True)


def search_foreign(ctx: Ctx, text: str, after: str = "", limit: int = 50) -> Found:
    """Ids of records of other archives by the search engine, within what the actor may see."""
    orgs = frozenset(ctx.actor.orgs_with(P.SOURCE_READ))
    scope = Scope(((Among(Field.CUSTODIAN, orgs),),)) if orgs else Scope()
    return search.find(scope, text, source=FOREIGN, after=after, limit=limit, facets=())


def search_documents(ids: Sequence[int]) -> Iterator[Document]:
    """As the search index takes them; withdrawn ones give none."""
    for row in Foreign.objects.filter(pk__in=list(ids), is_deleted=False).defer("body"):
        yield Document(
            source=FOREIGN,
            id=row.pk,
            title=row.title,
            body="\n".join(text for text in (row.note, row.fonds, row.archives) if text),
            author=row.author,
            codes=(row.reference_code,) if row.reference_code else (),
            custodian=row.org_id,
            year=_year(row.dated),
        )


def foreign_ids_after(last: int, limit: int) -> list[int]:
    """The next ids after ``last``, for building an index anew."""
    return list(Foreign.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:limit])


def _year(text: str) -> int | None:
    year = text[:4]
    return int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None
