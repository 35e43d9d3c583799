"""A region whose backups lie in two folders beside it; made once for the folder, with rows that are committed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from lantai.apps.backup import clusters, services
from lantai.apps.backup.models import BackupPlan, BackupSet
from lantai.apps.backup.services import making
from lantai.apps.backup.vaults import FOLDER
from lantai.apps.custody import services as custody
from lantai.apps.holdings import services as holdings
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places import services as place_services
from lantai.platform.places.models import Place
from lantai.platform.places.registry import register_kind
from lantai.platform.places.stores import folder
from lantai.platform.places.types import Locked, PlaceFull
from tests.region import World, build_world


class Small(folder.FolderPlace):
    """A folder on a disk that is full after so many bytes."""

    room_bytes = 10**12

    def put(self, name: str, source: Path, *, size: int) -> None:
        if size > type(self).room_bytes:
            raise PlaceFull(place="样例", name=name)
        type(self).room_bytes -= size
        super().put(name, source, size=size)


class Locking(folder.FolderPlace):
    """A folder whose server lets nobody delete, as an object store with a lock does."""

    def remove(self, name: str) -> None:
        raise Locked(place="样例", name=name)


@dataclass
class Live:
    """The live system of these tests."""

    world: World
    home: Path
    plan: BackupPlan
    fonds_id: int
    moment: datetime | None = None

    @property
    def ctx(self) -> Ctx:
        return self.world.ctx("system_officer")

    @property
    def newest(self) -> BackupSet:
        return BackupSet.objects.select_related("plan__place", "plan__second_place").filter(plan=self.plan)[0]

    def vault(self, number: int) -> Path:
        """Where the backups lie, in the first or the second place."""
        return self.home / f"place{number}" / FOLDER / self.plan.vault

    def seal(self, name: str) -> None:
        """One more sealed package."""
        ctx = self.world.ctx("archivist")
        custody.seal(
            ctx, object_id=f"urn:lantai:sample:{name}", title=f"样例 {name}", custodian_id=self.world.archives.pk,
            origin_id=self.world.agency.pk, fonds_id=self.fonds_id, source=("sample", name), item_count=1,
            files=[], documents={f"样例/{name}.json": f"样例内容 {name}".encode() * 50},
        )  # fmt: skip

    def back_up(self, plan: BackupPlan | None = None) -> BackupSet:
        """A full set, here and now."""
        row = services.begin_set(self.ctx, plan or self.plan, is_now=True)
        return services.make_set(self.ctx, set_id=row.pk)

    def place(self, slug: str, *, kind: str = "folder", **said: object) -> Place:
        """A place in a folder of its own."""
        (self.home / slug).mkdir(exist_ok=True)
        return place_services.add_place(
            self.ctx, org_id=self.world.archives.pk, slug=slug, title=f"样例位置 {slug}", kind=kind,
            address=str(self.home / slug), **said,
        )  # fmt: skip

    def planned(self, title: str, place: Place, **said: object) -> BackupPlan:
        """A plan of the archives."""
        row = services.draw_up_plan(self.ctx, org_id=self.world.archives.pk, title=title, place=place, **said)
        return BackupPlan.objects.select_related("place", "second_place").get(pk=row.pk)


@pytest.fixture(scope="package")
def transactional_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Here one database for the folder; pytest-django makes one where it sees this name."""
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_"), "these tests empty what they work on"
        yield


@pytest.fixture(scope="package")
def live(transactional_db, tmp_path_factory) -> Iterator[Live]:
    """One archives with a sealed package, a plan with two places, a full set and an increment."""
    home = tmp_path_factory.mktemp("live")
    home.chmod(0o711)
    keys, spool = home / "keys", home / "spool"
    here = override_settings(LANTAI_STORE=home / "store", LANTAI_KEYS=keys, LANTAI_BACKUP_SPOOL=spool)
    with here:
        try:
            yield _made(home)
        finally:
            for plan in BackupPlan.objects.all():
                clusters.let_wal_go(making.here(), plan.slot)
            call_command("flush", verbosity=0, interactive=False)


def _made(home: Path) -> Live:
    world = build_world()
    fonds = holdings.found_fonds(
        world.ctx("archivist"), archives_id=world.archives.pk, code="Y001", name="样例全宗"
    )
    live = Live(world, home, None, fonds.pk)  # type: ignore[arg-type]
    live.seal("first")
    register_kind("small", Small, label="样例", check=folder.check_address)
    register_kind("locking", Locking, label="样例", check=folder.check_address)
    places = [live.place("place1", kind="small"), live.place("place2", kind="locking")]
    live.plan = live.planned("样例方案", places[0], second_place=places[1], keep_daily=1, keep_weekly=0,
                             keep_monthly=0, keep_yearly=0)  # fmt: skip
    ledger.sequence(timezone.now())
    assert live.back_up().state == "good"
    live.seal("second")
    ledger.sequence(timezone.now())
    services.add_increment(live.ctx, plan_id=live.plan.pk)
    return live
