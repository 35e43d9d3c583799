"""Builds the made-up region: organisations, accounts, fonds, classes and schedules; a second run adds nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.holdings.types import ScheduleLine
from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.models import User
from lantai.platform.accounts.roles import roles
from lantai.platform.context import Channel, Ctx, new_request_id, system_ctx
from lantai.platform.orgs import services as orgs
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind
from lantai.site.demo.places import BY_KIND, CLASSES, OFFICERS, PLACES, SCHEDULE, Place


@dataclass
class Region:
    """The region by the codes and slugs of ``places``."""

    password: str
    orgs: dict[str, Org] = field(default_factory=dict)
    fonds: dict[str, Fonds] = field(default_factory=dict)

    @cached_property
    def hashed(self) -> str:
        """The one password as all sample accounts keep it: to hash it takes as long for each as to guess once."""
        return make_password(self.password)

    def ctx(self, slug: str, role: str) -> Ctx:
        """Act as the holder of ``role`` at the place with that slug."""
        user = User.objects.select_related("org").get(username=username(slug, role))
        return accounts.context_for(user, channel=Channel.COMMAND, request_id=new_request_id())

    def org(self, slug: str) -> Org:
        """The organisation with that slug."""
        return self.orgs[slug]


def username(slug: str, role: str) -> str:
    """The account of a role at a place, for example ``minzheng-agency_clerk``."""
    return f"{slug}-{role}"


def build(password: str) -> Region:
    """Everything that is there before the first document."""
    region = Region(password)
    ctx = system_ctx(Channel.COMMAND)
    holdings_services.install_rules(ctx)
    by_code: dict[str, Org] = {}
    for place in PLACES:
        by_code[place.code] = region.orgs[place.slug] = _org(ctx, place, by_code)
    for place in PLACES:
        for role in _roles_at(place):
            _account(ctx, region, place, role)
    for place in PLACES:
        if place.fonds:
            region.fonds[place.slug] = _fonds(region, place, by_code)
            _schedule(region, place)
    return region


def _roles_at(place: Place) -> tuple[str, ...]:
    return (*BY_KIND.get(place.kind, ()), *(OFFICERS if place.slug == "bureau" else ()))


def _org(ctx: Ctx, place: Place, known: dict[str, Org]) -> Org:
    found = Org.objects.filter(code=place.code).first()
    return found or orgs.found_org(
        ctx,
        code=place.code,
        name=place.name,
        kind=OrgKind(place.kind),
        parent=known.get(place.above),
        archives=known.get(place.archives),
    )


def _account(ctx: Ctx, region: Region, place: Place, role: str) -> None:
    name = username(place.slug, role)
    if User.objects.filter(username=name).exists():
        return
    label = f"样例{roles()[role].label}"
    accounts.set_up_account(
        ctx, username=name, name=label, org=region.orgs[place.slug], password=region.password, role=role,
        hashed=region.hashed,
    )  # fmt: skip


def _fonds(region: Region, place: Place, by_code: dict[str, Org]) -> Fonds:
    archives = by_code[place.archives]
    known = Fonds.objects.filter(archives=archives, code=place.fonds).first()
    if known:
        return known
    keeper = next(p.slug for p in PLACES if p.code == place.archives)
    ctx = region.ctx(keeper, "archivist")
    with transaction.atomic():
        fonds = holdings_services.found_fonds(
            ctx, archives_id=archives.pk, code=place.fonds, name=place.name, creator_id=region.orgs[place.slug].pk,
            started_year=1950, note="样例数据，机构与内容均为虚构。",
        )  # fmt: skip
        for code, name in CLASSES:
            holdings_services.add_class(ctx, fonds_id=fonds.pk, code=code, name=name)
    return fonds


def _schedule(region: Region, place: Place) -> None:
    org = region.orgs[place.slug]
    if holdings.schedule_in_force(org.pk):
        return
    lead = region.ctx(place.slug, "agency_lead")
    title = "文件材料归档范围和文书档案保管期限表"
    lines = [ScheduleLine(*line) for line in SCHEDULE]
    draft = holdings_services.draft_schedule(lead, org_id=org.pk, title=title, lines=lines)
    holdings_services.submit_schedule(lead, schedule_id=draft.pk)
    supervisor = region.ctx("bureau", "supervisor")
    holdings_services.approve_schedule(
        supervisor, schedule_id=draft.pk, valid_from=date(timezone.localdate().year, 1, 1),
        approved_by=region.org("bureau").name,
        citation="样例批复〔2026〕1号",
    )  # fmt: skip
