"""Kinds that an archives makes itself, kinds from a file, and those that come with the product."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.kinds import queries
from lantai.apps.kinds.events import SearchedFieldsChanged
from lantai.apps.kinds.models import DesignedKind, KindVersion
from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.services.drafting import enter
from lantai.apps.kinds.types import VersionState
from lantai.kit.errors import Missing
from lantai.kit.metadata import kinds as kit
from lantai.platform.accounts import policy
from lantai.platform.context import Channel, Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger


@transaction.atomic
def design_kind(
    ctx: Ctx, *, archives_id: int, slug: str, name: str, category_code: str, like: str, is_personal: bool
) -> KindVersion:
    """Make a kind of the archives' own, its first draft with the fields of the kind ``like``; raises ``KindTaken``.

    Nobody describes by it until its first version is published.
    """
    policy.require(ctx, P.KIND_DESIGN, archives_id)
    model = holdings.kind(like)
    if model.pk not in queries.kinds_at(archives_id):
        raise Missing
    kind = holdings_services.add_kind(
        slug=slug, name=name, category_code=category_code, like=like, is_personal=is_personal
    )
    DesignedKind.objects.create(kind=kind, archives_id=archives_id)
    return enter(ctx, archives_id, kind.pk, queries.scheme_of(model.pk, archives_id).fields, "designed")


@transaction.atomic
def import_kind(ctx: Ctx, *, archives_id: int, content: bytes) -> KindVersion:
    """Begin a draft with what a file says, of a kind that is there or of a new one of the archives' own.

    Raises ``KindMalformed``, ``DraftExists``, and ``KindTaken`` where another archives has a kind of that code.
    """
    policy.require(ctx, P.KIND_DESIGN, archives_id)
    given = kit.from_toml(content)
    kind = holdings.kinds().filter(slug=given.slug, pk__in=queries.kinds_at(archives_id)).first()
    if kind is None:
        is_personal = any(field.is_personal or field.is_sealed for field in given.fields)
        kind = holdings_services.add_kind(
            slug=given.slug, name=given.name, category_code="ZY", like="scan", is_personal=is_personal
        )
        DesignedKind.objects.create(kind=kind, archives_id=archives_id)
    return enter(ctx, archives_id, kind.pk, given.fields, "imported", note=given.source)


@transaction.atomic
def install_shipped(ctx: Ctx) -> int:
    """Keep what the product ships as versions of its own where it says anything new; returns how many.

    Rows described by an older edition keep it. The command line, or a holder of the right to publish.
    """
    if not (ctx.actor.is_system and ctx.channel is Channel.COMMAND):
        policy.require(ctx, P.KIND_PUBLISH, ctx.org_id)
    last = {
        row.kind.slug: row
        for row in KindVersion.objects.filter(archives=None, state=VersionState.PUBLISHED).select_related(
            "kind"
        )
    }
    fresh = []
    for kind in holdings.kinds().filter(designed__isnull=True, slug__in=kit.shipped()):
        body, held = kit.to_data(kit.fields_of(kind.slug)), last.get(kind.slug)
        if held is None or held.body != body:
            fresh.append(_edition(kind.pk, body, held))
            if held and queries.how_searched(held.fields()) != queries.how_searched(kit.fields_of(kind.slug)):
                events.publish(ctx, SearchedFieldsChanged(kind.pk, None))
    # The former editions go out of force first: one is in force at a time.
    KindVersion.objects.filter(
        archives=None, state=VersionState.PUBLISHED, kind_id__in=[row.kind_id for row in fresh]
    ).update(state=VersionState.SUPERSEDED)
    KindVersion.objects.bulk_create(fresh)
    if fresh:
        ledger.record(
            ctx,
            "kinds:shipped:installed",
            object_type="kinds:shipped",
            object_id="product",
            detail={"made": len(fresh)},
        )
    return len(fresh)


def _edition(kind_id: int, body: list[dict[str, object]], held: KindVersion | None) -> KindVersion:
    now = timezone.now()
    return KindVersion(
        kind_id=kind_id,
        archives=None,
        number=held.number + 1 if held else 1,
        state=VersionState.PUBLISHED,
        body=body,
        drafted_at=now,
        published_at=now,
    )
