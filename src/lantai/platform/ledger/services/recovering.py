"""Leaves that a database lost, taken back from where the log was published: a mirror's files, or another node.

A checkpoint of our own is the measure: the missing leaves are put behind those that are here, and all is undone
unless both trees then have the roots that it says. What was recorded since, and waits, comes behind them. Leaves
hold digests; the acts themselves come from the journal of the storage root. Those that nothing has any more keep
their leaf, and a line of the ledger says which they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from django.conf import settings
from django.db import connection, transaction

from lantai.kit.errors import Invalid
from lantai.kit.evidence.canonical import leaf_of
from lantai.kit.evidence.checkpoints import Checkpoint as TreeHead
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.notes import Note, parse_note
from lantai.kit.evidence.receipts import check_signatures
from lantai.kit.evidence.tiles import TILE_WIDTH, unpack_entries
from lantai.kit.evidence.verdicts import Findings
from lantai.platform.context import Channel, Ctx
from lantai.platform.ledger.models import Checkpoint, Entry, Pending
from lantai.platform.ledger.queries.checking import RESTORED
from lantai.platform.ledger.queries.log import newest_checkpoint
from lantai.platform.ledger.queries.trust import remembered_checkpoint, trust_store
from lantai.platform.ledger.services.growing import add_leaves, catch_up
from lantai.platform.ledger.services.recording import record
from lantai.platform.ledger.services.sequencing import remember
from lantai.platform.ledger.services.turns import take_turn
from lantai.platform.ledger.types import (
    NotFromCommandLine,
    NotOurCheckpoint,
    OtherHistory,
    SourceIncomplete,
)

_BUNDLES_AT_ONCE = 20
_ADVANCE = """
    SELECT setval(pg_get_serial_sequence('ledger_entry', 'id'), most)
    FROM (SELECT greatest(%s, max(id)) AS most FROM ledger_entry) found WHERE most > 0
"""

EntriesOf = Callable[[int, int], Mapping[int, Entry]]  # (first, end) -> entries by their leaf, not saved


class LogSource(Protocol):
    """Where a log was published."""

    def checkpoint(self) -> str:
        """The signed checkpoint that it stands at."""
        ...

    def entries(self, index: int, width: int) -> bytes:
        """An entry bundle."""
        ...


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came back, or would come."""

    before: int
    after: int
    with_entry: int = 0
    without_entry: int = 0
    remembered: int = 0  # what this machine had signed up to


@dataclass
class _Restoring:
    """One run: what waits already, what the journal has, and what was counted."""

    entries_of: EntriesOf
    waiting: dict[str, int] = field(default_factory=dict)  # digest of an entry → its number
    known: int = 0
    lost: list[int] = field(default_factory=list)


def restore_log(ctx: Ctx, *, source: LogSource, entries_of: EntriesOf, is_dry: bool) -> Recovered:
    """Take back the leaves that a source has and the database lacks; with `is_dry`, only say what would come.

    For the command line. Raises NotOurCheckpoint, OtherHistory or SourceIncomplete, and then nothing has changed.
    """
    if ctx.channel is not Channel.COMMAND:
        raise NotFromCommandLine
    note, head = _trusted(source.checkpoint())
    with transaction.atomic():
        take_turn()
        newest = newest_checkpoint()
        before = newest.size if newest else 0
        remembered = remembered_checkpoint()
        signed = parse_checkpoint(remembered.text).size if remembered else 0
        if head.size <= before:
            return Recovered(before, before, remembered=signed)
        run = _Restoring(entries_of, _waiting())
        at = _take_leaves(run, source, before, head)
        Checkpoint.objects.create(size=head.size, root=head.root, note=note.render(), signed_at=at or ctx.now)
        _tell(ctx, run, before, head.size)
        if is_dry:
            transaction.set_rollback(True)
        elif head.size >= signed:
            transaction.on_commit(partial(remember, note.render()))
    return Recovered(before, head.size, run.known, len(run.lost), max(signed, head.size))


def _trusted(text: str) -> tuple[Note, TreeHead]:
    """A checkpoint of our own log, with our own signatures alone."""
    try:
        whole = parse_note(text)
        head = parse_checkpoint(whole.text)
    except Invalid as error:
        raise NotOurCheckpoint from error
    trust = trust_store()
    named = [(trust.key_of(line), line) for line in whole.signatures]
    ours = tuple(line for key, line in named if key and trust.is_log_of(settings.LANTAI_LOG_ORIGIN, key))
    note = Note(whole.text, ours)
    is_ours = head.origin == settings.LANTAI_LOG_ORIGIN and bool(ours)
    if not is_ours or not check_signatures(note, head.origin, trust, Findings()):
        raise NotOurCheckpoint
    return note, head


