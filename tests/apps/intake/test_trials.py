"""A draft of a scheme is tried on a transfer in quarantine; nothing of it stays with the transfer."""

from __future__ import annotations

import pytest

from lantai.apps.custody.models import CheckRun
from lantai.apps.custody.types import NothingOfScheme
from lantai.apps.intake.trials import QuarantineShelf
from lantai.apps.intake.types import OBJECT
from lantai.apps.schemes import services as schemes
from lantai.apps.schemes.models import Preview
from lantai.apps.schemes.types import PreviewScheme
from lantai.kit.errors import Missing
from lantai.kit.fourprops.vocabulary import Stage
from lantai.platform.jobs import services as jobs
from tests.apps.intake.conftest import Desk, item

pytestmark = pytest.mark.django_db


def test_a_transfer_is_tested_by_the_draft_and_keeps_no_trace(desk: Desk, abroad) -> None:
    submission = desk.checked(desk.transfer(item(1), item(2, 题名="")))
    runs, archivist = CheckRun.objects.count(), desk.ctx("archivist")
    row = schemes.copy_scheme(archivist, archives_id=desk.region.archives.pk, slug="document")
    off = dict.fromkeys(("filing", "transfer", "preservation"), "off")
    schemes.set_levels(archivist, version_id=row.pk, levels={"4-2": off})
    (offered,) = QuarantineShelf().candidates(archivist, "document")
    assert offered.id == str(submission.pk) and submission.number in offered.label
    preview = schemes.start_preview(
        archivist, version_id=row.pk, subject_type=OBJECT, subject_id=offered.id, stage="transfer"
    )
    done = jobs.run_now(archivist, PreviewScheme(preview.pk))
    assert done.state == "succeeded", (done.message, done.incident)
    preview = Preview.objects.get()
    assert "YJ-4-2" in preview.report_in_force and "YJ-4-2" not in preview.report_tried
    assert '"items_failed":1' in preview.report_tried.replace(" ", "")
    submission.refresh_from_db()
    assert (submission.state, CheckRun.objects.count()) == ("failed", runs)
    with pytest.raises(NothingOfScheme):
        QuarantineShelf().subject(archivist, offered.id, "photo", Stage.TRANSFER)
    with pytest.raises(Missing):
        QuarantineShelf().subject(abroad.ctx("archivist"), offered.id, "document", Stage.TRANSFER)
