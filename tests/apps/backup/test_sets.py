from __future__ import annotations

import pytest
from django.utils import timezone

from lantai.apps.backup import restoring, services
from lantai.apps.backup.models import BackupSet, RestoreDrill
from lantai.apps.backup.services import making
from lantai.kit.backups.types import NotEmpty
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries as places
from tests.apps.backup.conftest import place_at, planned
from tests.region import build_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_smoke(tmp_path, settings):
    settings.LANTAI_BACKUP_SPOOL = tmp_path / "spool"
    world = build_world()
    ledger.sequence(timezone.now())
    plan = planned(world, place_at(world, "second", tmp_path / "place"))
    ctx = world.ctx("system_officer")
    row = services.begin_set(ctx, plan, is_now=True)
    row = services.make_set(ctx, set_id=row.pk)
    assert row.state == "good", row.why
    services.add_increment(ctx, plan_id=plan.pk)
    drill = services.begin_drill(ctx, plan, is_now=True)
    services.run_drill(ctx, drill_id=drill.pk)
    drill.refresh_from_db()
    bad = [(f.code, f.subject, f.expected, f.found) for f in drill.findings.filter(outcome="fail")]
    assert (drill.state, drill.why, bad) == ("passed", "", [])
    done = restoring.restore(places.store_of(plan.place), tmp_path / "home")
    print(done, drill.rto_seconds, drill.findings.count())
