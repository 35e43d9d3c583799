"""The vault of a plan: its folder in one or two places, and what is known to lie there."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction

from lantai.apps.backup.models import BackupPlan, BackupSet, Content, Pack, PackUse
from lantai.apps.backup.types import SetUnderWay
from lantai.kit.backups.types import Entry, Located, NewPack, Shelf
from lantai.kit.errors import Fault
from lantai.platform.places import queries as places
from lantai.platform.places.models import Place
from lantai.platform.places.types import PlaceStore

FOLDER = "lantai-backup"
_LOCK = 0x4C56
_ROWS = 2_000


class Vault:
    """One vault in one place: names below its own folder."""

    def __init__(self, store: PlaceStore, vault: str, *, title: str = "") -> None:
        self.store, self.prefix, self.title = store, f"{FOLDER}/{vault}/" if vault else "", title

    def put(self, name: str, source: Path, *, size: int) -> None:
        """Keep a file; the same bytes under the same name are no harm."""
        self.store.put(self.prefix + name, source, size=size)

    def open(self, name: str) -> BinaryIO:
        """The content of a file."""
        return self.store.open(self.prefix + name)

    def remove(self, name: str) -> None:
        """Remove a file, where the place allows it."""
        self.store.remove(self.prefix + name)

    def names(self, folder: str) -> Iterator[str]:
        """The names below a folder, in order."""
        for held in self.store.held(self.prefix + folder):
            yield held.name.removeprefix(self.prefix)


def vaults_of(plan: BackupPlan, vault: str = "") -> list[Vault]:
    """The vault in each place of a plan: every place that is written, in order of reading."""
    found = (plan.place, plan.second_place)
    return [_vault_in(place, vault or plan.vault) for place in found if place is not None]


def _vault_in(place: Place, vault: str) -> Vault:
    return Vault(places.store_of(place), vault, title=place.title)


class Reading:
    """Reads from the first place that has the file and answers."""

    def __init__(self, vaults: list[Vault]) -> None:
        self.vaults = vaults

    def put(self, name: str, source: Path, *, size: int) -> None:
        """Not for writing."""
        raise NotImplementedError

    def open(self, name: str) -> BinaryIO:
        """The content; what the last place says where none has it."""
        *others, last = self.vaults
        for vault in others:
            try:
                return vault.open(name)
            except Fault:
                continue
        return last.open(name)


def reading(backup_set: BackupSet) -> Shelf:
    """Where a set is read."""
    return Reading(vaults_of(backup_set.plan, backup_set.vault))


class Memory:
    """What the vault holds, for a set that is being made."""

    def __init__(self, backup_set: BackupSet, vaults: list[Vault]) -> None:
        self.row, self.vaults, self.new_bytes = backup_set, vaults, 0

    def where(self, digests: Collection[str]) -> Mapping[str, Located]:
        """Where contents lie, of those that are known."""
        rows = Content.objects.filter(vault=self.row.vault, sha256__in=digests).select_related("pack")
        return {r.sha256: Located(r.pack.name, r.at, r.stored_bytes, r.is_compressed) for r in rows}

    def keep(self, pack: NewPack) -> None:
        """Keep a pack in every place, then note what is in it; killed between, the same is kept again."""
        for vault in self.vaults:
            vault.put(pack.name, pack.file, size=pack.size)
        with transaction.atomic():
            row, _made = Pack.objects.get_or_create(
                vault=self.row.vault, name=pack.name, defaults={"size_bytes": pack.size}
            )
            PackUse.objects.get_or_create(backup_set=self.row, pack=row)
            Content.objects.bulk_create(
                (
                    Content(
                        vault=self.row.vault, sha256=digest, pack=row, at=found.at,
                        stored_bytes=found.stored, is_compressed=found.is_compressed,
                    )
                    for digest, found in pack.contents.items()
                ),
                batch_size=_ROWS,
                ignore_conflicts=True,
            )  # fmt: skip
        self.new_bytes += pack.size

    def note_uses(self, entries: Iterator[Entry]) -> None:
        """Note every pack that a list speaks of as used by the set."""
        named = (entry.located.pack for entry in entries if entry.located is not None)
        while batch := set(islice(named, _ROWS)):
            packs = Pack.objects.filter(vault=self.row.vault, name__in=batch).values_list("pk", flat=True)
            PackUse.objects.bulk_create(
                (PackUse(backup_set=self.row, pack_id=pk) for pk in packs), ignore_conflicts=True
            )


@contextmanager
def alone(plan: BackupPlan) -> Iterator[None]:
    """One at a time works on a vault, over all machines; raises `SetUnderWay`.

    The lock falls with the connection, so a killed worker lets go at once.
    """
    key = [_LOCK, zlib.crc32(plan.vault.encode()) & 0x7FFFFFFF]
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", key)
        (got,) = cursor.fetchone()
    if not got:
        raise SetUnderWay(title=plan.title)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s, %s)", key)
