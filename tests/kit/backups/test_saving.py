from __future__ import annotations

import os
from pathlib import Path

import pytest

from lantai.kit.backups import lists, manifests, saving
from lantai.kit.backups.restoring import SetReader, require_empty, write_tree
from lantai.kit.backups.trees import walk
from lantai.kit.backups.types import (
    ContentDamaged,
    Entry,
    NotEmpty,
    PathUnsafe,
    SetMissing,
    SetUnreadable,
    Source,
    safe,
)
from lantai.kit.crypto import generate
from lantai.kit.evidence.notes import verifier_key
from lantai.kit.evidence.trust import TrustStore
from tests.kit.backups.shelves import Folder, Memory, make_set


def tree(root: Path) -> Path:
    for number in range(30):
        path = root / f"a{number % 3}" / f"样例{number:02d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"样例内容 {number // 2}".encode())
    (root / "a0-b").write_bytes(b"before the folder a0 as text")
    (root / "large.bin").write_bytes(os.urandom(saving.SMALL_BYTES + 7))
    (root / "empty" / "inner").mkdir(parents=True)
    (root / "link").symlink_to(root / "large.bin")
    return root


def watched(one: Source, opened: list[str]) -> Source:
    def opener():
        opened.append(one.path)
        return one.open()

    return Source(one.path, one.size, one.modified_ns, opener, one.is_compressed, one.is_folder)


def content(root: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(root)): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and not p.is_symlink()
    }


def test_what_was_saved_comes_back_byte_for_byte_with_its_empty_folders_and_times(tmp_path):
    source, folder = tree(tmp_path / "source"), Folder(tmp_path / "place")
    manifest, entries = make_set(folder, Memory(folder), source, tmp_path)
    assert [e.order for e in entries] == sorted(e.order for e in entries)
    reader, target = SetReader(folder, "S1"), tmp_path / "back"
    (found,) = reader.manifests()
    assert found == manifest
    assert write_tree(reader, found, lambda e: target / e.path) == 32
    assert content(target / "store") == content(source)
    assert (target / "store" / "empty" / "inner").is_dir()
    assert (target / "store" / "a0-b").stat().st_mtime_ns == (source / "a0-b").stat().st_mtime_ns


def test_the_same_content_is_kept_once_and_small_files_share_a_pack(tmp_path):
    source, folder = tree(tmp_path / "source"), Folder(tmp_path / "place")
    memory = Memory(folder)
    make_set(folder, memory, source, tmp_path)
    assert (
        len([n for n in folder.puts if n.startswith("packs/")]) == 2
    )  # 31 small files of 16 contents, one large
    folder.puts.clear()
    (source / "new.txt").write_text("样例：新增")
    make_set(folder, memory, source, tmp_path, set_id="S2")
    assert len([n for n in folder.puts if n.startswith("packs/")]) == 1


def test_what_an_earlier_list_knows_is_not_read_again(tmp_path):
    source, folder = tree(tmp_path / "source"), Folder(tmp_path / "place")
    _, entries = make_set(folder, Memory(folder), source, tmp_path)
    opened = []
    (source / "a1" / "样例01.txt").write_text("样例：改动")
    again = tmp_path / "again.jsonl"
    sources = (watched(one, opened) for one in walk(source, "store"))
    saving.save(sources, Memory(folder), listing=again, scratch=tmp_path, previous=entries)
    assert opened == ["store/a1/样例01.txt"]
    assert len(list(lists.read_lines(again))) == len(entries)


def test_saving_that_was_killed_reads_only_what_its_torn_list_does_not_know(tmp_path, monkeypatch):
    monkeypatch.setattr(saving, "_BATCH", 5)
    source, folder = tree(tmp_path / "source"), Folder(tmp_path / "place")
    memory, listing, opened = Memory(folder), tmp_path / "killed.jsonl", []
    for again in range(2):
        seen = []

        def die(path: str, _count: int, seen: list[str] = seen) -> None:
            seen.append(path)
            if len(seen) == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            sources = (watched(one, opened) for one in walk(source, "store"))
            saving.save(sources, memory, listing=listing, scratch=tmp_path / "s", step=die)
        assert len(opened) == (1 if again else 15)  # then only what was added meanwhile
        opened.clear()
        with listing.open("ab") as torn:
            torn.write(b'{"path": "store/zz')
        (source / "a0" / "early.txt").write_text("样例：中断之后新增，排在断点之前")
    sources = (watched(one, opened) for one in walk(source, "store"))
    saving.save(sources, memory, listing=listing, scratch=tmp_path / "s")
    assert 0 < len(opened) < 25
    whole = tmp_path / "whole.jsonl"
    saving.save(walk(source, "store"), memory, listing=whole, scratch=tmp_path / "s")
    assert listing.read_bytes() == whole.read_bytes()


def test_a_flipped_byte_is_found_and_nothing_of_the_file_is_left(tmp_path):
    source, folder = tree(tmp_path / "source"), Folder(tmp_path / "place")
    _, entries = make_set(folder, Memory(folder), source, tmp_path)
    for pack in (folder.root / "packs").rglob("*.*"):
        data = bytearray(pack.read_bytes())
        data[515] ^= 1
        pack.write_bytes(data)
    reader = SetReader(folder, "S1")
    hurt = []
    for entry in (e for e in entries if e.located):
        try:
            reader.write(entry, tmp_path / "back" / entry.path)
        except ContentDamaged:
            hurt.append(entry.path)
            assert not (tmp_path / "back" / entry.path).exists()
    assert "store/large.bin" in hurt and 2 <= len(hurt) <= 3


def test_a_manifest_that_was_changed_or_a_list_that_was_is_refused(tmp_path):
    source, folder = tree(tmp_path / "source"), Folder(tmp_path / "place")
    key = generate("sm2")
    manifest, _ = make_set(folder, Memory(folder), source, tmp_path, key=key)
    reader = SetReader(folder, "S1")
    trust = TrustStore((verifier_key("sample.example/log", key.public),))
    assert manifests.signed_by(reader.note(manifest), trust) == ("sample.example/log",)
    assert manifests.signed_by(reader.note(manifest), TrustStore()) == ()
    listed = folder.root / manifest.entries.name
    listed.write_bytes(listed.read_bytes() + b"\0")
    with pytest.raises(SetUnreadable):
        list(reader.entries(manifest))
    told = folder.root / manifest.name
    told.write_bytes(told.read_bytes().replace(b'"number": 0', b'"number": 1'))
    with pytest.raises(SetUnreadable):
        reader.manifest(0)
    with pytest.raises(SetMissing):
        list(SetReader(folder, "other").manifests())


@pytest.mark.parametrize("path", ["../x", "/x", "a//b", "a/./b", "", "a/\0"])
def test_a_path_that_leaves_the_folder_is_refused(path):
    with pytest.raises(PathUnsafe):
        safe(path)
    with pytest.raises(PathUnsafe):
        lists.entry_of(lists.line_of(Entry(path)))


def test_a_restore_goes_into_an_empty_folder_only(tmp_path):
    require_empty(tmp_path / "new")
    require_empty(tmp_path)
    (tmp_path / "x").write_text("样例")
    with pytest.raises(NotEmpty):
        require_empty(tmp_path)
    with pytest.raises(NotEmpty):
        require_empty(tmp_path / "x")
