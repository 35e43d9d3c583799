"""What lies ready in a watched place is fetched once, answered there, and never half taken."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from lantai.apps.connectors import queries, services
from lantai.apps.connectors.boxes import BoxUnreadable, OfferBroken, folder
from lantai.apps.connectors.boxes.folder import FolderBox
from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.connectors.services import pulling
from lantai.apps.connectors.types import PollConnector, SourceUnknown
from lantai.apps.filing.models import Document
from lantai.platform.accounts import services as accounts
from lantai.platform.context import system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.notify.models import Notice
from tests.apps.connectors.office import document, settle


@pytest.fixture
def watched(office, settings):
    """A connector with its folder."""
    row = office.registered("scan", "folder", settle_s=3600)
    place = Path(settings.LANTAI_CONNECTOR_FOLDERS) / office.region.agency.code / "scan"
    place.mkdir(parents=True)
    return row, place


def lay(place: Path, name: str, *documents: dict, ready: bool = True) -> Path:
    """What the other side does."""
    inside = place / name
    inside.mkdir()
    said = [one | {"files": [{"name": file} for file, _data in one["files"]]} for one in documents]
    (inside / "metadata.json").write_text(json.dumps({"documents": said}), "utf-8")
    for one in documents:
        for file, data in one["files"]:
            (inside / file).write_bytes(data)
    if ready:
        (place / f"{name}.ready").touch()
    return inside


def look(row: Connector) -> Run:
    """One look and what follows it."""
    assert services.start_look(Connector.objects.select_related("account__org").get(pk=row.pk))
    settle()
    return Run.objects.filter(about_type="connectors:connector", about_id=str(row.pk)).latest("pk")


def names(place: Path) -> set[str]:
    return {path.name for path in place.iterdir() if not path.name.startswith(".")} - {"refused"}


def test_what_is_ready_is_fetched_and_the_result_is_written_back(watched):
    row, place = watched
    lay(place, "n1", document("OA-1"), document("OA-2"))
    look(row)
    assert Document.objects.count() == 2 and names(place) == set()
    look(row)
    result = json.loads((place / "n1.done.json").read_bytes())
    assert result["state"] == "done" and [one["outcome"] for one in result["documents"]] == ["taken", "taken"]


def test_what_is_still_being_written_is_left_alone_until_it_is_still(watched, monkeypatch):
    row, place = watched
    lay(place, "n1", document("OA-1"), ready=False)
    (place / "empty").mkdir()
    os.utime(place / "n1" / "OA-1.txt", (0, 0))  # a copying program sets times back; the change time stays
    look(row)
    assert not Delivery.objects.exists()
    later = folder.time.time() + 3601
    monkeypatch.setattr(folder.time, "time", lambda: later)
    look(row)
    assert Delivery.objects.count() == 1 and names(place) == {"empty"}


def test_a_part_refusal_is_written_as_refused_and_overwritten_when_it_is_mended(watched, office):
    row, place = watched
    lay(place, "n1", document("OA-1"), document("OA-2", class_code="NONE"))
    look(row)
    look(row)
    result = json.loads((place / "n1.refused.json").read_bytes())
    assert result["state"] == "partly" and [bool(one["reason"]) for one in result["documents"]] == [
        False,
        True,
    ]
    services.dismiss(office.clerk, delivery_id=Delivery.objects.get().pk, reason="样例")
    look(row)
    assert json.loads((place / "n1.refused.json").read_bytes())["state"] == "dismissed"


@pytest.mark.parametrize(
    "harm", ["no-metadata", "bad-json", "missing-file", "undeclared", "link", "pipe", "no-text"]
)
def test_what_cannot_be_taken_goes_back_untouched_with_the_reason(watched, harm, tmp_path):
    row, place = watched
    inside = lay(place, "n1", document("OA-1"))
    if harm == "no-metadata":
        (inside / "metadata.json").unlink()
    elif harm == "bad-json":
        (inside / "metadata.json").write_text("{")
    elif harm == "missing-file":
        (inside / "OA-1.txt").unlink()
    elif harm == "undeclared":
        (inside / "more.txt").touch()
    elif harm == "link":
        (inside / "OA-1.txt").unlink()
        (inside / "OA-1.txt").symlink_to("/etc/hostname")
    elif harm == "no-text":
        (inside / "OA-1.txt").rename(inside / os.fsdecode(b"\xff\xfe.txt"))
    else:
        os.mkfifo(inside / "pipe")
    before = {path.name for path in inside.iterdir()}
    assert look(row).state == RunState.SUCCEEDED
    assert not Delivery.objects.exists()
    assert {path.name for path in (place / "refused" / "n1").iterdir()} == before
    assert json.loads((place / "n1.refused.json").read_bytes())["reason"]
    row.refresh_from_db()
    assert row.turned_away == 1 and row.last_error


def test_a_worker_killed_after_the_claim_goes_on_and_nothing_comes_twice(watched):
    row, place = watched
    lay(place, "n1", document("OA-1"))
    lay(place, "n2", document("OA-2"))
    box = FolderBox(place, settle_s=60)
    assert box.claim("n1")  # and killed
    assert box.claim("n2")
    connector = Connector.objects.select_related("agency", "fonds", "kind", "account__org").get(pk=row.pk)
    box.drop = lambda name: None  # killed after the commit, before the claimed copy was removed
    assert services.fetch(services.acting_as(connector, system_ctx()), connector, box, "n2")
    look(row)
    assert sorted(Document.objects.values_list("external_key", flat=True)) == ["OA-1", "OA-2"]
    assert Delivery.objects.count() == 2 and list((place / ".claimed").iterdir()) == []


def test_a_worker_killed_while_it_removes_what_it_took_does_not_refuse_the_rest(watched, monkeypatch):
    row, place = watched
    lay(place, "n1", document("OA-1"))
    box = FolderBox(place, settle_s=60)
    connector = Connector.objects.select_related("agency", "fonds", "kind", "account__org").get(pk=row.pk)

    def killed(name, *, dir_fd):
        os.unlink(f"{name}/metadata.json", dir_fd=dir_fd)
        raise SystemExit

    with monkeypatch.context() as kill, pytest.raises(SystemExit):
        kill.setattr(folder.shutil, "rmtree", killed)
        services.fetch(services.acting_as(connector, system_ctx()), connector, box, "n1")
    look(row)
    look(row)
    assert json.loads((place / "n1.done.json").read_bytes())["state"] == "done"
    assert not (place / "n1.refused.json").exists() and list((place / ".taken").iterdir()) == []


def test_a_link_in_place_of_our_own_folders_leads_to_nobody_elses_offers(tmp_path):
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    theirs.mkdir()
    mine.mkdir()
    lay(theirs, "secret", document("OA-1"))
    (mine / ".claimed").symlink_to(theirs)
    with pytest.raises(BoxUnreadable):
        FolderBox(mine, settle_s=60)
    assert (theirs / "secret" / "OA-1.txt").exists()


def test_a_link_laid_after_the_look_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "OA-1.txt").write_text("not yours")
    box = FolderBox(tmp_path / "box", settle_s=60)
    inside = tmp_path / "box" / "n1" / "sub"
    inside.mkdir(parents=True)
    (inside / "OA-1.txt").write_text("yours")
    assert box.claim("n1")
    (held,) = box.held("n1")
    claimed = tmp_path / "box" / ".claimed" / "n1"
    (claimed / "sub").rename(claimed / "before")
    (claimed / "sub").symlink_to(outside)
    with pytest.raises(OSError):
        b"".join(held.content)


def test_folders_that_lie_too_deep_are_refused_and_nothing_is_read(tmp_path):
    box = FolderBox(tmp_path, settle_s=60)
    (tmp_path / "n1").joinpath(*["a"] * 300).mkdir(parents=True)
    assert list(box.offers()) == [] and box.claim("n1")
    with pytest.raises(OfferBroken):
        box.held("n1")


def test_an_offer_whose_name_is_no_text_or_too_long_goes_back(watched):
    row, place = watched
    lay(place, "长" * 80, document("OA-1"))  # long, yet it fits
    lay(place, "n" * (pulling.MOST_NAME + 1), document("OA-3"))
    lay(place, "n2", document("OA-2"), ready=False).rename(place / os.fsdecode(b"\xff"))
    (place / os.fsdecode(b"\xff.ready")).touch()
    assert look(row).state == RunState.SUCCEEDED
    assert [one.external_key for one in Document.objects.all()] == ["OA-1"]
    assert len(list((place / "refused").iterdir())) == 2


def test_of_two_workers_one_gets_the_offer(tmp_path):
    one, two = FolderBox(tmp_path, settle_s=60), FolderBox(tmp_path, settle_s=60)
    lay(tmp_path, "n1", document("OA-1"))
    assert list(one.offers()) == list(two.offers()) == ["n1"]
    (tmp_path / "n1").rename(tmp_path / "elsewhere")
    assert not one.claim("n1")


def test_a_package_file_is_fetched_as_a_transfer(office, settings):
    row = office.registered("pkg", "folder", settle_s=3600)
    accounts.assign_role(
        office.region.ctx("security_officer"), user_id=row.account_id, role="package_connector",
        org_id=office.region.agency.pk, starts_on=date(2026, 1, 1),
    )  # fmt: skip
    place = Path(settings.LANTAI_CONNECTOR_FOLDERS) / office.region.agency.code / "pkg"
    place.mkdir(parents=True)
    (place / "移交2026.zip").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    (place / "移交2026.zip.ready").touch()
    look(row)
    sent = Delivery.objects.get()
    assert (sent.content, sent.state, sent.submission.agency_id) == (
        "package",
        "done",
        office.region.agency.pk,
    )


def test_a_place_that_cannot_be_read_is_told_once_and_forgotten_when_it_can(watched, monkeypatch):
    row, _place = watched

    def gone(self):
        raise BoxUnreadable("Host is down")

    with monkeypatch.context() as broken:
        broken.setattr(FolderBox, "offers", gone)
        for _ in range(2):
            assert look(row).state == RunState.FAILED
    row.refresh_from_db()
    assert "Host is down" in row.last_error % row.last_error_params
    told = Notice.objects.filter(url=row.get_absolute_url())
    assert told.count() == 3  # clerk, lead, system officer: once each
    look(row)
    row.refresh_from_db()
    assert row.last_error == ""


def test_looks_are_started_when_due_and_leave_no_pile_of_runs(watched):
    row, _place = watched
    assert queries.to_poll(timezone.now()) == [row]
    services.keep_watch()
    assert queries.to_poll(timezone.now()) == []
    settle()
    for _ in range(3):
        look(row)
    assert Run.objects.filter(about_type="connectors:connector", about_id=str(row.pk)).count() == 1


def test_a_connector_that_has_fallen_silent_is_told_of_once_and_again_after_it_spoke(office):
    long_ago = timezone.now() - timedelta(hours=30)
    Connector.objects.filter(pk=office.connector.pk).update(silent_after_hours=24, last_delivery_at=long_ago)
    services.keep_watch()
    services.keep_watch()
    settle()
    told = Notice.objects.filter(url=office.connector.get_absolute_url())
    assert {one.user_id for one in told} == {
        office.region.people[n].pk for n in ("agency_clerk", "agency_lead", "system_officer")
    } and told.count() == 3
    office.push("K-1", document("OA-1"))
    assert Connector.objects.get(pk=office.connector.pk).silent_since is None


def test_a_bucket_is_registered_by_the_name_of_its_source_alone(office, settings):
    with pytest.raises(SourceUnknown):
        office.registered("s3", "bucket", source_name="oa")
    settings.LANTAI_CONNECTOR_SOURCES = {"oa": "s3://b?secret_access_key=quite-secret"}
    row = office.registered("s3", "bucket", source_name="oa", prefix="in")
    assert "quite-secret" not in json.dumps(list(Connector.objects.filter(pk=row.pk).values()), default=str)
    settings.LANTAI_CONNECTOR_SOURCES = {}
    run = jobs.run_now(services.acting_as(row, office.clerk), PollConnector(row.pk))
    assert run.state == RunState.FAILED and "oa" in run.message % {"name": "oa"}
