"""Reading every stored byte of a set; what one place lost is mended from the other."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from lantai.apps.backup.models import BackupSet, Pack
from lantai.apps.backup.services import alarms
from lantai.apps.backup.services.making import spool_of
from lantai.apps.backup.states import SET
from lantai.apps.backup.types import Cause, SetState
from lantai.apps.backup.vaults import Vault, alone, vaults_of
from lantai.kit.backups.restoring import SetReader
from lantai.kit.errors import LantaiError
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow

_CHUNK = 1 << 20


@dataclass(slots=True)
class Verified:
    """What a reading found."""

    packs: int = 0
    bytes: int = 0
    mended: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def verify_set(ctx: Ctx, *, set_id: int, step: Callable[[str], None] = lambda name: None) -> Verified:
    """Read every pack, list and manifest of a set in each of its places; alarm for what stays damaged."""
    row = BackupSet.objects.select_related("plan__place", "plan__second_place").get(pk=set_id)
    found = Verified()
    with alone(row.plan):
        vaults = vaults_of(row.plan, row.vault)
        packs = Pack.objects.filter(uses__backup_set=row).order_by("pk")
        for pack in packs.iterator(chunk_size=2_000):
            _verify_pack(pack, vaults, found, spool_of(row.set_id))
            step(pack.name)
        found.lost += _manifest_faults(row, vaults)
        _conclude(ctx, row, found)
    return found


def _verify_pack(pack: Pack, vaults: list[Vault], found: Verified, spool: Path) -> None:
    good = [vault for vault in vaults if _is_good(vault, pack.name, found)]
    bad = [vault for vault in vaults if vault not in good]
    for vault in bad:
        if good and _mend(pack, good[0], vault, spool):
            found.mended.append(f"{vault.title}: {pack.name}")
        else:
            found.lost.append(f"{vault.title}: {pack.name}")
    if not good:  # the next backup stores these contents anew
        pack.contents.all().delete()
    found.packs += 1


def _is_good(vault: Vault, name: str, found: Verified) -> bool:
    try:
        with vault.open(name) as stream:
            digest, size = _sha256(stream)
    except (LantaiError, OSError):
        return False
    found.bytes += size
    return digest == name.rpartition("/")[2].partition(".")[0]


def _mend(pack: Pack, good: Vault, bad: Vault, spool: Path) -> bool:
    """Replace what is damaged by what was just read whole; a place that forbids it stays as it is."""
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=spool) as copy:
        with good.open(pack.name) as stream:
            while chunk := stream.read(_CHUNK):
                copy.write(chunk)
        copy.flush()
        try:
            bad.remove(pack.name)
            bad.put(pack.name, Path(copy.name), size=pack.size_bytes)
        except (LantaiError, OSError):
            return False
    return True


def _manifest_faults(row: BackupSet, vaults: list[Vault]) -> Iterator[str]:
    for vault in vaults:
        try:
            reader = SetReader(vault, row.set_id)
            found = list(reader.manifests())
            for manifest in found:
                for _entry in reader.entries(manifest):
                    pass
            if len(found) < row.increments + 1:
                yield f"{vault.title}: {row.set_id} #{len(found)}"
        except (LantaiError, OSError) as why:
            yield f"{vault.title}: {why}"


@transaction.atomic
def _conclude(ctx: Ctx, row: BackupSet, found: Verified) -> None:
    row.refresh_from_db()
    BackupSet.objects.filter(pk=row.pk).update(verified_at=ctx.now)
    detail = {"packs": found.packs, "mended": len(found.mended), "lost": len(found.lost)}
    if found.lost:
        why = "；".join(found.lost[:5])
        BackupSet.objects.filter(pk=row.pk).update(why=why)
        if row.state == SetState.GOOD:
            workflow.move(ctx, row, SET, "find_damaged", detail=detail)
        alarms.alarm(ctx, row.plan, Cause.DAMAGED, why)
        return
    if row.state == SetState.DAMAGED:
        workflow.move(ctx, row, SET, "mend", detail=detail)
    damaged = BackupSet.objects.filter(plan=row.plan, state=SetState.DAMAGED)
    if not damaged.exists():
        alarms.mend(ctx, row.plan, Cause.DAMAGED)


def _sha256(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
