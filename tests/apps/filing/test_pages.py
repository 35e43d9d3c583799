from __future__ import annotations

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lantai.apps.filing import services
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.types import TestBatch
from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.types import ScheduleLine
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger.models import Entry
from tests.apps.filing.desk import pdf


@pytest.fixture
def at(client, desk):
    def sign_in(role, where=desk):
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(where.region.people[role], backend=backend)
        return client

    return sign_in


def text(answer) -> str:
    return answer.content.decode()


def test_the_list_shows_filters_and_a_pane(at, desk):
    row = desk.capture()
    client = at("agency_clerk")
    page = text(client.get(reverse("filing:documents")))
    assert row.title in page and "待整理" in page and "上传文件" in page
    assert row.title not in text(client.get(reverse("filing:documents") + "?state=sealed"))
    assert row.title in text(client.get(reverse("filing:documents") + "?source=oa&year_from=2026&retention="))
    assert row.title in text(client.get(reverse("filing:pane", args=[row.pk])))
    assert client.get(reverse("filing:to_arrange"))["Location"].endswith("?state=captured")


def test_the_list_asks_the_same_number_of_questions_for_any_number_of_rows(
    at, desk, django_assert_max_num_queries, django_assert_num_queries
):
    client = at("agency_clerk")
    desk.arranged(2)
    client.get(reverse("filing:documents"))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse("filing:documents"))
    desk.arranged(8)
    with django_assert_num_queries(len(few)):
        client.get(reverse("filing:documents"))


def test_the_page_of_a_document_speaks_the_words_of_its_scheme(at, desk):
    row = desk.capture(metadata={"keyword": "样例词"}, persons=("样例甲",))
    desk.read()
    page = text(at("agency_clerk").get(row.get_absolute_url()))
    for word in ("电子文件号", "责任者", "样例词", "样例甲", "SM3", "可读", "列为不归档", "收录"):
        assert word in page
    assert reverse("filing:page", args=[row.pk, row.files.get().pk, 1]) in page
    assert "列为不归档" not in text(at("agency_lead").get(row.get_absolute_url()))


