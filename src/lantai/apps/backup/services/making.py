"""Making a set, and adding to it."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from lantai import __version__
from lantai.apps.backup import clusters, sources
from lantai.apps.backup.clusters import Server
from lantai.apps.backup.models import BackupPlan, BackupSet
from lantai.apps.backup.services import alarms
from lantai.apps.backup.services.retention import apply_retention
from lantai.apps.backup.states import SET
from lantai.apps.backup.types import Cause, SetState, WalGap
from lantai.apps.backup.vaults import Memory, Vault, alone, reading, vaults_of
from lantai.kit.backups import lists, manifests, saving
from lantai.kit.backups.restoring import SetReader
from lantai.kit.backups.types import Entry, ListFile, Manifest, PostgresFacts
from lantai.kit.errors import LantaiError
from lantai.platform.context import Ctx
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.queries.trust import log_keys
from lantai.platform.places.types import NameTaken
from lantai.platform.workflow import services as workflow

Step = Callable[[str, int], None]
_MOST_LOG = 16 << 30  # as much as the database itself would keep


def new_set_id(now: datetime) -> str:
    """A name that sorts by time and is never given twice."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def spool_of(set_id: str) -> Path:
    """Where what is under way for a set lies on this machine."""
    return Path(settings.LANTAI_BACKUP_SPOOL) / set_id


def log_of(plan: BackupPlan) -> Path:
    """Where the log lies that the database has given away and no good set has yet.

    A set that failed took it from the database, and the next addition to the last good one needs it.
    """
    return spool_of(f"wal-{plan.vault}")


def here() -> Server:
    """The database of this installation."""
    return clusters.server_of(connection.settings_dict)


def make_set(ctx: Ctx, *, set_id: int, step: Step = lambda path, count: None) -> BackupSet:
    """Make a full set, from wherever an earlier try was killed; it is good only when it lies whole in every place.

    First the database, then the store: what the database speaks of was stored before, so the store that is
    saved later has it.
    """
    row = BackupSet.objects.select_related("plan__place", "plan__second_place").get(pk=set_id)
    if row.state != SetState.MAKING:
        return row
    with alone(row.plan):
        try:
            _make(ctx, row, step)
        except (LantaiError, OSError) as why:
            fail_set(ctx, row, why)
            if isinstance(why, WalGap):
                _let_log_go(row.plan)
            raise
        apply_retention(ctx, row.plan)
    return row


def _make(ctx: Ctx, row: BackupSet, step: Step) -> None:
    spool, server, plan = spool_of(row.set_id), here(), row.plan
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    vaults = vaults_of(plan)
    memory = Memory(row, vaults)
    _require_here(vaults)
    note, size = _log_head()
    facts = clusters.examine(server)
    sources.keep_public_keys(spool / "keys")
    if clusters.hold_wal(server, plan.slot):
        shutil.rmtree(log_of(plan), ignore_errors=True)  # of a slot that is gone: it has no end
    if not (spool / "base").exists():
        clusters.base_backup(server, spool / "base", facts)
    facts = clusters.range_of(spool / "base", facts)
    covered_from = _time_of(server)
    until, last = _fetch_log(server, plan, spool, "")
    listing = spool / "00000.jsonl"
    if not (spool / "00000.json.note").exists():
        found = sources.full(spool, includes_store=plan.includes_store)
        saving.save(
            found, memory, listing=listing, scratch=spool / "scratch", previous=_previous(row), step=step
        )
    manifest = _publish(row, vaults, spool, 0, (until, facts, note))
    memory.note_uses(entry for entry in lists.read_lines(listing))
    _finish(ctx, row, manifest, memory, (covered_from, last, size))
    _forget_log(plan, last)
    shutil.rmtree(spool, ignore_errors=True)


def _require_here(vaults: list[Vault]) -> None:
    """A place that is away or gives no entry says so before anything is copied."""
    for vault in vaults:
        next(iter(vault.names("sets/")), None)


