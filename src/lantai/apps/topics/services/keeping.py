"""Setting up topics: title, rule, sections, own fields, who may open them."""

from __future__ import annotations

import string
from typing import TypeVar
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import QueryDict

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.topics import queries
from lantai.apps.topics.models import OwnField, Section, Topic
from lantai.apps.topics.permissions import P
from lantai.apps.topics.services.ruling import refresh
from lantai.apps.topics.types import (
    FACET_MARK,
    OBJECT,
    FieldTaken,
    RuleEmpty,
    RuleOfTopics,
    TitleTaken,
)
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

_CHANGED_AT_ONCE = 10_000
_OF_ADDRESS, _WEB = string.ascii_letters + string.digits + ":/.-_[]", ("http://", "https://")
Part = TypeVar("Part", Section, OwnField)


@transaction.atomic
def make(ctx: Ctx, *, org_id: int, title: str, kind: str, introduction: str = "") -> Topic:
    """Set up a topic of one's own; raises ``TitleTaken``."""
    policy.require(ctx, P.TOPIC_MANAGE, org_id)
    row = Topic(org_id=org_id, title=title.strip(), kind=kind, introduction=introduction, created_at=ctx.now)
    _keep(row)
    record(ctx, "made", row)
    return row


@transaction.atomic
def revise(
    ctx: Ctx, *, topic_id: int, title: str, kind: str, introduction: str, cover_code: str = ""
) -> Topic:
    """Change what the front page says; the cover is a record of the topic, by its reference code."""
    row = mine(ctx, topic_id)
    renamed = row.title != title.strip()
    row.title, row.kind, row.introduction = title.strip(), kind, introduction
    row.cover = None
    if cover_code.strip():
        row.cover = policy.one(queries.records_of(ctx, row), reference_code=cover_code.strip())
    _keep(row)
    if renamed:
        _tell(ctx, row)
    record(ctx, "revised", row)
    return row


@transaction.atomic
def set_rule(ctx: Ctx, *, topic_id: int, rule: str) -> Topic:
    """Take words as in the search box, or the address of a search, as the rule ("" for none); begin to gather by it.

    Raises ``RuleEmpty``, ``RuleOfTopics``, what the grammar refuses, and ``IndexMissing`` while nothing can be tried.
    """
    row = mine(ctx, topic_id)
    kept = _conditions(rule.strip())
    if any(FACET_MARK in value for _name, values in QueryDict(kept).lists() for value in values):
        raise RuleOfTopics(field="rule")
    if kept:
        catalogue.page_of_matches(catalogue.keeper(row.org_id, ctx.now), kept, custodian=row.org_id)
    row.rule = kept
    row.save(update_fields=["rule"])
    record(ctx, "rule_set", row)
    return refresh(ctx, topic_id=row.pk)


def _conditions(typed: str) -> str:
    if not typed:
        return ""
    address, _mark, after = typed.partition("?")
    is_address = ("=" in after or address.startswith(_WEB)) and not address.strip(_OF_ADDRESS)
    kept = catalogue.conditions_of(after if is_address else typed)
    if not kept and is_address:
        raise RuleEmpty(field="rule")
    return kept or urlencode({"q": typed})


@transaction.atomic
def share(ctx: Ctx, *, topic_id: int, with_whom: str) -> Topic:
    """Decide who may open the topic; of its records everybody sees only what they may see anyway."""
    row = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=topic_id)
    policy.require(ctx, P.TOPIC_SHARE, row.org_id)
    former, row.share = row.share, with_whom
    row.save(update_fields=["share"])
    _tell(ctx, row)
    record(ctx, "shared", row, {"share": with_whom, "former": former})
    return row


@transaction.atomic
def remove(ctx: Ctx, *, topic_id: int) -> int:
    """Remove a topic; how many records were in it. They stay as they are, and are found by it no more."""
    row = mine(ctx, topic_id)
    count = row.members.filter(standing__in=queries.IN).count()
    _tell(ctx, row)
    record(ctx, "removed", row, {"count": count})
    row.delete()
    return count


@transaction.atomic
def add_section(ctx: Ctx, *, topic_id: int, title: str, text: str = "", position: int = 1) -> Section:
    """A part of the front page."""
    row = mine(ctx, topic_id)
    section = Section.objects.create(topic=row, title=title.strip(), text=text, position=position)
    record(ctx, "section_added", row)
    return section


@transaction.atomic
def revise_section(ctx: Ctx, *, section_id: int, title: str, text: str, position: int) -> Section:
    """Say otherwise what a part is about, or where it stands."""
    section, row = _part(ctx, Section, section_id)
    section.title, section.text, section.position = title.strip(), text, position
    section.save()
    record(ctx, "section_revised", row)
    return section


@transaction.atomic
def drop_section(ctx: Ctx, *, section_id: int) -> Topic:
    """Take a part away; its records stay in the topic."""
    return _drop(ctx, Section, section_id, "section_dropped")


@transaction.atomic
def add_field(
    ctx: Ctx, *, topic_id: int, label: str, kind: str, position: int = 1, is_open: bool = False
) -> OwnField:
    """A field that the records have in this topic; raises ``FieldTaken``."""
    row = mine(ctx, topic_id)
    field = OwnField(topic=row, label=label.strip(), kind=kind, position=position, is_open=is_open)
    _keep_field(field)
    record(ctx, "field_added", row)
    return field


@transaction.atomic
def revise_field(ctx: Ctx, *, own_field_id: int, label: str, position: int, is_open: bool) -> OwnField:
    """Call a field otherwise, put it elsewhere, show it to everybody or no more; raises ``FieldTaken``.

    What it holds stays: values are read as they were written.
    """
    field, row = _part(ctx, OwnField, own_field_id)
    field.label, field.position, field.is_open = label.strip(), position, is_open
    _keep_field(field)
    record(ctx, "field_revised", row)
    return field


def _keep_field(field: OwnField) -> None:
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as taken:
        raise FieldTaken(label=field.label, field="label") from taken


@transaction.atomic
def drop_field(ctx: Ctx, *, own_field_id: int) -> Topic:
    """Show and ask a field no more."""
    return _drop(ctx, OwnField, own_field_id, "field_dropped")


def _part(ctx: Ctx, model: type[Part], pk: int) -> tuple[Part, Topic]:
    """A section or own field, and its topic, locked, for who keeps it."""
    part = policy.one(model.objects.filter(topic__in=queries.visible(ctx).values("pk")), pk=pk)
    return part, mine(ctx, part.topic_id)


def _drop(ctx: Ctx, model: type[Part], pk: int, past: str) -> Topic:
    part, row = _part(ctx, model, pk)
    part.delete()
    record(ctx, past, row)
    return row


def mine(ctx: Ctx, topic_id: int) -> Topic:
    """The topic, locked, for who keeps it."""
    row = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=topic_id)
    policy.require(ctx, P.TOPIC_MANAGE, row.org_id)
    return row


def record(ctx: Ctx, past: str, row: Topic, detail: dict[str, str | int] | None = None) -> None:
    """Write the line of an act on a topic."""
    ledger.record(
        ctx,
        f"{OBJECT}:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=row.title,
        detail=detail or {},
    )


def _keep(row: Topic) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise TitleTaken(title=row.title, field="title") from taken


def _tell(ctx: Ctx, row: Topic) -> None:
    """What the facet says of every member is out of date."""
    members = row.members.order_by("description_id")
    last = 0
    while ids := list(
        members.filter(description_id__gt=last).values_list("description_id", flat=True)[:_CHANGED_AT_ONCE]
    ):
        last = ids[-1]
        search.changed(ctx, "catalogue", ids)
