from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import Acquisition
from lantai.platform.accounts.models import User
from tests.apps.acquisition.test_cases import FIRST, registered

CASES = "/api/acquisition/cases"
LEAD = {"title": "样例书信", "means": "gift", "source_kind": "person", "source_name": "样例捐赠人"}


@pytest.fixture
def call(place):
    def ask(name: str, method: str, url: str, body: object = None):
        client = Client()
        client.force_login(
            User.objects.get(pk=place.world.people[name].pk),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        return getattr(client, method)(
            url, json.dumps(body) if body else None, content_type="application/json"
        )

    return ask


def test_a_lead_and_its_list_come_by_the_api_and_nobody_is_named_in_the_answer(place, call):
    made = call("archivist", "post", CASES, LEAD | {"org": place.world.archives.code})
    assert made.status_code == 201 and "样例捐赠人" not in made.content.decode()
    row = Acquisition.objects.get(pk=made.json()["id"])
    line = call("archivist", "post", f"{CASES}/{row.pk}/objects", {"title": "书信", "form": "document"})
    assert line.status_code == 201 and line.json()["number"] == 1 and line.json()["unit"] == "件"
    one = call("archivist", "get", f"{CASES}/{row.pk}").json()
    assert one["state"] == "lead" and [each["title"] for each in one["objects"]] == ["书信"]
    assert [each["id"] for each in call("archivist", "get", f"{CASES}?state=lead").json()["cases"]] == [
        row.pk
    ]
    assert call("archivist", "post", CASES, LEAD | {"org": "A9"}).status_code == 404
    assert call("archivist", "post", CASES, LEAD | {"org": "A0", "means": "theft"}).status_code == 422


def test_a_stranger_finds_no_case_by_the_api(place, call):
    row = registered(place)
    assert call("stranger", "get", f"{CASES}/{row.pk}").status_code == 404
    assert call("stranger", "get", CASES).json() == {"cases": [], "next": None}
    told = call("stranger", "post", f"{CASES}/{row.pk}/objects", {"title": "书信", "form": "document"})
    assert told.status_code == 404 and row.title not in told.content.decode()


def test_files_are_uploaded_and_sealing_is_started_by_the_api(place, call):
    row = registered(place)
    line = queries.objects_of(row.pk)[0]
    client = Client()
    user = User.objects.get(pk=place.world.people["archivist"].pk)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    file = SimpleUploadedFile("样例.txt", b"sample")
    sent = client.post(f"/api/acquisition/objects/{line.pk}/files", {"files": [file]})
    assert sent.status_code == 201 and [one["name"] for one in sent.json()] == ["样例.txt"]
    where = {"fonds": place.fonds.code, "kind": "document", "first_code": FIRST}
    assert call("archivist", "post", f"{CASES}/{row.pk}/seal", where | {"fonds": "NONE"}).status_code == 404
    assert call("archivist", "post", f"{CASES}/{row.pk}/seal", where).status_code == 202
