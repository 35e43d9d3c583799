"""Acquisition in the made-up region: one case of each kind goes its whole way; a second run adds nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from lantai.apps.acquisition import services
from lantai.apps.acquisition.models import Acquisition
from lantai.apps.acquisition.services import Lead
from lantai.apps.acquisition.types import Part, Shelving
from lantai.apps.carriers import services as carriers
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.site.demo import gatherings, voices
from lantai.site.demo.region import Region

KEEPER = "shiguan"
FONDS = "Z901"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as far as ``until`` ("" the lead, "agreement", "register", "sealed" or "returned")."""

    lead: Lead
    lines: tuple[tuple[str, str, int, str, str], ...]  # title, form, quantity, unit, dated
    terms: Mapping[str, object] = field(default_factory=dict)
    ends: tuple[str, int] = ("", 0)  # which day of the terms is how many days away
    figure_yuan: Decimal | None = None
    until: str = "register"


def _lead(title: str, means: str, kind: str, name: str, topic: str, said: str) -> Lead:
    return Lead(
        title=title, means=means, source_kind=kind, source_name=name, topic=topic, lead_from="样例：走访得知",
        source_contact="样例联系方式", description=said,
    )  # fmt: skip


CASES = (
    Case(
        lead=_lead(
            "嘉禾老街账册（样例）", "gift", "family", "样例捐赠人", "老字号", "样例：老铺后人整理旧宅所得。"
        ),
        lines=(
            ("同盛号流水账（样例）", "book", 12, "册", "1930 年代"),
            ("铺面旧照（样例）", "photo", 2, "张", "约 1935 年"),
        ),
        terms={"ownership": "transferred", "copyright": "licensed", "use": "open"},
        until="sealed",
    ),
    Case(
        lead=_lead(
            "地方志稿本（样例）", "purchase", "person", "样例出让人", "地方志", "样例：旧书市场征得。"
        ),
        lines=(("禾城志稿（样例）", "document", 3, "册", "1948 年"),),
        terms={
            "ownership": "transferred",
            "copyright": "unknown",
            "use": "on_site",
            "price_yuan": Decimal(3600),
        },
        figure_yuan=Decimal(4000),
    ),
    Case(
        lead=_lead("族谱一套（样例）", "deposit", "family", "样例寄存人", "族谱", "样例：族中公议寄存。"),
        lines=(("样例氏族谱", "book", 8, "册", "1921 年"),),
        terms={
            "ownership": "retained",
            "copyright": "retained",
            "use": "by_consent",
            "return_terms": "到期当面清点归还，须带寄存凭证。",
        },
        ends=("deposit_until", 45),
        until="returned",
    ),
    Case(
        lead=_lead(
            "老照片底片（样例）",
            "copying",
            "organisation",
            "样例照相馆",
            "城市变迁",
            "样例：原件仍由其保存。",
        ),
        lines=(("城门街景底片（样例）", "photo", 36, "张", "1950 年代"),),
        terms={"ownership": "copy_only", "copyright": "licensed", "use": "on_site"},
    ),
    Case(
        lead=_lead(
            "知青书信（样例）", "collecting", "person", "样例提供人", "知青", "样例：响应征集公告交来。"
        ),
        lines=(("往来书信（样例）", "document", 27, "封", "1969—1975 年"),),
        terms={"ownership": "transferred", "copyright": "retained", "use": "closed"},
        ends=("restricted_until", 3650),
    ),
    Case(
        lead=_lead(
            "老厂图纸（样例）", "gift", "organisation", "样例机械厂", "工业遗产", "样例：工厂迁址前移交。"
        ),
        lines=(("车间平面图（样例）", "document", 15, "张", "1958 年"),),
        terms={"ownership": "transferred", "copyright": "transferred", "use": "open"},
        until="agreement",
    ),
    Case(
        lead=_lead(
            "剪报一箱（样例）", "deposit", "person", "样例来访人", "", "样例：来电咨询，尚未见到实物。"
        ),
        lines=(),
        until="",
    ),
)


@transaction.atomic
def make_all(region: Region) -> int:
    """Everything once, all or nothing; how many cases, carriers, recordings and lists were made."""
    if Acquisition.objects.filter(org=region.org(KEEPER)).exists():
        return 0
    fonds = collected(region)
    for case in CASES:
        _carry(region, case, fonds)
    _carrier(region)
    return len(CASES) + 1 + voices.make_all(region, fonds) + gatherings.make_all(region)


