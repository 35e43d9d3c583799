"""Acquisition in the made-up region: a gift, a deposit, a carrier, a recording, a list; a second run adds nothing."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from lantai.apps.acquisition import services
from lantai.apps.acquisition.models import Acquisition
from lantai.apps.acquisition.services import Lead
from lantai.apps.carriers import services as carriers
from lantai.site.demo.region import Region

KEEPER, UNIT = "shiguan", "minzheng"
GIFT = Lead(
    title="嘉禾老街账册（样例）",
    means="gift",
    source_kind="family",
    source_name="样例捐赠人",
    topic="老字号",
    lead_from="样例：走访得知",
)
DEPOSIT = Lead(title="样例剪报一箱", means="deposit", source_kind="person", source_name="样例寄存人")


def make_all(region: Region) -> int:
    """Everything once; how many cases, carriers, recordings and lists were made."""
    if Acquisition.objects.filter(org=region.org(KEEPER)).exists():
        return 0
    _gift(region)
    services.open_case(region.ctx(KEEPER, "archivist"), org_id=region.org(KEEPER).pk, lead=DEPOSIT)
    _carrier(region)
    _voice(region)
    _event(region)
    return 5


def _gift(region: Region) -> None:
    ctx, today = region.ctx(KEEPER, "archivist"), timezone.localdate()
    row = services.open_case(ctx, org_id=region.org(KEEPER).pk, lead=GIFT)
    line = services.list_object(
        ctx,
        acquisition_id=row.pk,
        title="账册（样例）",
        form="book",
        quantity=12,
        unit="册",
        dated="1930 年代",
    )
    for name in ("take_up", "value"):
        services.move(ctx, acquisition_id=row.pk, name=name, reason="")
    for valuer in ("样例鉴定人甲", "样例鉴定人乙"):
        services.enter_valuation(
            ctx,
            acquisition_id=row.pk,
            valuer=valuer,
            standing="样例单位",
            valued_on=today,
            is_authentic=True,
            recommends=True,
            opinion="样例意见：有地方商业史价值。",
            figure_yuan=None,
        )
    services.move(ctx, acquisition_id=row.pk, name="conclude", reason="")
    services.write_agreement(ctx, acquisition_id=row.pk, terms=_terms(today))
    services.move(region.ctx(KEEPER, "archives_head"), acquisition_id=row.pk, name="sign", reason="")
    found = {line.pk: ("received", "封面略残", "样例库 1 柜")}
    services.count_objects(ctx, acquisition_id=row.pk, found=found)
    services.receive(ctx, acquisition_id=row.pk, handed_by="样例捐赠人")
    services.confirm(region.ctx(KEEPER, "cataloguer"), acquisition_id=row.pk)


def _terms(today: date) -> dict[str, object]:
    return {
        "number": "样例协议 1 号",
        "signed_on": today,
        "source_signer": "样例捐赠人",
        "archives_signer": "样例馆长",
        "ownership": "transferred",
        "copyright": "licensed",
        "use": "open",
    }


def _carrier(region: Region) -> None:
    ctx, today = region.ctx(KEEPER, "archivist"), timezone.localdate()
    row = carriers.register(
        ctx,
        org_id=region.org(KEEPER).pk,
        number="样例-HD-001",
        label="移交硬盘（样例）",
        kind="hard_disk",
        received_on=today,
        place="样例库 磁介质柜",
        normal_bytes_per_s=120_000_000,
    )
    carriers.inspect(
        ctx, carrier_id=row.pk, inspected_on=today, looks_good=True, read_bytes_per_s=117_000_000
    )


def _voice(region: Region) -> None:
    ctx, today = region.ctx(KEEPER, "archivist"), timezone.localdate()
    project = services.open_project(
        ctx, org_id=region.org(KEEPER).pk, title="嘉禾老街口述（样例）", kind="oral_history", began_on=today
    )
    speaker = services.enter_speaker(ctx, voice_project_id=project.pk, group="witness", name="样例口述者")
    services.enter_consent(
        ctx, speaker_id=speaker.pk, number="样例授权 1 号", signed_on=today, scope="research"
    )
    facts = {
        "title": "老街铺面旧事（样例）",
        "held_on": today,
        "place": "样例街道",
        "interviewer": "样例采集者",
        "language": "样例方言",
    }
    services.enter_session(ctx, voice_project_id=project.pk, speaker_id=speaker.pk, facts=facts)


def _event(region: Region) -> None:
    ctx, today = region.ctx(KEEPER, "archivist"), timezone.localdate()
    unit = region.org(UNIT)
    row = services.list_event(
        ctx,
        org_id=region.org(KEEPER).pk,
        title="嘉禾丰收节（样例）",
        kind="activity",
        began_on=today,
        lead_id=unit.pk,
        plan="样例：各责任单位在活动结束后三个月内移交方案、照片和录像。",
    )
    services.ask_for(
        ctx,
        listed_event_id=row.pk,
        agency_id=unit.pk,
        title="总体方案、照片和录像（样例）",
        due_on=today + timedelta(days=90),
        expected_count=60,
    )
    services.move_event(ctx, listed_event_id=row.pk, name="start", reason="")
