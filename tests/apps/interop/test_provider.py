"""The OAI-PMH provider as a harvester meets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries import publishing
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.models import RecordKind
from lantai.apps.interop.models import Stamp
from lantai.apps.interop.queries import identifiers
from lantai.apps.interop.services import stamping
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.types import FieldType, KindField
from lantai.apps.topics.models import Member, Topic
from lantai.apps.topics.types import TopicKind
from lantai.kit.metadata import kinds as kit
from lantai.kit.oai.protocol import utc
from lantai.platform.accounts import services as accounts
from lantai.platform.search import services as search
from tests.apps.holdings.region import COMMAND
from tests.apps.interop.conftest import Shelf

NS = "{http://www.openarchives.org/OAI/2.0/}"


def ask(client: Client, key: str = "", **arguments: str) -> etree._Element:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = client.get("/oai", {k.rstrip("_"): v for k, v in arguments.items()}, headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    return etree.fromstring(answer.content)


def error(answer: etree._Element) -> str:
    return answer.find(f"{NS}error").get("code")


def walk(client: Client, key: str = "", **arguments: str) -> list[etree._Element]:
    """Every header of a list, page by page."""
    found, page = [], ask(client, key, **arguments)
    while True:
        found += page.iter(f"{NS}header")
        token = page.find(f"*/{NS}resumptionToken")
        if token is None or not token.text:
            return found
        page = ask(client, key, verb=arguments["verb"], resumptionToken=token.text)


def ids(headers: list[etree._Element]) -> list[str]:
    return [header.findtext(f"{NS}identifier") for header in headers]


def test_the_six_verbs_answer(shelf: Shelf, client: Client) -> None:
    row = shelf.rows(3)[0]
    name = identifiers.oai_of(row.fonds.archives.code, row.permanent)
    about = ask(client, verb="Identify").find(f"{NS}Identify")
    assert about.findtext(f"{NS}deletedRecord") == "persistent"
    assert about.findtext(f"{NS}granularity") == "YYYY-MM-DDThh:mm:ssZ"
    prefixes = [e.text for e in ask(client, verb="ListMetadataFormats").iter(f"{NS}metadataPrefix")]
    assert prefixes == ["oai_dc", "ead", "dat"]
    sets = [e.text for e in ask(client, verb="ListSets").iter(f"{NS}setSpec")]
    assert sets[:3] == ["fonds", "fonds:~e7~94~b22", "fonds:~e7~94~b22:J109"]
    assert "kind:document" in sets
    for prefix in prefixes:
        record = ask(client, verb="GetRecord", identifier=name, metadataPrefix=prefix)
        assert "关于样例事项第1号的通知𠮷" in "".join(record.itertext())
    listed = ask(client, verb="ListRecords", metadataPrefix="oai_dc", set="fonds:~e7~94~b22:J109")
    assert len(listed.findall(f"*/{NS}record/{NS}metadata")) == 3
    assert len(walk(client, verb="ListIdentifiers", metadataPrefix="dat", set="kind:document")) == 3


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "badVerb"),
    ({"verb": "Steal"}, "badVerb"),
    ({"verb": ["Identify", "Identify"]}, "badVerb"),
    ({"verb": "Identify", "x": "1"}, "badArgument"),
    ({"verb": "ListRecords"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "ead"]}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2003"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2003-02-30"}, "badArgument"),
    (
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2003-01-02", "until": "2003-01-01"},
        "badArgument",
    ),
    (
        {
            "verb": "ListRecords",
            "metadataPrefix": "oai_dc",
            "from": "2003-01-01",
            "until": "2003-01-02T00:00:00Z",
        },
        "badArgument",
    ),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01"}, "noRecordsMatch"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "9999-12-31"}, ""),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "fonds:no"}, "noRecordsMatch"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
    ({"verb": "ListRecords", "resumptionToken": "é"}, "badResumptionToken"),
    ({"verb": "ListRecords", "resumptionToken": "W10"}, "badResumptionToken"),
    ({"verb": "ListRecords", "resumptionToken": "W10", "metadataPrefix": "oai_dc"}, "badArgument"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:else:1"}, "idDoesNotExist"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "a\x0bb"}, "badArgument"),
]


def test_a_request_that_is_wrong_is_told_so_in_the_words_of_the_protocol(
    shelf: Shelf, client: Client
) -> None:
    shelf.rows(1)
    for arguments, code in WRONG:
        for answer in (client.get("/oai", arguments), client.post("/oai", arguments)):
            found = etree.fromstring(answer.content).find(f"{NS}error")
            assert (found.get("code") if found is not None else "") == code, arguments


def test_every_page_leads_to_the_next_and_the_last_token_is_empty(shelf: Shelf, client: Client) -> None:
    rows = shelf.rows(230)
    page = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    token = page.find(f"*/{NS}resumptionToken")
    assert (token.get("cursor"), token.get("completeListSize")) == ("0", "230")
    shelf.change(rows[0], title="翻页之间改了题名")
    assert len(walk(client, verb="ListRecords", metadataPrefix="oai_dc")) == 230
    middle = ask(client, verb="ListRecords", resumptionToken=token.text)
    last = ask(client, verb="ListRecords", resumptionToken=middle.findtext(f"*/{NS}resumptionToken"))
    end = last.find(f"*/{NS}resumptionToken")
    assert (end.text, end.get("cursor")) == (None, "200")


def test_a_withdrawn_record_is_a_tombstone_at_once_and_to_whoever_comes_back(
    shelf: Shelf, client: Client
) -> None:
    rows = shelf.rows(5)
    Stamp.objects.update(stamped_at=timezone.now() - timedelta(days=2))
    since = utc(timezone.now() - timedelta(hours=1))
    assert (
        error(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=since)) == "noRecordsMatch"
    )
    Description.objects.filter(pk=rows[0].pk).update(openness="controlled")
    before = walk(client, verb="ListRecords", metadataPrefix="oai_dc")
    assert [one.get("status") for one in before].count("deleted") == 1  # before anything followed the change
    stamping.stamp([rows[0].pk])
    gone = Description.objects.get(pk=rows[1].pk)
    gone.delete()
    stamping.stamp([rows[1].pk])
    news = walk(client, verb="ListRecords", metadataPrefix="oai_dc", from_=since)
    assert [(one.get("status")) for one in news] == ["deleted", "deleted"]
    assert ids(news) == [identifiers.oai_of("甲2", row.permanent) for row in rows[:2]]
    one = ask(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=ids(news)[0])
    assert one.find(f"*/{NS}record/{NS}metadata") is None


def test_strangers_get_what_is_open_and_a_key_what_it_may_see(shelf: Shelf, client: Client) -> None:
    open_rows, closed = shelf.rows(2), shelf.rows(3, start=10, openness="unreviewed")
    assert len(walk(client, verb="ListRecords", metadataPrefix="oai_dc")) == 2
    name = identifiers.oai_of("甲2", closed[0].permanent)
    assert error(ask(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=name)) == "idDoesNotExist"
    machine = accounts._new_user(
        COMMAND,
        username="harvester",
        name="采集",
        org=shelf.region.archives,
        password="",
        email="",
        is_machine=True,
    )
    accounts._assign(
        COMMAND, user=machine, role=accounts._role_at("cataloguer", shelf.region.archives),
        org=shelf.region.archives, starts_on=timezone.localdate(), ends_on=None,
    )  # fmt: skip
    token, secret = accounts.ApiToken.objects.create, "lt_sample-key"
    import hashlib

    token(user=machine, label="采集", digest=hashlib.sha256(secret.encode()).hexdigest())
    assert len(walk(client, secret, verb="ListRecords", metadataPrefix="oai_dc")) == 5
    assert client.get("/oai", {"verb": "Identify"}, headers={"Authorization": "Bearer no"}).status_code == 401
    shelf.change(open_rows[0], openness="controlled")
    headers = walk(client, secret, verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert not any(header.get("status") for header in headers)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone_in_the_cluster")
def test_datestamps_follow_the_changes_and_what_was_there_before(client: Client) -> None:
    from lantai.apps.holdings import services as holdings_services
    from tests.apps.holdings.region import make_region

    holdings_services.install_rules(COMMAND)
    region = make_region("甲")
    shelf = Shelf(region, region.fonds())
    rows = shelf.rows(3)
    Stamp.objects.all().delete()
    while stamping.follow():
        pass
    assert Stamp.objects.count() == 3
    first = Stamp.objects.get(pk=rows[0].pk).stamped_at
    Description.objects.filter(pk=rows[0].pk).update(title="改了")
    search.changed(COMMAND, "catalogue", [rows[0].pk])
    while stamping.follow():
        pass
    assert Stamp.objects.get(pk=rows[0].pk).stamped_at > first
    assert Stamp.objects.filter(stamped_at__gt=first).count() == 1


def test_what_a_kind_asks_of_its_own_is_told_but_for_persons_and_what_has_no_field(
    shelf: Shelf, client: Client
) -> None:
    fields = (
        *kit.fields_of("document"),
        KindField(name="hint", label="线索"),
        KindField(name="reporter", label="举报人", type=FieldType.PERSON, is_personal=True),
    )
    KindVersion.objects.create(
        kind=holdings.kind("document"), archives=shelf.region.archives, number=1, state="published",
        body=kit.to_data(fields), drafted_at=timezone.now(),
    )  # fmt: skip
    (row,) = shelf.rows(1)
    said = {"hint": "样例线索", "reporter": "样例举报人", "nowhere": "没有字段的话"}
    shelf.change(row, metadata=said)
    path = publishing.permanent_path(row.fonds.archives.code, row.permanent)
    for prefix in ("oai_dc", "ead", "dat"):
        listed = ask(client, verb="ListRecords", metadataPrefix=prefix)
        for text in ("".join(listed.itertext()), client.get(f"{path}?format={prefix}").content.decode()):
            assert "样例线索" in text and "样例举报人" not in text and "没有字段的话" not in text
    assert "样例线索" in client.get(path).content.decode()
    reader = publishing.readable(shelf.region.ctx("cataloguer"), [row.pk])[row.pk]
    own = publishing.record_of(shelf.region.ctx("cataloguer"), reader, path, publishing.Schemes()).own
    assert own == {"线索": "样例线索", "举报人": "样例举报人", "nowhere": "没有字段的话"}
    RecordKind.objects.filter(slug="document").update(is_personal=True)
    assert "样例线索" not in "".join(ask(client, verb="ListRecords", metadataPrefix="ead").itertext())


def test_a_public_topic_is_a_set(shelf: Shelf, client: Client) -> None:
    rows = shelf.rows(3)
    topic = Topic.objects.create(
        org=shelf.region.archives,
        title="样例专题",
        kind=TopicKind.values[0],
        share="public",
        created_at=timezone.now(),
    )
    for row in rows[:2]:
        Member.objects.create(topic=topic, description=row, standing="picked", added_at=timezone.now())
    spec = f"topic:{topic.pk}"
    assert spec in [e.text for e in ask(client, verb="ListSets").iter(f"{NS}setSpec")]
    shelf.change(rows[1], openness="controlled")
    found = walk(client, verb="ListIdentifiers", metadataPrefix="oai_dc", set=spec)
    assert [one.get("status") for one in found] == [None, "deleted"]
    assert [e.text for e in found[0].iter(f"{NS}setSpec")][-1] == spec
    Topic.objects.update(share="own")
    assert error(ask(client, verb="ListRecords", metadataPrefix="oai_dc", set=spec)) == "noRecordsMatch"
