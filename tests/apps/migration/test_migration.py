"""From a format at risk to a new version beside the original, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.custody.models import CheckRun, ContentFile, Package
from lantai.apps.custody.services import adding
from lantai.apps.migration import queries, registry, services
from lantai.apps.migration.models import HeldFormat, MigrationPlan, PlanItem
from lantai.apps.migration.services import converting, running
from lantai.apps.migration.states import PLAN
from lantai.apps.migration.types import (
    ConverterAway,
    ConverterUnfit,
    CountFormats,
    DrafterApproves,
    ItemState,
    NothingFailed,
    NothingToMigrate,
    PreviewPlan,
    RunPlan,
    UndoPlan,
    UndoTooLate,
)
from lantai.kit.errors import Missing
from lantai.kit.formats.risk import shipped
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.blobs.models import Blob
from lantai.platform.context import system_ctx
from lantai.platform.jobs import services as jobs_services
from lantai.platform.jobs.models import Run
from lantai.platform.ledger.models import Entry
from lantai.platform.sandbox.types import ParseFailed
from tests.apps.migration.conftest import TIFF, scan
from tests.kills import Killed, killed_in


def states(plan: MigrationPlan) -> dict[str, str]:
    return dict(plan.items.values_list("original_name", "state"))


def paths_of(package: Package) -> set[str]:
    return set(ContentFile.objects.filter(package=package).values_list("logical_path", flat=True))


def test_the_state_table_is_sound_and_what_is_recommended_can_be_done():
    assert PLAN.faults() == []
    for puid, one in shipped().items():
        for slug in one.targets:
            assert puid in registry.converter_named(slug).sources, (puid, slug)


def test_sto_45_a_plan_goes_its_way_and_the_original_stays_beside_what_was_made(house):
    package = house.seal()
    before = {file.logical_path: file.sha512 for file in ContentFile.objects.all()}
    plan = house.previewed(samples=2)
    assert plan.state == "previewed" and plan.estimated_bytes > 0 and plan.estimated_seconds >= 1
    assert Package.objects.get().version == 1 and paths_of(package) == set(before)
    services.move(house.ctx("archives_head"), plan_id=plan.pk, name="approve")
    services.start_run(house.ctx("archivist"), plan_id=plan.pk)
    run = house.work(RunPlan(plan.pk))
    plan.refresh_from_db()
    assert (run.state, plan.state) == ("succeeded", "done")
    assert states(plan) == {"一.tif": "added", "二.tif": "added", "坏.tif": "failed"}
    package.refresh_from_db()
    assert (package.version, package.file_count) == (2, 5)
    assert paths_of(package) - set(before) == {
        "migrated/content/一.tif/jp2/一.jp2",
        "migrated/content/二.tif/jp2/二.jp2",
    }
    assert before.items() <= {file.logical_path: file.sha512 for file in ContentFile.objects.all()}.items()
    made = ContentFile.objects.get(original_name="一.jp2")
    assert (made.puid, made.role, made.item_key) == ("x-fmt/392", "migrated", "一.tif")
    failed = plan.items.get(state="failed")
    assert failed.message and not failed.made
    assert CheckRun.objects.get(subject_id=str(package.pk)).occasion == "migration"
    assert plan.packages.get().is_tested and plan.packages.get().conclusion
    assert [row.act for row in Entry.objects.filter(object_type="custody:package").order_by("pk")] == [
        "custody:package:sealed",
        "custody:package:files_added",
        *(["custody:check:recorded"] if Entry.objects.filter(act="custody:check:recorded").exists() else []),
    ]
    assert (
        b"migration"
        in custody.open_object(custody.object_folder(package.object_id))
        .file("metadata/premis.xml")
        .path.read_bytes()
    )
    assert not Blob.objects.filter(holds__gt=0).exists()
    assert house.settle() == []


def test_a_plan_is_taken_back_in_time_and_not_later(house, settings):
    package = house.seal({"一.tif": scan(1)})
    plan = house.done()
    made = {plan.items.get().made[0]["path"]}
    MigrationPlan.objects.update(undo_until=plan.finished_at - timedelta(days=1))
    with pytest.raises(UndoTooLate):
        services.start_undo(house.ctx("archivist"), plan_id=plan.pk, reason="样例")
    MigrationPlan.objects.update(undo_until=plan.undo_until)
    assert plan.undo_until - plan.finished_at == timedelta(days=settings.LANTAI_MIGRATION_UNDO_DAYS)
    house.undo(plan)
    assert plan.state == "undone" and states(plan) == {"一.tif": "undone"}
    package.refresh_from_db()
    assert (package.version, package.file_count) == (3, 1) and not made & paths_of(package)
    stored = custody.open_object(custody.object_folder(package.object_id))
    assert made <= {file.logical_path for file in stored.files("v2")}
    assert house.settle() == []
    again = house.done()
    assert again.number != plan.number and made <= paths_of(package)


def test_destruction_takes_what_was_made_and_what_was_left_out_again(house):
    package = house.seal({"一.tif": scan(1), "二.tif": scan(2)})
    house.undo(house.done())
    waiting = house.previewed(samples=2)
    assert set(states(waiting).values()) == {"made"}
    custody_services.destroy_content(
        house.ctx("archivist"),
        package_id=package.pk,
        item_keys=["一.tif"],
        key="XH-1",
        stub=b"{}",
        message="样例",
    )
    stored = custody.open_object(custody.object_folder(package.object_id))
    left = {file.logical_path for version in stored.versions for file in stored.files(version)}
    assert not [path for path in left if "一" in path]
    assert [path for path in left if path.startswith("migrated/content/二.tif/")]
    from lantai.apps.custody.events import ContentDestroyed
    from lantai.apps.migration.subscribers import on_content_destroyed

    on_content_destroyed(house.ctx("archivist"), ContentDestroyed(package.pk, stored.number))
    assert states(waiting) == {"一.tif": "failed", "二.tif": "made"}


def test_another_person_approves_and_only_those_who_may(house):
    house.seal({"一.tif": scan(1)})
    plan = house.previewed()
    with pytest.raises(NotPermitted):
        services.draft_plan(
            house.ctx("archives_head"), org_id=house.world.archives.pk, fonds_id=None, puid=TIFF, converter="jp2",
            title="x", reason="x",
        )  # fmt: skip
    MigrationPlan.objects.update(drafter_id=house.world.user("archives_head").pk)
    with pytest.raises(DrafterApproves):
        services.move(house.ctx("archives_head"), plan_id=plan.pk, name="approve")
    with pytest.raises(Missing):
        services.move(house.ctx("archives_head"), plan_id=plan.pk, name="start")
    with pytest.raises(Missing):
        queries.get(house.ctx("stranger"), plan.pk)
    with pytest.raises(Missing):
        services.start_run(house.ctx("stranger"), plan_id=plan.pk)
    services.move(house.ctx("archives_head"), plan_id=plan.pk, name="send_back", reason="样例")
    assert states(plan) == {"一.tif": "waiting"}  # what was made for the sample is given up


def test_one_file_is_in_one_plan_and_a_converter_reads_the_format(house):
    house.seal({"一.tif": scan(1)})
    with pytest.raises(ConverterUnfit):
        house.draft(converter="flac")
    plan = house.draft()
    with pytest.raises(NothingToMigrate):
        house.draft(converter="jpeg")
    services.move(house.ctx("archivist"), plan_id=plan.pk, name="withdraw", reason="样例")
    assert house.draft(converter="jpeg").file_count == 1


def test_a_converter_that_is_not_here_is_said_before_anything_begins(house, monkeypatch):
    house.seal({"一.doc": b"x"}, puid="fmt/40")
    plan = house.draft(converter="office-pdfa", puid="fmt/40")
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ConverterAway, match="soffice"):
        services.start_preview(house.ctx("archivist"), plan_id=plan.pk)
    plan.refresh_from_db()
    assert plan.state == "draft"


def test_hostile_files_are_refused_one_by_one_and_can_be_tried_again(house):
    package = house.seal({"坏.tif": b"II*\x00" + b"\xff" * 40})
    plan = house.previewed()
    assert plan.state == "draft" and plan.items.get().message
    package = house.seal({"一.tif": scan(1), "坏.tif": b"II*\x00" + b"\xff" * 4000})
    services.move(house.ctx("archivist"), plan_id=plan.pk, name="withdraw", reason="样例")
    plan = house.done()
    with pytest.raises(NothingFailed):
        plan.items.filter(state="failed").update(state="undone")
        services.retry_failed(house.ctx("archivist"), plan_id=plan.pk)
    plan.items.filter(state="undone").update(state="failed")
    services.retry_failed(house.ctx("archivist"), plan_id=plan.pk)
    house.work(RunPlan(plan.pk))
    plan.refresh_from_db()
    assert plan.state == "done" and sorted(plan.items.values_list("state", flat=True)) == [
        "added",
        "failed",
        "failed",
    ]
    package.refresh_from_db()
    assert package.version == 2
    assert house.settle() == []


def test_a_rotten_original_is_not_converted_and_a_defect_of_ours_costs_one_file(house, monkeypatch):
    package = house.seal({"一.tif": scan(1)})
    plan = house.draft()
    with monkeypatch.context() as patch:
        patch.setattr(
            converting, "_note", lambda *a: (_ for _ in ()).throw(ParseFailed(error="样例", trace="x" * 999))
        )
        (item,) = queries.waiting(plan.pk, package.pk)
        assert converting.convert(item).state == ItemState.FAILED and len(item.params["trace"]) == 500
    file = ContentFile.objects.get()
    path = custody.path_of(file)
    path.chmod(0o644)
    path.write_bytes(scan(9))
    item = converting.convert(PlanItem.objects.select_related("plan", "file__package").get(plan=plan))
    assert item.state == ItemState.FAILED and "校验" in item.message
    assert package.version == 1


def test_formats_are_counted_with_their_risk_and_an_archives_may_judge_otherwise(house):
    house.seal()
    house.done()
    ctx = house.ctx("archivist")
    assert services.count_formats(ctx, org_id=house.world.archives.pk) == 1  # what was made is not counted
    row = HeldFormat.objects.get()
    assert (row.puid, row.file_count, row.package_count, row.risk, row.target) == (TIFF, 3, 1, "low", "jp2")
    assert row.migrated_count == 2
    head = house.ctx("archives_head")
    said = {
        "org_id": house.world.archives.pk,
        "puid": TIFF,
        "risk": "high",
        "reason": "样例",
        "target": "jpeg",
    }
    services.judge_format(head, **said)
    services.count_formats(ctx, org_id=house.world.archives.pk)
    row = HeldFormat.objects.get()
    assert (row.risk, row.reason, row.target, row.certainty) == ("high", "样例", "jpeg", "local")
    with pytest.raises(NotPermitted):
        services.judge_format(ctx, **said)
    with pytest.raises(ConverterUnfit):
        services.judge_format(head, **{**said, "target": "no-such"})


def test_what_is_held_is_counted_every_day_and_after_each_plan_without_being_asked(house):
    house.seal()
    org_id = house.world.archives.pk
    waiting = Run.objects.filter(kind__endswith="CountFormats", state="queued")
    assert services.keep_counts() == 1 and services.keep_counts() == 0, "one is under way"
    house.work(CountFormats(org_id))
    waiting.update(state="succeeded")
    assert HeldFormat.objects.get().migrated_count == 0
    assert services.keep_counts() == 0, "counted today"
    house.done()
    assert waiting.get().args == {"org_id": org_id} and waiting.get().is_quiet
    jobs_services.run_now(system_ctx(), CountFormats(org_id))  # by nobody, and still all that is kept
    assert (HeldFormat.objects.get().file_count, HeldFormat.objects.get().migrated_count) == (3, 2)
    waiting.update(state="succeeded")
    HeldFormat.objects.update(counted_at=timezone.now() - timedelta(days=1))
    assert services.keep_counts() == 1


STAGES = {
    "after it was staged": (converting, "_note", True),
    "after the new version": (adding, "_write", True),
    "before the rows": (adding, "_enter", False),
    "after the rows": (adding, "_enter", True),
    "before the test": (running, "test_part", False),
    "before the end": (running, "finish", False),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_at_any_stage_of_migration_leaves_all_or_nothing_and_the_next_run_ends_it(
    house, stage, monkeypatch
):
    from lantai.apps.migration import jobs
    from lantai.platform.jobs.running import Running

    package = house.seal({"一.tif": scan(1), "二.tif": scan(2)})
    plan = house.started()
    row = Run.objects.get(pk=MigrationPlan.objects.get(pk=plan.pk).run_id)
    owner, name, is_after = STAGES[stage]
    with monkeypatch.context() as patch:
        killed_in(patch, owner, name, after=is_after)
        with pytest.raises(Killed):
            jobs.run_plan(Running(row, house.ctx("archivist")), RunPlan(plan.pk))
    assert house_is_whole(house)
    row.refresh_from_db()
    with transaction.atomic():
        jobs.run_plan(Running(row, house.ctx("archivist")), RunPlan(plan.pk))
    plan.refresh_from_db()
    package.refresh_from_db()
    assert (plan.state, package.version, set(states(plan).values())) == ("done", 2, {"added"})
    assert house.settle() == []


def house_is_whole(house) -> bool:
    from lantai.kit.packages.ocfl import validate_root

    return not [
        p for _path, found in validate_root(custody.storage_root()) for p in found if p.severity == "error"
    ]


def test_a_kill_while_a_plan_is_taken_back_leaves_all_or_nothing(house, monkeypatch):
    package = house.seal({"一.tif": scan(1)})
    plan = house.done()
    services.start_undo(house.ctx("archivist"), plan_id=plan.pk, reason="样例")
    real = adding._write

    def killed(*args, **more):
        real(*args, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(adding, "_write", killed)
        with pytest.raises(Killed), transaction.atomic():
            running.undo_part(house.ctx("archivist"), plan_id=plan.pk, package_id=package.pk)
    assert house_is_whole(house) and Package.objects.get().version == 2
    house.work(UndoPlan(plan.pk))
    plan.refresh_from_db()
    package.refresh_from_db()
    assert (plan.state, package.version, package.file_count) == ("undone", 3, 1)
    assert house.settle() == []


def test_a_preview_that_is_killed_goes_on(house, monkeypatch):
    house.seal({"一.tif": scan(1), "二.tif": scan(2)})
    plan = house.draft(samples=2)
    services.start_preview(house.ctx("archivist"), plan_id=plan.pk)
    with monkeypatch.context() as patch:
        patch.setattr(running, "conclude_preview", lambda *a, **k: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            house.work(PreviewPlan(plan.pk))
    house.work(PreviewPlan(plan.pk))
    plan.refresh_from_db()
    assert plan.state == "previewed" and set(states(plan).values()) == {"made"}
    assert Blob.objects.filter(holds=1).count() == 2
