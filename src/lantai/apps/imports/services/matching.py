"""Checking an upload: unpacked behind walls, each file matched with a record, opened, scanned and judged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q
from django.utils import timezone

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.types import Level
from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import FileState
from lantai.apps.imports import queries
from lantai.apps.imports.models import AttachedFile, Attachment
from lantai.apps.imports.services.attaching import MOST_FILES, let_go, new_file
from lantai.apps.imports.states import ATTACHMENTS
from lantai.apps.imports.types import (
    LONGEST_PATH,
    STOPPING,
    AttachmentState,
    NameUnsafe,
    TooManyFiles,
    Verdict,
)
from lantai.kit.errors import N_, Refusal, plain
from lantai.kit.packages import names
from lantai.kit.packages.catalogue.naming import Naming, Place
from lantai.kit.packages.reading import PACKAGE
from lantai.kit.packages.unpack import Limits
from lantai.platform.blobs import registry
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs.running import Running
from lantai.platform.sandbox import services as sandbox
from lantai.platform.workflow import services as workflow

_UNPACK = "lantai.kit.packages.reading:unpack_into"
LIMITS = Limits(total_bytes=64 << 30, file_bytes=4 << 30, entries=MOST_FILES + 1_000)
_CHUNK, _OPENED_AT_ONCE = 1_000, 32
_SHOWN = ("application/pdf", "image/", "application/ofd", "application/vnd.ofd")
_SURVEYED = ("verdict", "why", "why_params", "puid", "mime", "state", "page_count", "text", "extension_ok",
             "examination", "scan")  # fmt: skip


def read_attachment(run: Running, row: Attachment) -> None:
    """Everything that is found of an upload, file by file; goes on after a kill where it was."""
    if row.state != AttachmentState.READING:
        return
    try:
        if row.archive_key:
            _unpack(run, row)
        if not _reached(run, "opened"):
            _match(run, row)
        _open(run, row)
    except Refusal as refusal:
        refuse(run.ctx, row, refusal, move="refuse")
        return
    with run.advance(to="judged", done=0):
        _judge(row)
        _count(row)
        workflow.move(run.ctx, row, ATTACHMENTS, "test", detail={"files": row.file_count})
    run.say(
        N_("检查完成：%(files)d 个文件，可挂接 %(matched)d 个，有问题 %(trouble)d 个。"),
        files=row.file_count,
        matched=row.matched_count,
        trouble=row.trouble_count,
    )


def _reached(run: Running, stage: str) -> int:
    """The last file that an earlier attempt of the run got through this stage; 0 for none."""
    name, _sign, last = run.cursor.partition(":")
    return int(last) if name == stage else 0


def refuse(ctx: Ctx, row: Attachment, refusal: Refusal, *, move: str) -> None:
    """Say on the page why nothing could be read or sealed."""
    with transaction.atomic():
        Attachment.objects.filter(pk=row.pk).update(why=refusal.message, why_params=plain(refusal.params))
        if move == "refuse":
            let_go(row)
        workflow.move(ctx, Attachment.objects.get(pk=row.pk), ATTACHMENTS, move)


def _unpack(run: Running, row: Attachment) -> None:
    """The files of an archive as rows; those that an earlier run entered stay."""
    there = set(AttachedFile.objects.filter(attachment=row).values_list("path", flat=True))
    spool = registry.spool()
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spool) as name, blobs.local_path(row.archive_key) as archive:
        size_mb = archive.stat().st_size >> 20
        sandbox.call(
            _UNPACK,
            path=archive,
            out=Path(name),
            limits=asdict(LIMITS),
            timeout_s=300 + size_mb,
            memory_mb=2_048,
            output_mb=(LIMITS.total_bytes >> 20) + 1,
        )
        folder = Path(name, PACKAGE)
        paths = [path for path in _files_below(folder) if path not in there]
        for start in range(0, len(paths), 100):
            some = paths[start : start + 100]
            with run.advance(to=f"staged:{start}", done=0):
                AttachedFile.objects.bulk_create(
                    new_file(row, path, blobs.put_file(folder / path)) for path in some
                )
    with run.advance(to="unpacked", done=0):
        blobs.discard(row.archive_key)
        row.archive_key = ""
        row.save(update_fields=["archive_key"])


def _files_below(folder: Path) -> list[str]:
    """Paths of an archive's files, without what operating systems leave behind."""
    found = []
    for parent, _folders, files in os.walk(folder):
        found += [Path(parent, name).relative_to(folder).as_posix() for name in files]
    kept = sorted(path for path in found if not names.is_system_file(path))
    if len(kept) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES, count=len(kept))
    if long := next((path for path in kept if len(path) > LONGEST_PATH), ""):
        raise NameUnsafe(name=names.shown(long)[:200], why=names.TOO_LONG)
    return kept


