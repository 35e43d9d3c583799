"""From a set to a home: an empty folder becomes one that `lantai up` starts."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import psycopg
from psycopg import sql

from lantai.apps.backup import clusters
from lantai.apps.backup.clusters import Scratch, Target
from lantai.apps.backup.types import MomentOutside, ProgramsTooOld
from lantai.apps.backup.vaults import FOLDER, Vault
from lantai.kit.backups.restoring import SetReader, require_empty, write_tree
from lantai.kit.backups.types import Entry, Manifest, PostgresFacts, SetMissing
from lantai.platform.places.types import Held

_LEADS = {
    "database": "postgres/data",
    "wal": f"postgres/data/{clusters.WAL_INSIDE}",
    "store": "store",
    "keys": "keys",
    "settings": "restored-settings",
}
_LATER = {name: _LEADS[name] for name in ("wal", "store", "keys")}
_TIDY = (
    "update backup_backupset set state = 'failed', why = 'restored' where state = 'making'",
    "update backup_restoredrill set state = 'failed', why = 'restored' where state = 'running'",
    "update jobs_run set state = 'cancelled', finished_at = now()"
    " where state in ('queued', 'running') and kind like 'lantai.apps.backup.%'",
)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of a set."""

    manifests: tuple[Manifest, ...]
    facts: PostgresFacts
    files: int
    bytes: int

    @property
    def covered_until(self) -> datetime:
        """The last moment that can be restored."""
        return self.manifests[-1].covered_until


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    home: Path
    set_id: str
    moment: datetime
    files: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """A set that lies in a place."""

    vault: str
    set_id: str
    number: int


class SetPlace(Protocol):
    """Where sets lie, as far as a restore asks: any place, or a medium."""

    def open(self, name: str) -> BinaryIO:
        """The content of a file."""
        ...

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        """The files, in order of name."""
        ...


def sets_in(store: SetPlace) -> list[Found]:
    """Every set in a place, found by its manifests; those with the newest name last."""
    newest: dict[tuple[str, str], int] = {}
    for held in (
        *store.held(f"{FOLDER}/"),
        *store.held("sets/"),
    ):  # a medium holds one vault, without its folder
        parts = held.name.removeprefix(f"{FOLDER}/").split("/")
        vault = "" if held.name.startswith("sets/") else parts.pop(0)
        if len(parts) == 3 and parts[0] == "sets" and parts[2].endswith(".json"):
            number = int(parts[2].removesuffix(".json"))
            newest[vault, parts[1]] = max(number, newest.get((vault, parts[1]), 0))
    found = (Found(vault, set_id, number) for (vault, set_id), number in newest.items())
    return sorted(found, key=lambda one: one.set_id)


def reader_of(store: SetPlace, set_id: str = "") -> SetReader:
    """The reader of a set in a place, or of the newest one; raises `SetMissing`."""
    here = [one for one in sets_in(store) if not set_id or one.set_id == set_id]
    if not here:
        raise SetMissing(set=set_id or "*")
    return SetReader(Vault(store, here[-1].vault), here[-1].set_id)


def readers_for(store: SetPlace, set_id: str, moment: datetime | None) -> list[SetReader]:
    """The set to restore and, where it ends before the moment, the one after it: that begins with the log between.

    Without a name the newest set, or the newest whose base backup is older than the moment.
    """
    if moment is None:
        return [reader_of(store, set_id)]
    here = [SetReader(Vault(store, one.vault), one.set_id) for one in sets_in(store)]
    named = [reader for reader in here if not set_id or reader.set_id == set_id]
    if not named:
        raise SetMissing(set=set_id or "*")
    older = [reader for reader in named if _begins(reader) <= moment]
    chosen = older[-1] if older else named[0]
    after = here[here.index(chosen) + 1 :]
    if _ends(chosen) < moment and after and _begins(after[0]) >= moment:
        return [chosen, after[0]]
    return [chosen]


def _begins(reader: SetReader) -> datetime:
    return next(reader.manifests()).covered_until


def _ends(reader: SetReader) -> datetime:
    return list(reader.manifests())[-1].covered_until


