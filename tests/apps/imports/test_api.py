"""A machine imports as a person does: upload, dry run, report, entry, undo; and files for records."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import Client

from lantai.apps.catalogue.models import Description
from lantai.apps.imports.models import Attachment, Batch
from lantai.apps.imports.types import (
    CheckBatch,
    EnterBatch,
    ReadAttachment,
    SealAttachment,
    SurveyBatch,
    UndoBatch,
)
from tests.apps.imports.sheets import code
from tests.apps.imports.test_attaching import picture, zipped


@pytest.fixture
def api(desk):
    client = Client()
    client.force_login(
        desk.region.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    def ask(method: str, path: str, data: object = None):
        body = json.dumps(data) if data is not None else ""
        more = {} if method == "get" else {"data": body, "content_type": "application/json"}
        answer = getattr(client, method)(f"/api/imports{path}", **more)
        return answer.status_code, answer.json()

    ask.client = client
    return ask


def uploaded(api, name: str, data: bytes) -> str:
    told = base64.b64encode(name.encode()).decode()
    opened = api.client.post(
        "/api/imports/uploads",
        headers={"Upload-Length": str(len(data)), "Upload-Metadata": f"filename {told}"},
    )
    assert opened.status_code == 201
    sent = api.client.patch(
        opened["Location"],
        data,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0"},
    )
    assert (sent.status_code, sent["Upload-Offset"]) == (204, str(len(data)))
    return str(opened["Location"])


def begun(api, desk, data: bytes) -> str:
    said = {"upload": uploaded(api, "目录.csv", data), "fonds": desk.fonds.pk, "kind": "document"}
    status, row = api("post", "/batches", said)
    assert (status, row["state"]) == (201, "received")
    desk.work(SurveyBatch(row["id"]))
    at = f"/batches/{row['id']}"
    row = api("get", at)[1]
    assert {"heading": "题名", "identifier": "title"} in row["columns"]
    assert api("post", f"{at}/check", {"mapping": {}})[1]["state"] == "checking"
    desk.work(CheckBatch(row["id"]))
    return at


def test_a_machine_tries_enters_and_takes_back_a_sheet(api, desk, sheet):
    bad = begun(api, desk, sheet(2, row1={"日期": "20230230"}))
    assert api("get", bad)[1]["error_count"] == 1
    (problem,) = api("get", f"{bad}/problems")[1]["problems"]
    assert problem["row"] == 2 and "没有这一天" in problem["message"]
    report = api.client.get(f"/api/imports{bad}/report")
    assert b"".join(report.streaming_content)[:2] == b"PK"
    assert api("post", f"{bad}/enter")[0] == 409
    good = begun(api, desk, sheet(2))
    row = api("get", good)[1]
    assert (row["new_count"], set(row["acts"])) == (2, {"enter", "cancel", "remap"})
    assert api("post", f"{good}/enter")[0] == 200
    desk.work(EnterBatch(row["id"]))
    assert Description.objects.filter(fonds=desk.fonds).count() == 2
    assert api("post", f"{good}/undo")[0] == 200
    desk.work(UndoBatch(row["id"]))
    assert api("get", good)[1]["state"] == "undone"
    assert not Description.objects.filter(fonds=desk.fonds).exists()
    assert [one["id"] for one in api("get", "/batches")[1]["batches"]] == list(
        Batch.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_a_machine_attaches_scans(api, desk, sheet):
    desk.enter(desk.checked(sheet(2)))
    place = uploaded(api, "原文.zip", zipped({f"{code(1)}.png": picture(), "x.png": picture(5)}))
    status, row = api("post", "/files", {"fonds": desk.fonds.pk, "title": "扫描", "uploads": [place]})
    assert (status, row["state"]) == (201, "reading")
    desk.work(ReadAttachment(row["id"]))
    at = f"/files/{row['id']}"
    row = api("get", at)[1]
    assert (row["matched_count"], row["trouble_count"], row["unfilled_count"]) == (1, 1, 1)
    files = api("get", f"{at}/files")[1]["files"]
    assert {one["path"]: one["verdict"] for one in files} == {
        f"{code(1)}.png": "matched",
        "x.png": "no_record",
    }
    assert api("post", f"{at}/seal")[0] == 200
    desk.work(SealAttachment(row["id"]))
    sealed = api("get", at)[1]
    assert (sealed["state"], sealed["acts"]) == ("sealed", [])
    assert Attachment.objects.get().package_id == sealed["package"]
    assert api("post", f"{at}/cancel")[0] == 409


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("post", "/batches", {"upload": "nothing", "fonds": 1, "kind": "document"}),
        ("post", "/files", {"fonds": 1 << 40, "uploads": ["x"]}),
        ("get", "/batches/9", None),
        ("get", "/files/9", None),
        ("post", "/files/9/seal", None),
        ("post", "/batches/9/burn", None),
    ],
)
def test_what_is_not_there_is_said_so(api, method, path, data):
    assert api(method, path, data)[0] == 404
