"""A folder as a place."""

from __future__ import annotations

import os
import threading

import ocfl
import pytest

from lantai.platform.places.stores import folder as folders
from lantai.platform.places.types import (
    Locked,
    NameTaken,
    NotAnAddress,
    NotAName,
    NothingThere,
    PlaceAway,
)

NAME = "abc/def/object/v1/content/file"


def read(store, name):
    with store.open(name) as file:
        return file.read()


def test_what_was_put_is_read_and_an_unknown_name_is_told(folder, source):
    data = os.urandom(3_000_000)
    folder.put(NAME, source(data), size=len(data))
    assert read(folder, NAME) == data
    assert folder.size(NAME) == len(data)
    assert folder.size(NAME + "x") is None
    assert folder.size("abc/def") is None
    with pytest.raises(NothingThere):
        folder.open(NAME + "x")
    with pytest.raises(NothingThere):
        folder.open("abc/def")


def test_the_same_bytes_again_are_done_and_others_are_refused(folder, source):
    folder.put(NAME, source(b"first"), size=5)
    folder.put(NAME, source(b"first"), size=5)
    with pytest.raises(NameTaken):
        folder.put(NAME, source(b"other"), size=5)
    assert read(folder, NAME) == b"first"


def test_of_many_writers_one_wins_and_its_bytes_are_whole(folder, source):
    contents = [bytes([65 + i]) * 400_000 for i in range(12)]
    told = []

    def write(data, path):
        try:
            folder.put(NAME, path, size=len(data))
            told.append(data)
        except NameTaken:
            pass

    threads = [
        threading.Thread(target=write, args=(data, source(data, f"source{i}")))
        for i, data in enumerate(contents)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [read(folder, NAME)]
    assert [found.name for found in folder.held("abc/")] == [NAME]


def test_a_cut_source_leaves_no_file(folder, source):
    with pytest.raises(PlaceAway):
        folder.put(NAME, source(b"short"), size=50)
    assert folder.size(NAME) is None
    assert list(folder.held("abc")) == []


def test_without_unnamed_files_a_named_one_does_and_is_never_left(folder, source, monkeypatch):
    def refuse(self, where):
        return named(self, where)

    def named(self, where):
        unfinished = self.root / "extensions/lantai-unfinished"
        unfinished.mkdir(parents=True, exist_ok=True)
        path = unfinished / "one"
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY), path

    monkeypatch.setattr(folders.FolderPlace, "_new_file", refuse)
    folder.put(NAME, source(b"first"), size=5)
    with pytest.raises(NameTaken):
        folder.put(NAME, source(b"other"), size=5)
    assert list((folder.root / "extensions/lantai-unfinished").iterdir()) == []
    assert read(folder, NAME) == b"first"


def test_names_come_in_order_and_go_on_after_one(folder, source):
    names = sorted(["a/b", "a-c", "a.d/e", "a/b0", "b/c/d", "b/c-d", "z"])
    for name in names:
        folder.put(name, source(name.encode()), size=len(name))
    found = [held.name for held in folder.held() if not held.name.startswith(("0=", "ocfl_", "extensions/"))]
    assert found == names
    for place, name in enumerate(names):
        later = [held.name for held in folder.held(after=name) if held.name in names]
        assert later == names[place + 1 :]
    assert [held.name for held in folder.held("a/")] == ["a/b", "a/b0"]
    assert [held.name for held in folder.held("b/c")] == ["b/c-d", "b/c/d"]


def test_removal_leaves_no_empty_folder_and_absent_is_done(folder, source):
    folder.put(NAME, source(b"x"), size=1)
    folder.remove(NAME)
    folder.remove(NAME)
    assert not (folder.root / "abc").exists()
    findings = ocfl.StorageRoot(root=str(folder.root)).validate(validate_objects=False)
    assert findings


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a//b", "a/./b", "a/../b", "", "a\0b", "n" * 2000])
def test_a_name_never_leaves_the_place(folder, source, name):
    with pytest.raises(NotAName):
        folder.put(name, source(b"x"), size=1)
    with pytest.raises(NotAName):
        folder.size(name)


def test_an_unmounted_disk_is_away_and_not_an_empty_place(folder, source):
    folder.put(NAME, source(b"x"), size=1)
    away = folder.root.rename(folder.root.with_name("elsewhere"))
    folder.root.mkdir()
    for act in (
        lambda: folder.size(NAME),
        lambda: folder.open(NAME),
        lambda: list(folder.held()),
        lambda: folder.put(NAME, source(b"x"), size=1),
        lambda: folder.remove(NAME),
        folder.room,
    ):
        with pytest.raises(PlaceAway):
            act()
    assert list(folder.root.iterdir()) == []
    folder.root.rmdir()
    away.rename(folder.root)
    assert read(folder, NAME) == b"x"


def test_a_folder_in_use_or_a_relative_one_cannot_be_an_address(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"meow")
    for address in (str(tmp_path / "photos"), "copies", str(tmp_path / "no" / "such"), f"{tmp_path}/../x"):
        with pytest.raises(NotAnAddress):
            folders.check_address(address)
    assert sorted(path.name for path in (tmp_path / "photos").iterdir()) == ["cat.jpg"]


def test_a_file_the_system_will_not_give_up_is_locked(folder, source, monkeypatch):
    folder.put(NAME, source(b"x"), size=1)

    def refuse(self, missing_ok=False):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    with pytest.raises(Locked):
        folder.remove(NAME)
