"""A sealed package is tested on every occasion, and what is wrong with it is told on the right one."""

from __future__ import annotations

import pytest

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import ContentFile
from lantai.apps.custody.types import ItemsUnreadable, Occasion, OccasionUnfit, TestPackage
from lantai.kit.errors import Missing
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import RunState
from tests.apps.filing.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(settings, tmp_path) -> Desk:
    settings.LANTAI_STORE = tmp_path / "store"
    return make_desk("H")


def damage(file: ContentFile) -> None:
    path = queries.path_of(file)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"!")


def test_an_agency_checks_its_package_before_it_sends_it(desk):
    package = desk.sealed().package
    run = services.start_testing(desk.clerk, package_id=package.pk, occasion="self_check")
    assert run.about_id == str(package.pk)
    done = jobs.run_now(desk.clerk, TestPackage(package.pk, "self_check"))
    assert done.state == RunState.SUCCEEDED, done.message
    check = queries.checks_of("custody:package", package.pk).get()
    assert (check.occasion, check.stage, check.item_count) == ("self_check", "transfer", 2)
    assert check.failed_item_count == 0
    assert check in queries.visible_checks(desk.clerk)


def test_a_damaged_file_fails_the_test_before_an_export(desk):
    package = desk.sealed().package
    damage(ContentFile.objects.filter(package=package).select_related("package").first())
    (check,) = services.test_after(desk.lead, package, Occasion.EXPORT)
    assert (check.stage, check.conclusion, check.failed_item_count) == ("preservation", "failed", 1)


def test_a_file_that_is_gone_after_a_restore_is_named(desk):
    package = desk.sealed().package
    file = ContentFile.objects.filter(package=package).select_related("package").first()
    queries.path_of(file).unlink()
    (check,) = services.test_after(desk.lead, package, Occasion.RESTORE)
    assert check.conclusion == "failed"
    assert {*queries.failed_items(check.pk)} - {""} == {file.item_key}


def test_who_keeps_a_package_decides_on_its_tests(desk):
    package = desk.sealed().package
    with pytest.raises(OccasionUnfit):
        services.start_testing(desk.clerk, package_id=package.pk, occasion="export")
    with pytest.raises(OccasionUnfit):
        services.start_testing(desk.clerk, package_id=package.pk, occasion="periodic")
    with pytest.raises(Missing):
        services.start_testing(desk.region.ctx("oa_connector"), package_id=package.pk, occasion="self_check")


def test_a_package_without_its_items_is_not_called_good(desk, monkeypatch):
    package = desk.sealed().package
    monkeypatch.setattr("lantai.apps.custody.services.retesting.ITEMS", "metadata/other.json")
    with pytest.raises(ItemsUnreadable):
        services.test_after(desk.lead, package, Occasion.MIGRATION)
