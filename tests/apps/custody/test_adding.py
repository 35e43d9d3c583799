"""Files come to a sealed package as a new version, and go again by another one; what was sealed stays."""

from __future__ import annotations

import ocfl as independent
import pytest

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.services import adding
from lantai.apps.custody.types import AddedFileDiffers, NewFile, OriginalStays
from lantai.kit.digests import digest_bytes
from lantai.kit.packages.ocfl import validate_root
from lantai.platform.ledger import services as ledger
from lantai.site import deep
from lantai.site.rebuild import rebuild
from tests.apps.custody.test_sealing import fonds, new_files, seal, world
from tests.site.emptied import empty_database

__all__ = ["fonds", "world"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def package(world, fonds, tmp_path, keys) -> Package:
    return seal(world, fonds, new_files(tmp_path))


def made_of(tmp_path, name="第1份.txt.pdf", data=b"%PDF-1.7 made up") -> NewFile:
    path = tmp_path / "made"
    path.write_bytes(data)
    return NewFile(
        item_key="K1",
        order=101,
        logical_path=f"content/K1/{name}",
        original_name=name,
        role="other",
        digests=digest_bytes(data),
        size_bytes=len(data),
        source=path,
        puid="fmt/276",
    )


def add(world, package, *files) -> Package:
    return services.add_files(world.ctx("archivist"), package_id=package.pk, files=files, message="迁移")


def settled() -> list[str]:
    ledger.sequence_now()
    root = queries.storage_root()
    checked = independent.StorageRoot(root=str(root)).validate(validate_objects=True, check_digests=True)
    assert checked is True or checked[0] == checked[1]
    assert [found for _folder, found in validate_root(root) if found] == []
    return list(map(str, deep.faults()))


def test_an_added_file_is_a_new_version_and_the_originals_are_as_they_were(world, package, tmp_path):
    before = set(ContentFile.objects.values_list("logical_path", "sha512"))
    changed = add(world, package, made_of(tmp_path))
    assert (changed.version, changed.file_count) == (2, 4)
    now = set(ContentFile.objects.values_list("logical_path", "sha512"))
    assert before < now and len(now - before) == 1
    assert settled() == []
    assert add(world, package, made_of(tmp_path)).version == 2  # it is there


def test_a_kill_between_object_and_rows_is_made_good_by_adding_again(world, package, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(adding, "_enter", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            add(world, package, made_of(tmp_path))
    assert ContentFile.objects.count() == 3
    assert add(world, package, made_of(tmp_path)).version == 2
    assert settled() == []


def test_what_was_added_can_be_left_out_again_and_the_version_before_keeps_it(world, package, tmp_path):
    add(world, package, made_of(tmp_path))
    ctx = world.ctx("archivist")
    path = "content/K1/第1份.txt.pdf"
    found = services.leave_out_files(ctx, package_id=package.pk, paths=[path], message="撤回")
    assert (found.version, found.file_count, found.byte_count) == (3, 3, package.byte_count)
    stored = queries.open_object(queries.object_folder(package.object_id))
    assert stored.file(path, "v2").path.is_file()
    assert path not in {file.logical_path for file in stored.files()}
    assert services.leave_out_files(ctx, package_id=package.pk, paths=[path], message="撤回").version == 3
    assert settled() == []


def test_an_original_is_never_left_out_nor_overwritten(world, package, tmp_path):
    ctx = world.ctx("archivist")
    path = ContentFile.objects.earliest("pk").logical_path
    with pytest.raises(OriginalStays):
        services.leave_out_files(ctx, package_id=package.pk, paths=[path], message="撤回")
    with pytest.raises(AddedFileDiffers):
        add(world, package, made_of(tmp_path, name="第1份.txt"))
    assert Package.objects.get().version == 1
    assert settled() == []


def test_added_files_come_back_from_the_storage_root_too(world, package, tmp_path):
    add(world, package, made_of(tmp_path))
    before = set(ContentFile.objects.values_list("logical_path", "sha512", "sm3", "puid"))
    empty_database()
    rebuild(queries.storage_root())
    assert set(ContentFile.objects.values_list("logical_path", "sha512", "sm3", "puid")) == before
    assert Package.objects.values_list("version", "file_count").get() == (2, 4)
