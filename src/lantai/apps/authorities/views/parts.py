"""Names, relations and sources of a record."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantai.apps.authorities import queries, services
from lantai.apps.authorities.forms import NameForm, RelationForm, SourceForm
from lantai.apps.authorities.models import Authority, Name
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.types import NameKind
from lantai.apps.authorities.views.records import crumbs
from lantai.kit.errors import Missing, Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb


def _page(request: HttpRequest, row: Authority, form: forms.Form, title: str) -> HttpResponse:
    return pages.form(
        request,
        form,
        title=title,
        submit=_("保存"),
        crumbs=[*crumbs(), Crumb(row.name, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


def _mine(ctx: Ctx, authority_id: int) -> Authority:
    row = queries.get(ctx, authority_id)
    if row.org_id not in ctx.actor.orgs_with(P.AUTHORITY_MANAGE):
        raise Missing
    return row


@needs(P.AUTHORITY_MANAGE)
@require_http_methods(["GET", "POST"])
def add_name(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Another name."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = _mine(ctx, authority_id)
    form = NameForm(request.POST or None)
    form.fields["kind"].choices = [  # type: ignore[attr-defined]
        choice for choice in NameKind.choices if choice[0] != NameKind.PREFERRED
    ]
    if form.is_valid():
        try:
            services.add_name(ctx, authority_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("已加名称“%(text)s”。") % form.cleaned_data, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _page(request, row, form, _("加名称"))


@needs(P.AUTHORITY_MANAGE)
@require_http_methods(["GET", "POST"])
def revise_name(request: HttpRequest, name_id: int) -> HttpResponse:
    """Correct a name."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    visible = Name.objects.filter(authority__in=queries.visible(ctx).values("pk"))
    name = policy.one(visible.select_related("authority"), pk=name_id)
    row = _mine(ctx, name.authority_id)
    fields = list(NameForm.base_fields)
    form = NameForm(request.POST or None, initial={field: getattr(name, field) for field in fields})
    if form.is_valid():
        try:
            services.revise_name(ctx, name_id=name.pk, **form.cleaned_data)
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _page(request, row, form, _("修改名称"))


@needs(P.AUTHORITY_MANAGE)
@require_POST
def drop_name(request: HttpRequest, name_id: int) -> HttpResponse:
    """Take a name away."""
    row = services.drop_name(request.ctx, name_id=name_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已删除名称，可以在修改历史里恢复。"), to=row)


@needs(P.AUTHORITY_MANAGE)
@require_http_methods(["GET", "POST"])
def relate(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Say how the record stands to another."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = _mine(ctx, authority_id)
    form = RelationForm(request.POST or None, ctx=ctx)
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            services.relate(ctx, source_id=row.pk, target_id=values.pop("other"), **values)
            return pages.done(request, _("已加关系。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _page(request, row, form, _("加关系"))


@needs(P.AUTHORITY_MANAGE)
@require_POST
def drop_relation(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Take a relation away."""
    given = request.POST.get("relation", "")
    _mine(request.ctx, authority_id)  # type: ignore[attr-defined]
    if not is_number(given):
        raise Missing
    row = services.drop_relation(
        request.ctx,  # type: ignore[attr-defined]
        relation_id=int(given),
        authority_id=authority_id,
    )
    return pages.done(request, _("已删除关系，可以在修改历史里恢复。"), to=row)


@needs(P.AUTHORITY_MANAGE)
@require_http_methods(["GET", "POST"])
def add_source(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Say where something is from."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = _mine(ctx, authority_id)
    form = SourceForm(request.POST or None)
    if form.is_valid():
        try:
            services.add_source(ctx, authority_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("已加来源。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _page(request, row, form, _("加来源"))


@needs(P.AUTHORITY_MANAGE)
@require_POST
def drop_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Take a source away."""
    row = services.drop_source(request.ctx, source_id=source_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已删除来源，可以在修改历史里恢复。"), to=row)
