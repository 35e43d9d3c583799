"""Two archives that know each other's catalogues: harvested, reported, withdrawn, killed, sent twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lantai.apps.catalogue.models import Description
from lantai.apps.interop import queries, services
from lantai.apps.interop.models import Dispatch, Foreign, Round, Source, Stamp
from lantai.apps.interop.services import harvesting, sending, stamping
from lantai.apps.interop.types import HarvestSource, ReporterUnknown, SendReport
from lantai.kit.errors import Missing, Refusal
from lantai.kit.oai import reading
from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.models import ApiToken, User
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.orgs.models import Org
from lantai.platform.witness import wire
from lantai.platform.witness.types import BadAddress, PeerSilent
from tests.apps.holdings.region import COMMAND, Region, make_region
from tests.apps.interop.conftest import Shelf

KEY = "lt_sample-reporting-key"


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Calls between archives end in this process: the same pages, no socket; what was asked is kept."""
    client, asked = Client(), []

    def answer(found: Any) -> wire.Answer:
        return wire.Answer(found.status_code, found["Content-Type"].split(";")[0], found.content)

    def ask(address: str, query: str, *, most_bytes: int) -> wire.Answer:
        asked.append(query)
        return answer(client.get(f"/oai?{query}"))

    def post(address: str, body: bytes, *, kind: str, most_bytes: int, key: str = "") -> wire.Answer:
        asked.append(key)
        path = "/" + address.split("/", 3)[3]
        return answer(client.post(path, body, content_type=kind, headers={"Authorization": f"Bearer {key}"}))

    monkeypatch.setattr(wire, "ask", ask)
    monkeypatch.setattr(wire, "post", post)
    return asked


def source_of(region: Region, **more: Any) -> Source:
    values = {
        "org_id": region.archives.pk,
        "name": "邻馆",
        "way": "harvest",
        "address": "http://127.0.0.1/oai",
    }
    return services.register_source(region.ctx("cataloguer"), **(values | more))


def harvest(source: Source) -> Run:
    return jobs.run_now(COMMAND, HarvestSource(source.pk), about=("interop:source", source.pk))


def test_a_harvest_brings_what_is_open_then_only_what_changed(shelf: Shelf, wired: list[str]) -> None:
    rows = shelf.rows(110)
    source = source_of(shelf.region)
    assert harvest(source).state == "succeeded"
    assert Foreign.objects.filter(source=source).count() == 110
    first = Foreign.objects.get(identifier__endswith=f"/{_permanent(rows[0])}")
    assert (first.title, first.reference_code) == (rows[0].title, rows[0].reference_code)
    assert Description.objects.count() == 110  # own holdings are as they were
    shelf.change(rows[0], title="改过的题名")
    shelf.change(rows[1], openness="controlled")
    Stamp.objects.exclude(pk__in=[rows[0].pk, rows[1].pk]).update(stamped_at="2020-01-01T00:00:00Z")
    harvest(source)
    last = Round.objects.filter(source=source).first()
    assert (last.new_count, last.changed_count, last.deleted_count) == (0, 1, 1)
    gone = Foreign.objects.get(identifier__endswith=f"/{_permanent(rows[1])}")
    assert (gone.is_deleted, gone.title, gone.body) == (True, "", "")
    again = harvest(source)
    assert again.state == "succeeded"
    assert Round.objects.filter(source=source).first().changed_count == 0


def _permanent(row: Description) -> str:
    from lantai.kit.numbering.permanent import permanent_id

    return permanent_id(row.permanent)


