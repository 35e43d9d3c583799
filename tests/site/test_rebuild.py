"""The database is lost: catalogue, custody, receipts and the log come back from the storage root alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import ocfl
import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from lantai.apps.carriers.models import Carrier, Inspection
from lantai.apps.carriers.types import CarrierKind
from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description, DescriptionVersion
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, EvidenceBundle, Package
from lantai.apps.custody.services import DESCRIPTION_LINES
from lantai.apps.disposal.models import DisposalLine, DisposalList, LegalHold, Opinion, Supervisor
from lantai.apps.holdings.models import Fonds, RecordKind
from lantai.apps.intake.models import Register, Submission
from lantai.apps.migration.models import FormatRisk, MigrationPlan, PlanItem, PlanPackage
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages.ocfl import validate_root
from lantai.platform import rows
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger import services as ledger_services
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf
from lantai.platform.orgs.models import Org
from lantai.platform.workflow.models import Transition
from lantai.site import journal, kept
from lantai.site.rebuild import DatabaseNotEmpty, NothingToRebuild, collecting, rebuild
from tests.apps.intake.conftest import Desk, item, world
from tests.site.emptied import empty_database
from tests.taken_back import taken_back

__all__ = ["world"]

COMPARED = (
    Org, Fonds, RecordKind, Package, ContentFile, Description, DescriptionVersion, Submission, Register, *kept.KINDS,
)  # fmt: skip


def picture() -> dict[str, Any]:
    """Everything that must come back, with ids where others speak of them."""
    found: dict[str, Any] = {}
    for model in COMPARED:
        for row in model._default_manager.all():
            if not _comes_back(row):
                continue
            columns = rows.columns_of(row)
            columns.pop("blob_key", None)
            number = None if model is ContentFile else row.pk
            found[f"{model.__name__} {rows.key_of(row)}"] = (number, columns)
    found |= {f"entry {row.pk}": row.form | {"sha256": row.sha256} for row in Entry.objects.all()}
    found |= {f"leaf {row.index}": (row.entry_id, bytes(row.hash)) for row in Leaf.objects.all()}
    return found | {f"checkpoint {row.size}": row.note for row in Checkpoint.objects.all()}


def _comes_back(row: Any) -> bool:
    """A list that was not executed is working paper, and so are the steps of everything else."""
    match row:
        case DisposalList():
            return row.state == "destroyed"
        case DisposalLine() | Opinion() | Supervisor():
            return row.disposal_list.state == "destroyed"
        case MigrationPlan():
            return row.state != "draft"
        case PlanPackage() | PlanItem():
            return row.plan.state != "draft" and getattr(row, "state", "added") != "waiting"
        case Transition():
            lists = DisposalList.objects.filter(state="destroyed")
            plans = MigrationPlan.objects.exclude(state="draft")
            owners = {"disposal:list": lists, "migration:plan": plans}
            return row.object_type in owners and owners[row.object_type].filter(pk=row.object_id).exists()
    return True


@pytest.fixture(scope="module")
def life(world: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A transfer that was accepted, one description edited since, what else is kept, and the log with all of it."""
    region, fonds = world
    folder = tmp_path_factory.mktemp("life")
    ours = override_settings(LANTAI_STORE=folder / "store", LANTAI_KEYS=folder / "keys")
    with django_db_blocker.unblock(), ours, taken_back():
        desk = Desk(replace(region, people=dict(region.people)), fonds, folder)
        submission = desk.accepted(desk.transfer(item(1), item(2)))
        row = Description.objects.get(package=submission.package, item_key=_first_key(submission))
        changes = {"title": "改正后的题名", "persons": ["样例丙"]}
        catalogue.describe(desk.ctx("cataloguer"), description_id=row.pk, revision=1, changes=changes)
        _keep_more(desk, row)
        _migrate(desk, row.package)
        yield desk, submission


