"""Two regions that have nothing to do with each other: every role in both, a row of every kind in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models
from django.utils import timezone

from lantai.apps.catalogue import sealing
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.services import drafts
from lantai.apps.holdings import queries as holdings_queries
from lantai.apps.holdings import services as holdings
from lantai.apps.kinds import services as kinds_services
from lantai.apps.quality.models import Snapshot
from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.services import privacy
from lantai.apps.schemes import services as schemes
from lantai.apps.singleset import services as singleset
from lantai.apps.topics.models import Member
from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.models import User
from lantai.platform.accounts.roles import roles
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs import services as orgs
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind
from lantai.platform.places.models import Place
from tests.rows import make

PASSWORD = "sample-only-Pass-2026"
CTX = system_ctx(Channel.COMMAND)


@dataclass
class Region:
    """A bureau, an archives and an agency, with one person for each role."""

    bureau: Org
    archives: Org
    agency: Org
    people: dict[str, User] = field(default_factory=dict)

    @property
    def owners(self) -> dict[str, models.Model]:
        """Whose a sample row is, by the name of the field that says so; `user` is who did it."""
        keeps = dict.fromkeys(("org", "archives", "custodian"), self.archives)
        sends = dict.fromkeys(("agency", "origin", "creator"), self.agency)
        kind = holdings_queries.kind("audio")  # not about persons, and made of parts
        return keeps | sends | {"user": self.people["archivist"], "recordkind": kind}


@dataclass
class World:
    """`home` holds the rows; the people of `abroad` have every role there and no business here."""

    home: Region
    abroad: Region


def build() -> World:
    """The world, through services where a service makes the row."""
    holdings.install_rules(CTX)
    world = World(_region("A", "嘉禾"), _region("B", "青川"))
    home = world.home
    archivist = accounts.context_for(home.people["archivist"], channel=Channel.WEB, request_id="sample")
    fonds = holdings.found_fonds(
        archivist, archives_id=home.archives.pk, code="A109", name="样例全宗", creator_id=home.agency.pk
    )
    holdings.add_class(archivist, fonds_id=fonds.pk, code="BGS", name="办公室")
    schemes.copy_scheme(archivist, archives_id=home.archives.pk, slug="document")
    kinds_services.begin_draft(
        archivist, archives_id=home.archives.pk, kind_id=holdings_queries.kind("document").pk
    )
    clerk = accounts.context_for(home.people["agency_clerk"], channel=Channel.COMMAND, request_id="world")
    kind_ids = [holdings_queries.kind("document").pk]
    singleset.begin(clerk, org_id=home.agency.pk, kind_ids=kind_ids, systems="样例办公系统")
    owners = home.owners
    place = make(Place, owners, slug="sample", kind="folder", address="/nowhere")
    make(Snapshot, owners, is_latest=True)
    make(Member, owners, standing="excluded")
    make(Member, owners)
    _seal(home)
    for model in kinds():
        if not model._default_manager.exists():
            make(model, {**owners, "place": place})
    ledger.sequence(timezone.now())
    return world


def _seal(home: Region) -> None:
    """What lies encrypted, with the keys of this run: whoever asks for it reads it."""
    number = "SAMPLE-0001"
    sealed = {
        f"{name}_sealed": privacy.seal("sample", about=f"{number}:{name}") for name in ("id_number", "phone")
    }
    make(Request, home.owners, number=number, **sealed)
    first = Description.objects.order_by("pk")[0]
    sealing.keep([sealing.Number(first.pk, "sample", "11010519491231002X")])
    for user in home.people.values():
        ctx = accounts.context_for(user, channel=Channel.WEB, request_id="sample")
        if home.archives.pk in ctx.actor.orgs_with(P.ITEM_DESCRIBE):
            for about in (None, first.pk):
                drafts.keep_draft(ctx, description_id=about, revision=1, values={"title": "样例草稿"})


def kinds() -> Iterator[type[models.Model]]:
    """Every model of ours that a page could show."""
    for config in apps.get_app_configs():
        if config.name.startswith("lantai.") and config.label != "ledger":
            yield from (model for model in config.get_models() if model._meta.managed)


def _region(letter: str, place: str) -> Region:
    root = orgs.found_org(CTX, code=f"{letter}0", name=f"{place}（样例）", kind=OrgKind.REGION)
    bureau = orgs.found_org(
        CTX, code=f"{letter}1", name=f"{place}档案局（样例）", kind=OrgKind.BUREAU, parent=root
    )
    archives = orgs.found_org(
        CTX, code=f"{letter}2", name=f"{place}档案馆（样例）", kind=OrgKind.ARCHIVES, parent=bureau
    )
    agency = orgs.found_org(
        CTX,
        code=f"{letter}3",
        name=f"{place}办公室（样例）",
        kind=OrgKind.AGENCY,
        parent=bureau,
        archives=archives,
    )
    region = Region(bureau, archives, agency)
    for role in roles().values():
        place_of_work = next(
            o for o in (archives, agency, bureau) if not role.org_kinds or o.kind in role.org_kinds
        )
        region.people[role.slug] = accounts.set_up_account(
            CTX,
            username=f"{role.slug}.{letter.lower()}",
            name=f"{role.label}样例",
            org=place_of_work,
            password=PASSWORD,
            role=role.slug,
        )
    return region
