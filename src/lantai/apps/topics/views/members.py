"""The records of a topic."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.topics import queries, services
from lantai.apps.topics.forms import PickForm, PlaceForm, ValuesForm
from lantai.apps.topics.models import Member, Topic
from lantai.apps.topics.permissions import P
from lantai.apps.topics.tables import MemberTable
from lantai.apps.topics.views.fronts import crumbs
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond, selected
from lantai.platform.ui.types import Act, Crumb, Empty, Tone

MOST_AT_ONCE = 20_000
_SHARED = frozenset({"kind", "year_from", "year_to"})  # conditions that the catalogue's list has, too
_OWN = frozenset({"section", "standing", "q"})
MOST_TO_PLACE = 200


def _crumbs(row: Topic) -> list[Crumb]:
    return [*crumbs(), Crumb(row.title, row.get_absolute_url())]


def _table(ctx: Ctx, row: Topic, *, is_excluded: bool = False) -> MemberTable:
    return MemberTable(
        queries.member_rows(ctx, row, excluded=is_excluded),
        queries.fields_of(row),
        queries.sections_of(row),
        may_manage=queries.may_manage(ctx, row),
        is_excluded=is_excluded,
    )


@needs(P.TOPIC_READ)
@require_GET
def records(request: HttpRequest, topic_id: int) -> HttpResponseBase:
    """The records as a list."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, topic_id)
    add = Act(_("按档号加入"), reverse("topics:pick", args=[row.pk]), Tone.PRIMARY, "plus", method="get")
    kept_out = Act(_("排除的档案"), reverse("topics:excluded", args=[row.pk]), icon="ban", method="get")
    acts = [add, kept_out] if queries.may_manage(ctx, row) else []
    acts.append(_in_the_catalogue(request, row))
    empty = Empty(
        _("这里会出现专题中的档案"),
        _("写一条收录规则，或按档号加入。"),
        add if queries.may_manage(ctx, row) else None,
    )
    return respond(
        request,
        _table(ctx, row),
        title=row.title,
        empty=empty,
        acts=acts,
        crumbs=_crumbs(row),
    )


def _in_the_catalogue(request: HttpRequest, row: Topic) -> Act:
    """To the catalogue's list of exactly these rows: there they go out in every format, and are changed in bulk."""
    asked = [(name, value) for name, values in request.GET.lists() for value in values if value]
    query = urlencode([("topic", row.pk), *((name, value) for name, value in asked if name in _SHARED)])
    why_not = _("目录中没有“栏目”“收录方式”和查找这些条件，请先去掉。") if _OWN & dict(asked).keys() else ""
    address = f"{reverse('catalogue:list')}?{query}"
    return Act(_("在目录中打开"), address, icon="list-tree", method="get", why_not=why_not)


@needs(P.TOPIC_MANAGE)
@require_GET
def excluded(request: HttpRequest, topic_id: int) -> HttpResponseBase:
    """The records kept out by hand."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    return respond(
        request,
        _table(ctx, row, is_excluded=True),
        title=_("排除的档案"),
        empty=Empty(_("这里会出现人工排除的档案"), _("规则找到、但不该收录的，在专题的档案列表中排除。")),
        crumbs=_crumbs(row),
    )


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def pick(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Take records in by their codes."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    form = PickForm(request.POST or None, sections=row.sections.all())
    if form.is_valid():
        section = form.cleaned_data["section"]
        codes = form.cleaned_data["codes"].split("\n")[:MOST_AT_ONCE]
        try:
            taken, unknown = services.pick(
                ctx, topic_id=row.pk, codes=codes, section_id=section.pk if section else None
            )
            said = ngettext("已加入 %(n)d 条。", "已加入 %(n)d 条。", taken) % {"n": taken}
            if unknown:
                said += _("没有找到的档号：%(codes)s") % {"codes": "、".join(unknown[:20])}
            return pages.done(request, said, to=row, tone=Tone.WARN if unknown else Tone.GOOD)
        except LantaiError as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("按档号加入"),
        submit=_("加入"),
        crumbs=_crumbs(row),
        cancel_url=row.get_absolute_url(),
    )


def _chosen(request: HttpRequest, *, is_excluded: bool = False) -> tuple[Topic, list[int]]:
    """The topic whose list a bulk act was posted from, and the rows it is for."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    try:
        found = resolve(urlsplit(request.POST.get("next", "")).path).kwargs.get("topic_id")
    except Resolver404:
        found = None
    if found is None:
        raise Missing
    row = queries.get_mine(ctx, int(found))
    rows = selected(request, _table(ctx, row, is_excluded=is_excluded))
    return row, list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])


def _done(request: HttpRequest, row: Topic, said: str, count: int) -> HttpResponse:
    return pages.done(request, said % {"n": count}, to=reverse("topics:records", args=[row.pk]))


@needs(P.TOPIC_MANAGE)
@require_POST
def exclude(request: HttpRequest) -> HttpResponse:
    """Keep the chosen records out."""
    row, ids = _chosen(request)
    count = services.exclude(request.ctx, topic_id=row.pk, member_ids=ids)  # type: ignore[attr-defined]
    said = ngettext(
        "已排除 %(n)d 条，可以在“排除的档案”里放回。", "已排除 %(n)d 条，可以在“排除的档案”里放回。", count
    )
    return _done(request, row, said, count)


@needs(P.TOPIC_MANAGE)
@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """Take exclusions back."""
    row, ids = _chosen(request, is_excluded=True)
    count = services.put_back(request.ctx, topic_id=row.pk, member_ids=ids)  # type: ignore[attr-defined]
    return _done(request, row, ngettext("已放回 %(n)d 条。", "已放回 %(n)d 条。", count), count)


@needs(P.TOPIC_MANAGE)
@require_POST
def choose_place(request: HttpRequest) -> HttpResponse:
    """From the chosen records to the choice of a section."""
    row, ids = _chosen(request)
    query = urlencode([("ids", pk) for pk in ids[:MOST_TO_PLACE]])
    to = f"{reverse('topics:place', args=[row.pk])}?{query}"
    return pages.done(request, _("请选择栏目。"), to=to)


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Show the chosen records in a section."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    form = PlaceForm(
        request.POST or None,
        sections=row.sections.all(),
        initial={"ids": ",".join(request.GET.getlist("ids")[:MOST_TO_PLACE])},
    )
    if form.is_valid():
        section = form.cleaned_data["section"]
        ids = [int(one) for one in form.cleaned_data["ids"].split(",") if one.isdecimal() and len(one) < 18]
        count = services.place(
            ctx, topic_id=row.pk, member_ids=ids, section_id=section.pk if section else None
        )
        return _done(request, row, ngettext("已放入栏目 %(n)d 条。", "已放入栏目 %(n)d 条。", count), count)
    return pages.form(
        request,
        form,
        title=_("放入栏目"),
        submit=_("保存"),
        crumbs=_crumbs(row),
        cancel_url=reverse("topics:records", args=[row.pk]),
    )


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def values(request: HttpRequest, member_id: int) -> HttpResponse:
    """Fill in the own fields of one record."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    member = queries.part_of(ctx, Member, member_id)
    row = member.topic
    form = ValuesForm(request.POST or None, own_fields=queries.fields_of(row), member=member)
    if form.is_valid():
        try:
            services.set_values(ctx, member_id=member.pk, values=form.values())
            return pages.done(request, _("已保存。"), to=reverse("topics:records", args=[row.pk]))
        except LantaiError as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=member.description.title,
        submit=_("保存"),
        crumbs=_crumbs(row),
        cancel_url=reverse("topics:records", args=[row.pk]),
    )