def _keep_more(desk: Desk, item: Description) -> None:
    """An executed list and one that is only drafted, a hold, a carrier that was looked at, an evidence package."""
    ctx, org = desk.ctx("archivist"), desk.region.archives
    for number, state in (("XH-2026-0001", "destroyed"), ("XH-2026-0002", "drafting")):
        row = DisposalList.objects.create(
            org=org, number=number, title="样例清册", reason="期满", state=state, drafter_name="样例甲",
            drafted_at=ctx.now, destroyed_at=ctx.now, statement={"items": 1}, entry_id=1,
        )  # fmt: skip
        DisposalLine.objects.create(
            disposal_list=row, description=item, package_id=item.package_id, item_key=item.item_key,
            reference_code=item.reference_code, title=item.title, retention="D10", expired_on=ctx.now.date(),
            destroyed_at=ctx.now, version=2,
        )  # fmt: skip
        said = {"duty": "档案部门负责人", "text": "同意", "given_at": ctx.now}
        Opinion.objects.create(disposal_list=row, member_id=ctx.actor.id, member_name="样例甲", **said)
        Supervisor.objects.create(disposal_list=row, user_id=ctx.actor.id, name="样例乙")
        step = {"source": "destroying", "target": state, "actor_id": 1, "actor_name": "样例甲", "at": ctx.now}
        Transition.objects.create(object_type="disposal:list", object_id=str(row.pk), move="finish", **step)
        ledger_services.record(ctx, "disposal:list:destroyed", object_type="disposal:list", object_id=row.pk)
    hold = LegalHold.objects.create(
        org=org, scope="item", description=item, target_name="样例", reason="样例诉讼", placed_by="样例甲",
        placed_at=ctx.now,
    )  # fmt: skip
    ledger_services.record(ctx, "disposal:hold:placed", object_type="disposal:hold", object_id=hold.pk)
    kinds = {
        "kind": CarrierKind.values[0],
        "received_on": ctx.now.date(),
        "place": "样例库",
        "inspect_by": ctx.now.date(),
    }
    first = Carrier.objects.create(org=org, number="ZT-1", label="样例盘", **kinds)
    second = Carrier.objects.create(org=org, number="ZT-2", label="样例盘", copy_of=first, **kinds)
    Inspection.objects.create(
        carrier=second, inspected_on=ctx.now.date(), inspector="样例丁", looks_good=True
    )
    for one in (first, second):
        ledger_services.record(
            ctx, "carriers:carrier:registered", object_type="carriers:carrier", object_id=one.pk
        )
    bundle = EvidenceBundle.objects.create(
        package_id=item.package_id, version=1, item_key=item.item_key, title="样例", org=org, asked_by="样例甲",
        asked_at=ctx.now, made_at=ctx.now, expires_at=ctx.now, statement={"files": 1}, entry_id=1,
    )  # fmt: skip
    ledger_services.record(
        ctx, "custody:bundle:made", object_type="custody:package", object_id=item.package_id,
        detail={"bundle": bundle.pk},
    )  # fmt: skip


def _migrate(desk: Desk, package: Package) -> None:
    """A plan that was run, one whose run is under way, one that is only drafted, and the word of the archives."""
    ctx, org = desk.ctx("archivist"), desk.region.archives
    files = list(ContentFile.objects.filter(package=package).order_by("pk"))
    for number, state in enumerate(("done", "running", "draft"), 1):
        plan = MigrationPlan.objects.create(
            org=org, fonds=package.fonds, number=f"QY-2026-000{number}", title="样例迁移", reason="样例",
            puid="fmt/353", converter="jp2", state=state, file_count=2, byte_count=2, package_count=1,
            drafter_name="样例甲", drafted_at=ctx.now,
        )  # fmt: skip
        PlanPackage.objects.create(plan=plan, package=package, version=2, conclusion="passed", is_tested=True)
        for file, became in zip(files, ("added", "failed" if state == "done" else "waiting"), strict=False):
            made = [{"path": f"migrated/{file.logical_path}", "name": "样例.jp2"}]
            PlanItem.objects.create(
                plan=plan, package=package, file=file, logical_path=file.logical_path, size_bytes=file.size_bytes,
                original_name=file.original_name, state=became, made=made, made_bytes=1, proof={"same": True},
            )  # fmt: skip
        step = {"source": "approved", "target": state, "actor_id": 1, "actor_name": "样例甲", "at": ctx.now}
        Transition.objects.create(object_type="migration:plan", object_id=str(plan.pk), move="start", **step)
        ledger_services.record(ctx, "migration:plan:started", object_type="migration:plan", object_id=plan.pk)
    said = {"risk": "high", "reason": "样例", "judged_by": "样例甲", "judged_at": ctx.now}
    risk = FormatRisk.objects.create(org=org, puid="fmt/353", **said)
    ledger_services.record(ctx, "migration:format:judged", object_type="migration:format", object_id=risk.pk)


@pytest.fixture
def lived(life: Any, db: None, tmp_path: Path, settings: Any) -> Any:
    """That life with a store and keys of the test's own."""
    desk, submission = life
    for name in ("store", "keys"):
        shutil.copytree(desk.folder / name, tmp_path / name)
    settings.LANTAI_STORE, settings.LANTAI_KEYS = tmp_path / "store", tmp_path / "keys"
    return desk, Submission.objects.get(pk=submission.pk)


