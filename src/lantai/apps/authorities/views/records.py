"""Records of authority: list, page, entering, revising, history, export."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.authorities import holders, queries, services
from lantai.apps.authorities.forms import EnterForm, ReviseForm
from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.tables import MATURITY, AuthorityTable
from lantai.apps.authorities.types import CPF, AuthorityChanged
from lantai.apps.authorities.views.words import BODY_LABELS, said_of, said_of_value
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs, signed_in
from lantai.platform.orgs.models import Org
from lantai.platform.ui import pages, registry
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, Tone


def crumbs() -> list[Crumb]:
    """The way to a record."""
    return [Crumb(_("规范记录"), reverse("authorities:authorities"))]


@needs(P.AUTHORITY_READ)
@require_GET
def authorities(request: HttpRequest) -> HttpResponseBase:
    """The records that stand."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    acts = []
    if ctx.actor.holds(P.AUTHORITY_MANAGE):
        acts.append(Act(_("登记规范记录"), reverse("authorities:enter"), Tone.PRIMARY, "plus", method="get"))
    if ctx.actor.holds(P.AUTHORITY_MERGE):
        acts.append(Act(_("疑似重复"), reverse("authorities:alike"), icon="files", method="get"))
    empty = Empty(
        _("这里会出现规范记录"),
        _("登记机构、人物、家族、地名、事件和主题的规范名称、别名和沿革，著录时按名称或拼音选用。"),
        acts[0] if acts else None,
    )
    return respond(
        request, AuthorityTable(queries.standing(ctx)), title=_("规范记录"), empty=empty, acts=acts
    )


@needs(P.AUTHORITY_READ)
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggestions for what is typed, as the options of a picker."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    asked = request.GET.get("field", "")
    field = asked if asked.isidentifier() and len(asked) < 40 else "authority"
    typed = request.GET.get(f"{field}_text", "").strip()[:200]
    options = queries.suggest(ctx, kind=request.GET.get("kind", ""), text=typed)
    return pages.show(
        request, "authorities/_options.html", {"name": field, "typed": typed, "options": options}
    )


@needs(P.AUTHORITY_READ)
@require_GET
def authority(request: HttpRequest, authority_id: int) -> HttpResponse:
    """One record with its names, relations, chain, sources and what points to it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, authority_id)
    cluster = queries.cluster_of(row.pk)
    return pages.detail(
        request,
        title=row.name,
        kicker=f"{row.get_kind_display()} {row.dates}",
        state=MATURITY[row.maturity],
        acts=_acts(ctx, row),
        facts=list(_facts(row)),
        moments=_moments(row),
        tabs=registry.tabs_for(ctx.actor, "authorities:authority", row.pk, current="authorities:authority"),
        crumbs=[*crumbs(), Crumb(row.name)],
        template="authorities/authority.html",
        row=row,
        may_manage=queries.may_manage(ctx, row),
        may_merge=row.org_id in ctx.actor.orgs_with(P.AUTHORITY_MERGE),
        names=queries.names_in(cluster),
        relations=queries.relations_of(cluster),
        sources=queries.sources_of(cluster),
        chain=queries.chain_of(ctx, row),
        held=holders.held(ctx, row.pk),
        merges=queries.merges_of(ctx, row.pk),
        alike=queries.may_be_same(ctx, row) if ctx.actor.holds(P.AUTHORITY_MERGE) else [],
    )


def _acts(ctx: Ctx, row: Authority) -> list[Act]:
    acts = []
    if queries.may_manage(ctx, row):
        for label, name, icon in (
            (_("修改记录"), "revise", "edit"),
            (_("加名称"), "add_name", "plus"),
            (_("加关系"), "relate", "plus"),
            (_("加来源"), "add_source", "plus"),
        ):
            acts.append(Act(label, reverse(f"authorities:{name}", args=[row.pk]), icon=icon, method="get"))
    acts.append(
        Act(_("修改历史"), reverse("authorities:history", args=[row.pk]), icon="history", method="get")
    )
    if row.kind in CPF:
        acts.append(
            Act(_("导出 EAC-CPF"), reverse("authorities:eac", args=[row.pk]), icon="download", method="get")
        )
    return acts


def _facts(row: Authority) -> Iterator[Fact]:
    unit = row.unit.name if row.unit else ""
    for label, value, kind in (
        (_("代码"), row.code, "code"),
        (_("平台单位"), unit, "text"),
        (_("沿革或生平"), row.history, "text"),
        (_("职能或职业"), row.functions, "text"),
        (_("设立依据"), row.mandate, "text"),
        (_("内部机构或谱系"), row.structure, "text"),
        (_("背景"), row.context, "text"),
        (_("附注"), row.note, "text"),
        (_("建立单位"), row.org.name, "text"),
    ):
        if value:
            yield Fact(label, value, kind)


def _moments(row: Authority) -> tuple[Moment, ...]:
    return tuple(
        Moment(version.changed_at, version.editor_name, said_of(version.act))
        for version in queries.versions_of(row)[:20]
    )


def _units(ctx: Ctx) -> object:
    return Org.objects.filter(is_active=True, pk__in=ctx.actor.org_ids) | Org.objects.filter(
        is_active=True, archives__in=ctx.actor.orgs_with(P.AUTHORITY_MANAGE)
    )


@needs(P.AUTHORITY_MANAGE)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """A new record."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = EnterForm(
        request.POST or None,
        orgs=queries.orgs_to_manage(ctx),
        units=_units(ctx),  # type: ignore[arg-type]
        initial={"kind": request.GET.get("kind", ""), "name": request.GET.get("name", "")[:200]},
    )
    if form.is_valid():
        try:
            row = services.enter(ctx, org_id=form.cleaned_data["org"].pk, said=form.said())
            return pages.done(request, _("已登记规范记录“%(name)s”。") % {"name": row.name}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("登记规范记录"),
        submit=_("登记"),
        crumbs=crumbs(),
        cancel_url=reverse("authorities:authorities"),
    )


