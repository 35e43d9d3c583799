"""What people do on the pages: registering whom we exchange with, following an address that was cited."""

from __future__ import annotations

import pytest
from django.test import Client

from lantai.apps.interop.models import Channel, Source
from lantai.kit.numbering.permanent import permanent_id
from tests.apps.interop.conftest import Shelf

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_a_source_and_a_report_are_registered_by_their_pages(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.region.people["cataloguer"], backend=BACKEND)
    said = {
        "org": shelf.region.archives.pk,
        "name": "邻馆",
        "every_hours": 24,
        "address": "http://127.0.0.1/oai",
    }
    answer = client.post("/interop/sources/new/", {**said, "way": "harvest", "prefix": "oai_dc"})
    assert answer.url == Source.objects.get(name="邻馆").get_absolute_url()
    answer = client.post("/interop/channels/new/", {**said, "key_name": "shangji"})
    assert answer.url == Channel.objects.get(name="邻馆").get_absolute_url()


def test_a_permanent_address_leads_to_the_record_and_says_how_to_cite_it(
    shelf: Shelf, client: Client
) -> None:
    (row,) = shelf.rows(1)
    shelf.change(row, metadata={"storage_location": "二号库三架", "physicalForm": "纸质"})
    path = f"/id/%E7%94%B22/{permanent_id(row.permanent)}"
    page = client.get(path)
    text = page.content.decode()
    assert page.status_code == 200
    assert "纸质" in text and "二号库" not in text  # where the originals stand is told to nobody outside
    assert "&amp;at=%E7%94%B22" in text  # who asks for it asks the archives that keeps it
    assert f"[A/OL]. 甲馆（样例）, 档号 {row.reference_code}" in text
    assert client.get(path + "/qr.svg").content.startswith(b"<svg")
    assert client.get(path + "?format=ead").content.count("关于样例事项".encode()) >= 1
    assert client.get(f"/id/XX/{permanent_id(row.permanent).upper()}")["Location"] == path
    assert client.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    shelf.change(row, openness="controlled")
    closed = client.get(path)
    assert closed.status_code == 404 and "申请查档" in closed.content.decode()
    client.force_login(shelf.region.people["archivist"], backend=BACKEND)
    assert client.get(path)["Location"] == row.get_absolute_url()
    assert "[A/OL]" in client.get(row.get_absolute_url()).content.decode()
