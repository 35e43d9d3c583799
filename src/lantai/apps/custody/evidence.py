"""Reads about evidence bundles, and about the acts upon a package."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from lantai.apps.custody import history
from lantai.apps.custody.models import EvidenceBundle, Package
from lantai.apps.custody.permissions import P
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry


def visible_bundles(ctx: Ctx) -> QuerySet[EvidenceBundle]:
    """Evidence bundles of organisations for which the actor may make them."""
    rows = EvidenceBundle.objects.select_related("package", "org")
    return policy.visible(rows, policy.Granted(P.BUNDLE_MAKE), ctx.actor)


def get_bundle(ctx: Ctx, bundle_id: int) -> EvidenceBundle:
    """One evidence bundle, or ``Missing``."""
    return policy.one(visible_bundles(ctx), pk=bundle_id)


def entry_of(package: Package, entry_id: int = 0) -> Entry:
    """One act upon a package, by its number or else the first; raises ``Missing``."""
    found = [row for row in history.entries_of(package.pk) if entry_id in (0, row.pk)]
    if not found:
        raise Missing
    return found[0]


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Those of `keys` that a bundle holds."""
    return set(EvidenceBundle.objects.filter(blob_key__in=keys).values_list("blob_key", flat=True))
