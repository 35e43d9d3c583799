"""Long acts of this app."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import ContentFile, FixityRound, Package
from lantai.apps.custody.services import bundling
from lantai.apps.custody.types import (
    Conclusion,
    FaultKind,
    MakeBundle,
    Occasion,
    ReadEverything,
    TestPackage,
)
from lantai.kit.digests import digest_file
from lantai.kit.errors import N_, LantaiError
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.types import NotYetLogged

FILES_A_STEP = 200
_ROUNDS, _PAUSE_S = 60, 0.5


@handles(ReadEverything, queue="default", label=_("固定性校验"))
def read_everything(run: Running, args: ReadEverything) -> None:
    """In steps of files by id, so that a killed run goes on with the next file."""
    org_id = FixityRound.objects.values_list("org_id", flat=True).get(pk=args.round_id)
    rows = ContentFile.objects.filter(package__custodian_id=org_id).select_related("package").order_by("pk")
    run.set_total(rows.count())
    while files := list(rows.filter(pk__gt=int(run.cursor or 0))[:FILES_A_STEP]):
        faults = list(_faults(files))
        with run.advance(to=str(files[-1].pk), done=len(files)):
            services.record_reading(run.ctx, round_id=args.round_id, files=files, faults=faults)
    _test_all(run, org_id, args.round_id)
    found = services.finish_round(run.ctx, round_id=args.round_id)
    run.say(
        N_("读完 %(files)d 个文件，异常 %(faults)d 个。"), files=found.file_count, faults=found.fault_count
    )


def _test_all(run: Running, org_id: int | None, round_id: int) -> None:
    """After the reading, every package is tested at the stage of long-term preservation, once a round."""
    began_at = FixityRound.objects.values_list("started_at", flat=True).get(pk=round_id)
    waiting = queries.untested_since(org_id, began_at)
    for package in waiting.iterator(chunk_size=FILES_A_STEP):
        run.check()
        try:
            with transaction.atomic():
                services.test_after(run.ctx, package, Occasion.PERIODIC, read_since=began_at)
        except LantaiError as refusal:  # a package that is gone is among the faults; the others are tested
            run.say(N_("信息包“%(title)s”没有检测：%(reason)s"), title=package.title, reason=refusal.message)


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


def _faults(files: Sequence[ContentFile]) -> Iterator[tuple[ContentFile, FaultKind]]:
    opened: dict[str, OcflObject | None] = {}
    for file in files:
        object_id = file.package.object_id
        if object_id not in opened:
            opened[object_id] = _open(object_id)
        if kind := _fault(opened[object_id], file):
            yield file, kind


def _open(object_id: str) -> OcflObject | None:
    try:
        return open_object(queries.object_folder(object_id))
    except LantaiError:
        return None


def _fault(stored: OcflObject | None, file: ContentFile) -> FaultKind | None:
    if stored is None:
        return FaultKind.MISSING
    try:
        digests, size = digest_file(stored.file(file.logical_path).path)
    except (LantaiError, FileNotFoundError):
        return FaultKind.MISSING
    except OSError:
        return FaultKind.UNREADABLE
    is_same = size == file.size_bytes and (digests.sha512, digests.sm3) == (file.sha512, file.sm3)
    return None if is_same else FaultKind.CHANGED
