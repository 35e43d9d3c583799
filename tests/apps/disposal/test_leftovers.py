"""What tells of content, and what held it beside the object, after it was destroyed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from lantai.apps.backup.models import BackupPlan, BackupSet
from lantai.apps.catalogue.marks import marks_of
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries import finding
from lantai.apps.custody import history
from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.custody.models import EvidenceBundle
from lantai.apps.custody.services import bundling
from lantai.apps.disposal import services
from lantai.apps.disposal.elsewhere import BackupsLeft, backups_left
from lantai.apps.disposal.models import DisposalLine, DisposalList
from lantai.apps.disposal.services import Target
from lantai.apps.disposal.types import UnderWay
from lantai.kit.packages import premis
from lantai.kit.packages.ocfl import find_object
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Channel, system_ctx
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.places import services as places
from lantai.site import destroyed
from tests.conftest import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("begun")


@pytest.fixture
def row(house) -> DisposalList:
    return DisposalList.objects.get()


def bundle(house, item_key: str, *, is_made: bool = True) -> EvidenceBundle:
    ctx = house.ctx("archivist")
    staged = blobs.stage([f"bundle of {item_key}".encode()]) if is_made else None
    return EvidenceBundle.objects.create(
        package=house.package, version=1, item_key=item_key, title="样例", org=house.world.archives, asked_by="样例",
        asked_at=ctx.now, expires_at=ctx.now, blob_key=staged.key if staged else "",
        made_at=ctx.now if staged else None, statement={"said": "样例"},
    )  # fmt: skip


def test_evidence_bundles_that_hold_what_is_destroyed_go_with_it_and_others_stay(
    house, row, django_capture_on_commit_callbacks
):
    kept = {key: bundle(house, key) for key in ("", "due", "ever")}
    being_made = bundle(house, "also", is_made=False)
    with django_capture_on_commit_callbacks(execute=True):
        house.destroy(row)
        written = blobs.stage([b"written while it was destroyed"])
        bundling.keep_bundle(house.ctx("archivist"), bundle_id=being_made.pk, written=written)
    found = {one.item_key: one for one in EvidenceBundle.objects.all()}
    assert {key: one.standing for key, one in found.items()} == {
        "": "destroyed", "due": "destroyed", "also": "destroyed", "ever": "ready",
    }  # fmt: skip
    assert {key: blobs.exists(one.blob_key) for key, one in kept.items()} == {
        "": False,
        "due": False,
        "ever": True,
    }
    assert not blobs.exists(written.key)
    assert found["due"].statement == {"said": "样例"}
    assert bundling.being_made(being_made.pk) is None
    assert list(destroyed.left_over()) == []
    EvidenceBundle.objects.filter(pk=found["due"].pk).update(blob_key=kept["ever"].blob_key)
    assert ["证据包" in text for text in destroyed.left_over()] == [True]


def test_the_deep_check_finds_destroyed_content_that_nobody_owns(house, row):
    house.destroy(row)
    assert list(destroyed.left_over()) == []
    staged = blobs.stage([house.content("ever")])
    assert list(destroyed.left_over()) == []  # that one is not destroyed
    blobs.stage([house.content("due")])
    assert ["暂存区" in text for text in destroyed.left_over()] == [True]
    assert blobs.exists(staged.key)


@pytest.fixture
def told(house, row):
    """The PREMIS document of the version after the destruction."""
    house.destroy(row)
    custody_services.add_documents(
        house.ctx("archivist"),
        package_id=house.package.pk,
        documents={"metadata/a.txt": b"a"},
        message="样例",
    )
    with find_object(custody.storage_root(), house.package.object_id).open(history.PREMIS) as stream:
        return stream.read()


def test_a_destruction_is_one_event_with_the_list_of_what_was_destroyed(house, row, told):
    stored = find_object(custody.storage_root(), house.package.object_id)
    own = (house.package.object_id,)
    gone = (*own, "content/also.txt", "content/due.txt")
    with stored.open(history.PREMIS, "v2") as stream:
        at_once = [(one.kind, one.objects) for one in premis.read(stream) if isinstance(one, premis.Event)]
    assert [one for one in at_once if one[1] != own] == [("deletion", gone)]
    assert at_once[0] == ("ingestion", own)
    later = [one for one in premis.read(io.BytesIO(told)) if isinstance(one, premis.Event)]
    assert [(one.kind, one.objects) for one in later if one.objects != own] == [("deletion", gone)]
    assert later[-1].kind == "metadata modification"


@needs_samples
def test_what_an_object_tells_of_its_life_is_valid_by_the_schema_of_premis(told):
    schema = next((SAMPLES / "eark").rglob("premis-v3-0.xsd"))
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(told))


def test_items_say_that_they_are_held_or_destroyed_to_who_may_know(house, row, client):
    due, ever = (house.item(house.package, key) for key in ("due", "ever"))
    place = Target(description_id=ever.pk)
    services.place_hold(
        house.ctx("archives_head"), org_id=house.world.archives.pk, target=place, reason="样例诉讼"
    )

    def labels(name: str) -> dict[str, list[str]]:
        rows = list(Description.objects.filter(package=house.package))
        keys = {one.pk: one.item_key for one in rows}
        return {
            keys[n]: [str(m.state.label) for m in marks]
            for n, marks in marks_of(house.ctx(name), rows).items()
        }

    assert labels("archives_head") == {
        "due": ["在销毁清册中"], "also": ["在销毁清册中"], "ever": ["法律保全"]
    }  # fmt: skip
    assert labels("stranger") == {}
    house.destroy(row)
    assert labels("archives_head") == {"due": ["内容已销毁"], "also": ["内容已销毁"], "ever": ["法律保全"]}
    assert labels("stranger") == {"due": ["内容已销毁"], "also": ["内容已销毁"]}
    client.force_login(house.world.user("archives_head"))
    page = client.get(due.get_absolute_url()).content.decode()
    assert row.number in page and "原文已销毁，这里只有目录" in page and row.get_absolute_url() in page
    assert "样例诉讼" in client.get(ever.get_absolute_url()).content.decode()
    hits = finding._hits(house.ctx("archives_head"), (due.pk, ever.pk), [])
    assert [[str(mark.state.label) for mark in hit.marks] for hit in hits] == [["内容已销毁"], ["法律保全"]]


def test_a_destruction_whose_run_is_lost_goes_on(house, row, client):
    ctx = house.ctx("archivist")
    with pytest.raises(UnderWay):
        services.resume(ctx, list_id=row.pk)
    Run.objects.update(state=RunState.FAILED)
    client.force_login(house.world.user("archivist"))
    assert "继续销毁" in client.get(row.get_absolute_url()).content.decode()
    assert client.post(reverse("disposal:resume", args=[row.pk])).status_code == 303
    assert "继续销毁" not in client.get(row.get_absolute_url()).content.decode()
    house.destroy(row)
    assert DisposalLine.objects.filter(destroyed_at__isnull=False).count() == 2


def test_backups_from_before_are_named_until_they_are_cleared(house, row):
    house.destroy(row)
    row.refresh_from_db()
    org = house.world.archives
    place = places.set_up_place(
        system_ctx(Channel.COMMAND), org_id=org.pk, slug="v", title="样例备份位置", kind="folder",
        address=str(house.folder / "v"), site="异地",
    )  # fmt: skip
    plan = BackupPlan.objects.create(
        org=org, title="样例方案", place=place, vault="v", created_at=row.destroyed_at, keep_yearly=1
    )
    for number, days in enumerate((400, 2, -1)):
        begun = row.destroyed_at - timedelta(days=days)
        BackupSet.objects.create(
            plan=plan, set_id=f"s{number}", vault="v", state="good", begun_at=begun, covered_until=begun
        )
    day = timezone.localdate(row.destroyed_at - timedelta(days=2)) + timedelta(days=12 * 31)
    assert backups_left(row.destroyed_at) == [BackupsLeft("样例方案", 2, day)]
    BackupSet.objects.update(is_cleared=True)
    assert backups_left(row.destroyed_at) == []
