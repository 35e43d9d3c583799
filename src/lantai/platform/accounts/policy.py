"""One declaration, two readings: may this actor touch this row, and which rows may they see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Actor, Ctx

M = TypeVar("M", bound=Model)
NOBODY_SEES = Q(pk__in=())


class Rule:
    """A condition over a row and an actor, expressed as a Q."""

    def q(self, actor: Actor) -> Q:
        """The rows for which the rule holds."""
        raise NotImplementedError

    def __or__(self, other: Rule) -> Rule:
        return _AnyOf((self, other))

    def __and__(self, other: Rule) -> Rule:
        return _AllOf((self, other))


@dataclass(frozen=True, slots=True)
class _AnyOf(Rule):
    rules: tuple[Rule, ...]

    def q(self, actor: Actor) -> Q:
        found = NOBODY_SEES
        for rule in self.rules:
            found |= rule.q(actor)
        return found


@dataclass(frozen=True, slots=True)
class _AllOf(Rule):
    rules: tuple[Rule, ...]

    def q(self, actor: Actor) -> Q:
        found = Q()
        for rule in self.rules:
            found &= rule.q(actor)
        return found


@dataclass(frozen=True, slots=True)
class Granted(Rule):
    """The actor holds ``permission`` at the organisation that ``org_path`` leads to."""

    permission: str
    org_path: str = "org"

    def q(self, actor: Actor) -> Q:
        return Q(**{f"{self.org_path}__in": tuple(actor.orgs_with(self.permission))})


@dataclass(frozen=True, slots=True)
class Owned(Rule):
    """The row is the actor's own."""

    path: str = "user_id"

    def q(self, actor: Actor) -> Q:
        return NOBODY_SEES if actor.id is None else Q(**{self.path: actor.id})


@dataclass(frozen=True, slots=True)
class RowIs(Rule):
    """The row has these values, whoever asks."""

    where: dict[str, object] = field(default_factory=dict)

    def q(self, actor: Actor) -> Q:
        return Q(**self.where)


def visible(rows: QuerySet[M], rule: Rule, actor: Actor) -> QuerySet[M]:
    """The rows that the actor may see."""
    return rows.filter(rule.q(actor))


def may(row: Model, rule: Rule, actor: Actor) -> bool:
    """Whether the rule holds for this row; the database answers, by the same Q."""
    return type(row)._default_manager.filter(rule.q(actor), pk=row.pk).exists()


def one(rows: QuerySet[M], **where: object) -> M:
    """The one row, or ``Missing``: not there and not yours look the same."""
    found = rows.filter(**where).first()
    if found is None:
        raise Missing
    return found


def require(ctx: Ctx, permission: str, org_id: int | None) -> None:
    """Raise ``NotPermitted`` unless the actor holds ``permission`` at that organisation."""
    if org_id is None or org_id not in ctx.actor.orgs_with(permission):
        raise NotPermitted(permission=str(permission))
