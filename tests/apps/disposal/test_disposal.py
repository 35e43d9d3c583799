"""From a list of what is due to content that is gone everywhere and evidence that stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile
from lantai.apps.disposal import printing, queries, services
from lantai.apps.disposal.models import DisposalLine, DisposalList
from lantai.apps.disposal.services import Target
from lantai.apps.disposal.states import LIST
from lantai.apps.disposal.types import (
    HoldEnded,
    HoldNeedsTarget,
    LegalHoldActive,
    NotConcludedYet,
    NotDue,
    NothingDue,
    OpinionGiven,
    SupervisorsWrong,
    TooFewOpinions,
)
from lantai.kit.errors import Missing
from lantai.kit.packages.ocfl import find_object, validate_root
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger.models import Entry
from lantai.platform.workflow.types import SamePerson
from tests import settled

GONE, STAYS = ("due", "also"), ("young", "ever")


def bytes_below(folder: Path) -> list[bytes]:
    return [
        path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("source-")
    ]


def assert_gone(house, package, *folders: Path) -> None:
    """The content is nowhere, what stays is whole, and every root is a valid one."""
    for folder in folders:
        found = bytes_below(folder)
        for key in GONE:
            assert not [
                data for data in found if house.content(key) in data or f"识别的文字 {key}".encode() in data
            ]
        for key in STAYS:
            assert house.content(key) in found
    stored = find_object(custody.storage_root(), package.object_id)
    assert not [
        problem for _path, found in validate_root(custody.storage_root()) for problem in found
        if problem.severity == "error"
    ]  # fmt: skip
    package.refresh_from_db()
    assert (package.version, package.inventory_sha512) == (stored.number, custody.inventory_digest(stored))
    assert package.file_count == len(STAYS) == ContentFile.objects.filter(package=package).count()


def test_the_state_table_is_sound():
    assert LIST.faults() == []


def test_sto_47_after_two_approvals_content_is_gone_from_all_copies_and_stub_and_evidence_stay(house):
    package = house.package
    place = house.second_place()
    assert house.content("due") in bytes_below(house.folder / "b")
    row = house.approved()
    house.execute(row)
    assert [title for title, _count in queries.copies_left(row)] == []
    house.destroy(row)
    row.refresh_from_db()
    assert row.state == "destroyed"
    assert ("样例异地", 1) in queries.copies_left(row)
    house.fill(place)
    assert queries.copies_left(row) == []
    assert_gone(house, package, house.folder / "store", house.folder / "b")
    stub = house.item(package, "due")
    assert (stub.title, row.number in stub.metadata["销毁情况"]) == ("样例 due", True)
    assert "销毁情况" not in house.item(package, "ever").metadata
    line = row.lines.get(item_key="due")
    assert (line.file_count, line.byte_count) == (1, len(house.content("due")))
    kept = find_object(custody.storage_root(), package.object_id)
    names = {file.logical_path for file in kept.files()}
    assert {
        f"metadata/destroyed/{row.number}/stub.json",
        f"metadata/destroyed/{row.number}/inventory-v1.json",
    } <= names
    assert Entry.objects.get(act="custody:content:destroyed").detail["list"] == row.number
    assert row.statement["items"] == 2
    assert queries.due(house.ctx("archivist"), [house.world.archives.pk], timezone.localdate()).count() == 0
    assert settled.faults() == []


def test_only_what_is_due_comes_on_a_list_and_once(house):
    package = house.package
    with pytest.raises(NotDue):
        services.draft_list(
            house.ctx("archivist"), org_id=house.world.archives.pk, title="x", reason="x",
            item_ids=[house.item(package, "ever").pk],
        )  # fmt: skip
    row = house.drafted()
    assert sorted(row.lines.values_list("item_key", flat=True)) == ["also", "due"]
    assert [line.expired_on.isoformat() for line in row.lines.order_by("expired_on")] == [
        "2011-12-31",
        "2012-12-31",
    ]
    with pytest.raises(NothingDue):
        house.drafted()
    services.move(house.ctx("archivist"), list_id=row.pk, name="withdraw", reason="样例")
    assert house.drafted().number != row.number
    with pytest.raises(NotPermitted):
        services.draft_list(house.ctx("approver"), org_id=house.world.archives.pk, title="x", reason="x")
    with pytest.raises(Missing):
        queries.get(house.ctx("stranger"), row.pk)


def test_the_group_speaks_before_and_two_different_people_approve(house):
    row = house.drafted()
    clerk = house.ctx("archivist")
    services.move(clerk, list_id=row.pk, name="submit")
    services.give_opinion(clerk, list_id=row.pk, duty="样例", text="同意")
    with pytest.raises(OpinionGiven):
        services.give_opinion(clerk, list_id=row.pk, duty="样例", text="同意")
    with pytest.raises(TooFewOpinions):
        services.move(clerk, list_id=row.pk, name="conclude")
    services.give_opinion(house.ctx("cataloguer"), list_id=row.pk, duty="样例", text="一件续存")
    services.judge_line(
        house.ctx("cataloguer"), line_id=row.lines.get(item_key="also").pk, verdict="keep", note="样例"
    )
    with pytest.raises(NotConcludedYet):
        printing.register_pdf(row)
    services.move(clerk, list_id=row.pk, name="conclude")
    services.move(house.ctx("approver"), list_id=row.pk, name="approve_first")
    with pytest.raises(SamePerson):
        services.move(house.ctx("approver"), list_id=row.pk, name="approve_second")
    services.move(house.ctx("second_approver"), list_id=row.pk, name="approve_second")
    for wrong in (("cataloguer",), ("cataloguer", "approver"), ("cataloguer", "cataloguer")):
        with pytest.raises(SupervisorsWrong):
            house.execute(row, wrong)
    house.execute(row)
    house.destroy(row)
    assert [line.item_key for line in DisposalLine.objects.filter(destroyed_at__isnull=False)] == ["due"]
    assert ContentFile.objects.filter(item_key="also").exists()


@pytest.mark.parametrize("scope", ["fonds_id", "package_id", "description_id"])
def test_a_legal_hold_keeps_things_off_lists_and_stops_a_list_at_every_step(house, scope):
    package = house.package
    target = {
        "fonds_id": house.fonds.pk,
        "package_id": package.pk,
        "description_id": house.item(package, "due").pk,
    }
    head = house.ctx("archives_head")

    def hold():
        return services.place_hold(
            head, org_id=house.world.archives.pk, target=Target(**{scope: target[scope]}), reason="样例诉讼"
        )

    row = house.approved()
    placed = hold()
    with pytest.raises(LegalHoldActive, match="样例诉讼"):
        house.execute(row)
    services.lift_hold(head, hold_id=placed.pk, reason="结案")
    with pytest.raises(HoldEnded):
        services.lift_hold(head, hold_id=placed.pk, reason="结案")
    house.execute(row)
    placed = hold()
    with pytest.raises(LegalHoldActive):
        services.destroy_part(house.ctx("archivist"), list_id=row.pk, package_id=package.pk)
    assert ContentFile.objects.filter(package=package).count() == 4
    assert house.content("due") in bytes_below(house.folder / "store")
    services.lift_hold(head, hold_id=placed.pk, reason="结案")
    house.destroy(row)
    assert_gone(house, package, house.folder / "store")


def test_a_hold_that_has_ended_holds_nothing_and_one_without_a_target_is_none(house):
    head, org_id = house.ctx("archives_head"), house.world.archives.pk
    with pytest.raises(HoldNeedsTarget):
        services.place_hold(head, org_id=org_id, target=Target(), reason="x")
    with pytest.raises(NotPermitted):
        services.place_hold(
            house.ctx("archivist"), org_id=org_id, target=Target(fonds_id=house.fonds.pk), reason="x"
        )
    yesterday = timezone.localdate() - timedelta(days=1)
    services.place_hold(
        head, org_id=org_id, target=Target(fonds_id=house.fonds.pk), reason="样例", ends_on=yesterday
    )
    assert house.drafted().lines.count() == 2
    services.place_hold(head, org_id=org_id, target=Target(fonds_id=house.fonds.pk), reason="样例")
    with pytest.raises(LegalHoldActive):
        services.move(house.ctx("archivist"), list_id=DisposalList.objects.get().pk, name="submit")
