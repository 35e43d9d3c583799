"""Writes: accounts, roles, tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lantai.kit.errors import Invalid
from lantai.platform.accounts import policy, queries
from lantai.platform.accounts.models import ApiToken, Assignment, User
from lantai.platform.accounts.permissions import P
from lantai.platform.accounts.roles import roles
from lantai.platform.accounts.types import NoSelfGrant, Role, RoleNotHere, RolesCollide, UsernameTaken
from lantai.platform.context import Channel, Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs import queries as orgs
from lantai.platform.orgs.models import Org


def context_for(user: User, *, channel: Channel, request_id: str, now: datetime | None = None) -> Ctx:
    """The acting context of a signed-in account."""
    now = now or timezone.now()
    actor = queries.actor_for(user, timezone.localdate(now))
    return Ctx(actor, user.org_id, user.org.name, now, request_id, channel)


@transaction.atomic
def open_account(
    ctx: Ctx,
    *,
    username: str,
    name: str,
    org: Org,
    password: str = "",
    email: str = "",
    is_machine: bool = False,
) -> User:
    """Open an account without any role; raises ``UsernameTaken``, ``Invalid`` for a weak password."""
    policy.require(ctx, P.USER_MANAGE, org.pk)
    return _new_user(
        ctx, username=username, name=name, org=org, password=password, email=email, is_machine=is_machine
    )


def _new_user(
    ctx: Ctx,
    *,
    username: str,
    name: str,
    org: Org,
    password: str,
    email: str,
    is_machine: bool,
    hashed: str = "",
) -> User:
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(username=username, field="username")
    user = User(username=username, name=name, org=org, email=email, is_machine=is_machine)
    if password:
        _set_password(user, password, hashed)
    else:
        user.set_unusable_password()
    user.save()
    ledger.record(
        ctx, "accounts:user:opened", object_type="accounts:user", object_id=user.pk, object_name=username
    )
    return user


def _set_password(user: User, password: str, hashed: str = "") -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Invalid("%(why)s", why=" ".join(weak.messages), field="password") from weak
    if hashed:
        user.password = hashed
    else:
        user.set_password(password)


@transaction.atomic
def set_up_account(
    ctx: Ctx, *, username: str, name: str, org: Org, password: str, role: str, hashed: str = ""
) -> User:
    """Make an account from the machine's own command line, where the operating system is the authority.

    ``hashed`` is the password as it is stored, of who gives many accounts the same one and says so.
    """
    if ctx.channel is not Channel.COMMAND or not ctx.actor.is_system:
        policy.require(ctx, P.USER_MANAGE, org.pk)
    user = _new_user(
        ctx,
        username=username,
        name=name,
        org=org,
        password=password,
        email="",
        is_machine=False,
        hashed=hashed,
    )
    _assign(
        ctx, user=user, role=_role_at(role, org), org=org, starts_on=timezone.localdate(ctx.now), ends_on=None
    )
    return user


@transaction.atomic
def change_password(ctx: Ctx, *, user: User, password: str) -> None:
    """Set a new password; the command line or a manager of the account's organisation."""
    if not (ctx.actor.is_system and ctx.channel is Channel.COMMAND):
        policy.require(ctx, P.USER_MANAGE, user.org_id)
    _set_password(user, password)
    User.objects.filter(pk=user.pk).update(password=user.password)
    ledger.record(
        ctx,
        "accounts:password:changed",
        object_type="accounts:user",
        object_id=user.pk,
        object_name=user.username,
    )


@transaction.atomic
def switch_account(ctx: Ctx, *, user_id: int, is_active: bool) -> User:
    """Enable or disable an account; felt at that account's next request."""
    user = policy.one(queries.visible(ctx), pk=user_id)
    policy.require(ctx, P.USER_MANAGE, user.org_id)
    if user.pk == ctx.actor.id:
        raise NoSelfGrant
    User.objects.filter(pk=user.pk).update(is_active=is_active)
    act = "accounts:user:enabled" if is_active else "accounts:user:disabled"
    ledger.record(ctx, act, object_type="accounts:user", object_id=user.pk, object_name=user.username)
    user.is_active = is_active
    return user


def _role_at(slug: str, org: Org) -> Role:
    role = roles().get(slug)
    if role is None or (role.org_kinds and org.kind not in role.org_kinds):
        raise RoleNotHere(role=role.label if role else slug, org=org.name, field="role")
    return role