def _first_key(submission: Submission) -> str:
    return Description.objects.filter(package=submission.package, level="item").order_by("pk")[0].item_key


def _whole() -> dict[str, Any]:
    return {rows.key_of(row): (row.pk, rows.columns_of(row)) for row in Description.objects.all()}


def test_sto_41_the_region_equals_itself_after_its_database_was_lost(lived):
    _desk, submission = lived
    root = custody.storage_root()
    journal.export_now()
    before = picture()
    receipt = blobs.open_blob(submission.receipt_key).read()
    empty_database()
    shutil.rmtree(root.parent / "blobs", ignore_errors=True)
    made = rebuild(root)
    assert (made.damaged, made.silent, made.left_out) == ([], [], {})
    after = picture()
    new = {name for name in after if name not in before}
    plan = f"MigrationPlan {submission.archives.code}\tQY-2026-0002"
    was, now = before.pop(plan)[1], after.pop(plan)[1]
    assert (was["state"], now["state"]) == ("running", "done") and now["undo_until"] > now["finished_at"]
    assert {name for name in was if was[name] != now[name]} == {"state", "finished_at", "undo_until"}
    assert {name for name in before if after.get(name) != before[name]} == set()
    assert {name.split()[0] for name in new} == {"entry", "leaf", "checkpoint"}  # that it was rebuilt
    assert {name.split()[0] for name in before} >= {model.__name__ for model in kept.KINDS}
    assert not DisposalList.objects.exclude(state="destroyed").exists()
    assert not MigrationPlan.objects.filter(state="draft").exists()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no reference points nowhere
    assert ledger.check_log() == []
    again = Submission.objects.get(number=submission.number)
    assert blobs.open_blob(again.receipt_key).read() == receipt
    assert verify_bytes(receipt, ledger.trust_store()).ok
    for file in ContentFile.objects.select_related("package"):
        assert custody.path_of(file).stat().st_size == file.size_bytes


def test_objects_alone_bring_back_what_was_sealed_though_the_journal_is_lost_too(lived):
    root = custody.storage_root()
    edited = set(DescriptionVersion.objects.values_list("description__reference_code", flat=True))
    sealed = {rows.key_of(row): (row.permanent, row.metadata) for row in Description.objects.all()}
    numbers = set(Description.objects.values_list("pk", flat=True))
    files = set(ContentFile.objects.values_list("logical_path", "sha256", "sha512", "sm3", "puid", "text"))
    shutil.rmtree(root / journal.FOLDER, ignore_errors=True)
    empty_database()
    made = rebuild(root)
    assert not made.damaged and not made.left_out
    assert {rows.key_of(row): (row.permanent, row.metadata) for row in Description.objects.all()} == sealed
    assert not Description.objects.filter(
        pk__in=numbers
    ).exists()  # the rows have other numbers, not other ids
    assert (
        set(ContentFile.objects.values_list("logical_path", "sha256", "sha512", "sm3", "puid", "text"))
        == files
    )
    assert edited and not Description.objects.filter(title="改正后的题名").exists()
    package = Package.objects.get()
    assert package.inventory_sha512 == custody.inventory_digest(
        custody.open_object(custody.object_folder(package.object_id))
    )
    assert all(org.path.endswith(f"/{org.pk}/") for org in Org.objects.all())


def test_a_rebuilding_that_was_cut_off_goes_on_with_the_next_object(lived, monkeypatch):
    root = custody.storage_root()
    journal.export_now()
    before = picture()
    empty_database()
    whole = collecting._copy_segment
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "_copy_segment", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            rebuild(root)
    copied = []
    monkeypatch.setattr(collecting, "_copy_object", lambda *a: copied.append(a) or True)
    monkeypatch.setattr(collecting, "_copy_segment", lambda *a: whole(*a))
    rebuild(root)
    assert copied == []
    after = picture()
    under_way = {
        name for name in before if name.startswith("MigrationPlan") and before[name][1]["state"] == "running"
    }
    assert {name for name in before if after.get(name) != before[name]} == under_way
    assert not collecting.is_begun()


def test_a_database_that_holds_something_and_a_root_that_holds_nothing_are_refused(lived, tmp_path):
    with pytest.raises(DatabaseNotEmpty):
        rebuild(custody.storage_root())
    empty_database()
    with pytest.raises(NothingToRebuild):
        rebuild(tmp_path / "nothing")


def test_sto_40_the_root_with_its_journal_is_valid_for_an_independent_validator(lived):
    root = custody.storage_root()
    journal.export_now()
    checked = ocfl.StorageRoot(root=str(root)).validate(validate_objects=True, check_digests=True)
    assert checked is True or checked[0] == checked[1] == 1
    assert [found for _folder, found in validate_root(root) if found] == []