def test_a_killed_harvest_goes_on_with_the_page_it_was_at(
    shelf: Shelf, wired: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.rows(230)
    source = source_of(shelf.region)
    real, calls = harvesting.read_page, []

    def dying(source: Source, place: harvesting.Place) -> Any:
        calls.append(place.token)
        if len(calls) == 2:
            raise KeyboardInterrupt  # nothing catches it: as if the worker were gone
        return real(source, place)

    monkeypatch.setattr(harvesting, "read_page", dying)
    with pytest.raises(KeyboardInterrupt):
        harvest(source)
    run = Run.objects.latest("pk")
    assert (run.state, Foreign.objects.count()) == ("running", 100)
    from lantai.platform.jobs import execution

    execution.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, Foreign.objects.count()) == ("succeeded", 230, 230)
    assert calls[2] == calls[1]
    assert Round.objects.count() == 1


def test_a_token_that_is_no_longer_known_begins_the_list_anew_once(
    shelf: Shelf, wired: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.rows(110)
    source = source_of(shelf.region)
    real = harvesting._read
    spoilt: list[str] = []

    def forgetful(target: str, address: str, asked: dict[str, str]) -> Any:
        if "resumptionToken" in asked and not spoilt:
            spoilt.append("x")
            asked = {**asked, "resumptionToken": "gone"}
        return real(target, address, asked)

    monkeypatch.setattr(harvesting, "_read", forgetful)
    assert harvest(source).state == "succeeded"
    assert Foreign.objects.count() == 110


NO_ANSWERS = [
    b"<html>not here</html>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]><OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'/>",
    b"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><error code='badArgument'>no</error></OAI-PMH>",
    b"",
]


def test_an_answer_that_is_none_fails_the_harvest_and_says_why(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of(shelf.region)
    for body in NO_ANSWERS:
        answer = wire.Answer(200, "text/xml", body)
        monkeypatch.setattr(wire, "ask", lambda *_a, said=answer, **_k: said)
        run = harvest(source)
        source.refresh_from_db()
        assert run.state == "failed"
        assert source.last_error == run.message != ""
        assert source.harvested_until == ""


def page_of(count: int, token: str, at: str = "2026-01-01T00:00:00Z", start: int = 0) -> dict[str, Any]:
    """A page as it was read."""
    records = [
        {"identifier": f"oai:样例:{n}", "datestamp": at, "sets": [], "is_deleted": False, "xml": "",
         "dc": {"title": [f"样例{n}"]}}
        for n in range(start, start + count)
    ]  # fmt: skip
    return {"records": records, "token": token, "total": None, "at": at}


def giving(monkeypatch: pytest.MonkeyPatch, give: Callable[[int, str], dict[str, Any]]) -> list[str]:
    """A source whose pages are these: by how many were asked for before, and the token."""
    asked: list[str] = []

    def read(_target: str, _address: str, said: dict[str, str]) -> dict[str, Any]:
        token = said.get("resumptionToken", "")
        asked.append(said.get("from", token))
        return give(len(asked) - 1, token)

    monkeypatch.setattr(harvesting, "_read", read)
    return asked


def test_a_source_that_never_ends_is_left_and_its_page_says_why(
    shelf: Shelf, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of(shelf.region)
    client.force_login(shelf.region.people["cataloguer"])
    monkeypatch.setattr(harvesting, "MOST_EMPTY", 3)
    monkeypatch.setattr(harvesting, "MOST_PAGES", 40)

    def ends(said: str, give: Callable[[int, str], dict[str, Any]]) -> int:
        asked = giving(monkeypatch, give)
        run = harvest(source)
        source.refresh_from_db()
        assert (run.state, source.harvested_until) == ("failed", "")
        assert said in client.get(source.get_absolute_url()).content.decode()
        return len(asked)

    circle = ends("同一个续传标记", lambda n, _token: page_of(2, f"t{n % 5}", start=2 * (n % 5)))
    assert circle < 20 and Foreign.objects.count() == 10  # what came is kept
    assert ends("读到第 4 页", lambda n, _token: page_of(0, f"t{n}")) == 4
    assert ends("读到第 41 页", lambda n, _token: page_of(1, f"t{n}", start=n)) == 41
    monkeypatch.setattr(harvesting, "MOST_TIME", timedelta(0))
    assert ends("读到第 1 页", lambda n, _token: page_of(1, f"t{n}")) == 1
    giving(monkeypatch, lambda n, _token: page_of(1, ""))
    assert harvest(source).state == "succeeded"  # one page is an end, however long it took
    source.refresh_from_db()
    assert source.last_error == ""


@pytest.mark.parametrize("at", ["昨天", "2199-01-01T00:00:00Z", "2026-01-01", ""])
def test_a_clock_that_cannot_be_is_not_asked_from(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    source = source_of(shelf.region)
    giving(monkeypatch, lambda _n, _token: page_of(1, ""))
    harvest(source)
    asked = giving(monkeypatch, lambda n, _token: page_of(1, "" if n else "t", at="" if n else at))
    assert [harvest(source).state for _time in range(2)] == ["succeeded"] * 2
    assert asked[0] == asked[2] == "2026-01-01T00:00:00Z"


def test_a_page_of_too_many_records_is_refused_and_none_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_RECORDS", 2)
    record = "<record><header><identifier>x{}</identifier></header></record>"
    page = tmp_path / "page.xml"
    for count in (2, 3):
        body = "".join(map(record.format, range(count)))
        page.write_text(f"<OAI-PMH xmlns='{reading.NS}'><ListRecords>{body}</ListRecords></OAI-PMH>")
        if count == 2:
            assert len(reading.read_page(page)["records"]) == 2
    with pytest.raises(reading.PageTooLong, match="超过 2 条"):
        reading.read_page(page)


def test_sources_are_seen_and_kept_where_they_belong(shelf: Shelf, wired: list[str], client: Client) -> None:
    shelf.rows(3)
    source = source_of(shelf.region)
    harvest(source)
    stranger = make_region("乙")
    with pytest.raises(Missing):
        services.remove_source(stranger.ctx("cataloguer"), source_id=source.pk)
    with pytest.raises(Refusal):
        source_of(shelf.region)
    for address in ("ftp://x/oai", "https://x/oai?verb=Identify", "http://10.0.0.1/oai"):
        with pytest.raises(BadAddress):
            source_of(shelf.region, name="另一馆", address=address)
    other = source_of(shelf.region, name="又一馆")
    harvest(other)
    assert Round.objects.filter(source=other).get().conflict_count == 3
    assert len(list(queries.search_documents(list(Foreign.objects.values_list("pk", flat=True))))) == 6
    client.force_login(
        shelf.region.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for page in ("sources/", f"sources/{source.pk}/", "foreign/", f"foreign/{Foreign.objects.first().pk}/"):
        assert client.get(f"/interop/{page}").status_code == 200
    assert services.remove_source(shelf.region.ctx("cataloguer"), source_id=source.pk) == 3
    assert Foreign.objects.count() == 3


class Superior:
    """The same node plays both: an archives and the bureau above it, which agreed to take its reports."""

    def __init__(self, shelf: Shelf, settings: Any) -> None:
        region = shelf.region
        settings.LANTAI_REPORT_KEYS = {"bureau": {"key": KEY}}
        machine: User = accounts._new_user(
            COMMAND,
            username="reporter",
            name="报送",
            org=region.archives,
            password="",
            email="",
            is_machine=True,
        )
        role = accounts._role_at("catalogue_reporter", region.archives)
        day = COMMAND.now.date()
        accounts._assign(COMMAND, user=machine, role=role, org=region.archives, starts_on=day, ends_on=None)
        ApiToken.objects.create(user=machine, label="报送", digest=hashlib.sha256(KEY.encode()).hexdigest())
        self.machine = machine
        self.channel = services.register_channel(
            region.ctx("cataloguer"),
            org_id=region.archives.pk,
            name="向局报送",
            address="http://127.0.0.1",
            key_name="bureau",
        )
        self.org: Org = region.bureau

    def agree(self, shelf: Shelf) -> Source:
        return Source.objects.create(
            org=self.org, name="样例馆", way="report", reporter=shelf.region.archives, created_at=COMMAND.now
        )

    def report(self) -> Run:
        return jobs.run_now(COMMAND, SendReport(self.channel.pk), about=("interop:channel", self.channel.pk))


def test_an_archives_reports_only_what_differs_and_hears_what_was_refused(
    shelf: Shelf, wired: list[str], settings: Any
) -> None:
    superior = Superior(shelf, settings)
    assert superior.report().state == "succeeded"  # nothing yet
    rows = shelf.rows(4, openness="unreviewed")
    shelf.change(rows[3], title=" ")
    run = superior.report()
    assert run.state == "failed"  # nobody up there has agreed yet
    source = superior.agree(shelf)
    assert superior.report().state == "succeeded"
    batch = Dispatch.objects.get()
    assert (batch.attempts, batch.sent_count, batch.accepted_count) == (2, 4, 3)
    assert [(one["code"], one["reason"]) for one in batch.refused] == [(rows[3].reference_code, "缺少题名")]
    assert Foreign.objects.filter(source=source).count() == 3
    shelf.change(rows[0], title="改过的题名")
    gone = rows[1].pk
    rows[1].delete()
    stamping.stamp([gone])
    superior.report()
    second = Dispatch.objects.first()
    assert (second.sent_count, second.withdrawn_count, second.accepted_count) == (2, 1, 2)
    assert Foreign.objects.filter(source=source, is_deleted=True).count() == 1
    assert Foreign.objects.filter(title="改过的题名").count() == 1
    superior.report()
    assert Dispatch.objects.count() == 2


def test_a_batch_whose_receipt_was_lost_is_sent_again_without_doubles(
    shelf: Shelf, wired: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    superior = Superior(shelf, settings)
    source = superior.agree(shelf)
    shelf.rows(3)
    real = sending._receipt

    def lost(_body: bytes, _batch: Dispatch) -> Any:
        raise PeerSilent(why="cut")

    monkeypatch.setattr(sending, "_receipt", lost)
    assert superior.report().state == "failed"
    superior.channel.refresh_from_db()
    assert superior.channel.last_error
    assert (Foreign.objects.count(), Round.objects.count()) == (3, 1)
    monkeypatch.setattr(sending, "_receipt", real)
    assert superior.report().state == "succeeded"
    assert (Foreign.objects.filter(source=source).count(), Round.objects.count()) == (3, 1)
    batch = Dispatch.objects.get()
    assert (batch.attempts, batch.accepted_count) == (2, 3)


def test_a_report_is_taken_only_from_who_may_and_an_old_word_does_not_win(
    shelf: Shelf, settings: Any, client: Client
) -> None:
    superior = Superior(shelf, settings)
    one = {
        "identifier": "oai:x:1",
        "datestamp": "2026-01-02T00:00:00Z",
        "title": "甲",
        "reference_code": "1",
        "fonds_code": "J1",
    }
    batch = {"key": "batch-0001", "records": [one]}
    ctx = accounts.context_for(superior.machine, channel=COMMAND.channel, request_id="x")
    with pytest.raises(ReporterUnknown):
        services.receive(ctx, key="batch-0001", records=[one])
    superior.agree(shelf)

    def post(body: dict[str, Any], key: str = KEY) -> Any:
        return client.post(
            "/api/interop/reports", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    assert post(batch, "no").status_code == 401
    assert post(batch).json()["accepted"] == 1
    old = {**one, "datestamp": "2026-01-01T00:00:00Z", "title": "旧"}
    said = post({"key": "batch-0002", "records": [old]}).json()
    assert said["refused"] == [{"identifier": "oai:x:1", "reason": "已有更晚的版本，这一条是旧的"}]
    assert post({"key": "x", "records": []}).status_code == 422
    assert post({"key": "batch-0003", "records": [{**one, "datestamp": "x"}]}).status_code == 422
    assert Foreign.objects.get().title == "甲"
