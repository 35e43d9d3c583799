"""Registering connectors, and seeing how each of them does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.connectors import queries, services
from lantai.apps.connectors.forms import ConnectorForm, NewConnectorForm, initial_of
from lantai.apps.connectors.models import Connector
from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.reading import mapping_text
from lantai.apps.connectors.tables import ConnectorTable
from lantai.apps.connectors.types import SourceUnknown, SourceUnreachable, Way
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, State, Tone


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("系统接入"), reverse("connectors:connectors")), *more]


@needs(P.CONNECTOR_READ)
@require_GET
def connectors(request: HttpRequest) -> HttpResponseBase:
    """Connectors that I may see."""
    ctx = ctx_of(request)
    new = Act(_("登记系统接入"), reverse("connectors:new"), Tone.PRIMARY, "plus", method="get")
    may = ctx.actor.holds(P.CONNECTOR_MANAGE)
    text = _("办公系统等业务系统登记后，可以推送或由本系统拉取待归档的电子文件。")
    empty = Empty(_("还没有登记系统接入"), text, new if may else None)
    table = ConnectorTable(queries.connector_rows(ctx))
    return respond(request, table, title=_("系统接入"), empty=empty, acts=[new] if may else [])


@needs(P.CONNECTOR_READ)
@require_GET
def connector(request: HttpRequest, connector_id: int) -> HttpResponse:
    """One connector: how it is registered, how it does, how to use it."""
    row = queries.get_connector(ctx_of(request), connector_id)
    return pages.detail(
        request,
        title=row.name,
        kicker=row.code,
        state=_state(row),
        acts=_acts(ctx_of(request), row),
        facts=_facts(row),
        crumbs=_crumbs(Crumb(row.name)),
        template="connectors/connector.html",
        row=row,
        is_push=row.way == Way.PUSH,
        is_folder=row.way == Way.FOLDER,
        has_role=queries.may_send(row, ctx_of(request).now),
        mapping=mapping_text(row.mapping),
        last_error=_(row.last_error) % row.last_error_params if row.last_error else "",
        api_url=request.build_absolute_uri(reverse("api:push_documents")),
    )


def _state(row: Connector) -> State:
    if not row.is_enabled:
        return State(_("已停用"))
    if row.silent_since:
        return State(_("长时间没有递送"), Tone.WARN)
    return State(_("启用中"), Tone.GOOD)


def _facts(row: Connector) -> list[Fact]:
    limits = _("每分钟 %(rate)d 次，每次 %(mb)d MB、%(documents)d 份") % {
        "rate": row.rate_per_minute,
        "mb": row.most_mb,
        "documents": row.most_documents,
    }
    facts = [
        Fact(_("立档单位"), row.agency.name),
        Fact(_("全宗"), str(row.fonds)),
        Fact(_("来源系统"), row.source_system),
        Fact(_("接入方式"), row.get_way_display()),
        Fact(_("机器账号"), row.account.username),
        Fact(_("档案种类"), _(row.kind.name)),
        Fact(_("限额"), limits),
        Fact(_("最近联系"), row.last_seen_at, "moment"),
        Fact(_("最近递送"), row.last_delivery_at, "moment"),
        Fact(_("未收下次数"), row.turned_away, "number"),
    ]
    if row.way == Way.BUCKET:
        facts.insert(5, Fact(_("对象存储来源"), f"{row.source_name}/{row.prefix}"))
    return facts


def _acts(ctx: Ctx, row: Connector) -> list[Act]:
    acts = []
    if row.agency_id in ctx.actor.orgs_with(P.DELIVERY_READ):
        url = f"{reverse('connectors:deliveries')}?connector={row.pk}"
        acts.append(Act(_("查看递送"), url, icon="inbox", method="get"))
    if row.agency_id not in ctx.actor.orgs_with(P.CONNECTOR_MANAGE):
        return acts
    acts.append(Act(_("修改登记"), reverse("connectors:change", args=[row.pk]), icon="edit", method="get"))
    if row.way == Way.PUSH:
        confirm = _("签发新令牌后，原有令牌在 24 小时后失效。请在此期间为对方系统换上新令牌。")
        url = reverse("connectors:rotate", args=[row.pk])
        acts.append(Act(_("签发令牌"), url, icon="key", confirm=confirm))
        confirm = _("全部令牌立即失效，对方系统不能再递送，直到换上新令牌。")
        url = reverse("connectors:revoke", args=[row.pk])
        acts.append(Act(_("撤销全部令牌"), url, Tone.BAD, "ban", confirm=confirm))
    else:
        acts.append(Act(_("检查来源"), reverse("connectors:try", args=[row.pk]), icon="refresh"))
    label = _("停用") if row.is_enabled else _("启用")
    fields = {"is_enabled": "" if row.is_enabled else "1"}
    acts.append(Act(label, reverse("connectors:switch", args=[row.pk]), icon="plug", fields=fields))
    return acts


@needs(P.CONNECTOR_MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a connector."""
    form = NewConnectorForm(request.POST or None, ctx=ctx_of(request))
    if form.is_valid():
        fixed = {"fonds_id": int(form.cleaned_data["fonds_id"]), "code": form.cleaned_data["code"]}
        try:
            row = services.register_connector(
                ctx_of(request), way=form.cleaned_data["way"], said=form.said(), **fixed
            )
            message = _("已登记。请安全管理员为机器账号 %(account)s 授予接口角色，之后才能递送。")
            return pages.done(request, message % {"account": row.account.username}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("登记系统接入"),
        submit=_("登记"),
        crumbs=_crumbs(Crumb(_("登记"))),
        cancel_url=reverse("connectors:connectors"),
    )


