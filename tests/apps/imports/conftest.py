"""One region that imports sheets, and a maker of sheets with planted errors; every name in them is made up."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.imports import services
from lantai.apps.imports.models import Batch
from lantai.apps.imports.types import BatchState, CheckBatch, EnterBatch, SurveyBatch, UndoBatch
from lantai.apps.imports.wording import said
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from tests.apps.holdings.region import COMMAND, Region, make_region


@dataclass
class Desk:
    """Imports as a cataloguer does, with the runs done at once."""

    region: Region
    fonds: Fonds

    @property
    def ctx(self) -> Ctx:
        return self.region.ctx("cataloguer")

    def work(self, args: object) -> None:
        run = jobs.run_now(self.ctx, args)
        assert run.state == "succeeded", [(line.text, line.params) for line in run.lines.all()]

    def received(self, data: bytes, name: str = "目录.csv", **said: Any) -> Batch:
        kind = holdings.kind(said.pop("kind", "document"))
        batch = services.receive(
            self.ctx, fonds_id=self.fonds.pk, kind_id=kind.pk, name=name, content=io.BytesIO(data), **said
        )
        self.work(SurveyBatch(batch.pk))
        return self.fresh(batch)

    def checked(self, data: bytes, name: str = "目录.csv", **said: Any) -> Batch:
        batch = self.received(data, name, **said)
        services.map_columns(self.ctx, batch_id=batch.pk, mapping={})
        self.work(CheckBatch(batch.pk))
        return self.fresh(batch)

    def enter(self, batch: Batch) -> Batch:
        assert batch.state == BatchState.READY, [said(one) for one in batch.problems.all()[:5]]
        services.ask_to_enter(self.ctx, batch_id=batch.pk)
        self.work(EnterBatch(batch.pk))
        return self.fresh(batch)

    def undo(self, batch: Batch) -> Batch:
        services.ask_to_undo(self.ctx, batch_id=batch.pk)
        self.work(UndoBatch(batch.pk))
        return self.fresh(batch)

    def fresh(self, batch: Batch) -> Batch:
        return Batch.objects.select_related("fonds", "kind").get(pk=batch.pk)


@pytest.fixture
def home(db: None) -> Region:
    holdings_services.install_rules(COMMAND)
    return make_region("H")


@pytest.fixture
def desk(home: Region, tmp_path: Path, settings: Any) -> Desk:
    settings.LANTAI_STORE = tmp_path / "store"
    return Desk(home, home.fonds())


@pytest.fixture
def sheet() -> Callable[..., bytes]:
    """A CSV of good rows with what a test changes."""
    from tests.apps.imports.sheets import csv_of, good_row

    def make(count: int = 3, **changed: dict[str, str]) -> bytes:
        rows = [good_row(n) | changed.get(f"row{n}", {}) for n in range(1, count + 1)]
        return csv_of(rows)

    return make


@pytest.fixture
def described(desk: Desk, sheet: Callable[..., bytes]) -> Desk:
    """Five records without content."""
    desk.enter(desk.checked(sheet(5)))
    return desk
