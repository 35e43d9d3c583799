"""Long acts of this app."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import ContentFile, FixityRound
from lantai.apps.custody.types import FaultKind, ReadEverything
from lantai.kit.digests import digest_file
from lantai.kit.errors import N_, LantaiError
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running

FILES_A_STEP = 200


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
    found = services.finish_round(run.ctx, round_id=args.round_id)
    run.say(
        N_("读完 %(files)d 个文件，异常 %(faults)d 个。"), files=found.file_count, faults=found.fault_count
    )


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
