"""Machine, disks and database are gone; one place of copies is left, and is enough."""

from __future__ import annotations

import shutil
from argparse import Namespace

import pytest

from lantai.apps.copies import services
from lantai.apps.copies.types import CopyJournal
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.kit.packages.ocfl import object_path
from lantai.platform import rows
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry, Leaf
from lantai.platform.orgs.models import Org
from lantai.platform.places import queries as places
from lantai.site import backups, journal
from lantai.site.rebuild import rebuild
from lantai.site.rebuild.bringing import bring_from
from tests.apps.copies.shelves import Shelves, flip
from tests.site.emptied import empty_database


@pytest.fixture
def shelves(shelves: Shelves) -> Shelves:
    """Two packages with their journal in the storage root, in the folder b, and encrypted in s."""
    shelves.add_place("s", site="第四地", order=5, is_sealed=True)
    shelves.seal(2)
    shelves.policy("b", "s")
    shelves.fill("b", "s")
    journal.export_now()
    services.start_journals(shelves.keeper)
    for slug in ("b", "s"):
        jobs.run_now(shelves.keeper, CopyJournal(shelves.places[slug].pk))
    return shelves


def picture() -> dict[str, object]:
    """What must come back."""
    found: dict[str, object] = {}
    for model in (Org, Package, ContentFile):
        found |= {f"{model.__name__} {rows.key_of(row)}": rows.columns_of(row) for row in model.objects.all()}
    found |= {f"entry {row.pk}": (row.form, row.sha256) for row in Entry.objects.all()}
    return found | {f"leaf {row.index}": (row.entry_id, bytes(row.hash)) for row in Leaf.objects.all()}


def test_sto_41_one_place_of_copies_alone_is_enough_to_rebuild_everything(shelves, tmp_path):
    before, root = picture(), custody.storage_root()
    key, scratch = tmp_path / "guarded.key", tmp_path
    shutil.copyfile(places.key_file(shelves.places["s"]), key)
    flip(shelves.content("b", shelves.packages[0])[0], 5)
    (shelves.root("b") / "lantai-backup" / "v" / "packs" / "0").mkdir(parents=True)
    (shelves.root("b") / "lantai-backup" / "v" / "packs" / "0" / "x.tar").write_text("no object")
    folders = {slug: shelves.root(slug) for slug in ("b", "s")}
    empty_database()
    shutil.rmtree(root.parent)
    clear = backups.store_at(Namespace(place_key=None, shares=None), str(folders["b"]), scratch)
    (damaged,) = bring_from([clear], root, print)
    assert str(object_path(shelves.packages[0].object_id)) in damaged
    sealed = backups.store_at(Namespace(place_key=str(key), shares=None), str(folders["s"]), scratch)
    assert bring_from([clear, sealed], root, print) == [], "the encrypted place has what the other lost"
    assert not (root / "lantai-backup").exists() and not list((root.parent / "incoming").iterdir())
    made = rebuild(root)
    assert (made.damaged, made.silent, made.left_out) == ([], [], {})
    after = picture()
    assert {name: after.get(name) for name in before} == before
    assert {name.split()[0] for name in after.keys() - before} == {"entry", "leaf"}, "that it was rebuilt"
    assert ledger.check_log() == []
    for file in ContentFile.objects.select_related("package"):
        assert custody.path_of(file).stat().st_size == file.size_bytes
