"""Accounts, roles and tokens, for the officers."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.kit.errors import Refusal
from lantai.platform.accounts import policy, queries, services
from lantai.platform.accounts.models import User
from lantai.platform.accounts.permissions import P
from lantai.platform.context import Ctx
from lantai.platform.desk.forms import PasswordForm, RoleForm, TokenForm, UserForm
from lantai.platform.desk.tables import UserTable
from lantai.platform.gates import needs
from lantai.platform.orgs.models import Org
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Fact, State, Tone


@needs(P.USER_READ)
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """Accounts of the organisations that I look after."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    acts = [Act(_("开通账号"), reverse("desk:new_user"), method="get", tone=Tone.PRIMARY, icon="plus")]
    shown = acts if ctx.actor.holds(P.USER_MANAGE) else []
    return respond(request, UserTable(queries.visible(ctx)), title=_("用户与角色"), acts=shown)


@needs(P.USER_MANAGE)
@require_http_methods(["GET", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """Open an account; it has no role until a security officer gives one."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = UserForm(request.POST or None, orgs=_orgs(ctx, P.USER_MANAGE))
    if form.is_valid():
        try:
            user = services.open_account(ctx, **form.cleaned_data)
            return pages.done(
                request,
                _("已开通账号“%(name)s”。请安全管理员授予角色。") % {"name": user.username},
                to=reverse("desk:user", args=[user.pk]),
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request, form, title=_("开通账号"), submit=_("开通账号"), cancel_url=reverse("desk:users")
    )


def _orgs(ctx: Ctx, permission: str) -> QuerySet[Org]:
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(permission)).order_by("path")


@needs(P.USER_READ)
@require_GET
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account with its roles and tokens."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.visible(ctx), pk=user_id)
    facts = [
        Fact(_("用户名"), row.username, "code"),
        Fact(_("机构"), row.org.name),
        Fact(_("电子邮箱"), row.email),
        Fact(_("建立时间"), row.created_at, "moment"),
        Fact(_("最近登录"), row.last_login, "moment"),
    ]
    return pages.detail(
        request,
        title=row.name,
        kicker=_("机器账号") if row.is_machine else _("账号"),
        state=State(_("启用"), Tone.GOOD) if row.is_active else State(_("停用"), Tone.WARN),
        acts=_acts(ctx, row),
        facts=facts,
        crumbs=[Crumb(_("用户与角色"), reverse("desk:users")), Crumb(row.username)],
        template="desk/user.html",
        assignments=queries.assignments_of(row, timezone.localdate(ctx.now)),
        may_assign=ctx.actor.holds(P.ROLE_ASSIGN),
        tokens=row.tokens.order_by("-id") if ctx.actor.holds(P.TOKEN_MANAGE) else (),
    )


def _acts(ctx: Ctx, row: User) -> list[Act]:
    acts = []
    if row.org_id in ctx.actor.orgs_with(P.ROLE_ASSIGN):
        acts.append(Act(_("授予角色"), reverse("desk:assign_role", args=[row.pk]), method="get", icon="key"))
    if row.org_id in ctx.actor.orgs_with(P.USER_MANAGE):
        label = _("停用账号") if row.is_active else _("启用账号")
        acts.append(
            Act(
                label,
                reverse("desk:switch_user", args=[row.pk]),
                fields={"active": "" if row.is_active else "1"},
                confirm=_("下一次操作起生效。"),
            )
        )
    if not row.is_machine and row.org_id in ctx.actor.orgs_with(P.USER_MANAGE):
        acts.append(Act(_("重设密码"), reverse("desk:set_password", args=[row.pk]), method="get", icon="key"))
    if row.is_machine and row.org_id in ctx.actor.orgs_with(P.TOKEN_MANAGE):
        acts.append(
            Act(_("签发接口令牌"), reverse("desk:new_token", args=[row.pk]), method="get", icon="plug")
        )
    return acts


@needs(P.USER_MANAGE)
@require_POST
def switch_user(request: HttpRequest, user_id: int) -> HttpResponse:
    """Enable or disable an account."""
    row = services.switch_account(request.ctx, user_id=user_id, is_active=bool(request.POST.get("active")))  # type: ignore[attr-defined]
    said = _("账号“%(name)s”已启用。") if row.is_active else _("账号“%(name)s”已停用。")
    return pages.done(request, said % {"name": row.username}, to=reverse("desk:user", args=[row.pk]))


@needs(P.USER_MANAGE)
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give somebody a new password; the old one ends at once, and with it the sessions it opened."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.visible(ctx).filter(is_machine=False), pk=user_id)
    form = PasswordForm(request.POST or None)
    page = reverse("desk:user", args=[row.pk])
    if form.is_valid():
        try:
            services.change_password(ctx, user=row, password=form.cleaned_data["password"])
            return pages.done(
                request, _("已为“%(name)s”设置新密码，原密码即刻失效。") % {"name": row.name}, to=page
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    title = _("重设密码：%(name)s") % {"name": row.name}
    return pages.form(request, form, title=title, submit=_("重设密码"), cancel_url=page)


@needs(P.ROLE_ASSIGN)
@require_http_methods(["GET", "POST"])
def assign_role(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a role for a time."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.visible(ctx), pk=user_id)
    form = RoleForm(request.POST or None, orgs=_orgs(ctx, P.ROLE_ASSIGN), initial={"org": row.org_id})
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.assign_role(
                ctx,
                user_id=row.pk,
                role=given["role"],
                org_id=given["org"].pk,
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
            )
            return pages.done(
                request,
                _("已授予“%(name)s”角色，下一次操作起生效。") % {"name": row.name},
                to=reverse("desk:user", args=[row.pk]),
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("授予角色：%(name)s") % {"name": row.name},
        submit=_("授予角色"),
        cancel_url=reverse("desk:user", args=[row.pk]),
    )


@needs(P.ROLE_ASSIGN)
@require_POST
def withdraw_role(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """End a role now."""
    services.withdraw_role(request.ctx, assignment_id=assignment_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已收回角色，下一次操作起生效。"), to="desk:users")


@needs(P.TOKEN_MANAGE)
@require_http_methods(["GET", "POST"])
def new_token(request: HttpRequest, user_id: int) -> HttpResponse:
    """Issue a token; its secret is shown on this one page and never again."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.visible(ctx), pk=user_id)
    form = TokenForm(request.POST or None)
    if not form.is_valid():
        return pages.form(
            request,
            form,
            title=_("签发接口令牌：%(name)s") % {"name": row.name},
            submit=_("签发令牌"),
            cancel_url=reverse("desk:user", args=[row.pk]),
        )
    expires_at = ctx.now + timedelta(days=form.cleaned_data["days"])
    token, secret = services.issue_token(
        ctx, user_id=row.pk, label=form.cleaned_data["label"], expires_at=expires_at
    )
    return pages.show(request, "desk/token.html", {"token": token, "secret": secret, "account": row})


@needs(P.TOKEN_MANAGE)
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token now."""
    services.revoke_token(request.ctx, token_id=token_id)  # type: ignore[attr-defined]
    return pages.done(request, _("令牌已撤销，用它发出的请求从现在起被拒绝。"), to="desk:users")
