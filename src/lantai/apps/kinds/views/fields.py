"""The designer: one field of a draft."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantai.apps.kinds import queries, services
from lantai.apps.kinds.forms import FieldForm
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.views.versions import crumbs_of
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages

_ALL_THE_WAY = 10_000
_STEPS = {"up": -1, "down": 1, "top": -_ALL_THE_WAY, "bottom": _ALL_THE_WAY}


@needs(P.KIND_DESIGN)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """Add a field, behind the one named in the address."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, kind_version_id)
    form = FieldForm(request.POST or None)
    if form.is_valid():
        after = request.GET.get("after", "")
        try:
            services.add_field(ctx, version_id=row.pk, field=form.field(), after=after)
            said = _("已添加“%(label)s”。") % {"label": form.cleaned_data["label"]}
            name = form.cleaned_data["name"]
            again = f"{reverse('kinds:add_field', args=[row.pk])}?after={name}"
            return pages.done(request, said, to=again if pages.wants_one_more(request) else _at(row, name))
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _page(request, form, row, _("添加字段"), _("保存并再加一个字段"))


@needs(P.KIND_DESIGN)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, kind_version_id: int, field_name: str) -> HttpResponse:
    """Say otherwise what a field is."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, kind_version_id)
    field = next((one for one in row.fields() if one.name == field_name), None)
    if field is None:
        raise Missing
    form = FieldForm(request.POST or None, field=field)
    if form.is_valid():
        try:
            services.change_field(ctx, version_id=row.pk, name=field_name, field=form.field())
            return pages.done(request, _("已保存。"), to=_at(row, field_name))
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _page(request, form, row, field.label)


def _page(
    request: HttpRequest, form: FieldForm, row: KindVersion, title: str, one_more: str = ""
) -> HttpResponse:
    crumbs, back = crumbs_of(row, title), row.get_absolute_url()
    return pages.form(
        request, form, title=title, submit=_("保存"), crumbs=crumbs, cancel_url=back, one_more=one_more
    )


def _at(row: KindVersion, name: str) -> str:
    """The version's page where that field stands."""
    return f"{row.get_absolute_url()}#f-{name}"


@needs(P.KIND_DESIGN)
@require_POST
def place(request: HttpRequest, kind_version_id: int, field_name: str) -> HttpResponse:
    """Move a field up or down, retire it, take it up again, or remove it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    act = request.POST.get("act", "")
    if act in _STEPS:
        row = services.move_field(ctx, version_id=kind_version_id, name=field_name, steps=_STEPS[act])
    elif act in {"retire", "revive"}:
        row = services.retire_field(
            ctx, version_id=kind_version_id, name=field_name, is_retired=act == "retire"
        )
    elif act == "remove":
        row = services.remove_field(ctx, version_id=kind_version_id, name=field_name)
    else:
        raise Missing
    return pages.done(request, _("已保存。"), to=row if act == "remove" else _at(row, field_name))