def _waiting() -> dict[str, int]:
    """What was recorded before the loss and waits again: it has its leaf already."""
    rows = Entry.objects.filter(pk__in=Pending.objects.values("entry_id"))
    return dict(rows.values_list("sha256", "pk"))


def _take_leaves(run: _Restoring, source: LogSource, before: int, head: TreeHead) -> datetime | None:
    """Put the leaves behind ours; raises OtherHistory unless the roots come out. Returns the time of the last."""
    has_sm3 = catch_up(before)
    root, sm3_root, size, at = b"", None, before, None
    for data in _missing(source, before, head.size):
        root, sm3_root = add_leaves(_numbers(run, size, data), data, size, has_sm3=has_sm3)
        size += len(data)
        at = _at(data[-1])
    said = head.sm3_root
    if root != head.root or (has_sm3 and said is not None and said != sm3_root):
        raise OtherHistory(size=head.size)
    return at


def _at(leaf: bytes) -> datetime | None:
    """When the act of a leaf was: the checkpoint over it was signed seconds later."""
    try:
        return datetime.fromisoformat(str(json.loads(leaf)["at"]))
    except (ValueError, KeyError, TypeError):
        return None


def _missing(source: LogSource, before: int, size: int) -> Iterator[list[bytes]]:
    """The leaves from `before` on, some bundles at a time."""
    found: list[bytes] = []
    for index in range(before // TILE_WIDTH, -(-size // TILE_WIDTH)):
        first = index * TILE_WIDTH
        width = min(TILE_WIDTH, size - first)
        try:
            leaves = unpack_entries(source.entries(index, width))
        except Invalid as error:
            raise SourceIncomplete(index=first) from error
        if len(leaves) != width:
            raise SourceIncomplete(index=first)
        found += leaves[max(0, before - first) :]
        if len(found) >= _BUNDLES_AT_ONCE * TILE_WIDTH:
            yield found
            found = []
    if found:
        yield found


def _numbers(run: _Restoring, first: int, data: list[bytes]) -> list[int]:
    """The numbers of the entries of leaves; below zero for one that is lost."""
    kept = run.entries_of(first, first + len(data))
    fresh, numbers = {}, []
    for index, leaf in enumerate(data, first):
        number, entry = run.waiting.pop(_digest(leaf), None), kept.get(index)
        if number is None and entry is not None and leaf_of(entry.form) == leaf:
            fresh[len(numbers)] = entry
            number = 0
        if number is None:
            run.lost.append(index)
        else:
            run.known += 1
        numbers.append(-(index + 1) if number is None else number)
    for place, number in _saved(fresh):
        numbers[place] = number
    Pending.objects.filter(entry_id__in=numbers).delete()
    return numbers


def _digest(leaf: bytes) -> str:
    try:
        said = json.loads(leaf)
    except ValueError:
        return ""
    return str(said.get("sha256", "")) if isinstance(said, dict) else ""


def _saved(entries: Mapping[int, Entry]) -> Iterable[tuple[int, int]]:
    """The entries in the table, under their own numbers where nobody else took them since."""
    taken = set(
        Entry.objects.filter(pk__in=[one.pk for one in entries.values()]).values_list("pk", flat=True)
    )
    free = [one for one in entries.values() if one.pk not in taken]
    Entry.objects.bulk_create(free)
    with connection.cursor() as cursor:  # what is recorded from now on comes behind them
        cursor.execute(_ADVANCE, [max((one.pk for one in free), default=0)])
    for one in entries.values():
        if one.pk in taken:
            one.pk = None
            one.save(force_insert=True)
    return [(place, one.pk) for place, one in entries.items()]


def _tell(ctx: Ctx, run: _Restoring, before: int, after: int) -> None:
    detail = {"first": before, "end": after, "known": run.known, "lost": _ranges(run.lost)}
    origin = settings.LANTAI_LOG_ORIGIN
    record(ctx, RESTORED, object_type="ledger:log", object_id=origin, object_name=origin, detail=detail)


def _ranges(indexes: list[int]) -> list[list[int]]:
    """Numbers in a row as their first and last."""
    found: list[list[int]] = []
    for index in indexes:
        if found and found[-1][1] == index - 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    return found
