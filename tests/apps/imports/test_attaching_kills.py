"""Killed before and after every commit, an upload of scans goes on where it was and ends whole, nothing twice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from django.db import transaction

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.queries import object_folder, storage_root
from lantai.apps.imports import services
from lantai.apps.imports.models import AttachedFile, Attachment
from lantai.apps.imports.services import matching
from lantai.apps.imports.types import AttachmentState, ReadAttachment
from lantai.kit.packages.ocfl import object_folders, open_object, validate_root
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.running import Running
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger.models import Entry
from tests.apps.imports.scans import picture, verdicts, zipped
from tests.apps.imports.sheets import code
from tests.apps.imports.test_attaching import sealed, tried


class Killed(BaseException):
    """The end of a process: nothing of ours catches it."""


def dying(monkeypatch: pytest.MonkeyPatch, run: Run) -> int:
    """Take a run up until it ends, each attempt killed at its first commit: just before it, then just after."""
    real = Running.advance
    for attempt in count():

        @contextmanager
        def advance(
            self: Running, *, to: str, done: int = 1, before: bool = attempt % 2 == 0
        ) -> Iterator[None]:
            with real(self, to=to, done=done):
                yield
                if before:
                    raise Killed  # written, sealed on disk, not committed
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(Running, "advance", advance)
            try:
                execution.execute(run.pk)
            except Killed:
                continue
        return attempt
    raise AssertionError


def the_run(row: Attachment) -> Run:
    return Run.objects.filter(about_type="imports:attachment", about_id=str(row.pk)).latest("pk")


def test_an_upload_killed_at_every_stage_is_checked_and_sealed_once(described, monkeypatch):
    desk = described
    monkeypatch.setattr(matching, "_CHUNK", 3)
    monkeypatch.setattr(matching, "_OPENED_AT_ONCE", 2)
    files = {f"{code(n)}.png": picture(n) for n in (1, 2, 3)}
    files |= {f"{code(4)}.png": picture()[:40], "无主.png": picture(9)}
    row = services.open_attachment(desk.ctx, fonds_id=desk.fonds.pk, title="试挂")
    services.take_files(desk.ctx, attachment_id=row.pk, parts=[("原文.zip", io.BytesIO(zipped(files)))])
    run = the_run(row)
    assert dying(monkeypatch, run) == 2 * (1 + 1 + 2 + 2 + 1)  # staged, unpacked, matched, opened, judged
    run.refresh_from_db()
    assert (run.state, run.total, run.done) == (RunState.SUCCEEDED, 4, 4)
    found = {f"{code(n)}.png": "matched" for n in (1, 2, 3)}
    assert verdicts(row) == {**found, f"{code(4)}.png": "broken", "无主.png": "no_record"}
    assert AttachedFile.objects.get(attachment=row, verdict="broken").why
    row.refresh_from_db()
    assert (row.state, row.file_count, row.matched_count) == (AttachmentState.TESTED, 5, 3)

    services.ask_to_seal(desk.ctx, attachment_id=row.pk)
    assert dying(monkeypatch, the_run(row)) == 2
    row.refresh_from_db()
    package = Package.objects.get()
    assert (row.state, row.package, package.file_count) == (AttachmentState.SEALED, package, 3)
    stored = open_object(object_folder(package.object_id))
    assert stored.head == "v1"
    assert sorted(ContentFile.objects.values_list("item_key", flat=True)) == [code(n) for n in (1, 2, 3)]
    assert Description.objects.filter(package=package).count() == 3
    told = list(Entry.objects.filter(act__in=ONCE).values_list("act", flat=True))
    assert sorted(told) == sorted(ONCE)


ONCE = (
    "imports:attachment:tested",
    "imports:attachment:sealed",
    "catalogue:items:attached",
    "custody:package:sealed",
)


def killed_when_whole(desk, monkeypatch) -> Attachment:
    """Two scans whose sealing was killed when the object stood, and no row told of it."""
    row = tried(desk, {f"{code(1)}.png": picture(), f"{code(2)}.png": picture(7)}, as_zip=False)
    services.ask_to_seal(desk.ctx, attachment_id=row.pk)

    @contextmanager
    def advance(self: Running, **_said: object) -> Iterator[None]:
        with transaction.atomic():
            yield
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Running, "advance", advance)
        with pytest.raises(Killed):
            execution.execute(the_run(row).pk)
    assert len(list(object_folders(storage_root()))) == 1 and not Package.objects.exists()
    return row


def resumed(row: Attachment) -> Attachment:
    execution.execute(the_run(row).pk)
    return Attachment.objects.get(pk=row.pk)


def test_a_record_that_is_edited_between_a_killed_seal_and_its_resumption_keeps_both(described, monkeypatch):
    desk = described
    row = killed_when_whole(desk, monkeypatch)
    record = Description.objects.get(reference_code=code(1))
    change = (record.pk, record.revision, {"title": "改过的题名"})
    catalogue.describe_many(desk.ctx, changes=[change])
    row = resumed(row)
    record.refresh_from_db()
    assert (row.state, record.title, record.package) == (AttachmentState.SEALED, "改过的题名", row.package)
    assert set(verdicts(row).values()) == {"attached"}
    sealed_files = open_object(object_folder(row.package.object_id)).files()
    assert len([one for one in sealed_files if one.logical_path.startswith("content/")]) == 2


def test_a_record_that_got_content_between_a_killed_seal_and_its_resumption_is_told_and_nothing_is_left(
    described, monkeypatch
):
    desk = described
    row = killed_when_whole(desk, monkeypatch)
    other = sealed(desk, tried(desk, {f"{code(2)}.png": picture(8)}, as_zip=False))
    row = resumed(row)
    assert (row.state, row.why_params) == (AttachmentState.TESTED, {"count": 1, "code": code(2)})
    assert list(Package.objects.all()) == [other.package]
    (folder,) = object_folders(
        storage_root()
    )  # the other's: nothing comes back when the catalogue is rebuilt
    assert folder == object_folder(other.package.object_id)
    assert [found for _folder, found in validate_root(storage_root()) if found] == []
    services.check_again(desk.ctx, attachment_id=row.pk)
    desk.work(ReadAttachment(row.pk))
    row = sealed(desk, row)
    assert verdicts(row) == {f"{code(1)}.png": "attached", f"{code(2)}.png": "taken"}
    assert (row.package.file_count, row.package.files.get().item_key) == (1, code(1))


def test_who_checks_again_still_reads_why_a_file_cannot_go_in(described):
    desk = described
    row = services.open_attachment(desk.ctx, fonds_id=desk.fonds.pk, title="试挂")
    services.take_files(
        desk.ctx, attachment_id=row.pk, parts=[(f"{code(1)}.png", io.BytesIO(picture()[:40]))]
    )
    execution.execute(the_run(row).pk)
    why = AttachedFile.objects.get(attachment=row).why
    services.check_again(desk.ctx, attachment_id=row.pk)
    execution.execute(the_run(row).pk)
    file = AttachedFile.objects.get(attachment=row)
    assert (file.verdict, file.why) == ("broken", why)
    assert why
