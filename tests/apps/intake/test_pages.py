from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lantai.apps.intake import services
from lantai.apps.intake.models import Submission
from lantai.platform.blobs import services as blobs
from tests.apps.intake.conftest import code, item, zip_of, zipped


def url(name, *args):
    return reverse(f"intake:{name}", args=args)


def body(answer):
    return answer.content.decode()


def test_both_sides_see_the_transfer_and_what_they_may_do(desk, at):
    submission = desk.checked(desk.transfer())
    page = body(at(desk.region, "archivist").get(url("submission", submission.pk)))
    for words in (submission.number, "检测合格", "接收移交批次", "退回移交批次", "重新检测", "办理时限"):
        assert words in page, words
    page = body(at(desk.region, "agency_lead").get(url("submission", submission.pk)))
    assert "撤回移交批次" in page and "接收移交批次" not in page and "四性检测" in page


def test_what_is_wrong_is_read_on_the_pages_of_the_agency(desk, at):
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    client = at(desk.region, "agency_lead")
    page = body(client.get(url("items", submission.pk) + "?verdict=failed"))
    assert code(2) in page and "责任者" in page and code(1) not in page
    page = body(client.get(url("report", submission.pk)))
    assert "YJ-2-3" in page and "DA/T 70" in page
    sheet = client.get(url("return_list", submission.pk))
    assert sheet.status_code == 200 and sheet.content.startswith(b"PK")


def test_a_package_that_cannot_be_opened_says_why_on_its_page(desk, at):
    submission = desk.checked(zip_of([("../out", b"x")]))
    page = body(at(desk.region, "agency_lead").get(url("submission", submission.pk)))
    assert "名称不安全" in page


@pytest.mark.parametrize("role", ["agency_clerk", "agency_lead", "archivist"])
def test_both_sides_open_and_download_the_report(desk, at, role):
    check = desk.checked(desk.transfer()).check_run
    client = at(desk.region, role)
    page = body(client.get(url("report", check.subject_id)))
    for name, begins in (("check", b"<!doctype html>"), ("check_pdf", b"%PDF"), ("check_xlsx", b"PK")):
        place = reverse(f"custody:{name}", args=[check.pk])
        assert place in page
        answer = client.get(place)
        assert answer.status_code == 200 and answer.content.lower().startswith(begins.lower())


@pytest.mark.parametrize("role", ["agency_lead", "archivist"])
@pytest.mark.parametrize("name", ["check", "check_pdf", "check_xlsx"])
def test_nobody_else_opens_the_report(desk, at, abroad, role, name):
    check = desk.checked(desk.transfer()).check_run
    assert at(abroad, role).get(reverse(f"custody:{name}", args=[check.pk])).status_code == 404


def test_papers_are_downloaded_once_they_are_issued(desk, at):
    submission = desk.checked(desk.transfer())
    client = at(desk.region, "agency_lead")
    assert client.get(url("receipt_json", submission.pk)).status_code == 409
    assert client.get(url("register_pdf", submission.pk)).status_code == 404
    desk.accept(submission)
    assert client.get(url("register_pdf", submission.pk)).content.startswith(b"%PDF")
    assert client.get(url("receipt_json", submission.pk)).json()["lantai"] == "receipt/v1"
    page = body(client.get(url("submission", submission.pk)))
    assert "下载登记表" in page and "下载回执" in page


def test_a_package_is_uploaded_without_scripts(desk, at):
    client = at(desk.region, "agency_lead")
    page = body(client.get(url("send_package")))
    assert "下一步" in page and 'type="file"' not in page
    asked = f"?agency={desk.region.agency.pk}&kind=document&replaces=&note="
    assert 'type="file"' in body(client.get(url("send_package") + asked))
    file = SimpleUploadedFile("样例包.zip", zipped(desk.transfer()))
    answer = client.post(url("package_sent") + asked, {"files": file})
    submission = Submission.objects.get()
    assert answer.status_code == 303 and answer.url == submission.get_absolute_url()
    assert submission.title == "样例包"


def test_a_package_is_uploaded_in_pieces(desk, at):
    data = zipped(desk.transfer())
    upload = blobs.create_upload(desk.ctx("agency_lead"), name="包.zip", size_bytes=len(data))
    blobs.append_to_upload(
        desk.ctx("agency_lead"), token=upload.token, offset_bytes=0, source=io.BytesIO(data)
    )
    asked = f"?agency={desk.region.agency.pk}&kind=document"
    client = at(desk.region, "agency_lead")
    answer = client.post(url("package_sent") + asked, {"uploads": f"/uploads/{upload.token}"})
    assert answer.status_code == 303
    assert Submission.objects.get().byte_count == len(data)


