"""Pages: registering, tokens, deliveries, what each role sees."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from lantai.apps.connectors.models import Connector
from lantai.apps.filing.models import Document
from lantai.platform.ledger.models import Entry
from tests.apps.connectors.office import document, settle


@pytest.fixture
def browser(office):
    def of(role: str, region=office.region) -> Client:
        client = Client()
        client.force_login(region.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return of


def test_an_officer_registers_a_connector_and_hands_its_token_over_once(office, browser):
    client = browser("system_officer")
    form = client.get(reverse("connectors:new"))
    assert form.status_code == 200
    kind = office.connector.kind_id
    said = {"fonds_id": office.fonds.pk, "code": "hr", "way": "push", "name": "样例人事系统", "source_system": "样例",
            "kind_id": kind, "mapping": "title = bt\nelements.keyword = ztc", "settle_s": 60, "poll_s": 60,
            "rate_per_minute": 60, "most_mb": 100, "most_documents": 10}  # fmt: skip
    answer = client.post(reverse("connectors:new"), said)
    row = Connector.objects.get(code="hr")
    assert answer.status_code == 303 and row.mapping == {"title": "bt", "elements.keyword": "ztc"}
    page = client.get(row.get_absolute_url()).content.decode()
    assert "还没有接口角色" in page and row.account.username in page
    shown = client.post(reverse("connectors:rotate", args=[row.pk]))
    secret = re.search(r"lt_[\w-]+", shown.content.decode())[0]
    assert shown["Cache-Control"] == "no-store" and row.account.tokens.count() == 1
    assert secret not in client.get(row.get_absolute_url()).content.decode()
    acts = set(
        Entry.objects.filter(object_type="connectors:connector", object_id=str(row.pk)).values_list(
            "act", flat=True
        )
    )
    assert acts == {"connectors:connector:registered", "connectors:connector:token_rotated"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("code", "Über"), ("code", "../x"), ("code", "oa"), ("mapping", "nonsense"), ("mapping", "title = a\ntitle = b"),
     ("prefix", "../../x"), ("fonds_id", "999999"), ("settle_s", "0")],
)  # fmt: skip
def test_what_cannot_be_registered_is_said_beside_its_field(office, browser, field, value):
    said = {"fonds_id": office.fonds.pk, "code": "hr", "way": "folder", "name": "样例", "source_system": "样例",
            "kind_id": office.connector.kind_id, "settle_s": 60, "poll_s": 60, "rate_per_minute": 60, "most_mb": 100,
            "most_documents": 10}  # fmt: skip
    answer = browser("system_officer").post(reverse("connectors:new"), said | {field: value})
    assert answer.status_code == 422 and Connector.objects.count() == 1


def test_a_registration_is_changed_and_switched(office, browser):
    client, row = browser("system_officer"), office.connector
    page = client.get(reverse("connectors:change", args=[row.pk]))
    assert page.status_code == 200
    said = {"name": "样例新名", "source_system": "样例", "kind_id": row.kind_id, "settle_s": 60, "poll_s": 60,
            "rate_per_minute": 5, "most_mb": 100, "most_documents": 10, "silent_after_hours": 24}  # fmt: skip
    assert client.post(reverse("connectors:change", args=[row.pk]), said).status_code == 303
    client.post(reverse("connectors:switch", args=[row.pk]), {"is_enabled": ""})
    row.refresh_from_db()
    assert (row.name, row.rate_per_minute, row.is_enabled) == ("样例新名", 5, False)
    client.post(reverse("connectors:revoke", args=[row.pk]))
    assert office.push("K", document("A")).status_code == 401


def test_a_clerk_follows_a_delivery_downloads_what_was_sent_and_tries_again(office, browser):
    client = browser("agency_clerk")
    assert "还没有收到递送" in client.get(reverse("connectors:deliveries")).content.decode()
    row = office.delivery(
        office.push("K-1", document("OA-1"), document("OA-2", ("坏.exe", b"MZ"), class_code="NONE"))
    )
    settle()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "部分收录" in page and "类目不属于本单位" in page
    file = row.items.get(external_key="OA-2").files.get()
    sent = client.get(reverse("connectors:file", args=[file.pk]))
    assert b"".join(sent.streaming_content) == b"MZ" and sent["Content-Type"] == "application/octet-stream"
    assert sent["Content-Disposition"].startswith("attachment")
    taken = row.items.get(external_key="OA-1").files.get()
    assert client.get(reverse("connectors:file", args=[taken.pk])).status_code == 409
    said = client.get(reverse("connectors:manifest", args=[row.pk])).json()
    assert [one["outcome"] for one in said["documents"]] == ["taken", "refused"]
    again = client.post(reverse("connectors:move", args=[row.pk, "retry"]))
    assert again.status_code == 303
    settle()
    gone = client.post(reverse("connectors:move", args=[row.pk, "dismiss"]), {"reason": "样例"})
    row.refresh_from_db()
    assert gone.status_code == 303 and row.state == "dismissed" and Document.objects.count() == 1
    assert client.post(reverse("connectors:move", args=[row.pk, "finish"])).status_code == 404


def test_lists_filter_and_export(office, browser):
    office.push("K-1", document("OA-1"))
    client = browser("agency_lead")
    listed = client.get(reverse("connectors:deliveries"), {"state": "received", "q": "K-1"})
    assert "K-1" in listed.content.decode()
    for name in ("connectors:deliveries", "connectors:connectors"):
        assert client.get(reverse(name), {"export": "csv"}).status_code == 200
    page = browser("supervisor").get(reverse("connectors:connectors"))
    assert page.status_code == 200 and office.connector.name in page.content.decode()


def test_who_registers_finds_no_delivery_and_who_handles_registers_nothing(office, browser):
    row = office.delivery(office.push("K-1", document("OA-1")))
    assert browser("system_officer").get(row.get_absolute_url()).status_code == 404
    assert browser("agency_clerk").get(reverse("connectors:new")).status_code == 404
    assert (
        browser("agency_clerk").post(reverse("connectors:rotate", args=[office.connector.pk])).status_code
        == 404
    )
    assert browser("archivist").get(reverse("connectors:deliveries")).status_code == 404


def test_a_source_is_tried_without_taking_anything(office, browser, settings, tmp_path):
    row = office.registered("scan", "folder", settle_s=3600)
    client, url = browser("system_officer"), reverse("connectors:try", args=[row.pk])
    place = tmp_path / "folders" / office.region.agency.code / "scan"
    (place / "n1").mkdir(parents=True)
    (place / "n1.ready").touch()
    page = client.post(url, follow=True).content.decode()
    assert "现有 1 份待拉取" in page and (place / "n1").is_dir()
    settings.LANTAI_CONNECTOR_FOLDERS = tmp_path / "n" / "o"
    (tmp_path / "n").write_text("no folder")
    assert "现在不能读取" in client.post(url, follow=True).content.decode()
    assert client.post(reverse("connectors:try", args=[office.connector.pk])).status_code == 404
    assert browser("agency_clerk").post(url).status_code == 404