def test_a_segment_that_was_cut_or_changed_stops_the_rebuilding(lived):
    root = custody.storage_root()
    journal.export_now()
    path = journal.path_of(root, 1)
    data = path.read_bytes()
    empty_database()
    for spoiled in (data[:-40], data.replace("改正后的题名".encode(), "改坏后的题名".encode()), b""):
        path.write_bytes(spoiled)
        with pytest.raises(journal.JournalDamaged):
            rebuild(root)
        assert not Package.objects.exists()
    path.write_bytes(data)
    rebuild(root)
    assert Description.objects.filter(title="改正后的题名").exists()


def test_a_damaged_document_of_an_object_is_named_and_the_others_come_back(lived):
    root = custody.storage_root()
    package = Package.objects.get()
    stored = custody.open_object(custody.object_folder(package.object_id))
    path = stored.file("metadata/descriptions.jsonl").path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"2019", b"2018"))
    journal.export_now()
    empty_database()
    made = rebuild(root)
    assert len(made.damaged) == 1 and "metadata/descriptions.jsonl" in made.damaged[0]
    assert Description.objects.filter(title="改正后的题名").exists()  # the journal tells of it too


def test_what_an_object_tells_stands_in_the_journal_deflated_and_comes_back_when_the_object_is_damaged(lived):
    root = custody.storage_root()
    journal.export_now()
    lines = [json.loads(text) for text in journal.path_of(root, 1).read_text().splitlines()]
    package = Package.objects.get()
    (again,) = (line for line in lines if line["t"] == "again")
    whole = {line["key"]: line["id"] for line in lines if line["t"] == "catalogue.description"}
    items = {rows.key_of(row): row.pk for row in Description.objects.filter(package=package)}
    edited = Description.objects.get(title="改正后的题名")
    assert again["row"]["ids"] == {key: number for key, number in items.items() if number != edited.pk}
    assert whole[rows.key_of(edited)] == edited.pk and not whole.keys() & again["row"]["ids"].keys()
    before = _whole()
    stored = custody.open_object(custody.object_folder(package.object_id))
    path = stored.file(DESCRIPTION_LINES).path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"2019", b"2018", 1))
    empty_database()
    assert len(rebuild(root).damaged) == 1
    assert _whole() == before


def test_an_item_that_got_another_code_before_the_journal_told_of_it_comes_back_once(lived):
    desk, submission = lived
    root, ctx = custody.storage_root(), desk.ctx("cataloguer")
    first, second = Description.objects.filter(package=submission.package, level="item").order_by("-pk")[:2]
    for row, code in (
        (first, "改号-0001"),
        (second, first.reference_code),
    ):  # and the old code is somebody else's now
        Description.objects.filter(pk=row.pk).update(reference_code=code, revision=row.revision + 1)
        ledger_services.record(
            ctx, "catalogue:item:described", object_type="catalogue:description", object_id=row.pk
        )
    before = _whole()
    journal.export_now()
    empty_database()
    made = rebuild(root)
    assert (made.damaged, made.left_out, _whole()) == ([], {}, before)


@pytest.mark.parametrize("is_told", [True, False])
def test_rows_of_an_older_program_keep_the_number_that_was_printed(lived, monkeypatch, is_told):
    root = custody.storage_root()
    journal.export_now()
    before = {rows.key_of(row): row.pk for row in Description.objects.all()}
    unfold = collecting.unfold

    def as_of_old() -> None:
        unfold()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE rebuild_line SET line = line #- '{row,permanent}'")

    monkeypatch.setattr(collecting, "unfold", as_of_old)
    if not is_told:
        shutil.rmtree(root / journal.FOLDER)
    empty_database()
    rebuild(root)
    after = {rows.key_of(row): row.permanent for row in Description.objects.all()}
    assert after.keys() == before.keys() and (after == before) is is_told
    assert (
        is_told or min(after.values()) >= 1 << 58
    )  # nobody gets a number that may stand on somebody else's box


def test_the_journal_writes_nothing_twice_and_each_segment_names_the_one_before(lived):
    root = custody.storage_root()
    now = timezone.now()
    sizes = []
    while segment := journal.export(root, now, at_most=3):
        sizes.append((segment.first, segment.end))
    assert sizes[0][0] == 0 and all(one[1] == two[0] for one, two in pairwise(sizes))
    assert [found.end for found in journal.segments(root)] == [end for _first, end in sizes]
    assert journal.export(root, now + timedelta(days=1)) is None
    journal.path_of(root, 2).unlink()
    with pytest.raises(journal.JournalDamaged):
        list(journal.segments(root))
