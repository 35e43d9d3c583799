"""A destruction that was begun is cut off at every stage."""

from __future__ import annotations

import pytest
from django.db import transaction

from lantai.apps.catalogue import services as catalogue_services
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.services import destroying
from lantai.apps.disposal import services
from lantai.apps.disposal.models import DisposalList
from lantai.kit.packages.ocfl import find_object, validate_root
from lantai.kit.packages.ocfl.purging import PurgingWriter
from tests import settled
from tests.apps.disposal.test_disposal import assert_gone
from tests.kills import Killed, killed_in

pytestmark = pytest.mark.usefixtures("begun")


STAGES = {
    "before the new version": (PurgingWriter, "keep_inventories", False),
    "while it is written": (PurgingWriter, "_write_inventories", True),
    "before it takes its place": (PurgingWriter, "_put_in_place", False),
    "after it took its place": (PurgingWriter, "_put_in_place", True),
    "before the rows": (destroying, "_enter", False),
    "after the rows": (destroying, "_enter", True),
    "before the catalogue says so": (catalogue_services, "mark_destroyed", False),
    "after the catalogue says so": (catalogue_services, "mark_destroyed", True),
    "before the end": (services, "finish", False),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_at_any_stage_leaves_all_or_nothing_and_the_next_run_ends_it(house, stage, monkeypatch):
    package = house.package
    row = DisposalList.objects.get()
    owner, name, is_after = STAGES[stage]
    with monkeypatch.context() as patch:
        killed_in(patch, owner, name, after=is_after)
        with pytest.raises(Killed), transaction.atomic():
            if name == "finish":
                services.destroy_part(house.ctx("archivist"), list_id=row.pk, package_id=package.pk)
                services.finish(house.ctx("archivist"), list_id=row.pk)
            else:
                services.destroy_part(house.ctx("archivist"), list_id=row.pk, package_id=package.pk)
    errors = [
        p for _path, found in validate_root(custody.storage_root()) for p in found if p.severity == "error"
    ]
    assert errors == []
    assert ContentFile.objects.filter(package=package).count() == 4
    assert Package.objects.get(pk=package.pk).version == 1
    house.destroy(row)
    row.refresh_from_db()
    assert row.state == "destroyed"
    assert_gone(house, package, house.folder / "store")
    assert find_object(custody.storage_root(), package.object_id).number == 2
    assert settled.faults() == []
