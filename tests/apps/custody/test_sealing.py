"""Sealed content is whole or not there; reading it again finds every change."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import ocfl
import pytest
from django.utils import timezone

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.services import sealing
from lantai.apps.custody.types import NewFile, NothingToSeal, ObjectDiffers
from lantai.apps.holdings.models import Fonds
from lantai.kit.digests import digest_bytes
from lantai.kit.packages.ocfl import object_folders, open_object, validate_root
from lantai.platform.ledger import queries as ledger
from tests.region import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(built: World, db, settings, tmp_path) -> World:
    settings.LANTAI_STORE = tmp_path / "store"
    return deepcopy(built)


@pytest.fixture
def fonds(world) -> Fonds:
    return Fonds.objects.create(code="Z109", name="样例全宗", archives=world.archives, creator=world.agency)


def new_files(tmp_path: Path, count: int = 3) -> list[NewFile]:
    made = []
    for number in range(count):
        data = f"第{number}份".encode() * 100
        path = tmp_path / f"来源{number}.txt"
        path.write_bytes(data)
        made.append(
            NewFile(
                item_key=f"K{number}",
                order=1,
                logical_path=f"content/K{number}/第{number}份.txt",
                original_name=f"第{number}份.txt",
                role="main",
                digests=digest_bytes(data),
                size_bytes=len(data),
                source=path,
            )
        )
    return made


def seal(world, fonds, files, source=("test", 1)) -> Package:
    return services.seal(
        world.ctx("archivist"),
        object_id="urn:lantai:test:1",
        title="样例信息包",
        custodian_id=world.archives.pk,
        origin_id=world.agency.pk,
        fonds_id=fonds.pk,
        source=source,
        item_count=len({file.item_key for file in files}),
        files=files,
        documents={"metadata/items.json": services.as_document({"items": []})} if files else {},
    )


def test_a_sealed_package_is_valid_for_an_independent_validator_and_keeps_names(world, fonds, tmp_path):
    package = seal(world, fonds, new_files(tmp_path))
    root = queries.storage_root()
    checked = ocfl.StorageRoot(root=str(root)).validate(validate_objects=True, check_digests=True)
    assert checked is True or checked[0] == checked[1]
    assert not [found for _folder, found in validate_root(root) if found]
    file = ContentFile.objects.select_related("package").get(package=package, item_key="K1")
    with queries.open_file(file) as stream:
        assert digest_bytes(stream.read()).sm3 == file.sm3
    assert (package.item_count, package.file_count) == (3, 3)
    assert (
        ledger.entries_about("custody:package", package.pk).filter(act="custody:package:sealed").count() == 1
    )


def test_sealing_the_same_source_again_answers_with_the_same_package(world, fonds, tmp_path):
    files = new_files(tmp_path)
    assert seal(world, fonds, files) == seal(world, fonds, files)
    assert Package.objects.count() == 1


def test_a_kill_between_object_and_rows_is_made_good_by_sealing_again(world, fonds, tmp_path, monkeypatch):
    files = new_files(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_enter", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            seal(world, fonds, files)
    assert not Package.objects.exists()
    package = seal(world, fonds, files)
    assert package.files.count() == 3 and not [
        found for _folder, found in validate_root(queries.storage_root()) if found
    ]


def left_whole(world, fonds, files, monkeypatch) -> Path:
    """An object whose maker was killed before a row told of it."""
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_enter", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            seal(world, fonds, files)
    (folder,) = object_folders(queries.storage_root())
    return folder


def test_an_object_of_other_files_is_neither_taken_for_the_package_nor_touched(
    world, fonds, tmp_path, monkeypatch
):
    files = new_files(tmp_path)
    folder = left_whole(world, fonds, files[:-1], monkeypatch)
    with pytest.raises(ObjectDiffers):
        seal(world, fonds, files)
    assert not Package.objects.exists() and open_object(folder).number == 1


def test_what_a_killed_attempt_left_is_forgotten_and_nothing_that_is_older_or_sealed(
    world, fonds, tmp_path, monkeypatch
):
    files, source = new_files(tmp_path), ("test", 1)
    folder = left_whole(world, fonds, files, monkeypatch)
    made = {"object_id": open_object(folder).object_id, "source": source}
    began = timezone.now() - timedelta(hours=1)
    assert not services.forget_unentered(**made, since=timezone.now() + timedelta(hours=1))
    assert folder.is_dir()
    assert services.forget_unentered(**made, since=began)
    assert sorted(one.name for one in queries.storage_root().iterdir() if one.is_dir()) == ["extensions"]
    assert not services.forget_unentered(**made, since=began)
    seal(world, fonds, files)
    assert not services.forget_unentered(**made, since=began) and folder.is_dir()


def test_nothing_is_no_package(world, fonds):
    with pytest.raises(NothingToSeal):
        seal(world, fonds, [])


def test_a_stranger_sees_no_package(world, fonds, tmp_path):
    seal(world, fonds, new_files(tmp_path))
    assert not queries.visible(world.ctx("stranger")).exists()
    assert queries.visible(world.ctx("archivist")).count() == 1
