"""What a transfer leaves behind when some of it is destroyed."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.custody.events import ContentDestroyed
from lantai.apps.intake import subscribers
from lantai.apps.intake.models import SubmissionFile
from lantai.kit.packages.ocfl import find_object, validate_object
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger.models import Entry
from tests.apps.intake.conftest import code


def test_destroyed_items_are_not_to_be_had_from_the_original_of_their_transfer(
    desk, django_capture_on_commit_callbacks
):
    submission = desk.accepted(desk.transfer())
    original, package_id = submission.blob_key, submission.package_id
    file = custody.content_files(package_id).filter(item_key=code(1)).first()
    with custody.open_file(file) as stream:
        content = stream.read()
    assert blobs.exists(original)
    SubmissionFile.objects.filter(submission=submission).update(text="识别的文字")
    with django_capture_on_commit_callbacks(execute=True):
        package = custody_services.destroy_content(
            desk.ctx("archivist"), package_id=package_id, item_keys=[code(1)], key="XH-2026-0001", stub=b"{}",
            message="样例清册",
        )  # fmt: skip
        event = ContentDestroyed(package_id, package.version)
        subscribers.on_content_destroyed(desk.ctx("archivist"), event)
        subscribers.on_content_destroyed(desk.ctx("archivist"), event)
    submission.refresh_from_db()
    assert submission.blob_key == ""
    read = dict(SubmissionFile.objects.filter(item__isnull=False).values_list("item__item_key", "text"))
    assert (read[code(1)], read[code(2)]) == ("", "识别的文字")
    assert not blobs.exists(original)
    assert Entry.objects.filter(act="intake:submission:original_destroyed").count() == 1
    left = [
        path
        for path in Path(settings.LANTAI_STORE).rglob("*")
        if path.is_file() and path.read_bytes() == content
    ]
    assert left == []
    assert not validate_object(find_object(custody.storage_root(), package.object_id).path)
    assert custody.content_files(package_id).filter(item_key=code(2)).exists()
