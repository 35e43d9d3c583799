"""Our checkpoints with what others signed over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lantai.kit.errors import Missing
from lantai.kit.evidence import tiles
from lantai.kit.evidence.checkpoints import TlogProof, parse_checkpoint
from lantai.kit.evidence.notes import NoteSignature, parse_note
from lantai.kit.evidence.stamps import response_of
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Checkpoint, Leaf
from lantai.platform.ledger.queries.log import StoredTiles
from lantai.platform.witness.models import Cosignature, Stamp, Witnessing
from lantai.platform.witness.queries.peers import keys_of


def cosigned_note(size: int) -> str:
    """The signed checkpoint of that size with the cosignatures that it has; raises Missing."""
    note = Checkpoint.objects.filter(size=size).values_list("note", flat=True).first()
    if note is None:
        raise Missing
    return note + "".join(lines_of(size))


def lines_of(size: int) -> list[str]:
    """The cosignatures of a checkpoint as signature lines, one for each key."""
    return list(Cosignature.objects.filter(size=size).values_list("line", flat=True))


def stamps_of(size: int) -> list[Stamp]:
    """The time stamps over the text of a checkpoint, oldest first."""
    return list(Stamp.objects.filter(size=size).order_by("id"))


def newest_witnessed() -> int:
    """The size of the largest checkpoint that met the policy; 0 for none."""
    return Witnessing.objects.order_by("-size").values_list("size", flat=True).first() or 0


def proof_of(entry_id: int) -> tuple[str, int]:
    """The tlog-proof of an entry, and the size of its checkpoint: a witnessed one when it covers the entry.

    Else against the newest checkpoint. Raises NotYetLogged or Missing.
    """
    place = Leaf.objects.filter(entry_id=entry_id).values_list("index", flat=True).first()
    size = newest_witnessed()
    if place is None or place >= size:
        newest = ledger.newest_checkpoint()
        return ledger.proof_of(entry_id), newest.size if newest else 0
    hashes = tiles.inclusion(place, size, StoredTiles())
    return TlogProof(place, tuple(hashes), parse_note(cosigned_note(size))).render(), size


def checkpoint_rows() -> QuerySet[Any]:
    """Our checkpoints with how many signed and stamped each, and whether it met the policy."""
    cosigned = Cosignature.objects.filter(size=OuterRef("size")).order_by().values("size")
    stamped = Stamp.objects.filter(size=OuterRef("size")).order_by().values("size")
    return Checkpoint.objects.annotate(
        cosignature_count=_count(cosigned),
        stamp_count=_count(stamped),
        is_witnessed=Exists(Witnessing.objects.filter(size=OuterRef("size"))),
        is_stamped=Exists(stamped),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One signature line, and what we know of it."""

    name: str
    algorithm: str
    is_good: bool
    at: datetime | None = None
    peer: str = ""


@dataclass(frozen=True, slots=True)
class CheckpointPage:
    """A checkpoint as its page shows it."""

    pk: int
    origin: str
    size: int
    root: str
    sm3_root: str
    signed_at: datetime
    met_at: datetime | None
    policy: str
    signatures: tuple[SignatureRow, ...]
    cosignatures: tuple[SignatureRow, ...]
    stamps: tuple[Stamp, ...]


def get_checkpoint(checkpoint_id: int) -> CheckpointPage:
    """One of our checkpoints with every signature verified again; raises Missing."""
    row = Checkpoint.objects.filter(pk=checkpoint_id).first()
    if row is None:
        raise Missing
    note = parse_note(row.note)
    head = parse_checkpoint(note.text)
    met = Witnessing.objects.select_related("policy").filter(size=row.size).first()
    return CheckpointPage(
        pk=row.pk,
        origin=head.origin,
        size=row.size,
        root=head.root.hex(),
        sm3_root=head.sm3_root.hex() if head.sm3_root else "",
        signed_at=row.signed_at,
        met_at=met.met_at if met else None,
        policy=met.policy.text if met and met.policy else "",
        signatures=tuple(_signature(note.text, line) for line in note.signatures),
        cosignatures=tuple(_cosignatures(row.size, note.text)),
        stamps=tuple(stamps_of(row.size)),
    )


def _signature(text: str, line: NoteSignature) -> SignatureRow:
    key = ledger.trust_store().key_of(line)
    is_good = key is not None and key.verify(text, line.blob)
    return SignatureRow(line.name, key.public.algorithm if key else "", is_good)


def _cosignatures(size: int, text: str) -> Iterator[SignatureRow]:
    for row in Cosignature.objects.filter(size=size).select_related("peer"):
        line = parse_note(f"{text}\n{row.line}").signatures[0]
        keys = [key for key in keys_of(row.peer) if (key.name, key.key_id) == (line.name, line.key_id)]
        is_good = any(key.verify(text, line.blob) for key in keys)
        algorithm = keys[0].public.algorithm if keys else ""
        yield SignatureRow(row.key_name, algorithm, is_good, row.cosigned_at, row.peer.name)


def stamp_rows() -> QuerySet[Stamp]:
    """All time stamps, newest first."""
    return Stamp.objects.defer("token")


def stamp_file(stamp_id: int) -> tuple[str, bytes]:
    """Name and content of a stamp as a `.tsr` file; raises Missing."""
    row = Stamp.objects.filter(pk=stamp_id).first()
    if row is None:
        raise Missing
    return f"checkpoint-{row.size}-{row.pk}.tsr", response_of(bytes(row.token))
