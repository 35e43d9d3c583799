"""A place as one folder, with nothing but what a set asks for."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from lantai.kit.backups import lists, manifests
from lantai.kit.backups.saving import save
from lantai.kit.backups.trees import walk
from lantai.kit.backups.types import Entry, ListFile, Located, Manifest, NewPack
from lantai.kit.crypto import SigningKey, generate
from lantai.kit.errors import Missing

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class Folder:
    """Files in a folder; counts what is put."""

    def __init__(self, root: Path) -> None:
        self.root, self.puts = root, []

    def put(self, name: str, source: Path, *, size: int) -> None:
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        assert target.stat().st_size == size
        self.puts.append(name)

    def open(self, name: str) -> BinaryIO:
        if not (self.root / name).is_file():
            raise Missing
        return (self.root / name).open("rb")


class Memory:
    """Who knows what lies in a folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.located = folder, {}

    def where(self, digests: Collection[str]) -> Mapping[str, Located]:
        return {d: self.located[d] for d in digests if d in self.located}

    def keep(self, pack: NewPack) -> None:
        self.folder.put(pack.name, pack.file, size=pack.size)
        self.located |= pack.contents


def make_set(
    folder: Folder,
    memory: Memory,
    source: Path,
    work: Path,
    *,
    set_id: str = "S1",
    key: SigningKey | None = None,
) -> tuple[Manifest, list[Entry]]:
    """A signed set of everything below `source`."""
    listing = work / f"{set_id}.jsonl"
    save(walk(source, "store"), memory, listing=listing, scratch=work / "scratch")
    packed = work / f"{set_id}.jsonl.gz"
    lists.pack_list(listing, packed)
    entries = list(lists.read_lines(listing))
    name = f"sets/{set_id}/00000.jsonl.gz"
    folder.put(name, packed, size=packed.stat().st_size)
    listed = ListFile(
        name, hashlib.sha256(packed.read_bytes()).hexdigest(), len(entries), sum(e.size for e in entries)
    )
    manifest = Manifest(
        set_id=set_id,
        number=0,
        origin="sample.example/log",
        product="0",
        made_at=NOW,
        covered_until=NOW,
        entries=listed,
    )
    data = manifests.render(manifest)
    note = manifests.sign(data, manifest, [("sample.example/log", key or generate("ed25519"))])
    for suffix, text in (("", data), (".note", note.encode())):
        file = work / f"manifest{suffix}"
        file.write_bytes(text)
        folder.put(f"{manifest.name}{suffix}", file, size=len(text))
    return manifest, entries
