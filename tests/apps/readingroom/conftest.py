"""A reading room: an archives with one sealed marriage record, its staff, and somebody who asks."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import NewDescription
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import FileRole, NewFile
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holding_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.readingroom import services
from lantai.apps.readingroom.models import Certificate, Request
from lantai.apps.readingroom.types import Application, IssueCertificate
from lantai.kit.digests import digest_file
from lantai.kit.text.personal import check_character
from lantai.platform.context import Channel, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.search import services as search
from tests.region import World, build_world

COMMAND = system_ctx(Channel.COMMAND)
BODY = "330402" + "19850215" + "001"
ID_NUMBER = BODY + check_character(BODY)  # made up, with a right check character
PHONE = "13900004321"


@dataclass
class Room:
    """What a test does again and again."""

    world: World
    fonds: Fonds
    record: Description

    def application(self, **more: Any) -> Application:
        values: dict[str, Any] = {
            "archives_id": self.world.archives.pk,
            "topic": "marriage",
            "relation": "self",
            "purpose": "personal",
            "persons": ("样例甲", "样例乙"),
            "applicant_name": "样例甲",
            "id_kind": "resident",
            "id_number": ID_NUMBER,
            "phone": PHONE,
            "years": "1985",
        }
        return Application(**(values | more))

    def submitted(self, key: str = "key-000000000001", **more: Any) -> Request:
        return services.submit_request(
            stranger(), self.application(**more), submit_key=key, address="192.0.2.1"
        )

    def accepted(self) -> Request:
        return services.accept_request(self.world.ctx("reading_clerk"), self.submitted().pk)

    def proposed(self, statement: str = "样例甲与样例乙于1985年2月15日登记结婚。") -> Request:
        ctx, row = self.world.ctx("reading_clerk"), self.accepted()
        finding = services.link_finding(ctx, request_id=row.pk, description_id=self.record.pk)
        services.write_statement(ctx, finding_id=finding.pk, statement=statement)
        return services.propose_certificate(ctx, row.pk)

    def approved(self) -> Request:
        return services.approve_certificate(self.world.ctx("approver"), self.proposed().pk)

    def issued(self) -> Certificate:
        row = self.approved()
        run = jobs.run_now(self.world.ctx("approver"), IssueCertificate(row.pk))
        assert run.state == "succeeded", run.message % {}
        return Certificate.objects.select_related("request").get(request=row)

    def pdf(self, certificate: Certificate) -> bytes:
        from lantai.apps.readingroom import queries

        with queries.open_pdf(certificate) as file:
            return file.read()


def stranger() -> Any:
    """The context of somebody who is not signed in."""
    from django.utils import timezone

    from lantai.platform.context import ANONYMOUS, Ctx

    return Ctx(ANONYMOUS, None, "", timezone.now(), "sample", Channel.WEB)


@pytest.fixture(scope="module")
def home(kept: None) -> tuple[World, Fonds]:
    """The archives with its rules and one fonds, for all tests of a module."""
    holding_services.install_rules(COMMAND)
    world = build_world()
    fonds = holding_services.found_fonds(
        world.ctx("archivist"),
        archives_id=world.archives.pk,
        code="A109",
        name="样例市民政局",
        creator_id=world.agency.pk,
    )
    return world, fonds


@pytest.fixture
def room(home: tuple[World, Fonds], db: None, settings: Any, tmp_path: Path, keys: Path) -> Any:
    settings.LANTAI_STORE = tmp_path / "store"
    settings.LANTAI_INDEX = tmp_path / "index"
    settings.LANTAI_PUBLIC_URL = "https://archives.example"
    world, fonds = deepcopy(home)
    (record,) = _sealed(fonds, world, tmp_path)
    yield Room(world, fonds, record)
    search.stop_following()


def _sealed(fonds: Fonds, world: World, folder: Path) -> list[Description]:
    path = folder / "scan.png"
    sheet = Image.new("RGB", (620, 877), "white")
    ImageDraw.Draw(sheet).rectangle((60, 60, 560, 800), outline="black", width=3)
    sheet.save(path)
    digests, size = digest_file(path)
    file = NewFile(
        item_key="K1",
        order=1,
        logical_path="content/K1/scan.png",
        original_name="scan.png",
        role=FileRole.MAIN,
        digests=digests,
        size_bytes=size,
        source=path,
        mime="image/png",
    )
    package = custody.seal(
        COMMAND,
        object_id="urn:sample:marriage",
        title="样例婚姻登记",
        custodian_id=world.archives.pk,
        origin_id=world.agency.pk,
        fonds_id=fonds.pk,
        source=("sample", 1),
        item_count=1,
        files=[file],
        documents={},
    )
    item = NewDescription(
        item_key="K1",
        reference_code="A109-HY·1985-Y-0001",
        title="样例甲、样例乙结婚登记",
        kind_id=holdings.kind("marriage").pk,
        year=1985,
        retention="Y",
        persons=("样例甲", "样例乙"),
        openness="controlled",
    )
    catalogue.register(COMMAND, package=package, items=[item])
    return list(Description.objects.filter(package=package))


@pytest.fixture
def at(client: Any, room: Room) -> Callable[[str], Any]:
    def sign_in(name: str) -> Any:
        client.force_login(
            room.world.people[name], backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return sign_in
