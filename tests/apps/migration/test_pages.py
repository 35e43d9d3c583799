"""Pages of migration, from a format at risk to a plan that is taken back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.migration.models import FormatRisk, HeldFormat, MigrationPlan
from lantai.apps.migration.types import CountFormats, PreviewPlan, RunPlan, UndoPlan
from lantai.platform.jobs.models import Run


@pytest.fixture
def as_(house, client):
    """The browser of a person."""

    def sign_in(name: str):
        client.force_login(house.world.user(name))
        return client

    return sign_in


def test_a_format_is_counted_judged_and_planned(house, as_):
    house.seal()
    archivist = as_("archivist")
    said = {"org": house.world.archives.pk}
    assert archivist.post(reverse("migration:count"), said).status_code == 303
    assert Run.objects.get(kind__endswith="CountFormats").args == {"org_id": house.world.archives.pk}
    house.work(CountFormats(house.world.archives.pk))
    row = HeldFormat.objects.get()
    listed = archivist.get(reverse("migration:formats")).content.decode()
    assert "fmt/353" in listed and "Tagged Image File Format" in listed
    assert "JPEG 2000（无损）" in archivist.get(row.get_absolute_url()).content.decode()
    assert archivist.get("/api/migration/formats").json()[0]["risk"] == "low"
    judge = reverse("migration:judge", args=[row.pk])
    assert archivist.get(judge).status_code in {403, 404}
    as_("archives_head").post(judge, {"risk": "high", "reason": "样例判断", "target": "jp2"})
    assert FormatRisk.objects.get().reason == "样例判断"
    archivist = as_("archivist")
    draft = reverse("migration:draft", args=[row.pk])
    form = {"converter": "jp2", "title": "样例迁移", "reason": "样例理由", "sample_size": 2}
    assert archivist.post(draft, {**form, "converter": "flac"}).status_code == 422
    assert archivist.post(draft, form).status_code == 303
    assert MigrationPlan.objects.get().items.filter(is_sample=True).count() == 2
    assert as_("stranger").get(row.get_absolute_url()).status_code == 404


def test_a_plan_is_shown_approved_converted_and_taken_back(house, as_):
    house.seal()
    plan = house.draft(samples=2)
    page, archivist = plan.get_absolute_url(), as_("archivist")

    def start(name: str) -> int:
        return archivist.post(reverse("migration:start", args=[plan.pk, name])).status_code

    def picture(side: str):
        return archivist.get(reverse("migration:picture", args=[item.pk, side]))

    assert start("preview") == 303 and start("nonsense") == 404
    house.work(PreviewPlan(plan.pk))
    item = plan.items.get(is_sample=True, state="made")
    shown = archivist.get(page).content.decode()
    assert "待审批" in shown and "转换后的第一页" in shown and "批准方案" not in shown
    assert picture("before").content.startswith(b"\x89PNG") and picture("after").content.startswith(
        b"\x89PNG"
    )
    assert picture("beside").status_code == 404
    head = as_("archives_head")
    assert head.post(reverse("migration:move", args=[plan.pk, "approve"])).status_code == 303
    archivist = as_("archivist")
    assert start("run") == 303
    house.work(RunPlan(plan.pk))
    shown = archivist.get(page).content.decode()
    assert "已完成" in shown and "重试未转换的文件" in shown and "撤销迁移" in shown
    assert picture("after").content.startswith(b"\x89PNG")
    assert plan.number in archivist.get(reverse("migration:plans")).content.decode()
    assert archivist.post(reverse("migration:undo", args=[plan.pk]), {"reason": "样例"}).status_code == 303
    house.work(UndoPlan(plan.pk))
    assert "已撤销" in archivist.get(page).content.decode()


def test_files_of_a_plan_are_listed_and_strangers_find_nothing(house, as_):
    house.seal()
    plan, archivist = house.done(), as_("archivist")
    item = plan.items.get(original_name="一.tif")
    items = reverse("migration:items", args=[plan.pk])
    assert "坏.tif" in archivist.get(items, {"state": "failed"}).content.decode()
    assert "x-fmt/392" in archivist.get(item.get_absolute_url()).content.decode()
    found = archivist.get("/api/migration/plans").json()
    assert [(one["number"], one["added_count"], one["failed_count"]) for one in found] == [
        (plan.number, 2, 1)
    ]
    files = f"/api/migration/plans/{plan.pk}/files"
    assert len(archivist.get(files).json()) == 3
    stranger = as_("stranger")
    pictures = reverse("migration:picture", args=[item.pk, "before"])
    for address in (plan.get_absolute_url(), items, item.get_absolute_url(), files, pictures):
        assert stranger.get(address).status_code == 404
    assert stranger.post(reverse("migration:undo", args=[plan.pk])).status_code == 404
