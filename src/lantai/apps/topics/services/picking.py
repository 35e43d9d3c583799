"""Who is in a topic by hand: picks, exclusions, sections and own values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.topics import queries
from lantai.apps.topics.models import Member, OwnField
from lantai.apps.topics.services.keeping import mine, record
from lantai.apps.topics.services.ruling import SOURCE
from lantai.apps.topics.types import NothingPicked, OwnFieldKind, Standing, ValueWrong
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.search import services as search


@transaction.atomic
def pick(
    ctx: Ctx,
    *,
    topic_id: int,
    ids: Collection[int] = (),
    codes: Sequence[str] = (),
    section_id: int | None = None,
) -> tuple[int, list[str]]:
    """Take records in by hand, by id or reference code; how many, and the codes that were not found.

    What was excluded comes back. Raises ``NothingPicked`` where nothing was found.
    """
    row = mine(ctx, topic_id)
    wanted = [code.strip() for code in codes if code.strip()]
    known = queries.coded(ctx, wanted)
    seen = set(catalogue.visible(ctx).filter(pk__in=ids).values_list("pk", flat=True)) | set(known.values())
    unknown = [code for code in wanted if code not in known]
    if not seen:
        raise NothingPicked(codes="、".join(unknown[:5]), field="codes")
    section = policy.one(row.sections.all(), pk=section_id) if section_id else None
    Member.objects.bulk_create(
        (
            Member(topic=row, description_id=pk, standing=Standing.PICKED, section=section, added_at=ctx.now)
            for pk in sorted(seen)
        ),
        update_conflicts=True,
        unique_fields=["topic", "description"],
        update_fields=["standing", "section"] if section else ["standing"],
        batch_size=1_000,
    )
    search.changed(ctx, SOURCE, seen)
    record(ctx, "picked", row, {"count": len(seen)})
    return len(seen), unknown


@transaction.atomic
def exclude(ctx: Ctx, *, topic_id: int, member_ids: Collection[int]) -> int:
    """Keep records out, whatever the rule says, until they are put back; how many."""
    row = mine(ctx, topic_id)
    members = row.members.filter(pk__in=list(member_ids), standing__in=queries.IN)
    ids = list(members.values_list("description_id", flat=True))
    row.members.filter(description__in=ids).update(standing=Standing.EXCLUDED)
    search.changed(ctx, SOURCE, ids)
    record(ctx, "excluded", row, {"count": len(ids)})
    return len(ids)


@transaction.atomic
def put_back(ctx: Ctx, *, topic_id: int, member_ids: Collection[int]) -> int:
    """Take an exclusion back: the records are in by hand, as they were chosen by a person."""
    row = mine(ctx, topic_id)
    members = row.members.filter(pk__in=list(member_ids), standing=Standing.EXCLUDED)
    ids = list(members.values_list("description_id", flat=True))
    row.members.filter(description__in=ids).update(standing=Standing.PICKED)
    search.changed(ctx, SOURCE, ids)
    record(ctx, "put_back", row, {"count": len(ids)})
    return len(ids)


@transaction.atomic
def place(ctx: Ctx, *, topic_id: int, member_ids: Collection[int], section_id: int | None) -> int:
    """Show records in a section, or in none."""
    row = mine(ctx, topic_id)
    section = policy.one(row.sections.all(), pk=section_id) if section_id else None
    placed = row.members.filter(pk__in=list(member_ids)).update(section=section)
    record(ctx, "placed", row, {"count": placed})
    return placed


@transaction.atomic
def set_values(ctx: Ctx, *, member_id: int, values: Mapping[int, str]) -> Member:
    """Fill in own fields, by their ids; raises ``ValueWrong``."""
    member = policy.one(Member.objects.filter(topic__in=queries.visible(ctx).values("pk")), pk=member_id)
    row = mine(ctx, member.topic_id)
    fields = {field.pk: field for field in queries.fields_of(row)}
    for pk, text in values.items():
        if pk in fields:
            member.own[str(pk)] = _checked(fields[pk], text.strip())
    member.save(update_fields=["own"])
    record(ctx, "values_set", row, {"member": member.pk})
    return member


def _checked(field: OwnField, text: str) -> str:
    try:
        if text and field.kind == OwnFieldKind.NUMBER and not Decimal(text).is_finite():
            raise ValueError(text)
        if text and field.kind == OwnFieldKind.DATE:
            date.fromisoformat(text)
    except (ValueError, InvalidOperation) as wrong:
        raise ValueWrong(
            label=field.label, kind=str(field.get_kind_display()), text=text, field=f"own_{field.pk}"
        ) from wrong
    return text
