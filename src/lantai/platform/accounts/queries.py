"""Reads: actors from accounts, people at organisations."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from lantai.platform.accounts import policy
from lantai.platform.accounts.models import ApiToken, Assignment, User
from lantai.platform.accounts.permissions import P
from lantai.platform.accounts.roles import roles
from lantai.platform.accounts.types import Reach, Role
from lantai.platform.context import Actor, Ctx
from lantai.platform.orgs import queries as orgs


def in_force(on: date) -> Q:
    """Assignments that hold on that day."""
    return Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def actor_for(user: User, on: date) -> Actor:
    """The actor with every grant in force; three queries at most."""
    held = [(a.org_id, roles()[a.role]) for a in user.assignments.filter(in_force(on)) if a.role in roles()]
    grants: defaultdict[str, set[int]] = defaultdict(set)
    for org_id, role in held:
        for permission in role.permissions:
            grants[permission].add(org_id)
    for reach, find in ((Reach.BELOW, orgs.ids_below), (Reach.SERVED, orgs.ids_served)):
        wide = [(org_id, role) for org_id, role in held if role.reach is reach]
        covered = find({org_id for org_id, _ in wide}) if wide else {}
        for org_id, role in wide:
            for permission in role.permissions:
                grants[permission] |= covered.get(org_id, frozenset())
    own = frozenset({user.org_id, *(org_id for org_id, _ in held)})
    return Actor(user.pk, user.name, own, {name: frozenset(ids) for name, ids in grants.items()})


def user_of_token(secret: str, now: datetime) -> User | None:
    """The active machine account behind a bearer token, or None."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    live = Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    token = (
        ApiToken.objects.filter(live, digest=digest, user__is_active=True).select_related("user__org").first()
    )
    if token is None:
        return None
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user


def visible(ctx: Ctx) -> QuerySet[User]:
    """Accounts at organisations where the actor may see accounts."""
    return policy.visible(User.objects.select_related("org"), policy.Granted(P.USER_READ), ctx.actor)


def assignments_of(user: User, on: date) -> list[tuple[Assignment, Role]]:
    """Assignments in force with their roles."""
    rows = user.assignments.filter(in_force(on)).select_related("org").order_by("org__path", "role")
    return [(row, roles()[row.role]) for row in rows if row.role in roles()]


def holders_anywhere(permission: str, on: date) -> list[int]:
    """Ids of active users who hold ``permission`` at some organisation."""
    giving = [slug for slug, role in roles().items() if permission in role.permissions]
    rows = Assignment.objects.filter(in_force(on), role__in=giving, user__is_active=True)
    return sorted(set(rows.values_list("user_id", flat=True)))


def holders(permission: str, org_id: int, on: date) -> list[int]:
    """Ids of active users who hold ``permission`` at the organisation, directly or by reach."""
    giving = {slug: role for slug, role in roles().items() if permission in role.permissions}
    rows = Assignment.objects.filter(in_force(on), role__in=giving, user__is_active=True)
    found: set[int] = set()
    wide: defaultdict[Reach, dict[int, set[int]]] = defaultdict(dict)
    for user_id, role, at in rows.values_list("user_id", "role", "org_id"):
        if at == org_id:
            found.add(user_id)
        elif giving[role].reach is not Reach.OWN:
            wide[giving[role].reach].setdefault(at, set()).add(user_id)
    for reach, find in ((Reach.BELOW, orgs.ids_below), (Reach.SERVED, orgs.ids_served)):
        for at, covered in (find(wide[reach]) if wide[reach] else {}).items():
            if org_id in covered:
                found |= wide[reach][at]
    return sorted(found)


def names_of(ids: Iterable[int]) -> list[str]:
    """What accounts are called, in the order of their names."""
    return list(User.objects.filter(pk__in=ids).order_by("name", "pk").values_list("name", flat=True))
