"""Descriptions that no object tells of, entered and changed by the thousand, come back from the journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.test import Client
from lxml import etree

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import NewRow
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.interop import services as interop
from lantai.apps.interop.models import Stamp
from lantai.apps.interop.queries import identifiers
from lantai.apps.interop.services import stamping
from lantai.apps.interop.views import oai
from lantai.platform import rows
from lantai.platform.search.models import Listener
from lantai.site import journal
from lantai.site.rebuild import rebuild
from tests.apps.catalogue.conftest import Shelf, home, made_home, own_index, shelf
from tests.site.emptied import empty_database

__all__ = ["home", "made_home", "own_index", "shelf"]

OAI = "{http://www.openarchives.org/OAI/2.0/}"


def told() -> dict[str, Any]:
    """Every description with its number, and how harvesters call it."""
    stamping.stamp(list(Description.objects.values_list("pk", flat=True)))
    names = {
        one.row_id: identifiers.oai_of(one.archives_code, one.permanent)
        for one in Stamp.objects.filter(custodian_id__isnull=False)
    }
    found = {}
    for row in Description.objects.all():
        columns = rows.columns_of(row)
        columns.pop("updated_at")  # what a row has from above it gets again now
        found[rows.key_of(row)] = (row.pk, names[row.pk], columns)
    return found


def new(shelf: Shelf, number: int, **more: object) -> NewRow:
    values: dict[str, object] = {
        "fonds_id": shelf.fonds.pk, "custodian_id": shelf.region.archives.pk, "kind_id": holdings.kind("document").pk,
        "reference_code": f"{shelf.fonds.code}-WS·2011·Y-{number:04}", "title": f"样例{number}",
    }  # fmt: skip
    return NewRow(**(values | more))  # type: ignore[arg-type]


def heard(token: str = "") -> tuple[dict[str, tuple[str, bool]], str]:
    """What a stranger harvests, or the rest of a list: identifier → datestamp, whether deleted; and a token."""
    asked = {"resumptionToken": token} if token else {"metadataPrefix": "oai_dc"}
    answer = etree.fromstring(Client().get("/oai", {"verb": "ListIdentifiers", **asked}).content)
    found = {
        head.findtext(f"{OAI}identifier"): (head.findtext(f"{OAI}datestamp"), head.get("status") == "deleted")
        for head in answer.iter(f"{OAI}header")
    }
    return found, answer.findtext(f"*/{OAI}resumptionToken") or ""


def taken_back(shelf: Shelf, some: dict[str, Description]) -> list[int]:
    """Withdraw rows that the journal tells of, and one that it never told of; harvesters heard of all."""
    ctx = shelf.region.ctx("cataloguer")
    catalogue.enter(ctx, rows=[new(shelf, 200, openness="open")])
    gone = [some[f"{n:04}"].pk for n in range(105, 115)]
    gone.append(Description.objects.get(reference_code__endswith="0200").pk)
    stamping.stamp([gone[-1], some["0119"].pk])
    catalogue.withdraw(ctx, ids=gone)
    stamping.stamp(gone)
    return gone


def test_rows_without_content_come_back_as_they_are_and_withdrawn_ones_stay_away_for_harvesters_too(
    shelf: Shelf, tmp_path: Path, settings: Any, monkeypatch: Any
) -> None:
    settings.LANTAI_KEYS = tmp_path / "keys"
    monkeypatch.setattr(journal, "AGAIN", 7)
    ctx = shelf.region.ctx("cataloguer")
    unit = new(shelf, 1, level="file", reference_code="样例案卷")
    catalogue.enter(ctx, rows=[unit, *(new(shelf, n, parent_code="样例案卷") for n in range(2, 30))])
    catalogue.enter(ctx, rows=[new(shelf, n, openness="open") for n in range(100, 120)])
    told()
    journal.export_now()
    some = {row.reference_code[-4:]: row for row in Description.objects.all()}
    changed = [some["0002"], some["0003"], some["0100"]]
    catalogue.describe_many(ctx, changes=[(row.pk, row.revision, {"title": "成批改过"}) for row in changed])
    catalogue.state(ctx, description_id=some["0119"].pk, name="openness", value="controlled")
    gone = taken_back(shelf, some)
    file = some["样例案卷"]
    catalogue.state(ctx, description_id=file.pk, name="retention", value="D30")
    catalogue.enter(ctx, rows=[new(shelf, n, title="又导入一次") for n in range(105, 108)])
    journal.export_now()
    before = told()
    assert len(before) == 29 + 10 + 3
    harvested, _none = heard()
    deleted = {name for name, (_at, is_deleted) in harvested.items() if is_deleted}
    controlled = before[rows.key_of(some["0119"])][1]
    assert (len(deleted), len(harvested)) == (10 + 1 + 1, 20 + 1)
    monkeypatch.setattr(oai, "HEADERS_PAGE", 8)
    begun, token = heard()
    monkeypatch.setattr(oai, "HEADERS_PAGE", 500)
    empty_database()
    made = rebuild(custody.storage_root())
    assert (made.damaged, made.left_out) == ([], {})
    rest, _none = heard(token)  # of a list that began before; what stands again comes with the next one
    assert len(begun) == 8
    told_so = {name for name, (_at, is_deleted) in {**begun, **rest}.items() if is_deleted}
    assert told_so | {controlled} == deleted
    gone_for_all = deleted - {controlled}
    assert [{**begun, **rest}[name] for name in gone_for_all] == [harvested[name] for name in gone_for_all]
    after = told()
    again, _none = heard()
    assert {name for name, (_at, is_deleted) in again.items() if is_deleted} == deleted
    catalogue.enter(ctx, rows=[new(shelf, 201, openness="open")])
    fresh = Description.objects.get(reference_code__endswith="0201")
    stamping.stamp([fresh.pk])
    assert fresh.pk > max(gone)  # or the new record would go by the name of one that is no more
    assert len(heard()[0]) == len(harvested) + 1
    assert {name for name in before.keys() | after.keys() if after.get(name) != before.get(name)} == set()
    assert Description.objects.filter(title="成批改过").count() == 3
    assert Description.objects.filter(parent__reference_code="样例案卷", retention="D30").count() == 28


def test_the_journal_goes_on_where_datestamps_do_not_follow_and_tells_of_them_afterwards(
    shelf: Shelf, tmp_path: Path, settings: Any, monkeypatch: Any
) -> None:
    settings.LANTAI_KEYS = tmp_path / "keys"
    ctx, root = shelf.region.ctx("cataloguer"), custody.storage_root()

    def fails() -> int:
        raise ValueError("样例错误")

    def heads() -> list[dict[str, Any]]:
        return [json.loads(one.path.read_bytes().splitlines()[0]) for one in journal.segments(root)]

    catalogue.enter(ctx, rows=[new(shelf, 1, openness="open")])
    journal.export_now()
    row = Description.objects.get()
    stamping.stamp([row.pk])
    catalogue.withdraw(ctx, ids=[row.pk])
    stamping.stamp([row.pk])  # gone: what only a datestamp tells
    with monkeypatch.context() as patch:
        patch.setattr(interop, "follow", fails)
        journal.export_now()
    *_before, broken = heads()
    assert len(heads()) == 2 and broken["harvested"] == heads()[0]["harvested"]
    acts = (json.loads(line) for line in journal.newest(root).path.read_bytes().splitlines())
    kinds = {line["t"] for line in acts}
    assert "ledger.entry" in kinds and "harvested" not in kinds
    catalogue.enter(ctx, rows=[new(shelf, 2)])
    journal.export_now()
    told_of = [line for line in journal.newest(root).path.read_bytes().splitlines() if b'"harvested"' in line]
    assert (
        heads()[-1]["harvested"] > broken["harvested"] and len(told_of) == 2
    )  # the head, and the one that is gone


def test_a_follower_that_was_forgotten_begins_anew_and_finds_what_is_gone(shelf: Shelf) -> None:
    ctx = shelf.region.ctx("cataloguer")
    catalogue.enter(ctx, rows=[new(shelf, n, openness="open") for n in (1, 2)])
    while stamping.follow():
        pass
    stamping.stamp(list(Description.objects.values_list("pk", flat=True)))
    one, other = Description.objects.order_by("pk")
    Description.objects.filter(pk=other.pk).delete()  # heard of by nobody
    Listener.objects.filter(name=stamping.NAME).delete()
    while stamping.follow():
        pass
    assert Stamp.objects.get(pk=other.pk).custodian_id is None
    assert Stamp.objects.get(pk=one.pk).custodian_id is not None
