"""No two connectors fetch from one place, by whatever name it goes."""

from __future__ import annotations

import pytest

from lantai.apps.connectors import services
from lantai.apps.connectors.models import Connector
from lantai.apps.connectors.types import SourceTaken
from lantai.platform.orgs.models import Org
from tests.apps.connectors.office import registration

pytestmark = pytest.mark.django_db
HERE = "s3://archive/in?endpoint=http://store.invalid:8333&access_key_id=one"


@pytest.fixture(autouse=True)
def sources(settings):
    settings.LANTAI_CONNECTOR_SOURCES = {
        "oa": HERE,
        "same": "s3://archive/?access_key_id=two&endpoint=http://STORE.invalid:8333/",
        "elsewhere": HERE.replace("store", "other"),
    }


@pytest.mark.parametrize(
    ("source", "prefix"),
    [("oa", "desk"), ("oa", ""), ("oa", "desk/a"), ("oa", "/desk//a/"), ("same", "in/desk"), ("same", "in")],
)
def test_one_agency_cannot_be_registered_where_anothers_system_is_fetched_from(
    office, abroad, source, prefix
):
    office.registered("s3", "bucket", source_name="oa", prefix="desk")
    with pytest.raises(SourceTaken) as refused:
        abroad.registered("s3", "bucket", source_name=source, prefix=prefix)
    assert refused.value.field == "prefix" and Connector.objects.filter(way="bucket").count() == 1


def test_places_that_lie_beside_each_other_are_apart(office, abroad):
    office.registered("s3", "bucket", source_name="oa", prefix="desk")
    for code, source, prefix in (("a", "oa", "desk2"), ("b", "same", "desk"), ("c", "elsewhere", "desk")):
        abroad.registered(code, "bucket", source_name=source, prefix=prefix)


def test_a_change_leads_no_connector_into_the_place_of_another_nor_is_in_its_own_way(office, abroad):
    office.registered("s3", "bucket", source_name="oa", prefix="desk")
    row = abroad.registered("s3", "bucket", source_name="oa", prefix="other")
    for prefix, is_taken in (("other/deeper", False), ("desk", True)):
        said = registration(source_name="oa", prefix=prefix)
        if is_taken:
            with pytest.raises(SourceTaken):
                services.change_connector(abroad.officer, connector_id=row.pk, said=said)
        else:
            services.change_connector(abroad.officer, connector_id=row.pk, said=said)
    assert Connector.objects.get(pk=row.pk).prefix == "other/deeper"


def test_a_disabled_connector_keeps_its_place(office, abroad):
    row = office.registered("s3", "bucket", source_name="oa", prefix="desk")
    services.switch_connector(office.officer, connector_id=row.pk, is_enabled=False)
    with pytest.raises(SourceTaken):
        abroad.registered("s3", "bucket", source_name="oa", prefix="desk")


def test_a_watched_folder_lies_in_no_other_whatever_the_codes_of_the_agencies(office, abroad):
    office.registered("scan", "folder")
    code = office.region.agency.code
    Org.objects.filter(pk=abroad.region.agency.pk).update(code=f"{code}/scan")
    with pytest.raises(SourceTaken) as refused:
        abroad.registered("deep", "folder")
    assert refused.value.field == "code"