def _match(run: Running, row: Attachment) -> None:
    """Give each file the record that its name tells of."""
    files = AttachedFile.objects.filter(attachment=row).order_by("pk")
    last = _reached(run, "matched")
    while some := list(files.filter(pk__gt=last)[:_CHUNK]):
        _match_some(row, some)
        last = some[-1].pk
        with run.advance(to=f"matched:{last}", done=0):
            AttachedFile.objects.bulk_update(
                some, ["code", "order", "description_id", "verdict"], batch_size=200
            )


def _match_some(row: Attachment, files: Sequence[AttachedFile]) -> None:
    naming = Naming(row.pattern)
    places = {file.pk: naming.places(file.path) for file in files}
    codes = {place.code[:120] for some in places.values() for place in some}
    found = records_of(row, sorted(codes))
    held = _held([one["pk"] for one in found.values() if one["package_id"]])
    for file in files:
        place = next((one for one in places[file.pk] if one.code in found), None)
        _say(file, place, found.get(place.code) if place else None, held)


def records_of(row: Attachment, codes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The items of the batch's fonds and archives by their codes."""
    rows = catalogue.standing().filter(
        fonds_id=row.fonds_id, custodian_id=row.org_id, level=Level.ITEM, reference_code__in=codes
    )
    return {one["reference_code"]: one for one in rows.values("pk", "reference_code", "package_id")}


def _held(ids: Sequence[int]) -> dict[int, Collection[str]]:
    """The digests of what lies with records that have content, in one query however many packages it is in."""
    if not ids:
        return {}
    files = custody_queries.files_at(OuterRef("package_id"), OuterRef("item_key")).order_by()
    records = catalogue.standing().filter(pk__in=ids).order_by()
    return dict(records.values_list("pk", ArraySubquery(files.values("sha512"))))


def _say(
    file: AttachedFile,
    place: Place | None,
    record: Mapping[str, Any] | None,
    held: Mapping[int, Collection[str]],
) -> None:
    if place is None or record is None:
        file.verdict, file.code, file.description_id, file.order = Verdict.NO_RECORD, "", None, 0
        return
    file.code, file.order, file.description_id = place.code, place.order, record["pk"]
    file.verdict = Verdict.MATCHED
    if record["package_id"]:
        is_there = file.sha512 in held.get(record["pk"], ())
        file.verdict = Verdict.SAME if is_there else Verdict.TAKEN


def _open(run: Running, row: Attachment) -> None:
    """Open and scan what matches, in the sandbox; what was opened before is judged by what is kept."""
    matched = AttachedFile.objects.filter(attachment=row, verdict=Verdict.MATCHED).order_by("pk")
    last = _reached(run, "opened")
    run.set_total(run.row.done + matched.filter(pk__gt=last).count())
    while some := list(matched.filter(pk__gt=last)[:_OPENED_AT_ONCE]):
        fresh = [file for file in some if not file.state]
        with ExitStack() as opened:
            paths = [opened.enter_context(blobs.local_path(file.blob_key)) for file in fresh]
            named = [(path, Path(file.path).name) for path, file in zip(paths, fresh, strict=True)]
            surveys = list(custody.survey_files(named))
            scans = list(custody.scan_files(timezone.localdate(run.ctx.now), paths))
        for file, found, scan in zip(fresh, surveys, scans, strict=True):
            _keep(file, found, scan)
        for file in some:
            _judge_file(file)
        last = some[-1].pk
        with run.advance(to=f"opened:{last}", done=len(some)):
            AttachedFile.objects.bulk_update(some, _SURVEYED)


def _keep(file: AttachedFile, found: Any, scan: dict[str, Any] | None) -> None:
    file.state, file.puid, file.mime, file.page_count = found.state, found.puid, found.mime, found.page_count
    file.text, file.extension_ok, file.examination = found.text, found.extension_ok, found.examination
    file.scan = scan
    if found.why:
        file.why, file.why_params = found.why, dict(custody.storable(found.params))


def _judge_file(file: AttachedFile) -> None:
    if custody.is_infected(file.scan):
        file.verdict = Verdict.INFECTED
    elif file.state not in (FileState.OK, FileState.ACTIVE, FileState.UNSUPPORTED):
        file.verdict = Verdict.BROKEN
    elif file.state == FileState.UNSUPPORTED or not file.mime.startswith(_SHOWN):
        file.verdict = Verdict.UNFIT  # by its content: a name says nothing


_DOUBLE = """
    UPDATE imports_attachedfile f SET verdict = 'double' FROM (
        SELECT id, row_number() OVER (PARTITION BY code, sha512 ORDER BY path) AS place
        FROM imports_attachedfile WHERE attachment_id = %s AND verdict = 'matched'
    ) n WHERE n.id = f.id AND n.place > 1
"""
_CONFLICT = """
    UPDATE imports_attachedfile f SET verdict = 'conflict' FROM (
        SELECT id, count(*) OVER (PARTITION BY code, "order", lower(substring(path from '[.][^./]*$'))) AS n
        FROM imports_attachedfile WHERE attachment_id = %s AND verdict = 'matched'
    ) n WHERE n.id = f.id AND n.n > 1
"""
_HELD_BACK = """
    UPDATE imports_attachedfile f SET verdict = 'held_back'
    WHERE attachment_id = %s AND verdict = 'matched' AND EXISTS (
        SELECT FROM imports_attachedfile o
        WHERE o.attachment_id = f.attachment_id AND o.code = f.code AND o.verdict = ANY(%s))
"""


def _judge(row: Attachment) -> None:
    """What only shows among the files of one record: twice the same, one number twice, a bad one among good ones."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLE, [row.pk])
        cursor.execute(_CONFLICT, [row.pk])
        cursor.execute(_HELD_BACK, [row.pk, [str(one) for one in STOPPING]])


def _count(row: Attachment) -> None:
    files = AttachedFile.objects.filter(attachment=row)
    good = Q(verdict=Verdict.MATCHED)
    fine = Q(verdict__in=(Verdict.MATCHED, Verdict.SAME, Verdict.DOUBLE))
    counted = files.aggregate(
        files=Count("pk"),
        matched=Count("pk", filter=good),
        trouble=Count("pk", filter=~fine),
        items=Count("code", filter=good, distinct=True),
    )
    row.file_count, row.matched_count = counted["files"], counted["matched"]
    row.trouble_count, row.item_count = counted["trouble"], counted["items"]
    row.scope = _scope(files.exclude(code="").order_by("code").values_list("code", flat=True))
    row.unfilled_count = queries.unfilled(row).count()
    row.why, row.why_params = "", {}
    row.save(
        update_fields=[
            *("file_count", "matched_count", "trouble_count", "item_count"),
            *("scope", "unfilled_count", "why", "why_params"),
        ]
    )


def _scope(codes: Any) -> str:
    """How all codes of the batch begin, up to a whole part of the code."""
    first, last = codes.first(), codes.last()
    if not first:
        return ""
    common = "".join(
        one for one, _other in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    )
    return common[: common.rfind("-") + 1]


def say_attached(row: Attachment) -> None:
    """What could go in has gone in."""
    AttachedFile.objects.filter(attachment=row, verdict=Verdict.MATCHED).update(verdict=Verdict.ATTACHED)


def rows_to_seal(row: Attachment) -> Iterator[AttachedFile]:
    """The files that go in, in the order of their records."""
    matched = AttachedFile.objects.filter(attachment=row, verdict=Verdict.MATCHED)
    return matched.order_by("code", "order", "path").iterator(chunk_size=_CHUNK)
