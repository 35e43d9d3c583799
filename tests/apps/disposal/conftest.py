"""An archives with a package of due, young and permanent items, sealed once a module: each test has links to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import NewDescription
from lantai.apps.copies import services as copies
from lantai.apps.copies.types import FillPlace
from lantai.apps.custody import services as custody
from lantai.apps.custody.models import Package
from lantai.apps.custody.types import NewFile
from lantai.apps.disposal import services
from lantai.apps.disposal.models import DisposalList
from lantai.apps.disposal.types import DestroyList
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.kit.digests import digest_bytes
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.places import services as places
from lantai.platform.places.models import Place
from tests.region import World, build_world
from tests.taken_back import taken_back

RETENTIONS = {"due": ("D10", 2001), "also": ("D10", 2002), "young": ("D30", 2020), "ever": ("Y", 1990)}


@dataclass
class House:
    """The archives and what it keeps."""

    world: World
    fonds: Fonds
    folder: Path
    number: int = 0
    package: Package | None = None

    def ctx(self, name: str) -> Ctx:
        return self.world.ctx(name)

    def content(self, key: str) -> bytes:
        return f"样例内容 {self.number} {key} ".encode() * 40

    def seal(self) -> Package:
        """A package with one file for each key of `RETENTIONS`."""
        self.number += 1
        package = custody.seal(
            self.ctx("archivist"),
            object_id=f"urn:lantai:disposal:{self.number}",
            title=f"样例包{self.number}",
            custodian_id=self.world.archives.pk,
            origin_id=self.world.agency.pk,
            fonds_id=self.fonds.pk,
            source=("test:disposal", self.number),
            item_count=len(RETENTIONS),
            files=[self._file(key) for key in RETENTIONS],
            documents={"metadata/items.json": b"{}"},
        )
        catalogue.register(
            self.ctx("archivist"), package=package, items=[self._item(key) for key in RETENTIONS]
        )
        return package

    def _file(self, key: str) -> NewFile:
        data = self.content(key)
        path = self.folder / f"source-{self.number}-{key}"
        path.write_bytes(data)
        return NewFile(
            item_key=key, order=1, logical_path=f"content/{key}.txt", original_name=f"{key}.txt", role="main",
            digests=digest_bytes(data), size_bytes=len(data), source=path, text=f"识别的文字 {key}",
        )  # fmt: skip

    def _item(self, key: str) -> NewDescription:
        retention, year = RETENTIONS[key]
        return NewDescription(
            item_key=key, reference_code=f"Z109-WS·{year}-{retention}-{self.number:04}", title=f"样例 {key}",
            kind_id=holdings.kind("document").pk, author="样例办公室", document_number="", dated_on=date(year, 3, 5),
            year=year, retention=retention, class_code="BGS",
        )  # fmt: skip

    def item(self, package: Package, key: str) -> Description:
        return Description.objects.get(package=package, item_key=key)

    def second_place(self) -> Place:
        """A folder that gets a copy of everything."""
        row = places.set_up_place(
            system_ctx(Channel.COMMAND), org_id=self.world.archives.pk, slug="b", title="样例异地", kind="folder",
            address=str(self.folder / "b"), site="异地",
        )  # fmt: skip
        copies.add_policy(
            self.ctx("archives_head"), org_id=self.world.archives.pk, place_ids=[row.pk], copy_count=2,
            title="样例策略", cycle_days=30, rate_mb_s=0,
        )  # fmt: skip
        self.fill(row)
        return row

    def fill(self, place: Place) -> None:
        copies.sync_all(self.ctx("archivist"))
        jobs.run_now(self.ctx("archivist"), FillPlace(place.pk))

    def drafted(self) -> DisposalList:
        return services.draft_list(
            self.ctx("archivist"), org_id=self.world.archives.pk, title="样例年度清册", reason="保管期限届满"
        )

    def appraised(self) -> DisposalList:
        row = self.drafted()
        services.move(self.ctx("archivist"), list_id=row.pk, name="submit")
        for name in ("archivist", "cataloguer"):
            services.give_opinion(self.ctx(name), list_id=row.pk, duty="样例成员", text="同意销毁")
        return services.move(self.ctx("archivist"), list_id=row.pk, name="conclude")

    def approved(self) -> DisposalList:
        row = self.appraised()
        services.move(self.ctx("approver"), list_id=row.pk, name="approve_first")
        return services.move(self.ctx("second_approver"), list_id=row.pk, name="approve_second")

    def execute(
        self, row: DisposalList, supervisors: tuple[str, ...] = ("cataloguer", "reading_clerk")
    ) -> None:
        services.execute(
            self.ctx("archivist"), list_id=row.pk, method="删除", place="样例机房",
            supervisor_ids=[self.world.user(name).pk for name in supervisors],
        )  # fmt: skip

    def destroy(self, row: DisposalList) -> None:
        """What the worker does."""
        jobs.run_now(self.ctx("archivist"), DestroyList(row.pk))


@pytest.fixture(scope="module")
def sealed(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Organisations, people and the package, taken back after the module."""
    folder = tmp_path_factory.mktemp("house")
    ours = override_settings(LANTAI_STORE=folder / "store", LANTAI_KEYS=folder / "keys")
    with django_db_blocker.unblock(), ours, taken_back():
        world = build_world()
        holdings_services.install_rules(system_ctx(Channel.COMMAND))
        fonds = Fonds.objects.create(
            code="Z109", name="样例全宗", archives=world.archives, creator=world.agency
        )
        house = House(world, fonds, folder)
        house.package = house.seal()
        yield house


@pytest.fixture(scope="module")
def begun(sealed: House, django_db_blocker: Any) -> None:
    """A list is approved and its execution begun, once for the module."""
    with django_db_blocker.unblock():
        sealed.execute(sealed.approved())


@pytest.fixture
def house(sealed: House, db: None, tmp_path: Path, settings: Any) -> House:
    """The house with a storage root of the test's own: the same files by other names, none is ever written again."""
    settings.LANTAI_STORE, settings.LANTAI_KEYS = tmp_path / "store", tmp_path / "keys"
    shutil.copytree(sealed.folder / "store", tmp_path / "store", copy_function=os.link)
    return replace(sealed, folder=tmp_path, package=Package.objects.get(pk=sealed.package.pk))
