"""What a description is by and about; and the records of an authority."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.authorities import queries as authorities
from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.tables import DescriptionTable
from lantai.apps.catalogue.types import AccessRole
from lantai.kit.errors import Missing, Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages, registry
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Crumb, Empty, Tab


class LinkForm(forms.Form):
    """An authority and what it is to the record."""

    role = forms.ChoiceField(label=gettext_lazy("与档案的关系"), choices=AccessRole.choices)

    def __init__(self, *args: Any, ctx: Ctx, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"] = authorities.AuthorityField(
            ctx=ctx,
            label=gettext_lazy("规范记录"),
            help_text=gettext_lazy("输入名称、曾用名、拼音或首字母。没有的先在“规范记录”中登记。"),
        )


@needs(P.ITEM_DESCRIBE)
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, item_id: int) -> HttpResponse:
    """Say what the record is by or about."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    if row.custodian_id not in ctx.actor.orgs_with(P.ITEM_DESCRIBE):
        raise Missing
    form = LinkForm(request.POST or None, ctx=ctx)
    if form.is_valid():
        try:
            said = form.cleaned_data
            services.link(ctx, description_id=row.pk, authority_id=said["authority"], role=said["role"])
            return pages.done(request, _("已加检索点。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("加检索点"),
        submit=_("保存"),
        crumbs=[
            Crumb(_("目录"), reverse("catalogue:list")),
            Crumb(row.reference_code, row.get_absolute_url()),
        ],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.ITEM_DESCRIBE)
@require_POST
def unlink(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take a link away."""
    given = request.POST.get("point", "")
    if not is_number(given):
        raise Missing
    row = services.unlink(request.ctx, description_id=item_id, point_id=int(given))  # type: ignore[attr-defined]
    return pages.done(request, _("已去掉检索点。"), to=row)


@needs(P.ITEM_READ)
@require_GET
def authority_records(request: HttpRequest, authority_id: int) -> HttpResponseBase:
    """The records by or about an authority that I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = authorities.get(ctx, authority_id)
    asked = request.GET.get("role", "")
    role = asked if asked in AccessRole.values else ""
    here = reverse("catalogue:authority_records", args=[row.pk])
    tabs = registry.tabs_for(
        ctx.actor, "authorities:authority", row.pk, current="catalogue:authority_records"
    )
    tabs += [
        Tab(AccessRole(value).label, f"{here}?role={value}", value == role) for value in AccessRole.values
    ]
    return respond(
        request,
        DescriptionTable(ctx, queries.records_of(ctx, row.pk, role)),
        title=row.name,
        empty=Empty(_("这里会出现有关的档案"), _("在条目的页面上加检索点，选用这条规范记录。")),
        crumbs=[
            Crumb(_("规范记录"), reverse("authorities:authorities")),
            Crumb(row.name, row.get_absolute_url()),
        ],
        tabs=tabs,
    )
