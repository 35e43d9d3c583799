"""The search page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.addresses import KEPT, NEWS, asked_from
from lantai.apps.catalogue.tables import OPENNESS
from lantai.apps.catalogue.types import Asked, Facet, FindSort, FoundPage
from lantai.kit.errors import Invalid
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in
from lantai.platform.ui import pages
from lantai.platform.ui.types import Tab


@dataclass(frozen=True, slots=True)
class Link:
    """A value to narrow by, or a condition to take away."""

    label: str
    url: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A facet as shown."""

    label: str
    links: tuple[Link, ...]


@signed_in
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Search titles, codes, persons and texts within what I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    asked = asked_from(request.GET)
    page: dict[str, object] = {
        "title": _("检索"),
        "asked": asked,
        "kept": _kept(request.GET),
        "may_export": ctx.actor.holds(P.ITEM_EXPORT),
        "may_describe": ctx.actor.holds(P.ITEM_DESCRIBE),
        "query": urlencode(_pairs(request.GET)),
        "first_url": _url(request) if asked.after else "",
    }
    try:
        found = queries.find(ctx, asked)
    except Invalid as refusal:
        return pages.show(
            request, "catalogue/search.html", page | {"refusal": pages.said(refusal)}, status=422
        )
    page |= {
        "found": found,
        "openness": OPENNESS,
        "groups": [_group(request, facet) for facet in found.facets],
        "chips": list(_chips(request, ctx, found)),
        "meant": [Link(one.text, _url(request, q=one.text), one.total) for one in found.suggestions],
        "sorts": _sorts(request, asked),
        "next_url": _url(request, after=found.after) if found.after else "",
    }
    return pages.show(request, "catalogue/search.html", page)


def _kept(data: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name in KEPT if name != "q" for value in data.getlist(name)]


def _pairs(data: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name in KEPT for value in data.getlist(name) if value]


def _url(request: HttpRequest, **more: str) -> str:
    pairs = [pair for pair in _pairs(request.GET) if pair[0] not in more]
    return f"{request.path}?{urlencode([*pairs, *more.items()])}"


def _turned(request: HttpRequest, name: str, value: str) -> str:
    pairs = _pairs(request.GET)
    changed = [pair for pair in pairs if pair != (name, value)]
    if len(changed) == len(pairs):
        changed.append((name, value))
    return f"{request.path}?{urlencode(changed)}"


def _group(request: HttpRequest, facet: Facet) -> Group:
    chosen = set(request.GET.getlist(facet.name))
    return Group(
        facet.label,
        tuple(
            Link(o.label, _turned(request, facet.name, o.value), o.count, o.value in chosen)
            for o in facet.options
        ),
    )


def _chips(request: HttpRequest, ctx: Ctx, found: FoundPage) -> Iterator[Link]:
    for condition in found.conditions:
        yield Link(condition.label, _url(request, q=condition.rest))
    for facet in found.facets:
        labels = {option.value: option.label for option in facet.options}
        for value in request.GET.getlist(facet.name):
            text = _("%(label)s：%(value)s") % {"label": facet.label, "value": labels.get(value, value)}
            yield Link(text, _turned(request, facet.name, value))
    if news := asked_from(request.GET).news:
        whole = urlencode([pair for pair in _pairs(request.GET) if pair[0] != NEWS])
        yield Link(_("提醒的新结果：%(n)d 条") % {"n": len(news)}, f"{request.path}?{whole}")
    for value in request.GET.getlist("file"):
        if is_number(value) and (row := queries.visible(ctx).filter(pk=int(value)).first()):
            text = _("%(label)s：%(value)s") % {"label": _("案卷"), "value": row.reference_code}
            yield Link(text, _turned(request, "file", value))


def _sorts(request: HttpRequest, asked: Asked) -> list[Tab]:
    labels = (
        (FindSort.RELEVANCE, _("相关")),
        (FindSort.NEWEST, _("日期由近到远")),
        (FindSort.OLDEST, _("日期由远到近")),
        (FindSort.CODE, _("档号")),
    )
    return [Tab(label, _url(request, sort=sort.value), sort is asked.sort) for sort, label in labels]
