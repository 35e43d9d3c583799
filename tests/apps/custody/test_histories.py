"""What was done to a package, as PREMIS has it, inside the package and out of it."""

from __future__ import annotations

import pytest

from lantai.apps.custody import history, queries, services
from lantai.kit.packages import premis
from lantai.kit.packages.ocfl import validate_root
from lantai.kit.packages.ocfl.reader import open_object
from tests.apps.custody.test_sealing import fonds, new_files, seal, world  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


def kinds_in(package, version):
    stored = open_object(queries.object_folder(package.object_id))
    with stored.open(history.PREMIS, f"v{version}") as stream:
        return [one.kind for one in premis.read(stream) if isinstance(one, premis.Event)]


def test_each_version_of_an_object_holds_the_events_up_to_it(world, fonds, tmp_path):  # noqa: F811
    package = seal(world, fonds, new_files(tmp_path))
    ctx = world.ctx("archivist")
    documents = {"metadata/note.json": b"{}"}
    added = services.add_documents(ctx, package_id=package.pk, documents=documents, message="补充说明")
    again = services.add_documents(ctx, package_id=package.pk, documents=documents, message="补充说明")
    assert (added.version, again.version) == (2, 2)
    assert kinds_in(package, 1) == ["ingestion"]
    assert kinds_in(package, 2) == ["ingestion", "metadata modification"]
    assert [one.kind for one in queries.events_of(package)] == ["ingestion", "metadata modification"]
    assert not [found for _folder, found in validate_root(queries.storage_root()) if found]


def test_a_name_that_xml_cannot_carry_does_not_stop_a_sealing(world, fonds, tmp_path):  # noqa: F811
    ctx = world.ctx("archivist")
    package = services.seal(
        ctx, object_id="urn:lantai:test:2", title="样例\x01信息包", custodian_id=world.archives.pk,
        origin_id=world.agency.pk, fonds_id=fonds.pk, source=("test", 2), item_count=3,
        files=new_files(tmp_path), documents={},
    )  # fmt: skip
    assert kinds_in(package, 1) == ["ingestion"]
