"""Taking back edits: the record as it stood at an earlier revision, as a new edit."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lantai.apps.authorities.models import Authority, Relation, Source
from lantai.apps.authorities.services.entering import fill
from lantai.apps.authorities.services.keeping import ELEMENTS, keep, locked, new_name
from lantai.apps.authorities.types import Said
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx


@transaction.atomic
def restore(ctx: Ctx, *, authority_id: int, revision: int, to: int) -> Authority:
    """Bring back the record as it stood after revision ``to``: elements, names, relations and sources.

    Raises ``AuthorityChanged``, and what `enter` raises where another record has taken its name meanwhile.
    """
    row = locked(ctx, authority_id, revision)
    body: dict[str, Any] = policy.one(row.versions.all(), revision=to).body
    fill(row, Said(**{name: body[name] for name in ELEMENTS}))
    row.save()
    row.names.all().delete()
    for name in body["names"]:
        new_name(row, **name).save(force_insert=True)
    row.relations.all().delete()
    there = set(
        Authority.objects.filter(pk__in=[one["target_id"] for one in body["relations"]]).values_list(
            "pk", flat=True
        )
    )
    Relation.objects.bulk_create(
        Relation(source=row, **one) for one in body["relations"] if one["target_id"] in there
    )
    row.sources.all().delete()
    Source.objects.bulk_create(Source(authority=row, **one) for one in body["sources"])
    keep(ctx, row, "restored", {"to": to})
    return row
