from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from lantai.kit.digests import digest_bytes
from lantai.kit.errors import Invalid, Missing
from lantai.platform.accounts.models import User
from lantai.platform.blobs import queries, registry, services
from lantai.platform.blobs.models import Blob, Upload
from lantai.platform.blobs.types import QuotaExceeded, TooLarge, UploadOffsetDiffers
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind
from tests.platform.blobs.conftest import NOW, ctx_of

pytestmark = pytest.mark.django_db

BINARY = "application/offset+octet-stream"


def start(size, *, user=1, name="样例.pdf", path=""):
    return services.create_upload(ctx_of(user), name=name, size_bytes=size, relative_path=path).token


def send(token, offset, *pieces, user=1):
    return services.append_to_upload(ctx_of(user), token=token, offset_bytes=offset, source=iter(pieces))


@budget(max_examples=20)
@given(pieces=st.lists(st.binary(max_size=200), max_size=8))
def test_a_file_in_pieces_arrives_whole(pieces):
    data = b"".join(pieces)
    token = start(len(data), path="卷一/样例.pdf")
    for piece in pieces:
        at = queries.get_upload(ctx_of(1), token).offset_bytes
        if at < len(data):
            send(token, at, piece)
    uploaded = services.take_upload(ctx_of(1), token=token)
    assert (uploaded.name, uploaded.relative_path) == ("样例.pdf", "卷一/样例.pdf")
    assert uploaded.staged.digests == digest_bytes(data)
    assert not Upload.objects.exists()