def collected(region: Region) -> Fonds:
    """The archives' own fonds for what it acquires."""
    return holdings_services.found_fonds(
        region.ctx(KEEPER, "archivist"), archives_id=region.org(KEEPER).pk, code=FONDS,
        name="嘉禾市档案馆征集全宗（样例）", kind="collected",
    )  # fmt: skip


def _carry(region: Region, case: Case, fonds: Fonds) -> None:
    ctx = region.ctx(KEEPER, "archivist")
    pk = services.open_case(ctx, org_id=region.org(KEEPER).pk, lead=case.lead).pk
    for title, form, quantity, unit, dated in case.lines:
        services.list_object(
            ctx, acquisition_id=pk, title=title, form=form, quantity=quantity, unit=unit, dated=dated
        )
    if case.until:
        _agree(region, pk, case)
    if case.until not in ("", "agreement"):
        _hand_over(region, pk, case)
    if case.until == "sealed":
        _seal(region, pk, fonds)
    if case.until == "returned":
        head = region.ctx(KEEPER, "archives_head")
        services.move(head, acquisition_id=pk, name="give_back", reason="样例：寄存方取回修谱，已当面清点。")


def _agree(region: Region, pk: int, case: Case) -> None:
    ctx, today = region.ctx(KEEPER, "archivist"), timezone.localdate()
    for name in ("take_up", "value"):
        services.move(ctx, acquisition_id=pk, name=name, reason="")
    for valuer in ("样例鉴定人甲", "样例鉴定人乙"):
        services.enter_valuation(
            ctx, acquisition_id=pk, valuer=valuer, standing="样例单位 研究馆员", valued_on=today, is_authentic=True,
            recommends=True, opinion="样例意见：来源清楚，有地方史料价值，建议征集。", figure_yuan=case.figure_yuan,
        )  # fmt: skip
    services.move(ctx, acquisition_id=pk, name="conclude", reason="")
    number = Acquisition.objects.values_list("number", flat=True).get(pk=pk)
    signed = {"number": f"样例协议 {number}", "signed_on": today, "source_signer": case.lead.source_name}
    name, days = case.ends
    until = {name: today + timedelta(days=days)} if name else {}
    terms = {**signed, "archives_signer": "样例馆长", **case.terms, **until}
    services.write_agreement(ctx, acquisition_id=pk, terms=terms)


def _hand_over(region: Region, pk: int, case: Case) -> None:
    ctx = region.ctx(KEEPER, "archivist")
    services.move(region.ctx(KEEPER, "archives_head"), acquisition_id=pk, name="sign", reason="")
    lines = Acquisition.objects.get(pk=pk).objects_listed.values_list("pk", flat=True)
    found = dict.fromkeys(lines, ("received", "封面略残", "样例库 1 柜"))
    services.count_objects(ctx, acquisition_id=pk, found=found)
    services.receive(ctx, acquisition_id=pk, handed_by=case.lead.source_name)
    services.confirm(region.ctx(KEEPER, "cataloguer"), acquisition_id=pk)


def _seal(region: Region, pk: int, fonds: Fonds) -> None:
    ctx = region.ctx(KEEPER, "archivist")
    for line in Acquisition.objects.get(pk=pk).objects_listed.all():
        part = Part(f"{line.title}.jpg", [_picture(line.number)])
        services.add_files(ctx, acquired_object_id=line.pk, parts=[part])
    kind = holdings.kind("photo")
    code = f"{FONDS}-ZP·{timezone.localdate().year}·Y-0001"
    services.start_sealing(
        ctx, acquisition_id=pk, shelving=Shelving(fonds_id=fonds.pk, kind_id=kind.pk, first_code=code)
    )


def _picture(number: int) -> bytes:
    """A made picture, another for each number."""
    image = Image.new("RGB", (960, 720), (200, 180 - 30 * number, 140))
    ImageDraw.Draw(image).rectangle((120, 120, 840, 600), outline=(90, 60, 40), width=8 + number)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, dpi=(300, 300))
    return out.getvalue()


def _carrier(region: Region) -> None:
    ctx, today = region.ctx(KEEPER, "archivist"), timezone.localdate()
    row = carriers.register(
        ctx, org_id=region.org(KEEPER).pk, number="样例-HD-001", label="移交硬盘（样例）", kind="hard_disk",
        received_on=today, place="样例库 磁介质柜", normal_bytes_per_s=120_000_000,
    )  # fmt: skip
    carriers.inspect(
        ctx, carrier_id=row.pk, inspected_on=today, looks_good=True, read_bytes_per_s=117_000_000
    )