def test_a_form_without_a_file_says_so(desk, at):
    asked = f"?agency={desk.region.agency.pk}&kind=document"
    answer = at(desk.region, "agency_lead").post(url("package_sent") + asked)
    assert answer.status_code == 422 and "没有收到文件" in body(answer)


def test_an_archivist_accepts_and_returns_by_clicks(desk, at):
    first, second = desk.checked(desk.transfer()), desk.checked(desk.transfer(item(3, 责任者=""), name="二"))
    client = at(desk.region, "archivist")
    assert client.post(url("move_submission", first.pk, "accept")).status_code == 303
    first.refresh_from_db()
    assert first.state == "accepting"
    page = body(client.get(url("return_submission", second.pk)))
    assert "逐件说明" in page and code(3) in page
    assert client.post(url("return_submission", second.pk), {"reason": ""}).status_code == 422
    key = f"item-{second.items.get().pk}"
    answer = client.post(url("return_submission", second.pk), {"reason": "请补正", key: "缺责任者"})
    assert answer.status_code == 303
    second.refresh_from_db()
    assert second.state == "returned"
    assert client.post(url("move_submission", second.pk, "nonsense")).status_code == 404


@pytest.mark.parametrize(
    "name", ["submission", "items", "report", "register_pdf", "receipt_json", "return_list"]
)
def test_a_stranger_finds_nothing(desk, at, abroad, name):
    submission = desk.checked(desk.transfer())
    assert at(abroad, "archivist").get(url(name, submission.pk)).status_code == 404


def test_a_clerk_cannot_send_and_a_stranger_cannot_decide(desk, at, abroad):
    submission = desk.checked(desk.transfer())
    assert at(desk.region, "agency_clerk").get(url("send_package")).status_code == 404
    client = at(abroad, "archivist")
    assert client.post(url("move_submission", submission.pk, "accept")).status_code == 404
    assert client.post(url("return_submission", submission.pk), {"reason": "x"}).status_code == 404
    asked = f"?agency={desk.region.agency.pk}&kind=document"
    assert client.post(url("package_sent") + asked).status_code == 404


def test_the_list_costs_the_same_number_of_queries_for_any_number_of_rows(
    desk, at, django_assert_num_queries, django_assert_max_num_queries
):
    desk.send(zip_of([("a", b"1")]))
    client = at(desk.region, "archivist")
    with django_assert_max_num_queries(40) as few:
        client.get(url("submissions"))
    for number in range(2, 12):
        desk.send(zip_of([("a", str(number).encode())]))
    with django_assert_num_queries(len(few)):
        assert "YJH3" in body(client.get(url("submissions")))


def test_machines_hand_over_ask_and_decide(desk, at):
    client = at(desk.region, "agency_lead")
    data = zipped(desk.transfer())

    def send():
        file = SimpleUploadedFile("包.zip", data)
        return client.post("/api/intake/submissions/packages", {"file": file, "agency": "H3"})

    first, second = send(), send()
    assert first.status_code == 200, body(first)
    assert first.json()["id"] == second.json()["id"]
    submission = Submission.objects.get()
    assert client.get(f"/api/intake/submissions/{submission.pk}/receipt").status_code == 409
    desk.check(submission)
    report = client.get(f"/api/intake/submissions/{submission.pk}/report").json()
    assert report["state"] == "passed" and report["open_checks"] > 0 and report["failed_items"] == []
    assert client.post(f"/api/intake/submissions/{submission.pk}/accept").status_code == 404
    client = at(desk.region, "archivist")
    accepted = client.post(f"/api/intake/submissions/{submission.pk}/accept")
    assert accepted.json()["state"] == "accepting"
    listed = client.get("/api/intake/submissions").json()
    assert [row["number"] for row in listed["submissions"]] == [submission.number] and listed["next"] is None


def test_machines_return_with_reasons(desk, at):
    submission = desk.checked(desk.transfer(item(1, 责任者="")))
    client = at(desk.region, "archivist")
    answer = client.post(
        f"/api/intake/submissions/{submission.pk}/return",
        {"reason": "请补正", "items": {code(1): "缺责任者"}},
        content_type="application/json",
    )
    assert answer.status_code == 200 and answer.json()["state"] == "returned"
    failed = client.get(f"/api/intake/submissions/{submission.pk}/report").json()["failed_items"]
    assert failed[0]["verdict"] == "returned" and "缺责任者" in failed[0]["reasons"]


def test_a_carrier_of_a_stranger_is_not_taken(desk, abroad):
    with pytest.raises(Exception, match="没有办理此事的权限"):
        services.submit_folder(abroad.ctx("archivist"), path=desk.transfer(), agency_id=desk.region.agency.pk)
