"""`lantai rebuild`: catalogue, custody, receipts and the log out of a storage root into an empty database.

Every object tells of its package, files and descriptions as they were when it was sealed; the journal tells of
what happened since. Both are copied line by line into one table, object by object, so that a killed run goes on
with the next one. Then the newest line of each row becomes the row, by a few statements over all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lantai.kit.errors import N_, Refusal
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.site.rebuild import collecting, entering
from lantai.site.rebuild.collecting import Collected


class DatabaseNotEmpty(Refusal):
    """There is something in the database already."""

    message = N_("数据库里已有%(what)s，没有改动；请连接一个空的数据库再重建。")


class NothingToRebuild(Refusal):
    """The folder holds no object that tells of itself."""

    message = N_("“%(root)s”里没有可用于重建的对象或保管日志，请核对存储根的路径。")


def rebuild(root: Path, say: Callable[[str], None] = lambda line: None) -> Collected:
    """Rebuild from the storage root at ``root``; what is damaged is left out and named in the answer.

    Raises ``DatabaseNotEmpty``, ``NothingToRebuild``, and ``JournalDamaged``, after which nothing is entered.
    """
    if what := entering.what_is_there():
        raise DatabaseNotEmpty(what=what)
    collected = collecting.collect(root, say)
    if not collected.sources:
        collecting.forget()
        raise NothingToRebuild(root=str(root))
    collected.rows, collected.left_out = entering.enter(say)
    ctx = system_ctx(Channel.COMMAND)
    ledger.record_many(ctx, "custody:package:reentered", entering.untold_packages())
    ledger.record(
        ctx,
        "custody:store:rebuilt",
        object_type="custody:store",
        object_id=root.name,
        detail={"rows": sum(collected.rows.values()), "damaged": len(collected.damaged)},
    )
    ledger.sequence_now()
    return collected