def test_a_file_is_seen_and_taken_and_the_taking_is_noted(at, desk):
    row = desk.capture(files=(("通知.pdf", pdf("seen")),))
    client, file = at("agency_clerk"), row.files.get()
    picture = client.get(reverse("filing:page", args=[row.pk, file.pk, 1]))
    assert picture["Content-Type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    answer = client.get(reverse("filing:original", args=[row.pk, file.pk]))
    assert b"".join(answer.streaming_content) == pdf_of(row) and "attachment" in answer["Content-Disposition"]
    assert Entry.objects.filter(act="filing:file:downloaded").count() == 1


def pdf_of(row) -> bytes:
    from lantai.platform.blobs import services as blobs

    with blobs.open_blob(row.files.get().blob_key) as stream:
        return stream.read()


def test_the_chosen_are_arranged_with_the_schedule_in_force_beside(at, desk):
    lines = [ScheduleLine("1", "重要会议文件", "永久")]
    lead, boss = desk.lead, desk.region.ctx("supervisor")
    schedule = holdings.draft_schedule(lead, org_id=desk.region.agency.pk, title="样例期限表", lines=lines)
    holdings.submit_schedule(lead, schedule_id=schedule.pk)
    holdings.approve_schedule(
        boss, schedule_id=schedule.pk, valid_from="2026-01-01", approved_by="样例局", citation="样例"
    )
    one, two = desk.capture(), desk.capture()
    client = at("agency_clerk")
    page = text(client.post(reverse("filing:arrange"), {"ids": [one.pk, two.pk]}))
    assert "重要会议文件" in page and f'value="{one.pk},{two.pk}"' in page
    said = {"chosen": f"{one.pk},{two.pk}", "year": "2026", "class_id": desk.office.pk, "retention": "Y"}
    wrong = client.post(reverse("filing:arrange"), said | {"year": "26"})
    assert wrong.status_code == 422 and f'value="{one.pk},{two.pk}"' in text(wrong)
    assert client.post(reverse("filing:arrange"), said).status_code == 303
    assert set(Document.objects.values_list("state", "year", "retention")) == {("arranged", 2026, "Y")}


def test_every_match_can_be_arranged_at_once(at, desk):
    desk.capture(), desk.capture()
    page = text(at("agency_clerk").post(reverse("filing:arrange"), {"every": "1", "query": "state=captured"}))
    assert "2 件" in page


def test_documents_are_set_aside_and_taken_back_on_the_page(at, desk):
    row, client = desk.capture(), at("agency_clerk")
    refused = client.post(reverse("filing:discard"), {"ids": row.pk, "reason": ""})
    assert refused.status_code == 422 and "理由" in text(refused)
    client.post(reverse("filing:discard"), {"ids": row.pk, "reason": "重复件"})
    page = text(client.get(row.get_absolute_url()))
    assert "不归档" in page and "恢复整理" in page and "重复件" in page
    client.post(reverse("filing:take_back"), {"ids": row.pk})
    assert Document.objects.get().state == "captured"


def test_a_description_is_mended_on_the_page(at, desk):
    row, client = desk.capture(), at("agency_clerk")
    url = reverse("filing:describe", args=[row.pk])
    assert row.title in text(client.get(url))
    said = {"title": "新题名", "author": "样例局", "classification": "public", "persons": "样例甲；样例乙"}
    assert client.post(url, said | {"title": ""}).status_code == 422
    assert client.post(url, said).status_code == 303
    row.refresh_from_db()
    assert (row.title, row.persons, row.year) == ("新题名", ["样例甲", "样例乙"], None)


def test_codes_are_looked_at_before_a_batch_is_composed(at, desk):
    rows, bare = desk.arranged(2), desk.capture(dated_on=None)
    services.arrange(desk.clerk, document_ids=[bare.pk], arrangement=services.arranging.Arrangement())
    client = at("agency_clerk")
    ids = [row.pk for row in rows]
    page = text(client.post(reverse("filing:preview"), {"ids": [*ids, bare.pk]}))
    assert "还不能编号" in page and reverse("filing:describe", args=[bare.pk]) in page
    page = text(client.post(reverse("filing:preview"), {"ids": ids}))
    assert "H109-WS·2026-Y-BGS-0002" in page and not Batch.objects.exists()
    said = {"chosen": ",".join(map(str, ids)), "title": "样例第一批"}
    assert client.post(reverse("filing:compose"), said | {"title": ""}).status_code == 422
    answer = client.post(reverse("filing:compose"), said)
    batch = Batch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    assert client.post(reverse("filing:compose"), said).status_code == 409


def test_a_batch_goes_from_test_to_seal_on_its_page(at, desk):
    batch = desk.batch(2)
    desk.read()
    client = at("agency_clerk")
    page = text(client.get(batch.get_absolute_url()))
    assert "检测批次" in page and "解散批次" in page and "封存批次" not in page
    assert client.post(reverse("filing:test_batch", args=[batch.pk])).status_code == 303
    page = text(client.get(batch.get_absolute_url()))
    assert "hx-get" in page and "检测批次" not in page
    jobs.run_now(desk.clerk, TestBatch(batch.pk), about=("filing:batch", batch.pk))
    lead = at("agency_lead")
    page = text(lead.get(batch.get_absolute_url()))
    assert "封存批次" in page and "须人工确认" in page and "检测报告" in page
    assert lead.post(reverse("filing:seal_batch", args=[batch.pk])).status_code == 303
    services.seal_batch(desk.lead, batch_id=batch.pk)
    page = text(lead.get(batch.get_absolute_url()))
    assert "已封存" in page and reverse("custody:package", args=[Batch.objects.get().package_id]) in page
    assert lead.get(reverse("filing:batch_documents", args=[batch.pk])).status_code == 200
    assert "样例批次" in text(lead.get(reverse("filing:batches")))


def test_a_failed_batch_says_what_to_mend_and_where(at, desk):
    row = desk.capture(author="")
    desk.arrange([row])
    batch = desk.compose([row.pk])
    desk.read()
    jobs.run_now(desk.clerk, TestBatch(batch.pk))
    page = text(at("agency_clerk").get(batch.get_absolute_url()))
    assert "不合格的文件" in page and "责任者" in page and reverse("filing:describe", args=[row.pk]) in page


def test_a_batch_is_dissolved_with_a_reason(at, desk):
    batch, client = desk.batch(1), at("agency_clerk")
    url = reverse("filing:dissolve_batch", args=[batch.pk])
    assert client.post(url).status_code == 422
    assert client.post(url, {"reason": "选错"}).status_code == 303
    assert "已解散" in text(client.get(batch.get_absolute_url()))


def upload(client, name: str, data: bytes, path: str = "") -> str:
    said = {"filename": name, "relativePath": path}
    header = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items() if value
    )
    place = client.post(
        reverse("blobs:uploads"), headers={"upload-length": str(len(data)), "upload-metadata": header}
    )["Location"]
    client.generic("PATCH", place, data, "application/offset+octet-stream", headers={"upload-offset": "0"})
    return place


