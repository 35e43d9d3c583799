"""A draft is tried on a real package; nothing of it stays with the package."""

from __future__ import annotations

import pytest

from lantai.apps.custody.models import CheckRun
from lantai.apps.custody.services.retesting import subject_for_trial
from lantai.apps.custody.trials import PackageShelf
from lantai.apps.custody.types import NothingOfScheme
from lantai.apps.schemes import services as schemes
from lantai.apps.schemes.models import Preview
from lantai.apps.schemes.types import PreviewScheme
from lantai.kit.fourprops.vocabulary import Stage
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import RunState
from tests.apps.filing.desk import make_desk

pytestmark = pytest.mark.django_db


def test_a_package_is_tested_by_the_draft_and_by_what_holds_and_keeps_no_trace(settings, tmp_path):
    settings.LANTAI_STORE = tmp_path / "store"
    desk = make_desk("H")
    package = desk.sealed().package
    package.custodian = desk.region.archives
    package.save(update_fields=["custodian"])
    runs, archivist = CheckRun.objects.count(), desk.region.ctx("archivist")
    row = schemes.copy_scheme(archivist, archives_id=desk.region.archives.pk, slug="document")
    every_stage_off = dict.fromkeys(("filing", "transfer", "preservation"), "off")
    schemes.set_levels(archivist, version_id=row.pk, levels={"4-2": every_stage_off})
    assert [one.id for one in PackageShelf().candidates(archivist, "document")] == [str(package.pk)]
    preview = schemes.start_preview(
        archivist,
        version_id=row.pk,
        subject_type="custody:package",
        subject_id=str(package.pk),
        stage="preservation",
    )
    done = jobs.run_now(archivist, PreviewScheme(preview.pk))
    assert done.state == RunState.SUCCEEDED, done.message
    preview = Preview.objects.get()
    assert "BC-4-2" in preview.report_in_force and "BC-4-2" not in preview.report_tried
    assert CheckRun.objects.count() == runs
    with pytest.raises(NothingOfScheme):
        subject_for_trial(archivist, package_id=package.pk, scheme_slug="photo", stage=Stage.TRANSFER)
