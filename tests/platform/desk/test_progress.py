"""The bar of a run on pages about something else."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from tests.region import build_world


def test_the_page_around_a_bar_is_told_once_its_run_has_ended(db: None) -> None:
    user = build_world().user("archivist")
    run = Run.objects.create(kind="sample", label="样例任务", user=user, state=RunState.RUNNING)
    client = Client()
    client.force_login(user)
    address = reverse("desk:run_progress", args=[run.pk])
    going = client.get(address)
    assert "HX-Trigger-After-Settle" not in going and "刷新本页" not in going.content.decode()
    Run.objects.filter(pk=run.pk).update(state=RunState.SUCCEEDED)
    ended = client.get(address)
    assert ended["HX-Trigger-After-Settle"] == "run-ended", "the script of the page loads it again"
    assert "刷新本页" in ended.content.decode(), "unless somebody is writing there"
