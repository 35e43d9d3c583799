"""The portal as a visitor walks through it with JavaScript off, and the desk as staff do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.types import IssueCertificate, TopicKind
from lantai.platform.jobs import services as jobs
from tests.apps.readingroom.conftest import ID_NUMBER, PHONE

pytestmark = pytest.mark.django_db
PAGE_BYTES = 200_000
WHO = {"relation": "self", "purpose": "personal"}
WHAT = {"persons": "样例甲、样例乙", "years": "1985", "place": "", "clue": ""}
YOU = {"applicant_name": "样例甲", "id_kind": "resident", "id_number": ID_NUMBER, "phone": PHONE}


def step(name: str, topic: str = "marriage") -> str:
    return reverse("readingroom:step", args=[topic, name])


def fill(client: Client, room) -> None:
    for name, values in (
        ("who", WHO),
        ("what", WHAT),
        ("where", {"archives": room.world.archives.pk}),
        ("you", YOU),
    ):
        assert client.post(step(name), values).status_code == 303


def submit_key(page: str) -> str:
    return re.search(r'name="submit_key" value="(\w+)"', page)[1]


class Form(HTMLParser):
    """Names, labels and attributes of the fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.labels, self.fields = set(), {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "label" and "for" in known:
            self.labels.add(known["for"])
        if tag in {"input", "select", "textarea"} and known.get("type") != "hidden":
            self.fields[known.get("id", known.get("name"))] = known


def test_the_home_page_says_what_can_be_done_and_invents_no_opening_hours(room, client):
    page = client.get("/").content.decode()
    for topic in TopicKind.values:
        assert reverse("readingroom:begin", args=[topic]) in page
    assert "样例市档案馆" in page and "尚未公布" in page
    assert page.count("<h1") == 1


def test_the_first_page_weighs_less_than_200_kb_without_fonts(room, client):
    answer = client.get("/")
    page = answer.content.decode()
    weight = len(answer.content)
    files = set(re.findall(r'(?:href|src)="/static/([^"#?]+)', page))
    todo, seen = set(files), set()
    while todo:
        name = todo.pop()
        seen.add(name)
        if "font" in name:
            continue
        data = Path(finders.find(name)).read_bytes()
        weight += len(data)
        if name.endswith(".js"):
            folder = name.rsplit("/", 1)[0]
            todo |= {f"{folder}/{n}" for n in re.findall(r'from "\./([\w.-]+)"', data.decode())} - seen
    assert any(name.endswith(".css") for name in seen)
    assert weight < PAGE_BYTES, f"{weight} bytes"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_portal_page_opens_for_strangers_in_both_languages_and_elder_mode(room, client, language):
    client.cookies["lantai_mode"] = "elder"
    pages = ["readingroom:home", "readingroom:search", "readingroom:track", "readingroom:verify"]
    urls = [reverse(name) for name in pages] + [
        reverse("readingroom:begin", args=[t]) for t in TopicKind.values
    ]
    for url in [*urls, step("who"), "/search/?q=样例"]:
        answer = client.get(url, headers={"accept-language": language})
        assert answer.status_code == 200, url
        page = answer.content.decode()
        assert page.count("<h1") == 1 and 'data-mode="elder"' in page


def test_what_is_needed_is_said_before_anything_is_asked(room, client):
    page = client.get(reverse("readingroom:begin", args=["marriage"])).content.decode()
    for word in ("需要什么", "授权委托书", "个工作日", "费用", "个人信息"):
        assert word in page


def test_a_visitor_applies_one_question_at_a_time(room, client):
    assert client.get(step("check")).headers["Location"] == step("who")
    fill(client, room)
    page = client.get(step("check")).content.decode()
    assert "样例甲 样例乙" in page and "样例市档案馆" in page
    done = client.post(step("check"), {"submit_key": submit_key(page), "promise": "on"})
    row = Request.objects.get()
    assert done.status_code == 303
    assert done.headers["Location"] == reverse("readingroom:receipt", args=[row.number])
    receipt = client.get(done.headers["Location"]).content.decode()
    assert row.number in receipt and ID_NUMBER not in receipt and "data:image/png" in receipt
    assert row.persons == ["样例甲", "样例乙"] and row.archives == room.world.archives


def test_sending_the_last_form_twice_makes_one_request(room, client):
    fill(client, room)
    page = client.get(step("check")).content.decode()
    form = {"submit_key": submit_key(page), "promise": "on"}
    first, second = (client.post(step("check"), form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Request.objects.count() == 1


def test_going_back_keeps_what_was_typed_even_when_it_was_wrong(room, client):
    client.post(step("who"), WHO)
    typed = {**WHAT, "persons": "", "clue": "在样例街道办的"}
    back = client.post(step("what"), {**typed, "go": "back"})
    assert (back.status_code, back.headers["Location"]) == (303, step("who"))
    assert "在样例街道办的" in client.get(step("what")).content.decode()
    wrong = client.post(step("what"), typed)
    assert wrong.status_code == 422 and "在样例街道办的" in wrong.content.decode()


def test_a_wrong_identity_number_is_said_beside_its_field_and_on_top(room, client):
    client.post(step("who"), WHO)
    client.post(step("what"), WHAT)
    client.post(step("where"), {"archives": room.world.archives.pk})
    answer = client.post(step("you"), {**YOU, "id_number": "330402198502150011"})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'href="#id_id_number"' in page and 'aria-invalid="true"' in page


def test_the_unfinished_application_lies_sealed_in_the_session(room, client):
    fill(client, room)
    stored = "".join(str(session.get_decoded()) for session in Session.objects.all())
    assert "readingroom.drafts" in stored
    assert ID_NUMBER not in stored and PHONE not in stored and "样例甲" not in stored


def test_every_field_has_a_label_and_personal_ones_say_how_to_be_filled(room, client):
    for name, values in (
        ("who", WHO),
        ("what", WHAT),
        ("where", {"archives": room.world.archives.pk}),
        ("you", YOU),
    ):
        form = Form(client.get(step(name)).content.decode())
        assert form.fields and set(form.fields) <= form.labels, name
        client.post(step(name), values)
    assert form.fields["id_phone"]["inputmode"] == "tel"
    assert form.fields["id_applicant_name"]["autocomplete"] == "name"
    form = Form(client.get(reverse("readingroom:track")).content.decode())
    assert form.fields["id_phone_tail"]["inputmode"] == "numeric"


def test_a_document_is_asked_for_by_its_code_at_the_archives_that_keeps_it(room, client):
    at = room.world.archives
    begin = reverse("readingroom:begin", args=["document"])
    for record in ("X001-WS·1938-Y-0001", "X001-WS·1938-Y-0002"):  # the second one is meant
        page = client.get(begin, {"record": record, "at": at.code}).content.decode()
        assert record in page
    assert client.post(step("who", "document"), WHO).status_code == 303
    page = client.get(step("what", "document")).content.decode()
    assert "X001-WS·1938-Y-0002" in page and "X001-WS·1938-Y-0001" not in page
    empty = client.post(step("what", "document"), {"persons": "", "clue": " "})
    assert empty.status_code == 422 and "其他线索" in empty.content.decode()
    said = {"persons": "", "years": "", "place": "", "clue": "X001-WS·1938-Y-0002"}
    assert client.post(step("what", "document"), said).status_code == 303
    assert "checked" in client.get(step("where", "document")).content.decode()
    assert client.post(step("who"), WHO).status_code == 303
    assert client.post(step("what"), {**WHAT, "persons": "", "clue": "线索"}).status_code == 422  # a person's


def test_a_record_of_an_archives_that_takes_no_requests_goes_to_no_other(room, client):
    begin, at = reverse("readingroom:begin", args=["document"]), room.world.archives
    assert "已经替您填好" in client.get(begin, {"record": "X001-1", "at": at.code}).content.decode()
    assert "已经替您填好" not in client.get(begin, {"record": "X002-1", "at": "NOWHERE"}).content.decode()
    client.post(step("who", "document"), WHO)
    said = {"persons": "", "years": "", "place": "", "clue": "X002-1"}
    assert client.post(step("what", "document"), said).status_code == 303
    assert "checked" not in client.get(step("where", "document")).content.decode()


def test_an_unknown_topic_or_step_is_not_there(room, client):
    assert client.get(reverse("readingroom:begin", args=["x"])).status_code == 404
    assert client.get(step("x")).status_code == 404


def test_progress_opens_with_number_and_phone_and_for_nobody_else(room, client):
    row = room.submitted()
    url = reverse("readingroom:progress", args=[row.number])
    assert client.get(url).status_code == 302
    for name in ("receipt", "track_pdf"):
        assert client.get(reverse(f"readingroom:{name}", args=[row.number])).status_code == 404
    assert client.post(reverse("readingroom:withdraw", args=[row.number])).status_code == 404
    asked = reverse("readingroom:track")
    assert client.post(asked, {"number": row.number, "phone_tail": "0000"}).status_code == 422
    assert client.post(asked, {"number": row.number, "phone_tail": PHONE[-4:]}).headers["Location"] == url
    page = client.get(url).content.decode()
    assert "申请已提交" in page and "撤回申请" in page and 'class="track"' in page
    assert client.post(reverse("readingroom:withdraw", args=[row.number])).status_code == 303
    assert "申请已撤回" in client.get(url).content.decode()
    client.post(reverse("readingroom:leave"))
    assert client.get(url).status_code == 302


def test_too_many_guesses_are_answered_with_429(room, client):
    url = reverse("readingroom:track")
    codes = [
        client.post(url, {"number": "CD20260101ABCDEFGH", "phone_tail": "0000"}).status_code for _ in range(9)
    ]
    assert codes == [422] * 8 + [429]


def test_the_applicant_downloads_the_certificate(room, client):
    certificate = room.issued()
    number = certificate.request.number
    client.post(reverse("readingroom:track"), {"number": number, "phone_tail": PHONE[-4:]})
    assert "下载证明" in client.get(reverse("readingroom:progress", args=[number])).content.decode()
    answer = client.get(reverse("readingroom:track_pdf", args=[number]))
    assert b"".join(answer.streaming_content) == room.pdf(certificate)
    assert "no-store" in answer.headers["Cache-Control"]


def test_staff_walk_from_the_list_to_the_proposal(room, at):
    row = room.submitted()
    clerk = at("reading_clerk")
    listed = clerk.get(reverse("readingroom:requests")).content.decode()
    assert row.number in listed
    page_url = row.get_absolute_url()
    move = lambda name: reverse("readingroom:move_request", args=[row.pk, name])  # noqa: E731
    assert "受理查档申请" in clerk.get(page_url).content.decode()
    assert clerk.post(move("accept")).status_code == 303
    page = clerk.get(page_url).content.decode()
    assert room.record.reference_code in page  # found by the names of the application
    link = reverse("readingroom:link_finding", args=[row.pk])
    assert clerk.post(link, {"description": room.record.pk}).status_code == 303
    finding = row.findings.get()
    said = {"statement": "登记结婚。"}
    assert clerk.post(reverse("readingroom:write_statement", args=[finding.pk]), said).status_code == 303
    shown = clerk.post(reverse("readingroom:reveal_identity", args=[row.pk])).content.decode()
    assert ID_NUMBER in shown and ID_NUMBER not in clerk.get(page_url).content.decode()
    assert clerk.post(move("propose")).status_code == 303
    row.refresh_from_db()
    assert row.state == "proposed"
    assert clerk.post(move("approve")).status_code == 403
    approver = at("approver")
    assert approver.post(move("approve")).status_code == 303
    assert "出具证明" in approver.get(page_url).content.decode()


def test_staff_read_download_and_revoke_a_certificate(room, at):
    certificate = room.issued()
    client = at("approver")
    assert certificate.number in client.get(reverse("readingroom:certificates")).content.decode()
    assert certificate.sha256 in client.get(certificate.get_absolute_url()).content.decode()
    pdf = client.get(reverse("readingroom:certificate_pdf", args=[certificate.pk]))
    assert b"".join(pdf.streaming_content) == room.pdf(certificate)
    revoke = reverse("readingroom:revoke", args=[certificate.pk])
    assert client.post(revoke, {"reason": ""}).status_code == 422
    assert client.post(revoke, {"reason": "记载有误"}).status_code == 303
    certificate.refresh_from_db()
    assert certificate.state == "revoked"


def test_strangers_find_nothing_at_the_desk(room, at, client):
    certificate = room.issued()
    urls = [
        certificate.get_absolute_url(),
        certificate.request.get_absolute_url(),
        reverse("readingroom:certificate_pdf", args=[certificate.pk]),
    ]
    assert all(client.get(url).status_code == 302 for url in urls)
    for name in ("stranger", "agency_clerk", "supervisor"):
        signed_in = at(name)
        assert all(signed_in.get(url).status_code == 404 for url in urls)


def test_a_run_that_failed_can_be_taken_back_on_the_page(room, at):
    row = room.approved()
    room.record.package.files.update(sha512="0" * 128)
    run = jobs.run_now(
        room.world.ctx("approver"), IssueCertificate(row.pk), about=("readingroom:request", row.pk)
    )
    assert run.state == "failed"
    client = at("approver")
    assert "退回待审核" in client.get(row.get_absolute_url()).content.decode()
    back = reverse("readingroom:move_request", args=[row.pk, "give_up_issuing"])
    assert client.post(back, {"reason": "先恢复档案"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "proposed"


def test_the_hall_page_publishes_hours_on_the_portal(room, at):
    client = at("reading_clerk")
    said = {"hours": "样例开放时间", "address": "", "phone": "", "fee": "不收费", "takes_requests": "on"}
    assert client.post(reverse("readingroom:hall"), said).status_code == 303
    assert "样例开放时间" in client.get("/").content.decode()
    assert "不收费" in client.get(reverse("readingroom:begin", args=["marriage"])).content.decode()


def test_a_visitor_whose_search_cannot_be_read_is_told_how_to_write_it(client):
    answer = client.get(reverse("readingroom:search"), {"q": "年度:上古"})
    assert answer.status_code == 422 and "可以写 1948" in answer.content.decode()
