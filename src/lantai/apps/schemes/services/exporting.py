"""A scheme as a file."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.schemes import queries
from lantai.apps.schemes.interchange import as_json, as_toml
from lantai.apps.schemes.types import OBJECT
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

WRITERS = {"toml": as_toml, "json": as_json}


@transaction.atomic
def export(ctx: Ctx, *, kind: str, version_id: int | None = None, slug: str = "") -> str:
    """An own version, or a shipped edition, as ``toml`` or ``json``; raises ``Missing``."""
    if kind not in WRITERS:
        raise Missing
    row = queries.get(ctx, version_id) if version_id is not None else None
    scheme = row.scheme() if row else queries.shipped(slug)
    ledger.record(
        ctx,
        "schemes:scheme:exported",
        object_type=OBJECT,
        object_id=row.pk if row else scheme.slug,
        object_name=str(row) if row else scheme.title,
        detail={"scheme": scheme.slug, "edition": scheme.edition, "kind": kind},
    )
    return WRITERS[kind](scheme)