def test_a_taken_upload_leaves_only_the_stored_content(own_store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        token = start(4)
        send(token, 0, b"abcd")
        key = services.take_upload(ctx_of(1), token=token).staged.key
    assert [p for p in own_store.rglob("*") if p.is_file()] == [own_store / "blobs" / key]


def test_a_piece_at_the_wrong_place_is_refused_and_told_the_right_one():
    token = start(10)
    send(token, 0, b"0123")
    for wrong in (0, 3, 5):
        with pytest.raises(UploadOffsetDiffers) as refusal:
            send(token, wrong, b"x")
        assert refusal.value.params["offset"] == 4
    assert send(token, 4, b"456789").blob_key


def test_a_piece_longer_than_announced_is_refused_and_what_came_before_stays():
    token = start(6)
    send(token, 0, b"012")
    with pytest.raises(TooLarge):
        send(token, 3, b"3456789")
    assert send(token, 3, b"345").blob_key == services.stage([b"012345"]).key


def test_after_a_crash_the_bytes_beyond_the_known_place_are_written_again():
    token = start(6)
    send(token, 0, b"012")
    part = registry.spool() / "uploads" / token
    with part.open("ab") as file:  # arrived, and then the process was killed before the commit
        file.write(b"XYZ")
    assert send(token, 3, b"345").blob_key == services.stage([b"012345"]).key


def test_the_upload_of_somebody_else_is_not_there():
    token = start(3)
    for act in (
        lambda: queries.get_upload(ctx_of(2), token),
        lambda: send(token, 0, b"abc", user=2),
        lambda: services.cancel_upload(ctx_of(2), token=token),
        lambda: services.take_upload(ctx_of(2), token=token),
        lambda: queries.get_upload(ctx_of(None), token),
    ):
        with pytest.raises(Missing):
            act()
    assert send(token, 0, b"abc").blob_key


def test_an_unfinished_upload_cannot_be_taken():
    token = start(3)
    send(token, 0, b"ab")
    with pytest.raises(Missing):
        services.take_upload(ctx_of(1), token=token)


def test_one_person_cannot_fill_the_store(settings):
    settings.LANTAI_UPLOAD_LIMIT_MB = 1
    with pytest.raises(TooLarge):
        start(1024 * 1024 + 1)
    for _ in range(4):
        token = start(1024 * 1024)
    with pytest.raises(QuotaExceeded):
        start(1)
    start(1, user=2)
    services.cancel_upload(ctx_of(1), token=token)
    start(1)


@pytest.mark.parametrize("name", ["", "  ", "..", "a/b.pdf", "坏\n名.pdf", "a\0b", "长" * 256])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(Invalid):
        start(1, name=name)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a\\b", "C:/x", "a\nb"])
def test_a_path_that_leaves_its_folder_is_refused(path):
    with pytest.raises(Invalid):
        start(1, path=path)


def test_abandoned_uploads_are_swept(own_store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(start(3), 0, b"ab")
        send(start(3), 0, b"abc")
    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep(NOW + timedelta(days=3)).uploads == 2
    assert not Upload.objects.exists()
    assert not Blob.objects.exists()
    assert [p for p in own_store.rglob("*") if p.is_file()] == []


@pytest.fixture
def browser(client):
    org = Org.objects.create(code="S1", name="样例机构", kind=OrgKind.AGENCY)
    user = User.objects.create(username="sample-uploader", name="样例用户", org=org)
    client.force_login(user)
    client.session_user_id = user.pk
    return client


def test_a_browser_uploads_in_pieces_and_asks_where_it_was(browser):
    created = browser.post("/uploads/", {"name": "样例.txt", "size": "6", "relative_path": "a/样例.txt"})
    assert created.status_code == 201
    place = created["Location"]
    first = browser.patch(place, b"abc", content_type=BINARY, headers={"Upload-Offset": "0"})
    assert (first.status_code, first["Upload-Offset"]) == (204, "3")
    asked = browser.head(place)
    assert (asked["Upload-Offset"], asked["Upload-Length"], asked["Cache-Control"]) == ("3", "6", "no-store")
    again = browser.patch(place, b"abc", content_type=BINARY, headers={"Upload-Offset": "0"})
    assert (again.status_code, again["Upload-Offset"]) == (409, "3")
    last = browser.patch(place, b"def", content_type=BINARY, headers={"Upload-Offset": "3"})
    assert last.json()["state"] == "finished"
    assert last.json()["key"] == services.stage([b"abcdef"]).key
    assert browser.delete(place).status_code == 204
    assert browser.head(place).status_code == 404


def test_a_tus_client_is_understood(browser):
    name, path = (base64.b64encode(text.encode()).decode() for text in ("样例.txt", "a/b.txt"))
    metadata = f"filename {name}, relativePath {path}"
    created = browser.post("/uploads/", headers={"Upload-Length": "0", "Upload-Metadata": metadata})
    assert created.status_code == 201
    assert created.json()["name"] == "样例.txt"
    assert created.json()["relative_path"] == "a/b.txt"
    assert created.json()["state"] == "finished"
    assert browser.options("/uploads/")["Tus-Extension"] == "creation,checksum,termination"


def said(algorithm, data):
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_a_piece_that_is_not_what_was_said_leaves_nothing_and_comes_again(browser, algorithm):
    place = browser.post("/uploads/", {"name": "样例.txt", "size": "6"})["Location"]

    def piece(offset, data, checksum):
        head = {"Upload-Offset": str(offset), "Upload-Checksum": checksum}
        return browser.patch(place, data, content_type=BINARY, headers=head)

    assert piece(0, b"abc", said(algorithm, b"abc")).status_code == 204
    spoilt = piece(3, b"dEf", said(algorithm, b"def"))
    assert spoilt.status_code == 460 and "3" in spoilt.json()["message"]
    assert browser.head(place)["Upload-Offset"] == "3"
    assert (registry.spool() / "uploads" / place.rpartition("/")[2]).read_bytes() == b"abc"
    last = piece(3, b"def", said(algorithm, b"def"))
    assert last.json()["key"] == services.stage([b"abcdef"]).key


@pytest.mark.parametrize("checksum", ["crc32 AAAA", "sha1", "sha1 AAAA", "sha256 *", "sha1 kein"])
def test_a_checksum_that_is_none_is_refused(browser, checksum):
    place = browser.post("/uploads/", {"name": "样例.txt", "size": "3"})["Location"]
    head = {"Upload-Offset": "0", "Upload-Checksum": checksum}
    assert browser.patch(place, b"abc", content_type=BINARY, headers=head).status_code == 400
    assert browser.head(place)["Upload-Offset"] == "0"


@pytest.mark.parametrize("size", ["", "-1", "ten", "1.5", "9" * 30, "٣"])
def test_a_size_that_is_no_number_is_refused(browser, size):
    assert browser.post("/uploads/", {"name": "a", "size": size}).status_code == 422


def test_a_visitor_is_asked_to_log_in(client):
    answer = client.post("/uploads/", {"name": "a", "size": "1"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_what_a_form_names_is_taken_over_together_or_not_at_all(browser):
    person = ctx_of(browser.session_user_id)
    places = []
    for content in (b"one", b"two"):
        place = browser.post("/uploads/", {"name": "样例.txt", "size": "3"})["Location"]
        browser.patch(place, content, content_type=BINARY, headers={"Upload-Offset": "0"})
        places.append(f"http://testserver{place}")
    with pytest.raises(Missing):
        services.take_uploads(person, places=[*places, "/uploads/unknown"])
    taken = services.take_uploads(person, places=[*places, places[0]])
    assert [one.staged.digests for one in taken] == [digest_bytes(b"one"), digest_bytes(b"two")]


def test_a_stranger_does_not_learn_that_an_upload_exists(browser):
    token = start(3, user=987_654)
    place = f"/uploads/{token}"
    assert browser.head(place).status_code == 404
    assert browser.delete(place).status_code == 404
    assert (
        browser.patch(place, b"abc", content_type=BINARY, headers={"Upload-Offset": "0"}).status_code == 404
    )
