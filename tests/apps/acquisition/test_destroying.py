"""What an archives acquired leaves behind when some of it is destroyed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.acquisition import queries, services, subscribers
from lantai.apps.acquisition.models import AcquiredObject, ObjectFile
from lantai.apps.acquisition.types import Part, Shelving
from lantai.apps.custody import services as custody
from lantai.apps.custody.events import ContentDestroyed
from lantai.apps.holdings import queries as holdings
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger.models import Entry
from tests.apps.acquisition.test_cases import FIRST, registered

CONTENTS = {1: (b"sample letter", b"in both objects"), 2: (b"sample photo", b"in both objects")}


@pytest.fixture
def sealed(place, settings, tmp_path):
    settings.LANTAI_STORE = tmp_path / "store"
    row, ctx = registered(place), place.ctx("archivist")
    AcquiredObject.objects.filter(acquisition=row).update(state="received")
    for line in queries.objects_of(row.pk):
        parts = [Part(f"样例{n}.txt", [data]) for n, data in enumerate(CONTENTS[line.number])]
        services.add_files(ctx, acquired_object_id=line.pk, parts=parts)
    ObjectFile.objects.update(text="识别的文字")
    shelving = Shelving(fonds_id=place.fonds.pk, kind_id=holdings.kind("document").pk, first_code=FIRST)
    services.seal_case(ctx, acquisition_id=row.pk, shelving=shelving)
    row.refresh_from_db()
    return row


def test_uploaded_files_of_destroyed_items_go_and_those_of_others_stay(
    sealed, place, client, django_capture_on_commit_callbacks
):
    keys = {(f.owner.number, f.name): f.blob_key for f in ObjectFile.objects.select_related("owner")}
    assert queries.held_of_destroyed(sealed.package_id) == []
    with django_capture_on_commit_callbacks(execute=True):
        package = custody.destroy_content(
            place.ctx("archivist"), package_id=sealed.package_id, item_keys=["object-0001"], key="XH-2026-0001",
            stub=b"{}", message="样例清册",
        )  # fmt: skip
        assert len(queries.held_of_destroyed(package.pk)) == 2
        event = ContentDestroyed(package.pk, package.version)
        for _twice in range(2):
            subscribers.on_content_destroyed(place.ctx("archivist"), event)
    assert queries.held_of_destroyed(package.pk) == []
    held = {(f.owner.number, f.name): f for f in ObjectFile.objects.select_related("owner")}
    assert [f.blob_key for (number, _), f in held.items() if number == 1] == ["", ""]
    assert {f.text for (number, _), f in held.items() if number == 1} == {""}
    assert {f.text for (number, _), f in held.items() if number == 2} == {"识别的文字"}
    assert not blobs.exists(keys[1, "样例0.txt"])
    assert keys[1, "样例1.txt"] == keys[2, "样例1.txt"]
    assert blobs.exists(keys[2, "样例1.txt"]) and blobs.exists(keys[2, "样例0.txt"])  # the other object's
    assert Entry.objects.filter(act="acquisition:case:files_destroyed").count() == 1
    client.force_login(place.world.user("archivist"))
    assert "内容已销毁" in client.get(sealed.get_absolute_url()).content.decode()
    gone = client.get(reverse("acquisition:file", args=[held[1, "样例0.txt"].pk]))
    assert gone.status_code >= 400 and "已按销毁清册销毁" in gone.content.decode()
