from __future__ import annotations

from django.urls import reverse

from lantai.apps.backup.models import BackupPlan, BackupSet, DrillFinding, RestoreDrill
from lantai.platform.jobs.models import Run
from lantai.platform.ledger.models import Entry


def test_an_officer_draws_up_a_plan_changes_it_and_starts_what_it_says(live, client):
    client.force_login(live.world.user("system_officer"))
    place = live.place("another")
    said = {
        "org": live.world.archives.pk, "title": "样例：夜间", "place": place.pk, "second_place": "", "is_active": "on",
        "full_every_hours": 24, "increment_every_minutes": 5, "drill_every_days": 7, "keep_daily": 7,
        "keep_weekly": 5, "keep_monthly": 12, "keep_yearly": 3, "rpo_minutes": 15, "rto_minutes": 240,
    }  # fmt: skip
    assert client.post(reverse("backup:draw_up"), said | {"second_place": place.pk}).status_code == 422
    assert client.post(reverse("backup:draw_up"), said).status_code == 303
    assert client.post(reverse("backup:draw_up"), said).status_code == 422  # the title is taken
    plan = BackupPlan.objects.get(title="样例：夜间")
    assert "等待第一次备份" in client.get(plan.get_absolute_url()).content.decode()
    change = reverse("backup:change", args=[plan.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, said | {"keep_daily": 9}).status_code == 303
    plan.refresh_from_db()
    assert (plan.keep_daily, plan.includes_store) == (9, False)
    assert (
        client.post(reverse("backup:begin_drill", args=[plan.pk])).status_code == 409
    )  # nothing to restore yet
    assert client.post(reverse("backup:back_up", args=[plan.pk])).status_code == 303
    assert client.post(reverse("backup:back_up", args=[plan.pk])).status_code == 409  # one is under way
    assert Run.objects.filter(kind__endswith="TakeBackup", state="queued").count() == 1
    acts = set(Entry.objects.filter(act__startswith="backup:").values_list("act", flat=True))
    assert {"backup:plan:drawn_up", "backup:plan:changed", "backup:set:begun"} <= acts
    Run.objects.filter(state="queued").delete()
    plan.sets.all().delete()
    plan.delete()


def test_every_page_shows_what_is_there_and_a_stranger_sees_nothing(live, client):
    drill = RestoreDrill.objects.create(plan=live.plan, begun_at=live.newest.begun_at, state="failed")
    DrillFinding.objects.create(
        drill=drill, code="log_root", outcome="fail", expected="1 · aa", found="1 · bb"
    )
    good = BackupSet.objects.filter(plan=live.plan).first()
    addresses = [
        reverse("backup:plans"), reverse("backup:sets"), reverse("backup:drills"), live.plan.get_absolute_url(),
        good.get_absolute_url(), drill.get_absolute_url(), reverse("backup:sets") + "?export=csv",
    ]  # fmt: skip
    client.force_login(live.world.user("system_officer"))
    pages = [client.get(address) for address in addresses]
    assert {page.status_code for page in pages} == {200}
    assert (
        "存证日志的条数和根一致" in pages[5].content.decode()
        and "lantai restore" in pages[4].content.decode()
    )
    assert client.post(reverse("backup:read", args=[good.pk])).status_code == 303
    found = client.get("/api/backup/plans").json()
    assert found[0]["light"] in {"green", "yellow", "red"}
    assert client.get("/api/backup/sets").json()[0]["set_id"]
    assert client.get("/api/backup/drills").json()[-1]["findings"][0]["outcome"] == "fail"
    client.force_login(live.world.user("archivist"))
    assert {client.get(address).status_code for address in addresses} == {404}
    Run.objects.filter(state="queued").delete()
    drill.delete()