def _time_of(server: Server) -> datetime:
    with server.connect() as found:
        row = found.execute("select clock_timestamp()").fetchone()
    assert row is not None and isinstance(row[0], datetime)
    return row[0]


def _log_head() -> tuple[str, int | None]:
    newest = ledger.newest_checkpoint()
    return (newest.note, newest.size) if newest else ("", None)


def _fetch_log(server: Server, plan: BackupPlan, spool: Path, last: str) -> tuple[datetime, str]:
    """Have the log up to now in the folder of a set; until when, and the last segment."""
    kept, own = log_of(plan), spool / "wal"
    end, until = clusters.close_segment(server)
    segments = clusters.receive_wal(server, plan.slot, kept, end)
    for left in kept.glob("*.partial"):
        left.unlink()
    if sum(path.stat().st_size for path in segments) > _MOST_LOG:
        raise WalGap(after=last, found=f"> {_MOST_LOG >> 30} GB")
    newer = [path for path in segments if path.name > last or path.suffix]
    own.mkdir(exist_ok=True)
    for path in newer:
        if not (own / path.name).exists():
            os.link(path, own / path.name)
    return until, clusters.check_order(last, newer)


def _let_log_go(plan: BackupPlan) -> None:
    """The log cannot be followed any more: the next full set begins anew."""
    clusters.let_wal_go(here(), plan.slot)
    shutil.rmtree(log_of(plan), ignore_errors=True)


def _forget_log(plan: BackupPlan, last: str) -> None:
    """What lies in a good set need not be kept here."""
    for path in log_of(plan).iterdir():
        if path.name <= last:
            path.unlink()


def _previous(row: BackupSet) -> Iterable[Entry]:
    """What the last good set of the vault knows of the store; what it knows is not read again."""
    last = BackupSet.objects.filter(vault=row.vault, state=SetState.GOOD).order_by("-id").first()
    if last is None:
        return
    reader = SetReader(reading(last), last.set_id)
    manifest = reader.manifest(0)
    if manifest is not None:
        yield from (entry for entry in reader.entries(manifest) if entry.path.startswith("store/"))


def _publish(
    row: BackupSet, vaults: list[Vault], spool: Path, number: int, said: tuple[datetime, PostgresFacts, str]
) -> Manifest:
    """List, note and manifest, in this order: what has no manifest is no set.

    Written on this machine first; killed later, the same bytes are published again.
    """
    kept, note = spool / f"{number:05d}.json", spool / f"{number:05d}.json.note"
    packed = spool / f"{number:05d}.jsonl.gz"
    if not note.exists():
        lists.pack_list(spool / f"{number:05d}.jsonl", packed)
        manifest = _manifest(row, spool, number, packed, said)
        data = manifests.render(manifest)
        _write(kept, data)
        signers = [(settings.LANTAI_LOG_ORIGIN, key) for key in log_keys()]
        _write(note, manifests.sign(data, manifest, signers).encode())
    manifest = manifests.parse(kept.read_bytes(), set_id=row.set_id)
    for vault in vaults:
        vault.put(manifest.entries.name, packed, size=packed.stat().st_size)
        vault.put(f"{manifest.name}.note", note, size=note.stat().st_size)
        vault.put(manifest.name, kept, size=kept.stat().st_size)
    return manifest


def _manifest(
    row: BackupSet, spool: Path, number: int, packed: Path, said: tuple[datetime, PostgresFacts, str]
) -> Manifest:
    until, facts, note = said
    count = total = 0
    for entry in lists.read_lines(spool / f"{number:05d}.jsonl"):
        count, total = count + (entry.located is not None), total + entry.size
    own = _sha256(packed)
    listed = ListFile(f"sets/{row.set_id}/{number:05d}-{own[:16]}.jsonl.gz", own, count, total)
    return Manifest(
        set_id=row.set_id, number=number, origin=settings.LANTAI_LOG_ORIGIN, product=__version__,
        made_at=timezone.now(), covered_until=until, entries=listed, postgres=facts, log_note=note,
        excluded=sources.EXCLUDED,
    )  # fmt: skip


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(data)
    unfinished.replace(path)


