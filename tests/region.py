"""A small made-up region for tests: two archives, two agencies, one account a role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.models import User
from lantai.platform.accounts.roles import roles
from lantai.platform.context import Channel, Ctx, new_request_id, system_ctx
from lantai.platform.orgs import services as orgs
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind

PASSWORD = "Zhaixing-2026-Lou"


@dataclass
class World:
    """Organisations and people by short names."""

    region: Org
    bureau: Org
    archives: Org
    agency: Org
    other_archives: Org
    other_agency: Org
    people: dict[str, User] = field(default_factory=dict)

    def ctx(self, name: str, channel: Channel = Channel.WEB) -> Ctx:
        """The acting context of a person, with rights as they are now."""
        user = User.objects.select_related("org").get(pk=self.people[name].pk)
        return accounts.context_for(user, channel=channel, request_id=new_request_id())

    def user(self, name: str) -> User:
        """The account of a person."""
        return self.people[name]


def build_world() -> World:
    """Organisations and one account for every role, and strangers of another archives and agency."""
    ctx = system_ctx(Channel.COMMAND)

    def found(
        code: str, name: str, kind: OrgKind, parent: Org | None = None, archives: Org | None = None
    ) -> Org:
        return orgs.found_org(ctx, code=code, name=name, kind=kind, parent=parent, archives=archives)

    region = found("R0", "样例地区", OrgKind.REGION)
    bureau = found("B0", "样例市档案局", OrgKind.BUREAU, region)
    archives = found("A0", "样例市档案馆", OrgKind.ARCHIVES, bureau)
    agency = found("G1", "样例市水利局", OrgKind.AGENCY, bureau, archives)
    other_archives = found("A9", "邻县档案馆", OrgKind.ARCHIVES, region)
    other_agency = found("G9", "邻县民政局", OrgKind.AGENCY, region, other_archives)
    world = World(region, bureau, archives, agency, other_archives, other_agency)
    homes = {OrgKind.AGENCY: agency, OrgKind.ARCHIVES: archives, OrgKind.BUREAU: bureau}
    for role in roles().values():
        home = homes[OrgKind(sorted(role.org_kinds)[0])]
        world.people[role.slug] = _person(ctx, role.slug, home, role.slug)
    world.people["stranger"] = _person(ctx, "stranger", other_archives, "archivist")
    world.people["strange_clerk"] = _person(ctx, "strange_clerk", other_agency, "agency_clerk")
    world.people["second_approver"] = _person(ctx, "second_approver", archives, "approver")
    return world


def _person(ctx: Ctx, username: str, org: Org, role: str) -> User:
    return accounts.set_up_account(
        ctx, username=username, name=f"样例{username}", org=org, password=PASSWORD, role=role
    )


TODAY = date(2026, 11, 20)
