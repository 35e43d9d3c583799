"""The tree of a fonds: windows of it, a filter, the way to one row, and hits of a search in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Invalid, Missing
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in
from lantai.platform.ui import pages
from lantai.platform.ui.registry import tabs_for
from lantai.platform.ui.types import Crumb

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


@signed_in
@require_GET
def tree(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """A fonds as a tree; ``?open=`` shows the way to one row and what lies under it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    fonds = holdings.get_fonds(ctx, fonds_id)
    opened = request.GET.get("open", "")
    text = _text(request, "q")
    page: dict[str, object] = {
        "title": fonds.name,
        "crumbs": [
            Crumb(_("全宗"), reverse("holdings:fonds_list")),
            Crumb(str(fonds), fonds.get_absolute_url()),
        ],
        "tabs": tabs_for(ctx.actor, "holdings:fonds", fonds.pk, current="catalogue:tree"),
        "fonds": fonds,
        "may_arrange": queries.may_arrange_somewhere(ctx),
        "may_export": ctx.actor.holds(P.ITEM_EXPORT),
        "arrangements": queries.arrangements(ctx).filter(fonds=fonds),
    }
    if text:
        page |= _hits(ctx, fonds.pk, text)
    elif is_number(opened):
        row = queries.get(ctx, int(opened))
        page |= {"window": queries.reveal(ctx, row), "opened_id": row.pk}
    else:
        after = request.GET.get("after", "")
        page["window"] = queries.tree_window(
            ctx, fonds, filter_text=_text(request, "filter"), after=int(after) if is_number(after) else 0
        )
    return pages.show(request, "catalogue/tree.html", page)


def _hits(ctx: Ctx, fonds_id: int, text: str) -> dict[str, object]:
    """What a search within the fonds adds to its tree: the units under which hits lie, opened."""
    try:
        found = queries.hits_in_tree(ctx, fonds_id, text)
    except Invalid as refusal:
        return {"text": text, "refusal": pages.said(refusal)}
    if found is None:
        return {"text": text, "refusal": _("检索库还没有建好。目录不受影响，可以按档号浏览。")}
    return {"text": text, "found": found}


@signed_in
@require_GET
def branch(request: HttpRequest, item_id: int) -> HttpResponse:
    """A window of what lies under a unit."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return _branch(request, ctx, queries.get(ctx, item_id))


@signed_in
@require_GET
def top_branch(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """A window of what lies directly under a fonds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return _branch(request, ctx, holdings.get_fonds(ctx, fonds_id))


def _branch(request: HttpRequest, ctx: Ctx, parent: Description | Fonds) -> HttpResponse:
    after = request.GET.get("after", "")
    behind = int(after) if is_number(after) else 0
    window = queries.tree_window(
        ctx, parent, after=behind, filter_text=_text(request, "filter"), is_counted=not behind
    )
    template = "catalogue/_nodes.html" if behind else "catalogue/_branch.html"
    page = {
        "window": window,
        "may_arrange": queries.may_arrange_somewhere(ctx),
        "tells_count": not behind and not isinstance(parent, Description),
    }
    return pages.show(request, template, page)


@signed_in
@require_GET
def by_code(request: HttpRequest) -> HttpResponse:
    """The page of the row that has this code, or had it; a list where several fonds use it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    code = _text(request, "code")
    found = queries.of_code(ctx, code)[:2]
    if not found:
        raise Missing
    if len(found) == 1:
        return redirect(found[0])
    return redirect(f"{reverse('catalogue:list')}?q={code}")


def level_counts(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Counts with the words for their levels."""
    return [(str(Level(level).label), count) for level, count in counts.items()]


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").strip().replace("\x00", "")[:200]
