"""The database is lost: catalogue, custody, receipts and the log come back from the storage root alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import ocfl
import pytest
from django.db import connection
from django.utils import timezone

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description, DescriptionVersion
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.holdings.models import Fonds, RecordKind
from lantai.apps.intake.models import Register, Submission
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages.ocfl import validate_root
from lantai.platform import rows
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf
from lantai.platform.orgs.models import Org
from lantai.site import journal
from lantai.site.rebuild import DatabaseNotEmpty, NothingToRebuild, collecting, rebuild
from tests.apps.intake.conftest import desk, item, world
from tests.site.emptied import empty_database

__all__ = ["desk", "world"]

COMPARED = (
    Org,
    Fonds,
    RecordKind,
    Package,
    ContentFile,
    Description,
    DescriptionVersion,
    Submission,
    Register,
)


def picture() -> dict[str, Any]:
    """Everything that must come back, with ids where others speak of them."""
    found: dict[str, Any] = {}
    for model in COMPARED:
        for row in model._default_manager.all():
            columns = rows.columns_of(row)
            columns.pop("blob_key", None)
            number = None if model is ContentFile else row.pk
            found[f"{model.__name__} {rows.key_of(row)}"] = (number, columns)
    found |= {f"entry {row.pk}": row.form | {"sha256": row.sha256} for row in Entry.objects.all()}
    found |= {f"leaf {row.index}": (row.entry_id, bytes(row.hash)) for row in Leaf.objects.all()}
    return found | {f"checkpoint {row.size}": row.note for row in Checkpoint.objects.all()}


@pytest.fixture
def lived(desk) -> Iterator[Any]:
    """A transfer that was accepted, one description edited since, and the log with all of it."""
    submission = desk.accepted(desk.transfer(item(1), item(2)))
    row = Description.objects.get(package=submission.package, item_key=_first_key(submission))
    editor = desk.ctx("cataloguer")
    catalogue.describe(
        editor, description_id=row.pk, revision=1, changes={"title": "改正后的题名", "persons": ["样例丙"]}
    )
    yield desk, submission


def _first_key(submission: Submission) -> str:
    return Description.objects.filter(package=submission.package, level="item").order_by("pk")[0].item_key


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
    assert {name for name in before if after.get(name) != before[name]} == set()
    assert {name.split()[0] for name in new} == {"entry", "leaf", "checkpoint"}  # that it was rebuilt
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no reference points nowhere
    assert ledger.check_log() == []
    kept = Submission.objects.get(number=submission.number)
    assert blobs.open_blob(kept.receipt_key).read() == receipt
    assert verify_bytes(receipt, ledger.trust_store()).ok
    for file in ContentFile.objects.select_related("package"):
        assert custody.path_of(file).stat().st_size == file.size_bytes


def test_objects_alone_bring_back_what_was_sealed_though_the_journal_is_lost_too(lived):
    root = custody.storage_root()
    edited = set(DescriptionVersion.objects.values_list("description__reference_code", flat=True))
    sealed = {rows.key_of(row): row.metadata for row in Description.objects.all()}
    files = set(ContentFile.objects.values_list("logical_path", "sha256", "sha512", "sm3", "puid", "text"))
    shutil.rmtree(root / journal.FOLDER, ignore_errors=True)
    empty_database()
    made = rebuild(root)
    assert not made.damaged and not made.left_out
    assert {rows.key_of(row): row.metadata for row in Description.objects.all()} == sealed
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
    assert {name: after.get(name) for name in before} == before
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
