"""Fetching from a real bucket: SeaweedFS, where its program is installed."""

from __future__ import annotations

import json

import obstore
import pytest
from obstore.store import S3Store

from lantai.apps.connectors import services
from lantai.apps.connectors.boxes.bucket import BucketBox
from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.filing.models import Document
from tests.apps.connectors.office import document, settle
from tests.cluster import ACCESS_KEY, REGION, SECRET_KEY
from tests.platform.blobs.test_s3 import archive  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(archive):  # noqa: F811
    return f"s3://archive?endpoint={archive.endpoint}&region={REGION}&{archive.secret}"


@pytest.fixture
def theirs(archive):  # noqa: F811
    """The bucket as the other side writes to it."""
    return S3Store("archive", prefix="oa/desk", endpoint=archive.endpoint, region=REGION, access_key_id=ACCESS_KEY,
                   secret_access_key=SECRET_KEY, client_options={"allow_http": True})  # fmt: skip


def lay(store: S3Store, name: str, one: dict, *, ready: bool = True) -> None:
    said = one | {"files": [{"name": file} for file, _data in one["files"]]}
    obstore.put(store, f"in/{name}/metadata.json", json.dumps({"documents": [said]}).encode())
    for file, data in one["files"]:
        obstore.put(store, f"in/{name}/{file}", data)
    if ready:
        obstore.put(store, f"in/{name}.ready", b"")


def listed(store: S3Store) -> set[str]:
    return {one["path"] for batch in obstore.list(store) for one in batch}


def test_what_is_ready_in_a_bucket_is_fetched_once_and_answered_there(office, settings, address, theirs):
    settings.LANTAI_CONNECTOR_SOURCES = {"oa": address}
    row = office.registered("s3", "bucket", source_name="oa", prefix="oa/desk", settle_s=3600)
    lay(theirs, "n1", document("OA-1"))
    lay(theirs, "n2", document("OA-2"), ready=False)
    lay(theirs, "n3", document("OA-3") | {"title": ""})
    for _ in range(2):
        services.start_look(Connector.objects.select_related("account__org").get(pk=row.pk))
        settle()
    assert [one.external_key for one in Document.objects.all()] == ["OA-1"]
    left = listed(theirs)
    assert "results/n1.done.json" in left and "results/n3.refused.json" in left
    assert {path for path in left if path.startswith("in/")} == {"in/n2/metadata.json", "in/n2/OA-2.txt"}
    assert "refused/n3/metadata.json" in left and not any(path.startswith("claims/") for path in left)
    result = json.loads(bytes(obstore.get(theirs, "results/n1.done.json").bytes()))
    assert result["documents"][0]["outcome"] == "taken" and Delivery.objects.count() == 1


def test_of_two_sites_one_claims_and_the_same_one_goes_on_after_a_kill(address, theirs):
    lay(theirs, "claimed", document("OA-1"))
    ours, others = (BucketBox(address, "oa/desk", owner=owner, settle_s=3600) for owner in ("a", "b"))
    assert "claimed" in list(ours.offers())
    assert ours.claim("claimed") and not others.claim("claimed") and ours.claim("claimed")
    ours.drop("claimed")
    assert not any("claimed" in path for path in listed(theirs))


def test_a_worker_killed_while_it_removes_what_it_took_finishes_and_takes_nothing_for_a_new_offer(
    address, theirs, monkeypatch
):
    lay(theirs, "half", document("OA-1"))
    box = BucketBox(address, "oa/desk", owner="a", settle_s=3600)
    assert "half" in list(box.offers()) and box.claim("half")

    def killed(self, keys):
        obstore.delete(self._store, "in/half/metadata.json")
        raise SystemExit

    with monkeypatch.context() as kill, pytest.raises(SystemExit):
        kill.setattr(BucketBox, "_delete", killed)
        box.drop("half")
    obstore.put(theirs, "in/half/new.txt", b"sent since under the same name")
    assert "half" in list(box.offers())
    assert not box.claim("half")
    assert {path for path in listed(theirs) if "half" in path} == {"in/half/new.txt", "in/half.ready"}