@transaction.atomic
def _finish(
    ctx: Ctx, row: BackupSet, manifest: Manifest, memory: Memory, head: tuple[datetime, str, int | None]
) -> None:
    row.covered_from, row.last_segment, row.log_size = head
    row.covered_until, row.finished_at = manifest.covered_until, timezone.now()
    row.file_count, row.byte_count = manifest.entries.entries, manifest.entries.bytes
    row.new_bytes = memory.new_bytes
    row.save()
    workflow.move(ctx, row, SET, "finish", detail={"set": row.set_id, "files": row.file_count,
                  "manifest_sha256": hashlib.sha256(manifests.render(manifest)).hexdigest()})  # fmt: skip
    alarms.mend(ctx, row.plan, Cause.STALE, Cause.SET_FAILED, Cause.WAL_LOST)


@transaction.atomic
def fail_set(ctx: Ctx, row: BackupSet, why: BaseException) -> None:
    """Say truly that a set did not come to be, and alarm; what lies in the place already is used by the next one."""
    said = str(why)[:500]
    BackupSet.objects.filter(pk=row.pk).update(why=said, finished_at=timezone.now())
    row.refresh_from_db()
    if row.state == SetState.MAKING:
        workflow.move(ctx, row, SET, "fail", detail={"set": row.set_id})
    row.uses.all().delete()
    shutil.rmtree(spool_of(row.set_id), ignore_errors=True)
    alarms.alarm(ctx, row.plan, Cause.SET_FAILED, said)


def add_increment(ctx: Ctx, *, plan_id: int, step: Step = lambda path, count: None) -> BackupSet | None:
    """Save what was committed since the last time, as an addition to the newest good set; None without one."""
    plan = BackupPlan.objects.select_related("place", "second_place").get(pk=plan_id)
    row = BackupSet.objects.filter(plan=plan, vault=plan.vault, state=SetState.GOOD).order_by("-id").first()
    if row is None:
        return None
    with alone(plan):
        row.refresh_from_db()
        try:
            _add(ctx, row, plan, step)
        except (WalGap, NameTaken) as why:  # this set goes no further: a new one is made
            alarms.alarm(ctx, plan, Cause.WAL_LOST, str(why))
            _let_log_go(plan)
            raise
        except (LantaiError, OSError) as why:
            alarms.alarm(ctx, plan, Cause.SET_FAILED, str(why)[:500])
            raise
    return row


def _add(ctx: Ctx, row: BackupSet, plan: BackupPlan, step: Step) -> None:
    number, server = row.increments + 1, here()
    spool = spool_of(f"{row.set_id}-{number}")
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    vaults = vaults_of(plan)
    memory = Memory(row, vaults)
    _require_here(vaults)
    note, size = _log_head()
    facts = clusters.examine(server)
    sources.keep_public_keys(spool / "keys")
    if clusters.is_wal_lost(server, plan.slot):
        raise WalGap(after=row.last_segment, found="?")
    until, last = _fetch_log(server, plan, spool, row.last_segment)
    listing = spool / f"{number:05d}.jsonl"
    assert row.covered_until is not None
    if not (spool / f"{number:05d}.json.note").exists():
        found = sources.added(spool, row.covered_until, includes_store=plan.includes_store)
        saving.save(found, memory, listing=listing, scratch=spool / "scratch", step=step)
    manifest = _publish(row, vaults, spool, number, (until, facts, note))
    memory.note_uses(entry for entry in lists.read_lines(listing))
    with transaction.atomic():
        BackupSet.objects.filter(pk=row.pk).update(
            increments=number, covered_until=manifest.covered_until, last_segment=last, log_size=size,
            file_count=F("file_count") + manifest.entries.entries,
            byte_count=F("byte_count") + manifest.entries.bytes, new_bytes=F("new_bytes") + memory.new_bytes,
        )  # fmt: skip
        alarms.mend(ctx, plan, Cause.STALE, Cause.SET_FAILED)
    _forget_log(plan, last)
    row.refresh_from_db()
    shutil.rmtree(spool, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
