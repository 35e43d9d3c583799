"""A small region with one person for each role that these tests need."""

from __future__ import annotations

from dataclasses import dataclass, field

from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.models import Fonds
from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.models import User
from lantai.platform.accounts.roles import roles
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.orgs import services as orgs
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind

COMMAND = system_ctx(Channel.COMMAND)


@dataclass
class Region:
    """A bureau with an archives and an agency below it."""

    bureau: Org
    archives: Org
    agency: Org
    people: dict[str, User] = field(default_factory=dict)

    def ctx(self, role: str) -> Ctx:
        """Acting as the one who has that role here."""
        return accounts.context_for(self.people[role], channel=Channel.WEB, request_id="test")

    def fonds(self, code: str = "J109") -> Fonds:
        """A fonds of the agency."""
        return holdings.found_fonds(
            self.ctx("archivist"),
            archives_id=self.archives.pk,
            code=code,
            name="样例全宗",
            creator_id=self.agency.pk,
        )


def make_region(letter: str) -> Region:
    """A region of its own; nobody in it has business in another."""
    root = orgs.found_org(COMMAND, code=f"{letter}0", name=f"{letter}市（样例）", kind=OrgKind.REGION)
    bureau = orgs.found_org(
        COMMAND, code=f"{letter}1", name=f"{letter}局（样例）", kind=OrgKind.BUREAU, parent=root
    )
    archives = orgs.found_org(
        COMMAND, code=f"{letter}2", name=f"{letter}馆（样例）", kind=OrgKind.ARCHIVES, parent=bureau
    )
    agency = orgs.found_org(
        COMMAND,
        code=f"{letter}3",
        name=f"{letter}办公室（样例）",
        kind=OrgKind.AGENCY,
        parent=bureau,
        archives=archives,
    )
    region = Region(bureau, archives, agency)
    for role in ("agency_clerk", "agency_lead", "archivist", "cataloguer", "reading_clerk", "supervisor"):
        kinds = roles()[role].org_kinds
        place = next(org for org in (archives, agency, bureau) if org.kind in kinds)
        region.people[role] = accounts.set_up_account(
            COMMAND,
            username=f"{role}.{letter.lower()}",
            name=f"样例{role}",
            org=place,
            password="sample-only-Pass-2026",
            role=role,
        )
    return region