@transaction.atomic
def assign_role(
    ctx: Ctx, *, user_id: int, role: str, org_id: int, starts_on: date, ends_on: date | None = None
) -> Assignment:
    """Give a role at an organisation for a time; raises ``RolesCollide``, ``NoSelfGrant``, ``RoleNotHere``."""
    policy.require(ctx, P.ROLE_ASSIGN, org_id)
    user = policy.one(User.objects.select_for_update(), pk=user_id)
    if user.pk == ctx.actor.id:
        raise NoSelfGrant
    org = orgs.get(org_id)
    return _assign(ctx, user=user, role=_role_at(role, org), org=org, starts_on=starts_on, ends_on=ends_on)


def _assign(
    ctx: Ctx, *, user: User, role: Role, org: Org, starts_on: date, ends_on: date | None
) -> Assignment:
    for _row, held in queries.assignments_of(user, starts_on):
        if held.slug != role.slug and (held.officer or role.officer):
            raise RolesCollide(new=role.label, held=held.label, field="role")
    row, _made = Assignment.objects.update_or_create(
        user=user,
        role=role.slug,
        org=org,
        defaults={"starts_on": starts_on, "ends_on": ends_on, "granted_by_id": ctx.actor.id},
    )
    ledger.record(
        ctx,
        "accounts:role:assigned",
        object_type="accounts:user",
        object_id=user.pk,
        object_name=user.username,
        detail={"role": role.slug, "org": org.code},
    )
    return row


@transaction.atomic
def withdraw_role(ctx: Ctx, *, assignment_id: int) -> None:
    """End an assignment now; felt at that account's next request."""
    row = policy.one(
        policy.visible(Assignment.objects.select_related("user"), policy.Granted(P.ROLE_ASSIGN), ctx.actor),
        pk=assignment_id,
    )
    if row.user_id == ctx.actor.id:
        raise NoSelfGrant
    detail = {"role": row.role, "org": row.org_id}
    ledger.record(
        ctx,
        "accounts:role:withdrawn",
        object_type="accounts:user",
        object_id=row.user_id,
        object_name=row.user.username,
        detail=detail,
    )
    row.delete()


@transaction.atomic
def issue_token(
    ctx: Ctx, *, user_id: int, label: str, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token of a machine account and its secret, which is shown once and never kept."""
    user = policy.one(User.objects.filter(is_machine=True, is_active=True), pk=user_id)
    policy.require(ctx, P.TOKEN_MANAGE, user.org_id)
    secret = f"lt_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=user, label=label, expires_at=expires_at, digest=hashlib.sha256(secret.encode()).hexdigest()
    )
    ledger.record(
        ctx,
        "accounts:token:issued",
        object_type="accounts:user",
        object_id=user.pk,
        object_name=user.username,
        detail={"label": label},
    )
    return token, secret


@transaction.atomic
def revoke_token(ctx: Ctx, *, token_id: int) -> None:
    """End a token; the next call with it is refused."""
    tokens = policy.visible(
        ApiToken.objects.select_related("user"), policy.Granted(P.TOKEN_MANAGE, "user__org"), ctx.actor
    )
    token = policy.one(tokens, pk=token_id)
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=ctx.now)
    ledger.record(
        ctx,
        "accounts:token:revoked",
        object_type="accounts:user",
        object_id=token.user_id,
        object_name=token.user.username,
        detail={"label": token.label},
    )


@transaction.atomic
def limit_tokens(ctx: Ctx, *, user_id: int, until: datetime, but_id: int | None = None) -> int:
    """End a machine account's other tokens at that instant at the latest; returns how many."""
    user = policy.one(User.objects.filter(is_machine=True), pk=user_id)
    policy.require(ctx, P.TOKEN_MANAGE, user.org_id)
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=until)
    rows = ApiToken.objects.filter(lasting, user=user, revoked_at__isnull=True).exclude(pk=but_id)
    count = rows.update(expires_at=until)
    if count:
        ledger.record(
            ctx,
            "accounts:tokens:limited",
            object_type="accounts:user",
            object_id=user.pk,
            object_name=user.username,
            detail={"tokens": count, "until": until.isoformat()},
        )
    return count
