"""Long acts of this app."""

from __future__ import annotations

import time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody import services
from lantai.apps.custody.models import Package
from lantai.apps.custody.services import bundling
from lantai.apps.custody.types import (
    Conclusion,
    MakeBundle,
    Occasion,
    TestPackage,
)
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.types import NotYetLogged

FILES_A_STEP = 200
_ROUNDS, _PAUSE_S = 60, 0.5


@handles(TestPackage, label=_("检测信息包"))
def test_package(run: Running, args: TestPackage) -> None:
    """Read, scan and open everything in a package and test it; repeated after a kill it makes a fresh report."""
    package = Package.objects.get(pk=args.package_id)
    checks = services.test_after(run.ctx, package, Occasion(args.occasion))
    failed = sum(check.conclusion == Conclusion.FAILED for check in checks)
    if failed:
        run.say(N_("检测未通过，不合格的报告 %(n)d 份，请看四性检测。"), n=failed)
    else:
        run.say(N_("检测完成，没有不合格。"))


@handles(MakeBundle, label=_("制作证据包"))
def make_bundle(run: Running, args: MakeBundle) -> None:
    """List and record, wait for the log, write: what was done already is not done again."""
    row = bundling.being_made(args.bundle_id)
    if row is None:
        return
    run.set_total(2)
    if row.entry_id is None:
        with run.advance(to="recorded"):
            row = bundling.record_bundle(run.ctx, bundle_id=row.pk)
    entry_id = int(row.entry_id or 0)
    if not _is_logged(run, entry_id):
        raise NotYetLogged
    written = bundling.write(row)
    with run.advance(to="made"):
        bundling.keep_bundle(run.ctx, bundle_id=row.pk, written=written)
    run.say(N_("证据包已做好，文件 %(files)d 个。"), files=row.file_count)


def _is_logged(run: Running, entry_id: int) -> bool:
    """Whether the entry got into the log in time; where there are witnesses, some time is given to them too."""
    is_logged = False
    for _round in range(_ROUNDS):
        run.check()
        ledger.sequence(timezone.now())
        is_logged, is_witnessed = bundling.standing_in_log(entry_id)
        if is_logged and is_witnessed:
            break
        time.sleep(_PAUSE_S)
    return is_logged
