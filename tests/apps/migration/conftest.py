"""An archives with a package of made-up scans, one of them hostile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lantai.apps.custody import services as custody
from lantai.apps.custody.models import Package
from lantai.apps.custody.types import NewFile
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.migration import services
from lantai.apps.migration.models import MigrationPlan
from lantai.apps.migration.types import PreviewPlan, RunPlan, UndoPlan
from lantai.kit.digests import digest_bytes
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from tests import settled
from tests.region import World, build_world
from tests.taken_back import taken_back

TIFF = "fmt/353"


def scan(shift: int) -> bytes:
    """A made-up page."""
    out = BytesIO()
    Image.frombytes("L", (24, 18), bytes((n * 7 + shift) % 256 for n in range(24 * 18))).save(out, "TIFF")
    return out.getvalue()


@dataclass
class House:
    """The archives and what it keeps."""

    world: World
    fonds: Fonds
    folder: Path
    number: int = 0

    def ctx(self, name: str) -> Ctx:
        return self.world.ctx(name)

    def seal(self, contents: dict[str, bytes] | None = None, puid: str = TIFF) -> Package:
        """A package with one item a file."""
        self.number += 1
        contents = contents or {"一.tif": scan(1), "二.tif": scan(2), "坏.tif": scan(3)[:-200]}
        items = [
            {"item_key": name, "kind": "document", "reference_code": f"Z109-{n}", "title": f"样例 {name}",
             "elements": {}, "events": []}
            for n, name in enumerate(contents)
        ]  # fmt: skip
        return custody.seal(
            self.ctx("archivist"),
            object_id=f"urn:lantai:migration:{self.number}",
            title=f"样例包{self.number}",
            custodian_id=self.world.archives.pk,
            origin_id=self.world.agency.pk,
            fonds_id=self.fonds.pk,
            source=("test:migration", self.number),
            item_count=len(contents),
            files=[self._file(name, data, puid) for name, data in contents.items()],
            documents={"metadata/items.json": json.dumps({"items": items}).encode()},
        )

    def _file(self, name: str, data: bytes, puid: str) -> NewFile:
        path = self.folder / f"source-{self.number}-{name}"
        path.write_bytes(data)
        return NewFile(
            item_key=name, order=1, logical_path=f"content/{name}", original_name=name, role="main",
            digests=digest_bytes(data), size_bytes=len(data), source=path, puid=puid, mime="image/tiff",
        )  # fmt: skip

    def draft(self, converter: str = "jp2", puid: str = TIFF, samples: int = 1) -> MigrationPlan:
        return services.draft_plan(
            self.ctx("archivist"), org_id=self.world.archives.pk, fonds_id=self.fonds.pk, puid=puid,
            converter=converter, title="样例迁移", reason="样例理由", sample_size=samples,
        )  # fmt: skip

    def work(self, args: object) -> Run:
        """What the worker does."""
        return jobs.run_now(self.ctx("archivist"), args)

    def previewed(self, **said: Any) -> MigrationPlan:
        plan = self.draft(**said)
        services.start_preview(self.ctx("archivist"), plan_id=plan.pk)
        self.work(PreviewPlan(plan.pk))
        plan.refresh_from_db()
        return plan

    def started(self, **said: Any) -> MigrationPlan:
        plan = self.previewed(**said)
        services.move(self.ctx("archives_head"), plan_id=plan.pk, name="approve")
        services.start_run(self.ctx("archivist"), plan_id=plan.pk)
        return plan

    def done(self, **said: Any) -> MigrationPlan:
        plan = self.started(**said)
        self.work(RunPlan(plan.pk))
        plan.refresh_from_db()
        return plan

    def undo(self, plan: MigrationPlan) -> None:
        services.start_undo(self.ctx("archivist"), plan_id=plan.pk, reason="样例")
        self.work(UndoPlan(plan.pk))
        plan.refresh_from_db()

    def settle(self) -> list[str]:
        """Every invariant; ocfl-py has no complaint."""
        return settled.faults()


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Organisations and people, taken back after the module."""
    with django_db_blocker.unblock(), taken_back():
        world = build_world()
        holdings_services.install_rules(system_ctx(Channel.COMMAND))
        Fonds.objects.create(code="Z109", name="样例全宗", archives=world.archives, creator=world.agency)
        yield world


@pytest.fixture
def house(region: World, db: None, tmp_path: Path, settings: Any) -> House:
    """A storage root of the test's own."""
    settings.LANTAI_STORE, settings.LANTAI_KEYS = tmp_path / "store", tmp_path / "keys"
    return House(region, Fonds.objects.get(code="Z109"), tmp_path)
