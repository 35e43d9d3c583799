"""Showing a person's number to who asks for it with a reason, and changing the keys of all numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from lantai.apps.catalogue import queries, sealing
from lantai.apps.catalogue.editing import ReasonTooShort
from lantai.apps.catalogue.models import Description, Draft, NumberRing, SealedNumber
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.sealing import Number
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindField
from lantai.kit.crypto import envelopes, persons
from lantai.kit.crypto.envelopes import Ring
from lantai.kit.errors import Missing
from lantai.kit.packages import durable
from lantai.kit.text.personal import mask
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places import sealed as keyfiles

_BATCH, _SHORTEST_REASON = 500, 4


@transaction.atomic
def reveal_number(ctx: Ctx, *, description_id: int, field: str, reason: str) -> str:
    """A number in full, for who may and says why; the ledger has who, whose and why, never the number.

    Raises ``ReasonTooShort``, ``Missing``.
    """
    row = queries.get(ctx, description_id)
    policy.require(ctx, P.NUMBER_REVEAL, row.custodian_id)
    said = mask(" ".join(reason.split()))[:200]
    if len(said) < _SHORTEST_REASON:
        raise ReasonTooShort(least=_SHORTEST_REASON, field="reason")
    held = SealedNumber.objects.filter(description=row, field=field, is_current=True).first()
    if held is None:
        raise Missing
    ledger.record(
        ctx,
        "catalogue:number:revealed",
        object_type="catalogue:description",
        object_id=row.pk,
        object_name=row.reference_code,
        detail={"field": field, "reason": said},
    )
    return sealing.opened(held)


def rotate_keys(ctx: Ctx) -> int:
    """Seal every number anew under a new key, and guard the ring by a new one; returns how many numbers.

    May be stopped at any instant and called again: until the last number is sealed anew the ring holds the
    former key too, and the key file that is there opens a ring that is there.
    """
    seal_plain()
    former = sealing.ring()
    fresh = _guarded_anew(envelopes.with_new_key(former))
    count = 0
    while not _dropped_former(fresh):
        while batch := _reseal(fresh):
            count += batch
        _reseal_drafts(fresh)
    with transaction.atomic():
        ledger.record(
            ctx,
            "catalogue:numbers:rekeyed",
            object_type="catalogue:numbers",
            object_id="all",
            detail={"numbers": count, "key": fresh.newest},
        )
    return count


def seal_plain_first() -> int:
    """Seal the numbers of an older release at the first start of this one; nothing where any was sealed already."""
    return 0 if NumberRing.objects.exists() else seal_plain()


def seal_plain() -> int:
    """Seal the numbers that lie open in rows from before numbers were sealed; returns how many. May be repeated."""
    fields, count, last = kinds.sealed_fields(), 0, 0
    names = sorted({field.name for found in fields.values() for field in found})
    while ids := list(
        Description.objects.filter(kind_id__in=fields, pk__gt=last, metadata__has_any_keys=names)
        .order_by("pk")
        .values_list("pk", flat=True)[:_BATCH]
    ):
        count, last = count + _seal_rows(ids, fields), ids[-1]
    return count


@transaction.atomic
def _seal_rows(ids: list[int], fields: Mapping[int, tuple[KindField, ...]]) -> int:
    changed, found = list[Description](), list[Number]()
    for row in Description.objects.filter(pk__in=ids).order_by("pk").select_for_update():
        row.metadata, numbers = sealing.mask_numbers(fields[row.kind_id], row.metadata)
        if numbers:
            changed.append(row)
            found += [Number(row.pk, name, text) for name, text in numbers.items()]
    Description.objects.bulk_update(changed, ["metadata"])
    return sealing.keep(found)


def _guarded_anew(ring: Ring) -> Ring:
    """The ring is there wrapped in the new key before the key file is replaced, and in the old one until after."""
    path = sealing.key_path()
    fresh = Path(f"{path}.new")
    fresh.unlink(missing_ok=True)
    keyfiles.make_key(fresh, ring.algorithm)
    olds = list(NumberRing.objects.values_list("pk", flat=True))
    NumberRing.objects.create(document=envelopes.wrap(ring, keyfiles.read_key(fresh)), made_at=timezone.now())
    fresh.replace(path)
    durable.sync_folder(path.parent)
    NumberRing.objects.filter(pk__in=olds).delete()
    return ring


@transaction.atomic
def _dropped_former(ring: Ring) -> bool:
    """Keep the ring without its former keys, where nothing is sealed with them any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
    if any(rows.exclude(key_number=ring.newest).exists() for rows in (SealedNumber.objects, Draft.objects)):
        return False
    NumberRing.objects.all().delete()
    kept = Ring(ring.algorithm, {ring.newest: ring.keys[ring.newest]})
    document = envelopes.wrap(kept, keyfiles.read_key(sealing.key_path()))
    NumberRing.objects.create(document=document, made_at=timezone.now())
    return True


@transaction.atomic
def _reseal(ring: Ring) -> int:
    rows = list(
        SealedNumber.objects.exclude(key_number=ring.newest).order_by("pk").select_for_update()[:_BATCH]
    )
    for row in rows:
        if row.sealed:
            about = sealing.about(row.description_id, row.field)
            text = persons.open_(ring, row.key_number, bytes(row.sealed), about=about)
            row.sealed, row.tag = persons.seal(ring, text, about=about), persons.tag(ring, text)
        row.key_number = ring.newest
    SealedNumber.objects.bulk_update(rows, ["sealed", "tag", "key_number"])
    return len(rows)


@transaction.atomic
def _reseal_drafts(ring: Ring) -> None:
    for row in Draft.objects.exclude(key_number=ring.newest).select_for_update():
        about = f"draft:{row.user_id}:{row.description_id or 0}"
        text = persons.open_(ring, row.key_number, bytes(row.sealed), about=about)
        row.sealed, row.key_number = persons.seal(ring, text, about=about), ring.newest
        row.save(update_fields=["sealed", "key_number"])
