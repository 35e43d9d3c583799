"""The deep check: true after every kill, and false for every harm done behind the product's back."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connections

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.holdings.models import Fonds
from lantai.kit.packages import ocfl
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger_services
from lantai.site import checks, deep, journal
from tests.apps.custody.test_sealing import new_files
from tests.crash import killed_at, steps_of
from tests.region import build_world

POINTS = 4
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


def adding(place) -> Callable[[int], object]:
    package = sealing(place)(0)

    def add(number: int) -> Package:
        documents = {"metadata/note.txt": str(number).encode()}
        return services.add_documents(CTX, package_id=package.pk, documents=documents, message="样例")

    return add


def exporting(place) -> Callable[[int], object]:
    seal = sealing(place)
    seal(1_000)

    def export(number: int) -> None:
        ledger_services.record(CTX, "test:thing:done", object_type="test:thing", object_id=number)
        journal.export_now()

    return export


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepare", [sealing, adding, exporting])
def test_sto_49_killed_anywhere_the_deep_check_is_true_once_the_job_was_taken_up_again(place, prepare):
    act = prepare(place)
    connections.close_all()
    steps = steps_of(lambda: act(1))
    assert steps > 10
    struck = 0
    for number, step in enumerate(range(steps - 2, 0, -max(1, steps // POINTS)), 2):
        connections.close_all()
        struck += killed_at(step, partial(act, number))
        assert [fault for fault in cleared() if not UNTIL_TAKEN_UP.search(fault.text)] == []
        act(number)
        ledger_services.sequence_now()
        assert list(cleared()) == []
    assert struck >= POINTS - 2  # the last steps may not come in a process that has loaded everything


# The object is whole on disk before its row is committed: what the job finds when it is taken up again.
UNTIL_TAKEN_UP = re.compile("没有信息包$|或清单摘要不同$")


def cleared() -> list[deep.Fault]:
    services.clear_stages()
    return list(deep.faults())


@pytest.fixture
def sealed(place, db) -> Package:
    package = sealing(place)(1)
    assert isinstance(package, Package)
    ledger_services.sequence_now()
    journal.export_now()
    assert list(deep.faults()) == []
    return package


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


def test_sto_32_the_object_is_whole_in_its_place_before_the_first_row_of_it(place, db):
    seal, seen = sealing(place), []

    def watch(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "custody_package"'):
            folder = queries.object_folder("urn:lantai:test:7")
            seen.append([problem for problem in ocfl.validate_object(folder) if problem.severity == "error"])
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(watch):
        seal(7)
    assert seen == [[]]


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