@needs(P.AUTHORITY_MANAGE)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Change a record; what somebody else saved meanwhile is not overwritten."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, authority_id)
    form = ReviseForm.of(row, request.POST or None, _units(ctx))  # type: ignore[arg-type]
    status = None
    if form.is_valid():
        try:
            revision = form.cleaned_data["revision"] or 0
            services.revise(ctx, authority_id=row.pk, revision=revision, said=form.said(row.kind))
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
            status = 409 if isinstance(refusal, AuthorityChanged) else None
    return pages.form(
        request,
        form,
        title=_("修改记录"),
        submit=_("保存"),
        crumbs=[*crumbs(), Crumb(row.name, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
        status=status,
    )


@needs(P.AUTHORITY_READ)
@require_GET
def history(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Every version with what it changed."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, authority_id)
    versions = queries.differences(row)
    called = queries.called(version for version, _changed in versions)
    page = {
        "title": _("修改历史"),
        "row": row,
        "changes": [
            (
                version,
                said_of(version.act),
                [
                    (BODY_LABELS.get(key, key), *(said_of_value(key, one, called) for one in both))
                    for key, *both in changed
                ],
            )
            for version, changed in versions
        ],
        "may_manage": queries.may_manage(ctx, row),
        "crumbs": [*crumbs(), Crumb(row.name, row.get_absolute_url())],
    }
    return pages.show(request, "authorities/history.html", page)


@needs(P.AUTHORITY_MANAGE)
@require_POST
def restore(request: HttpRequest, authority_id: int) -> HttpResponse:
    """Bring back an earlier version."""
    revision, to = request.POST.get("revision", ""), request.POST.get("to", "")
    if not (revision.isdecimal() and to.isdecimal() and len(revision + to) < 18):
        raise Missing
    row = services.restore(
        request.ctx,  # type: ignore[attr-defined]
        authority_id=authority_id,
        revision=int(revision),
        to=int(to),
    )
    return pages.done(request, _("已恢复到第 %(to)d 版。") % {"to": int(to)}, to=row)


@signed_in
@require_GET
def eac(request: HttpRequest, authority_id: int) -> HttpResponse:
    """The record as EAC-CPF."""
    row = queries.get(request.ctx, authority_id)  # type: ignore[attr-defined]
    answer = HttpResponse(queries.eac_of(row), content_type="application/xml")
    name = f"{row.name}.eac.xml"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
