"""The list of topics and their front pages: for staff, and for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.custody import queries as custody
from lantai.apps.topics import queries
from lantai.apps.topics.models import Section, Topic
from lantai.apps.topics.permissions import P
from lantai.apps.topics.tables import SHARES, TopicTable
from lantai.apps.topics.types import OBJECT
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on_about
from lantai.platform.gates import needs, public
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Tone

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description

SHOWN = 6
_PICTURED = ("application/pdf", "image/", "application/ofd", "application/vnd.ofd")


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its first records."""

    section: Section
    records: list[Description]
    count: int


def crumbs() -> list[Crumb]:
    """The way to a topic."""
    return [Crumb(_("专题库"), reverse("topics:topics"))]


@needs(P.TOPIC_READ)
@require_GET
def topics(request: HttpRequest) -> HttpResponseBase:
    """Topics of mine and those shared with me."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("建立专题"), reverse("topics:make"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.TOPIC_MANAGE) else []
    empty = Empty(
        _("这里会出现专题库"),
        _("把同一主题的档案集中起来：按规则自动收录，也可以人工挑选和排除，配上介绍和栏目。"),
        acts[0] if acts else None,
    )
    return respond(request, TopicTable(queries.visible(ctx)), title=_("专题库"), empty=empty, acts=acts)


@needs(P.TOPIC_READ)
@require_GET
def topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """The front page for staff."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, topic_id)
    records = queries.records_of(ctx, row)
    url = reverse("topics:records", args=[row.pk])
    page = {
        "title": row.title,
        "row": row,
        "share": SHARES[row.share],
        "acts": _acts(ctx, row),
        "crumbs": [*crumbs(), Crumb(row.title)],
        "total": records.count(),
        "records_url": url,
        "years": queries.by_year(records, url),
        "kinds": queries.by_kind(records, url),
        "parts": _parts(row, records, lambda section: queries.records_of(ctx, row, section=section)),
        "cover_url": _cover(ctx, row),
        "may_manage": queries.may_manage(ctx, row),
        "fields": queries.fields_of(row),
        "rule_url": queries.rule_url(row) if row.rule else "",
        "rule_text": queries.rule_text(row),
        "progress": going_on_about(ctx, OBJECT, row.pk),
    }
    return pages.show(request, "topics/topic.html", page)


def _acts(ctx: Ctx, row: Topic) -> list[Act]:
    acts = [Act(_("档案列表"), reverse("topics:records", args=[row.pk]), icon="list", method="get")]
    if queries.may_manage(ctx, row):
        pick = reverse("topics:pick", args=[row.pk])
        acts.insert(0, Act(_("按档号加入"), pick, Tone.PRIMARY, "plus", method="get"))
        for label, name, icon in (
            (_("收录规则"), "rule", "filter"),
            (_("修改专题"), "revise", "edit"),
            (_("加栏目"), "add_section", "plus"),
            (_("加字段"), "add_field", "plus"),
        ):
            acts.append(Act(label, reverse(f"topics:{name}", args=[row.pk]), icon=icon, method="get"))
        if row.rule:
            acts.append(Act(_("重新执行规则"), reverse("topics:refresh", args=[row.pk]), icon="refresh"))
        confirm = _("将删除专题、栏目、专题字段和收录情况，不能撤销；其中的档案不受影响。")
        address = reverse("topics:remove", args=[row.pk])
        acts.append(Act(_("删除专题"), address, icon="trash", confirm=confirm))
    if row.org_id in ctx.actor.orgs_with(P.TOPIC_SHARE):
        acts.append(Act(_("共享范围"), reverse("topics:share", args=[row.pk]), icon="share", method="get"))
    return acts


def _parts(row: Topic, records: QuerySet[Description], of: object) -> list[Part]:
    parts = []
    for section in queries.sections_of(row):
        held = of(section.pk)  # type: ignore[operator]
        parts.append(
            Part(section, list(held.order_by("dated_on", "reference_code", "pk")[:SHOWN]), held.count())
        )
    return parts


def _cover(ctx: Ctx, row: Topic) -> str:
    """The first page of the cover, for who may read it; "" for others."""
    cover = row.cover
    if cover is None or cover.package_id is None or not catalogue.may_read_content(ctx, cover):
        return ""
    files = custody.files_of(cover.package_id, cover.item_key)
    file = next((one for one in files if one.mime.startswith(_PICTURED)), None)
    return f"{reverse('catalogue:page', args=[cover.pk, file.id, 1])}?w=900" if file else ""


@public
@require_GET
def open_topics(request: HttpRequest) -> HttpResponse:
    """The topics for everybody."""
    page = {"title": _("专题档案"), "topics": queries.public().order_by("title", "pk")}
    return pages.show(request, "topics/open_topics.html", page)


@public
@require_GET
def open_topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """The front page for everybody: open records only, whoever looks."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.public(), pk=topic_id)
    records = queries.open_records_of(row)
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 18 else 0
    shown = list(records.filter(pk__gt=start).order_by("pk")[:51])
    told = queries.open_values(row, [one.pk for one in shown])
    page = {
        "title": row.title,
        "row": row,
        "total": records.count(),
        "years": queries.by_year(records, ""),
        "kinds": queries.by_kind(records, ""),
        "parts": _parts(row, records, lambda section: queries.open_records_of(row, section=section)),
        "cover_url": _cover(ctx, row),
        "records": [(one, told.get(one.pk, [])) for one in shown[:50]],
        "next_url": f"?after={shown[49].pk}" if len(shown) > 50 else "",
    }
    return pages.show(request, "topics/open_topic.html", page)