def test_a_folder_uploaded_piece_by_piece_becomes_one_document(at, desk):
    client = at("agency_clerk")
    page = text(client.get(reverse("filing:upload")))
    assert "data-upload" in page and "办公室" in page
    choices = f"?fonds={desk.fonds.pk}&kind=document&year=2026&class_code=BGS&retention=Y"
    places = [
        upload(client, "1.pdf", pdf("1"), "会议/1.pdf"),
        upload(client, "2.pdf", pdf("2"), "会议/2.pdf"),
    ]
    answer = client.post(reverse("filing:take_uploads") + choices, {"uploads": places})
    row = Document.objects.get()
    assert answer.status_code == 303 and (row.title, row.files.count(), row.retention) == ("会议", 2, "Y")
    again = client.post(reverse("filing:take_uploads") + choices, {"uploads": places})
    assert again.status_code == 404 and Document.objects.count() == 1


def test_without_scripts_a_plain_form_does_the_same(at, desk):
    client = at("agency_clerk")
    url = f"{reverse('filing:take_uploads')}?fonds={desk.fonds.pk}&kind=document"
    assert client.post(url, {"files": SimpleUploadedFile("通知.pdf", pdf("plain"))}).status_code == 303
    assert Document.objects.get().title == "通知"
    nothing = client.post(url, {})
    assert nothing.status_code == 422 and "没有收到文件" in text(nothing)
    wrong = client.post(f"{reverse('filing:take_uploads')}?fonds=0&kind=document", {})
    assert wrong.status_code == 422


def test_an_agency_without_fonds_is_told_whom_to_ask(at, desk):
    desk.fonds.classes.all().delete()
    desk.fonds.delete()
    assert "还没有全宗" in text(at("agency_clerk").get(reverse("filing:upload")))


@pytest.mark.parametrize("role", ["agency_clerk", "agency_lead"])
def test_a_stranger_finds_nothing_behind_any_number(at, desk, abroad, role):
    batch = desk.batch(1)
    row = Document.objects.get()
    client, file = at(role, abroad), row.files.get()
    for name, args in (
        ("document", [row.pk]),
        ("pane", [row.pk]),
        ("describe", [row.pk]),
        ("original", [row.pk, file.pk]),
        ("page", [row.pk, file.pk, 1]),
        ("batch", [batch.pk]),
        ("batch_documents", [batch.pk]),
    ):
        assert client.get(reverse(f"filing:{name}", args=args)).status_code == 404, name
    for name in ("test_batch", "seal_batch", "dissolve_batch"):
        answer = client.post(reverse(f"filing:{name}", args=[batch.pk]), {"reason": "x"})
        assert answer.status_code == 404, name