def restore(
    store: SetPlace,
    home: Path,
    *,
    set_id: str = "",
    moment: datetime | None = None,
    keys: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Restored:
    """Restore a set into an empty home, as of its end or of a moment; raises `NotEmpty` and what reading refuses.

    Everything is made beside the home and moved there when it is whole. `keys` is the folder of private keys,
    which no set holds.
    """
    require_empty(home)
    begun = time.monotonic()
    reader, *after = readers_for(store, set_id, moment)
    making = home.with_name(f"{home.name}.restoring")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    written = write_home(reader, making, moment=moment, after=after, say=say)
    with recovered(making, written.facts, Target(moment=moment)) as scratch:
        clusters.drop_halves(scratch)
        clusters.adopt(scratch, written.facts)
        tidy(scratch)
    clusters.settle(making / "postgres" / "data")
    if keys:
        shutil.copytree(keys, making / "keys", dirs_exist_ok=True)
    if (making / "keys").exists():
        (making / "keys").chmod(0o700)
    if home.exists():
        home.rmdir()
    making.rename(home)
    seconds = time.monotonic() - begun
    return Restored(
        home, reader.set_id, moment or written.covered_until, written.files, written.bytes, seconds
    )


def write_home(
    reader: SetReader,
    home: Path,
    *,
    moment: datetime | None = None,
    after: Sequence[SetReader] = (),
    say: Callable[[str], None] = lambda line: None,
) -> Written:
    """Write every file of a set and its increments below `home`, each checked against its digest.

    Of the set `after` it only the log and the store of its beginning.
    """
    manifests = (*reader.manifests(), *(next(later.manifests()) for later in after))
    facts = manifests[0].postgres
    assert facts is not None
    _check_moment(manifests, moment)
    if (here := clusters.program_version()) != facts.version // 10_000:
        raise ProgramsTooOld(wanted=facts.version // 10_000, found=here)
    counted = _Counted()
    sources = {one.set_id: one for one in (reader, *after)}
    for manifest in manifests:
        say(f"{manifest.set_id} #{manifest.number}: {manifest.entries.entries} files")
        leads = _LEADS if manifest.set_id == reader.set_id else _LATER
        target = partial(_target, home, leads)
        write_tree(sources[manifest.set_id], manifest, target, step=counted.add)
    return Written(manifests, facts, counted.files, counted.bytes)


def _check_moment(manifests: tuple[Manifest, ...], moment: datetime | None) -> None:
    first, last = manifests[0].covered_until, manifests[-1].covered_until
    if moment is not None and not first <= moment <= last:
        raise MomentOutside(set=manifests[0].set_id, first=first.isoformat(), last=last.isoformat())


class _Counted:
    def __init__(self) -> None:
        self.files = self.bytes = 0

    def add(self, entry: Entry) -> None:
        self.files += entry.located is not None
        self.bytes += entry.size


def _target(home: Path, leads: Mapping[str, str], entry: Entry) -> Path | None:
    lead, _, rest = entry.path.partition("/")
    if lead not in leads:
        return None
    return home / leads[lead] / rest if rest else home / leads[lead]


@contextlib.contextmanager
def recovered(home: Path, facts: PostgresFacts, target: Target) -> Iterator[Scratch]:
    """The server over a written home, recovered to its target and answering."""
    data = home / "postgres" / "data"
    clusters.prepare(data, target)
    with clusters.started(data, home / "postgres" / "recovery.log", superuser=facts.superuser) as scratch:
        yield scratch


def tidy(scratch: Scratch, database: str = "lantai") -> None:
    """What was under way in the system that was saved does not go on here, and here nothing of its vault is touched."""
    with psycopg.connect(scratch.url(database), autocommit=True) as connection:
        for statement in _TIDY:
            with contextlib.suppress(psycopg.errors.UndefinedTable):  # a database of before this app
                connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
        with contextlib.suppress(psycopg.errors.UndefinedTable):
            for (pk,) in connection.execute("select id from backup_backupplan").fetchall():
                fresh = secrets.token_hex(8)
                connection.execute("update backup_backupplan set vault = %s where id = %s", [fresh, pk])
