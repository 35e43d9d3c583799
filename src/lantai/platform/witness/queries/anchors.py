"""Our checkpoints on chains."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from lantai.kit.errors import Missing
from lantai.kit.evidence import tiles
from lantai.kit.evidence.anchors import Anchor as AnchorFile
from lantai.kit.evidence.anchors import parse_anchor
from lantai.platform.ledger.queries.log import StoredTiles
from lantai.platform.witness.models import Anchor
from lantai.platform.witness.types import AnchorState


def anchor_rows() -> QuerySet[Anchor]:
    """All anchors, newest first."""
    return Anchor.objects.select_related("chain").defer("raw", "record")


def anchors_of(size: int) -> list[Anchor]:
    """The anchors of a checkpoint, on whichever chain and however far they came."""
    return list(Anchor.objects.select_related("chain").filter(size=size).order_by("id"))


def is_anchoring() -> bool:
    """Whether a chain is configured."""
    return bool(settings.LANTAI_ANCHORS)


def confirmed_over(index: int) -> Anchor | None:
    """The first anchor that was confirmed and covers a leaf."""
    found = Anchor.objects.select_related("chain").filter(state=AnchorState.CONFIRMED, size__gt=index)
    return found.order_by("size", "id").first()


def anchor_file(anchor_id: int) -> tuple[str, bytes]:
    """Name and content of an anchor as a file; raises Missing where nothing was confirmed."""
    row = Anchor.objects.filter(pk=anchor_id).exclude(record="").first()
    if row is None:
        raise Missing
    return f"anchor-{row.size}-{row.pk}.json", row.record.encode()


def anchors_with(size: int) -> list[AnchorFile]:
    """For the checkpoint of a size, of each chain the anchor nearest to it, with the way from one to the other."""
    confirmed = Anchor.objects.filter(state=AnchorState.CONFIRMED)
    found = []
    for chain in confirmed.order_by("chain").values_list("chain", flat=True).distinct():
        rows = confirmed.filter(chain=chain)
        later, earlier = rows.filter(size__gte=size).order_by("size", "id"), rows.order_by("-size", "id")
        found += [_joined(row, size) for row in (later.first() or earlier.first(),) if row is not None]
    return found


def _joined(row: Anchor, size: int) -> AnchorFile:
    anchor = parse_anchor(row.record.encode())
    first, second = sorted((row.size, size))
    hashes = tiles.consistency(first, second, StoredTiles()) if first != second else []
    return anchor.joined(tuple(hashes))
