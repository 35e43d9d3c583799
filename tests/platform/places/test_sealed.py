"""Places whose content is encrypted."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path

import pytest

from lantai.kit.crypto.envelopes import AES, SM4, WrongKey
from lantai.kit.crypto.sealing import SealBroken
from lantai.platform.places import queries, services
from lantai.platform.places.stores.folder import FolderPlace
from lantai.platform.places.types import KeyMissing, KeyThere, NameTaken, NotSealed
from tests.platform.places.test_places import added
from tests.region import World

NAME = "abc/def/object/v1/content/file"


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


@pytest.fixture
def forget(keys):
    """As another process would begin: nothing in memory."""

    def act() -> None:
        queries._inner.cache_clear()
        queries._store.cache_clear()

    return act


def read(row, name=NAME):
    with queries.store_of(row).open(name) as file:
        return file.read()


def files_below(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and "keyring" not in str(path))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.mark.parametrize("algorithm", [AES, SM4])
def test_what_leaves_for_an_encrypted_place_is_not_to_be_read_there(
    world, tmp_path, source, forget, algorithm
):
    row = added(world, tmp_path, is_sealed=True, algorithm=algorithm)
    data = "某公民婚姻登记样例".encode() * 20_000
    store = queries.store_of(row)
    store.put(NAME, source(data), size=len(data))
    store.put(NAME, source(data), size=len(data))
    with pytest.raises(NameTaken):
        store.put(NAME, source(data + b"."), size=len(data) + 1)
    lying = (tmp_path / "second" / NAME).read_bytes()
    assert "婚姻".encode() not in lying
    forget()
    assert read(row) == data
    store = queries.store_of(row)
    assert store.size(NAME) == len(data)
    assert [(held.name, held.size) for held in store.held()] == [(NAME, len(data))]
    with store.open(NAME) as file:
        file.seek(500_000 % len(data))
        assert file.read(10) == data[500_000 % len(data) :][:10]
    assert oct(queries.key_file(row).stat().st_mode & 0o777) == "0o600"


def test_sto_43_rotation_rewrites_no_content_and_the_old_key_opens_nothing(world, tmp_path, source, forget):
    row = added(world, tmp_path, is_sealed=True)
    queries.store_of(row).put(NAME, source(b"before"), size=6)
    old = queries.key_file(row).read_bytes()
    content = files_below(tmp_path / "second")
    services.rotate_key(world.ctx("system_officer"), place_id=row.pk)
    assert files_below(tmp_path / "second") == content
    forget()
    assert read(row) == b"before"
    queries.store_of(row).put(NAME + "2", source(b"after"), size=5)
    assert read(row, NAME + "2") == b"after"
    queries.key_file(row).write_bytes(old)
    forget()
    with pytest.raises(WrongKey):
        read(row)


@pytest.mark.parametrize("stage", ["put", "replace", "remove"])
def test_sto_43_a_rotation_that_is_cut_leaves_a_key_that_opens_everything(
    world, tmp_path, source, forget, monkeypatch, stage
):
    row = added(world, tmp_path, is_sealed=True)
    queries.store_of(row).put(NAME, source(b"before"), size=6)

    class Cut(BaseException):
        pass

    def cut(*_args: object, **_more: object) -> None:
        raise Cut

    where = {"put": (FolderPlace, "put"), "replace": (Path, "replace"), "remove": (FolderPlace, "remove")}[
        stage
    ]
    with monkeypatch.context() as patch:
        patch.setattr(*where, cut)
        with pytest.raises(Cut):
            services.rotate_key(world.ctx("system_officer"), place_id=row.pk)
    forget()
    assert read(row) == b"before"
    services.rotate_key(world.ctx("system_officer"), place_id=row.pk)
    forget()
    assert read(row) == b"before"


def test_bak_132_a_lost_key_comes_back_from_three_of_five_people(world, tmp_path, source, forget):
    row = added(world, tmp_path, is_sealed=True)
    queries.store_of(row).put(NAME, source(b"for ever"), size=8)
    ctx = world.ctx("system_officer")
    lines = services.split_key(ctx, slug=row.slug)
    with pytest.raises(KeyThere):
        services.join_key(ctx, slug=row.slug, lines=lines)
    queries.key_file(row).unlink()
    forget()
    with pytest.raises(KeyMissing):
        read(row)
    other = added(world, tmp_path, "third", is_sealed=True)
    queries.store_of(other).put(NAME, source(b"x"), size=1)
    wrong = services.split_key(ctx, slug=other.slug)
    with pytest.raises(WrongKey):
        services.join_key(ctx, slug=row.slug, lines=wrong[:3])
    assert not queries.key_file(row).exists()
    services.join_key(ctx, slug=row.slug, lines=[lines[4], lines[0], lines[2]])
    assert read(row) == b"for ever"


def test_two_sealed_files_that_were_exchanged_are_told(world, tmp_path, source, forget):
    row = added(world, tmp_path, is_sealed=True)
    store = queries.store_of(row)
    for name in ("a/one", "a/two"):
        store.put(name, source(os.urandom(100)), size=100)
    one, two = tmp_path / "second/a/one", tmp_path / "second/a/two"
    one.rename(tmp_path / "aside")
    two.rename(one)
    (tmp_path / "aside").rename(two)
    with pytest.raises(SealBroken):
        read(row, "a/one")


def test_an_open_place_has_no_key(world, tmp_path, keys):
    row = added(world, tmp_path)
    with pytest.raises(NotSealed):
        services.rotate_key(world.ctx("system_officer"), place_id=row.pk)
    with pytest.raises(NotSealed):
        services.split_key(world.ctx("system_officer"), slug=row.slug)
