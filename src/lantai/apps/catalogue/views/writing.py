"""Describing paper: a new row by hand, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.authorities import queries as authorities
from lantai.apps.catalogue.forms import NewForm, StartForm
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.services.drafts import carried, carry, draft_of, forget_draft
from lantai.apps.catalogue.services.writing import Frame, write_description
from lantai.apps.catalogue.views.editing import kept
from lantai.apps.holdings import queries as holdings
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import FieldType
from lantai.kit.errors import Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


@needs(P.ITEM_DESCRIBE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the kind, then describe; the next one begins with what is carried over."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    fonds = _fonds(ctx)
    archives_id = fonds.values_list("archives_id", flat=True).first() or ctx.org_id
    offered = kinds.kinds_at(archives_id)
    asked = request.GET.get("kind", "")
    kind_id = int(asked) if is_number(asked, 9) else 0
    if kind_id not in offered:
        start = StartForm(offered=offered, initial={"kind": ""})
        return pages.form(
            request,
            start,
            title=_("新建著录"),
            submit=_("下一步"),
            template="catalogue/new_start.html",
            crumbs=_crumbs(),
            cancel_url=reverse("catalogue:list"),
        )
    return _describe(request, ctx, fonds, kind_id, offered[kind_id], archives_id)


def _describe(
    request: HttpRequest,
    ctx: Ctx,
    fonds: QuerySet[Fonds],
    kind_id: int,
    kind_name: str,
    archives_id: int | None,
) -> HttpResponse:
    scheme = kinds.scheme_of(kind_id, archives_id)
    values, names = carried(ctx, kind_id)
    draft = draft_of(ctx, None) if request.method == "GET" else None
    written = dict(draft.values) if draft and draft.values.get("kind") == str(kind_id) else {}
    form = NewForm(
        request.POST or None,
        scheme=scheme,
        fonds=fonds,
        carried=names,
        suggest_url=reverse("catalogue:suggest_values", args=[kind_id]),
        initial={**values, **written},
    )
    if form.is_valid():
        try:
            row = write_description(ctx, frame=Frame(kind_id=kind_id, **form.frame()), values=form.changes())
        except Refusal as refusal:
            pages.refused(form, refusal)
        else:
            carry(ctx, kind_id=kind_id, names=form.cleaned_data["carry"], last_id=row.pk)
            forget_draft(ctx, description_id=None)
            goes_on = "next" in request.POST
            to: object = f"{reverse('catalogue:new')}?kind={kind_id}" if goes_on else row
            return pages.done(request, _("“%(code)s”已著录。") % {"code": row.reference_code}, to=to)
    return pages.form(
        request,
        form,
        title=_("新建著录：%(kind)s") % {"kind": _(kind_name)},
        submit=_("保存著录"),
        template="catalogue/new.html",
        crumbs=_crumbs(),
        cancel_url=reverse("catalogue:list"),
        scheme=scheme,
        kind_id=kind_id,
        draft=draft if written else None,
        draft_url=reverse("catalogue:new_draft"),
    )


def _crumbs() -> list[Crumb]:
    return [Crumb(_("目录"), reverse("catalogue:list")), Crumb(_("新建著录"))]


def _fonds(ctx: Ctx) -> QuerySet[Fonds]:
    return (
        holdings.visible_fonds(ctx)
        .filter(archives__in=ctx.actor.orgs_with(P.ITEM_DESCRIBE))
        .order_by("code", "pk")
    )


@needs(P.ITEM_DESCRIBE)
@require_POST
def new_draft(request: HttpRequest) -> HttpResponse:
    """Keep what stands in the form of a new description, or throw it away."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return kept(request, ctx, None, back=reverse("catalogue:new"))


@needs(P.ITEM_DESCRIBE)
@require_GET
def suggest_values(request: HttpRequest, kind_id: int) -> JsonResponse:
    """What may be meant by what is being typed into a field: names of authorities, words of a vocabulary."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    text = request.GET.get("q", "").strip()[:60]
    field = kinds.scheme_of(kind_id, ctx.org_id).by_name.get(request.GET.get("field", ""))
    found = (
        _suggested(ctx, field.type, field.name, is_author=field.column == "author", text=text)
        if field
        else []
    )
    return JsonResponse({"values": [{"value": name, "hint": hint} for name, hint in found]})


def _suggested(ctx: Ctx, kind: FieldType, name: str, *, is_author: bool, text: str) -> list[tuple[str, str]]:
    if not text:
        return []
    if kind == FieldType.VOCABULARY:
        terms: list[Any] = authorities.suggest_terms(ctx, slug=name.lower(), text=text)
        if terms:
            return [(str(term.label), "") for term in terms]
    asked = {FieldType.PERSON: "person", FieldType.PLACE: "place", FieldType.VOCABULARY: "subject"}
    wanted = "creator" if is_author else asked.get(kind, "")
    return [(one.name, one.hint) for one in authorities.suggest(ctx, kind=wanted, text=text)]
