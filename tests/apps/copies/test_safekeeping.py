"""What `lantai check --deploy` asks for besides settings: backups, second copies, witnesses."""

from __future__ import annotations

from lantai.apps.backup import services as backup
from lantai.apps.backup.models import BackupSet
from lantai.apps.copies import services
from lantai.apps.copies.types import CopyJournal
from lantai.platform.jobs import services as jobs
from lantai.platform.witness.models import Peer
from lantai.site import checks, journal, safekeeping
from tests.apps.copies.shelves import Shelves


def lacks() -> list[str]:
    return [one.partition(":")[0] for one in safekeeping.lacks()]


def test_what_is_missing_is_named_with_what_to_do_until_nothing_is(shelves: Shelves, capsys):
    assert lacks() == ["backup", "witness"] and not safekeeping.holds_records()
    assert checks._safekeeping() == [] and "to do before the first record: backup" in capsys.readouterr().out
    shelves.seal(2)
    assert lacks() == ["backup", "copies", "copies", "witness"]
    assert any("2 package(s) lie in the main store alone" in one for one in checks._safekeeping())
    shelves.policy("b")
    shelves.fill("b")
    assert lacks() == ["backup", "copies", "witness"], "without the journal a place is not enough"
    journal.export_now()
    services.start_journals(shelves.keeper)
    jobs.run_now(shelves.keeper, CopyJournal(shelves.places["b"].pk))
    assert lacks() == ["backup", "witness"]
    ctx = shelves.world.ctx("system_officer")
    said = {"org_id": shelves.world.archives.pk, "title": "样例方案", "place": shelves.places["c"]}
    plan = backup.draw_up_plan(ctx, **said, drill_every_days=0)
    told = [one for one in safekeeping.lacks() if one.startswith("backup")]
    assert ["no good set yet" in told[0], "never tried" in told[1], len(told)] == [True, True, 2]
    now = shelves.keeper.now
    BackupSet.objects.create(
        plan=plan, vault=plan.vault, set_id="样例", state="good", begun_at=now, covered_until=now
    )
    type(plan).objects.update(drill_every_days=7)
    assert lacks() == ["witness"]
    peer = Peer.objects.create(org=shelves.world.archives, name="样例见证", keys="样例", added_at=now)
    assert "no peer has signed" in next(safekeeping.lacks())
    Peer.objects.filter(pk=peer.pk).update(cosigned_size=1)
    assert lacks() == []
