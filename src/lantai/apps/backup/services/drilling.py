"""A drill: restore beside the live system, compare every count, digest and log root, file a report."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantai.apps.backup import marks, restoring
from lantai.apps.backup.clusters import Target
from lantai.apps.backup.marks import Mark
from lantai.apps.backup.models import BackupSet, DrillFinding, RestoreDrill
from lantai.apps.backup.restoring import Written
from lantai.apps.backup.services import alarms, making
from lantai.apps.backup.states import DRILL
from lantai.apps.backup.types import Cause, DrillState, Finding, NoRoom, NothingToRestore, Outcome, SetState
from lantai.apps.backup.vaults import alone, reading
from lantai.kit.backups import manifests
from lantai.kit.backups.restoring import SetReader
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.layout import object_path
from lantai.kit.packages.ocfl.reader import object_folders
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.kit.packages.problems import Severity
from lantai.platform.context import Ctx
from lantai.platform.ledger import queries as ledger
from lantai.platform.workflow import services as workflow

_MB = 1 << 20


def run_drill(ctx: Ctx, *, drill_id: int) -> RestoreDrill:
    """Do a drill and conclude it; repeated after a kill it begins anew. What it finds it says, whatever it is."""
    row = RestoreDrill.objects.select_related("plan__place", "plan__second_place").get(pk=drill_id)
    if row.state != DrillState.RUNNING:
        return row
    row.findings.all().delete()
    scratch = making.spool_of(f"drill-{row.pk}")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        findings = list(_drill(ctx, row, scratch))
        _conclude(ctx, row, findings, "")
    except (LantaiError, OSError, psycopg.Error) as why:
        _conclude(ctx, row, [], str(why)[:500])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return row


def _drill(ctx: Ctx, row: RestoreDrill, scratch: Path) -> Iterator[Finding]:
    backup_set = _newest(row)
    lost = ctx.now - (backup_set.covered_until or backup_set.begun_at)
    mark = marks.take_mark(making.here())
    making.add_increment(ctx, plan_id=row.plan_id)
    backup_set.refresh_from_db()
    _require_room(backup_set, scratch)
    begun = time.monotonic()
    reader = SetReader(reading(backup_set), backup_set.set_id)
    with alone(row.plan):
        written = restoring.write_home(reader, scratch)
    with restoring.recovered(scratch, written.facts, Target(lsn=mark.lsn)) as server:
        took = time.monotonic() - begun
        found = marks.read_mark(server.url(written.facts.database))
        packages = _packages(server.url(written.facts.database))
    row.backup_set, row.rto_seconds, row.rpo_seconds = (
        backup_set,
        round(took),
        max(0, int(lost.total_seconds())),
    )
    row.file_count, row.byte_count = written.files, written.bytes
    yield from _signed(reader, written)
    yield _finding("files", "", written.files == _listed(written), f"{_listed(written)}", f"{written.files}")
    yield from _tables(mark, found)
    yield from _log(mark, found)
    if row.plan.includes_store:
        yield from _objects(scratch / "store" / "ocfl")
        yield from _sealed(scratch / "store" / "ocfl", packages)
    yield from _settings(scratch)
    yield from _promises(row)


def _newest(row: RestoreDrill) -> BackupSet:
    good = BackupSet.objects.filter(plan=row.plan, vault=row.plan.vault, state=SetState.GOOD)
    found = good.select_related("plan__place", "plan__second_place").order_by("-id").first()
    if found is None:
        raise NothingToRestore(title=row.plan.title)
    return found


def _require_room(backup_set: BackupSet, scratch: Path) -> None:
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    free, needed = shutil.disk_usage(scratch).free, backup_set.byte_count
    if free < needed * 11 // 10:
        raise NoRoom(needed_mb=needed // _MB, free_mb=free // _MB, path=str(scratch))


def _finding(code: str, subject: str, is_good: bool, expected: str, found: str) -> Finding:
    return Finding(code, subject, Outcome.PASS if is_good else Outcome.FAIL, expected[:300], found[:300])


def _signed(reader: SetReader, written: Written) -> Iterator[Finding]:
    trust = ledger.trust_store()
    for manifest in written.manifests:
        names = set(manifests.signed_by(reader.note(manifest), trust))
        is_good = settings.LANTAI_LOG_ORIGIN in names
        yield _finding(
            "signature", f"#{manifest.number}", is_good, settings.LANTAI_LOG_ORIGIN, ", ".join(names)
        )


def _listed(written: Written) -> int:
    return sum(manifest.entries.entries for manifest in written.manifests)


def _tables(mark: Mark, found: Mark) -> Iterator[Finding]:
    for name, held in mark.tables.items():
        back = found.tables.get(name)
        yield _finding("table", name, held == back, str(held), str(back))


def _log(mark: Mark, found: Mark) -> Iterator[Finding]:
    expected, got = f"{mark.log_size} · {mark.log_root}", f"{found.log_size} · {found.log_root}"
    yield _finding("log_root", "", expected == got, expected, got)


def _objects(root: Path) -> Iterator[Finding]:
    """Every digest of every object that came back, by our validator."""
    count, bad = 0, []
    for folder in object_folders(root) if root.is_dir() else ():
        count += 1
        if any(problem.severity == Severity.ERROR for problem in validate_object(folder)):
            bad.append(str(folder.relative_to(root)))
    yield _finding("objects", "", not bad, f"{count}", f"{count - len(bad)} {' '.join(bad[:3])}".strip())


def _packages(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute("select object_id, inventory_sha512 from custody_package").fetchall()
    return [(str(a), str(b)) for a, b in rows]


def _sealed(root: Path, packages: list[tuple[str, str]]) -> Iterator[Finding]:
    """Every package that the restored catalogue speaks of, with the inventory it had when it was sealed."""
    bad = [
        object_id
        for object_id, digest in packages
        if digest not in _inventories(root / object_path(object_id))
    ]
    good = f"{len(packages) - len(bad)} {' '.join(bad[:3])}".strip()
    yield _finding("packages", "", not bad, f"{len(packages)}", good)


def _inventories(folder: Path) -> set[str]:
    found = (*folder.glob("v*/inventory.json"), folder / "inventory.json")
    return {hashlib.sha512(path.read_bytes()).hexdigest() for path in found if path.is_file()}


def _settings(scratch: Path) -> Iterator[Finding]:
    path = scratch / "restored-settings" / "settings.json"
    kept = json.loads(path.read_bytes()) if path.is_file() else {}
    now = settings.LANTAI_LOG_ORIGIN
    yield _finding("settings", "LANTAI_LOG_ORIGIN", kept.get("LANTAI_LOG_ORIGIN") == now, now,
                   str(kept.get("LANTAI_LOG_ORIGIN")))  # fmt: skip


def _promises(row: RestoreDrill) -> Iterator[Finding]:
    """What the plan promises, against what was measured."""
    assert row.rto_seconds is not None and row.rpo_seconds is not None
    rto, rpo = row.plan.rto_minutes * 60, row.plan.rpo_minutes * 60
    yield _finding("rto", "", row.rto_seconds <= rto, f"{rto} s", f"{row.rto_seconds} s")
    yield _finding("rpo", "", row.rpo_seconds <= rpo, f"{rpo} s", f"{row.rpo_seconds} s")


@transaction.atomic
def _conclude(ctx: Ctx, row: RestoreDrill, findings: list[Finding], why: str) -> None:
    DrillFinding.objects.bulk_create(
        DrillFinding(
            drill=row, code=f.code, subject=f.subject, outcome=f.outcome, expected=f.expected, found=f.found
        )
        for f in findings
    )
    failed = [f for f in findings if f.outcome == Outcome.FAIL]
    row.why, row.finished_at = why, _now()
    row.save(
        update_fields=[
            "why",
            "finished_at",
            "backup_set",
            "rto_seconds",
            "rpo_seconds",
            "file_count",
            "byte_count",
        ]
    )
    passed = not failed and not why
    detail = {"findings": len(findings), "failed": len(failed), "set": str(row.backup_set or "")}
    workflow.move(ctx, row, DRILL, "pass" if passed else "fail", detail=detail)
    if passed:
        alarms.mend(ctx, row.plan, Cause.DRILL_FAILED, Cause.DRILL_DUE)
    else:
        said = why or "；".join(f"{f.code} {f.subject}".strip() for f in failed[:5])
        alarms.alarm(ctx, row.plan, Cause.DRILL_FAILED, said)


def _now() -> datetime:
    return timezone.now()