@needs(P.CONNECTOR_MANAGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Change what is registered."""
    row = queries.get_connector(ctx_of(request), connector_id)
    form = ConnectorForm(request.POST or None, initial=initial_of(row))
    if form.is_valid():
        try:
            services.change_connector(ctx_of(request), connector_id=row.pk, said=form.said())
            return pages.done(request, _("登记已保存，从下一次递送起适用。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("修改登记"),
        submit=_("保存"),
        crumbs=_crumbs(Crumb(row.name, row.get_absolute_url())),
        cancel_url=row.get_absolute_url(),
    )


@needs(P.CONNECTOR_MANAGE)
@require_POST
def switch(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Let the connector take, or take nothing more."""
    is_enabled = bool(request.POST.get("is_enabled"))
    row = services.switch_connector(ctx_of(request), connector_id=connector_id, is_enabled=is_enabled)
    message = _("“%(name)s”已启用。") if is_enabled else _("“%(name)s”已停用，已收到的递送照常处理。")
    return pages.done(request, message % {"name": row.name}, to=row)


@needs(P.CONNECTOR_MANAGE)
@require_POST
def try_source(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Read the watched place once and say how it went; nothing is taken."""
    row = queries.get_connector(ctx_of(request), connector_id)
    try:
        count = services.try_source(ctx_of(request), connector_id=row.pk)
    except (SourceUnreachable, SourceUnknown) as why:
        return pages.done(request, pages.said(why), to=row, tone=Tone.BAD)
    message = _("来源可以读取，现有 %(count)d 份待拉取。检查没有拉取任何内容。")
    return pages.done(request, message % {"count": count}, to=row)


@needs(P.CONNECTOR_MANAGE)
@require_POST
def rotate(request: HttpRequest, connector_id: int) -> HttpResponse:
    """A new token; this page shows it once."""
    row, secret = services.rotate_token(ctx_of(request), connector_id=connector_id)
    page = {
        "title": _("新令牌"),
        "row": row,
        "secret": secret,
        "crumbs": _crumbs(Crumb(row.name, row.get_absolute_url())),
    }
    answer = pages.show(request, "connectors/token.html", page)
    answer["Cache-Control"] = "no-store"
    return answer


@needs(P.CONNECTOR_MANAGE)
@require_POST
def revoke(request: HttpRequest, connector_id: int) -> HttpResponse:
    """End every token now."""
    row = services.revoke_tokens(ctx_of(request), connector_id=connector_id)
    return pages.done(request, _("“%(name)s”的令牌已全部失效。") % {"name": row.name}, to=row)
