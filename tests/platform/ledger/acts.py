"""Acts to log, and the hand of somebody who owns the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from lantai.kit.evidence import tiles
from lantai.kit.evidence.checkpoints import Checkpoint, parse_checkpoint
from lantai.kit.evidence.merkle import verify_consistency
from lantai.kit.evidence.notes import parse_note
from lantai.platform.context import system_ctx
from lantai.platform.ledger import services
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.queries.log import StoredTiles
from lantai.platform.ledger.types import Line

ACT = "custody:package:sealed"


def act(count: int = 1) -> list[Entry]:
    """Record some acts."""
    return [
        services.record(system_ctx(), ACT, object_type="custody:package", object_id=n) for n in range(count)
    ]


def act_and_log(count: int) -> None:
    """Record acts in bulk and append all of them."""
    services.record_many(system_ctx(), ACT, (Line("custody:package", n) for n in range(count)))
    while services.sequence(timezone.now()):
        pass


def head(note: str) -> Checkpoint:
    """What a signed checkpoint says."""
    return parse_checkpoint(parse_note(note).text)


def is_continued(old: Checkpoint, new: Checkpoint) -> bool:
    """What a client checks who remembers `old` and is shown `new`."""
    if new.size < old.size:
        return False
    proof = tiles.consistency(old.size, new.size, StoredTiles())
    return verify_consistency(old.size, new.size, old.root, new.root, proof)


@contextmanager
def guards_off() -> Iterator[None]:
    """Triggers do not stop who owns the tables; the log must tell afterwards."""
    tables = ("ledger_entry", "ledger_leaf", "ledger_checkpoint")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tamper(statement: str, *params: object) -> None:
    """Change the tables behind the back of the product."""
    with guards_off(), connection.cursor() as cursor:
        cursor.execute(statement, params)
