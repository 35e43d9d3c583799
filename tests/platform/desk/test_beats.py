"""A beat that fails stops nobody else; who keeps the system is told once, and once more when it is well again."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from lantai.platform.desk.watching import watch_beats
from lantai.platform.jobs import registry, worker
from lantai.platform.jobs.models import BeatFault
from lantai.platform.notify.models import Notice
from tests.region import World

_broken: list[str] = []
_done: list[str] = []


def broken() -> None:
    """A follower that raises while something is in ``_broken``."""
    if _broken:
        raise ValueError(_broken[0])


def sound() -> None:
    """Another one."""
    _done.append("sound")


BROKEN, SOUND = (
    registry.Beat(f"{__name__}.{name}", 1.0, f"{__name__}.{name}") for name in ("broken", "sound")
)


@pytest.fixture
def world(built: World, db: None) -> Iterator[World]:
    yield deepcopy(built)
    _broken.clear()
    _done.clear()


def told(world: World) -> list[str]:
    watch_beats()
    return [one.said for one in Notice.objects.filter(user=world.user("system_officer")).order_by("pk")]


def test_who_keeps_the_system_is_told_once_of_a_beat_that_fails_and_once_that_it_is_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[tuple[str, bool]] = []

    def log(text: str, *values: object, exc_info: Exception | None) -> None:
        logged.append((text % values, exc_info is not None))

    _broken.append("样例错误")
    with (
        monkeypatch.context() as patched
    ):  # what other tests did to the loggers of the process is no matter here
        patched.setattr(worker.logger, "error", log)
        for beat in (BROKEN, SOUND, BROKEN):
            worker._beat(beat)
    assert _done == ["sound"]
    (fault,) = BeatFault.objects.all()
    assert (fault.count, fault.error) == (2, "ValueError")
    assert [(fault.incident in text, is_whole) for text, is_whole in logged] == [(True, True), (True, False)]
    (said,) = told(world)
    assert "lantai.broken" in said and fault.incident in said and "样例错误" not in said
    _broken.clear()
    worker._beat(BROKEN)
    assert told(world) == [said]  # not yet: what fails every other time is no news every other time
    over = timezone.now() - timedelta(hours=1)
    BeatFault.objects.update(ended_at=over)
    assert told(world) == [said, f"后台事务“lantai.broken”已恢复正常，事件编号 {fault.incident}。"]
    assert not BeatFault.objects.exists()


def test_a_fault_that_was_over_before_anybody_looked_is_in_the_log_alone(world: World) -> None:
    _broken.append("样例错误")
    worker._beat(BROKEN)
    _broken.clear()
    worker._beat(BROKEN)
    BeatFault.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    assert told(world) == [] and not BeatFault.objects.exists()
