"""The deep check: true after every kill, and false for every harm done behind the product's back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.holdings.models import Fonds
from lantai.kit.packages import ocfl
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger_services
from lantai.site import checks, deep, journal
from tests.apps.custody.test_sealing import new_files
from tests.region import build_world
from tests.taken_back import taken_back

CTX = system_ctx(Channel.COMMAND)


@pytest.fixture
def place(settings, tmp_path) -> Any:
    settings.LANTAI_STORE, settings.LANTAI_KEYS = tmp_path / "store", tmp_path / "keys"
    return tmp_path


def sealing(place) -> Callable[[int], object]:
    world = build_world()
    fonds = Fonds.objects.create(code="Z109", name="样例全宗", archives=world.archives, creator=world.agency)
    files, ctx = new_files(place, 2), world.ctx("archivist")

    def seal(number: int) -> Package:
        return services.seal(
            ctx,
            object_id=f"urn:lantai:test:{number}",
            title="样例信息包",
            custodian_id=world.archives.pk,
            origin_id=world.agency.pk,
            fonds_id=fonds.pk,
            source=("test", number),
            item_count=2,
            files=files,
            documents={},
        )

    return seal


@pytest.fixture(scope="module")
def region(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[Path, Package]]:
    """A package with its log and journal, sealed once: harm is done to a copy of the store."""
    folder = tmp_path_factory.mktemp("deep")
    ours = override_settings(LANTAI_STORE=folder / "store", LANTAI_KEYS=folder / "keys")
    with django_db_blocker.unblock(), ours, taken_back():
        package = sealing(folder)(1)
        assert isinstance(package, Package)
        ledger_services.sequence_now()
        journal.export_now()
        assert list(deep.faults()) == []
        yield folder, package


@pytest.fixture
def sealed(region, place, db) -> Package:
    folder, package = region
    for name in ("store", "keys"):
        shutil.copytree(folder / name, place / name)
    return Package.objects.get(pk=package.pk)


OBJECTS = "存储根和其中每个对象都符合 OCFL"
ROWS = "每个对象都有信息包，每个信息包都有对象，清单和版本一致"
COUNTS = "信息包的文件数、字节数和件数与登记的行一致"


def test_sto_42_what_only_the_store_has_and_what_only_the_database_has_are_both_found(sealed):
    folder = queries.object_folder(sealed.object_id)
    stray = folder.parent / "stray.txt"
    stray.write_text("nobody's")
    assert said() == {OBJECTS}
    stray.unlink()
    (folder / "v1" / "content" / "loose.txt").write_text("nobody's")
    assert said() == {OBJECTS}
    (folder / "v1" / "content" / "loose.txt").unlink()
    with ocfl.ObjectWriter(queries.storage_root(), "urn:lantai:test:nobodys") as writer:
        writer.add_bytes("content/a.txt", b"made up")
        writer.finish(created=CTX.now, message="样例", user_name="样例")
    assert said() == {ROWS}
    shutil.rmtree(queries.storage_root() / ocfl.object_path("urn:lantai:test:nobodys").parts[0])
    shutil.move(folder, folder.with_name("elsewhere-0123"))
    assert said() == {ROWS}
    shutil.move(folder.with_name("elsewhere-0123"), folder)
    assert said() == set()
    ContentFile.objects.filter(package=sealed, item_key="K0").delete()
    assert said() == {ROWS, COUNTS}


@pytest.mark.parametrize("harm", ["delete", "truncate", "zero", "swap", "flip"])
def test_sto_35_a_file_deleted_cut_zeroed_or_swapped_is_found_though_its_time_is_kept(sealed, harm):
    one, other = (
        queries.path_of(file) for file in queries.content_files(sealed.pk).select_related("package")
    )
    times, whole = one.stat(), one.read_bytes()
    one.chmod(0o644)
    match harm:
        case "delete":
            one.unlink()
        case "truncate":
            one.write_bytes(whole[:-1])
        case "zero":
            one.write_bytes(bytes(len(whole)))
        case "swap":
            one.write_bytes(other.read_bytes())
        case "flip":
            one.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    if one.exists():
        os.utime(one, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert said() == {OBJECTS}


def test_the_states_of_rows_without_their_package_and_a_broken_journal_are_found(sealed):
    path = journal.path_of(queries.storage_root(), 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert said() == {"保管日志完整，且不超出存证日志"}
    path.write_bytes(whole)
    stage = queries.storage_root().parent / "staging" / "0123"
    stage.mkdir(parents=True)
    assert said() == {"没有写了一半的对象"}
    services.clear_stages()
    assert said() == set()


def test_the_command_prints_each_fault_and_answers_one(sealed, capsys):
    assert checks.report_deep(every=1) == 0
    shutil.rmtree(queries.object_folder(sealed.object_id))
    assert checks.report_deep(every=1) == 1
    assert "没有对象" in capsys.readouterr().err


def said() -> set[str]:
    return {fault.sentence for fault in deep.faults()}
