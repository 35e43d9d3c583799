"""Major events and key projects of the made-up region: a list complete, one under way and late, one just entered."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from lantai.apps.acquisition import services
from lantai.apps.acquisition.models import ListedEvent
from lantai.site.demo.region import Region

KEEPER, UNIT, OTHER = "shiguan", "minzheng", "ziran"
_PLAN = "样例：各责任单位在结束后三个月内移交方案、照片和录像，由牵头单位汇总。"


def make_all(region: Region) -> int:
    """Three lists; how many."""
    today = timezone.localdate()
    feast = _listed(
        region, "嘉禾丰收节（样例）", "activity", today - timedelta(days=20), place="样例广场", plan=_PLAN
    )
    _ask(region, feast, UNIT, "总体方案、照片和录像（样例）", today + timedelta(days=70), 60)
    bridge = _listed(region, "嘉禾大桥工程（样例）", "project", today - timedelta(days=400), plan=_PLAN)
    late = _ask(region, bridge, UNIT, "立项和招投标文件（样例）", today - timedelta(days=10), 45)
    _ask(region, bridge, OTHER, "用地审批文件（样例）", today + timedelta(days=30), 12)
    _report(region, late, UNIT, 20, "样例：余件待装订。")
    flood = _listed(region, "七月防汛救灾（样例）", "emergency", today - timedelta(days=140), plan=_PLAN)
    whole = _ask(region, flood, UNIT, "救灾物资发放清册（样例）", today - timedelta(days=30), 8)
    for row in (feast, bridge, flood):
        _move(region, row, "start")
    _report(region, whole, UNIT, 8, "样例：全部移交。")
    _move(region, flood, "complete")
    _listed(region, "档案馆新馆工程（样例）", "project", today)
    return 4


def _listed(region: Region, title: str, kind: str, began_on: date, **more: str) -> ListedEvent:
    return services.list_event(
        region.ctx(KEEPER, "archivist"), org_id=region.org(KEEPER).pk, title=title, kind=kind, began_on=began_on,
        lead_id=region.org(UNIT).pk, **more,
    )  # fmt: skip


def _ask(region: Region, row: ListedEvent, unit: str, title: str, due_on: date, count: int) -> int:
    asked = services.ask_for(
        region.ctx(KEEPER, "archivist"), listed_event_id=row.pk, agency_id=region.org(unit).pk, title=title,
        due_on=due_on, expected_count=count,
    )  # fmt: skip
    return asked.pk


def _report(region: Region, requirement_id: int, unit: str, count: int, note: str) -> None:
    services.report_progress(
        region.ctx(unit, "agency_lead"), requirement_id=requirement_id, received_count=count, submission_number="",
        note=note,
    )  # fmt: skip


def _move(region: Region, row: ListedEvent, name: str) -> None:
    services.move_event(region.ctx(KEEPER, "archivist"), listed_event_id=row.pk, name=name, reason="")
