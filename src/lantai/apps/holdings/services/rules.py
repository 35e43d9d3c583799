"""The product's kinds and rules, and new versions of rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from importlib.resources import files

from django.db import transaction

from lantai.apps.holdings import queries
from lantai.apps.holdings.models import RecordKind, RuleSet
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.types import RuleBodyUnlike, RuleNotLater
from lantai.kit.errors import Missing
from lantai.kit.numbering import RuleInvalid
from lantai.platform.accounts import policy
from lantai.platform.context import Channel, Ctx
from lantai.platform.ledger import services as ledger

_DATA = files("lantai.apps.holdings").joinpath("data")
_KEYED_FREELY = frozenset({"kinds", "fonds"})  # tables whose keys are slugs and codes, not words of ours


@transaction.atomic
def install_rules(ctx: Ctx) -> int:
    """Install the kinds and rules that come with the product where they are missing; returns how many.

    What an archives has changed since stays. The command line, or a holder of ``RULE_MANAGE``.
    """
    if not (ctx.actor.is_system and ctx.channel is Channel.COMMAND):
        policy.require(ctx, P.RULE_MANAGE, ctx.org_id)
    kinds = [RecordKind(**row) for row in _read("kinds.toml")["kinds"]]
    rules = [RuleSet(version=1, **row) for row in _read("rules.toml")["rules"]]
    before = RecordKind.objects.count() + RuleSet.objects.count()
    RecordKind.objects.bulk_create(kinds, ignore_conflicts=True)
    RuleSet.objects.bulk_create(rules, ignore_conflicts=True)
    made = RecordKind.objects.count() + RuleSet.objects.count() - before
    if made:
        ledger.record(
            ctx,
            "holdings:rules:installed",
            object_type="holdings:rules",
            object_id="product",
            detail={"made": made},
        )
    return made


def _read(name: str) -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(_DATA.joinpath(name).read_text(encoding="utf-8"))


@transaction.atomic
def new_rule_version(
    ctx: Ctx,
    *,
    slug: str,
    title: str,
    body: Mapping[str, object],
    valid_from: date,
    citation: str,
    is_confirmed: bool = False,
) -> RuleSet:
    """Replace a rule from a day on; the version before it ends the day before.

    Raises ``RuleNotLater``, and ``RuleBodyUnlike`` for values that the rule's readers could not use.
    """
    policy.require(ctx, P.RULE_MANAGE, ctx.org_id)
    old = RuleSet.objects.select_for_update().filter(slug=slug).order_by("-version").first()
    if old is None:
        raise Missing
    if valid_from <= old.valid_from:
        raise RuleNotLater(after=old.valid_from.isoformat(), field="valid_from")
    _check_body(slug, old.body, body)
    RuleSet.objects.filter(pk=old.pk).update(valid_to=valid_from - timedelta(days=1))
    row = RuleSet.objects.create(
        slug=slug,
        version=old.version + 1,
        title=title,
        body=dict(body),
        valid_from=valid_from,
        citation=citation,
        is_confirmed=is_confirmed,
    )
    ledger.record(
        ctx,
        "holdings:rule:replaced",
        object_type="holdings:rule",
        object_id=row.pk,
        object_name=title,
        detail={"slug": slug, "version": row.version, "valid_from": valid_from.isoformat()},
    )
    return row


def _check_body(slug: str, old: Mapping[str, object], new: Mapping[str, object]) -> None:
    _same_shape(old, new)
    if slug == "numbering":
        _check_numbering(new)


def _same_shape(old: Mapping[str, object], new: Mapping[str, object]) -> None:
    for key in sorted(old.keys() ^ new.keys()):
        raise RuleBodyUnlike(key=key, field="body")
    for key, value in old.items():
        if type(value) is not type(new[key]):
            raise RuleBodyUnlike(key=key, field="body")
        if isinstance(value, dict) and key not in _KEYED_FREELY:
            _same_shape(value, new[key])  # type: ignore[arg-type]


def _check_numbering(body: Mapping[str, object]) -> None:
    default: dict[str, object] = body["default"]  # type: ignore[assignment]
    tables: list[dict[str, dict[str, object]]] = [body["kinds"], body["fonds"]]  # type: ignore[list-item]
    for name, own in [("default", {}), *(pair for table in tables for pair in table.items())]:
        try:
            queries.numbering_from({**default, **own})
        except (ValueError, TypeError, KeyError, RuleInvalid) as wrong:
            raise RuleBodyUnlike(key=name, field="body") from wrong
