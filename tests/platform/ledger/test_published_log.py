"""The log as strangers read it: C2SP tlog-tiles over HTTP; and who may read entries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from lantai.kit.errors import Missing
from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import SHA256, root
from lantai.kit.evidence.notes import parse_note
from lantai.kit.evidence.receipts import check_signatures
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings
from lantai.platform.context import Actor, system_ctx
from lantai.platform.ledger import queries, services, views
from tests.platform.ledger.acts import act_and_log, head

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
GET = RequestFactory().get("/log/")


class _Published:
    """A client's tiles: whatever the pages answer."""

    def read(self, level: int, index: int, width: int) -> bytes:
        return _tile(tiles.tile_path(level, index, width)).content


def _tile(path: str) -> HttpResponse:
    return views.tile(GET, path.removeprefix("tile/"))


def test_a_stranger_rebuilds_the_root_from_the_published_entries() -> None:
    act_and_log(300)
    note = views.checkpoint(GET).content.decode()
    seen = head(note)
    leaves = [
        entry
        for index, width in ((0, 256), (1, 44))
        for entry in tiles.unpack_entries(_tile(tiles.entries_path(index, width)).content)
    ]
    assert (len(leaves), root(map(SHA256.leaf, leaves))) == (seen.size, seen.root)
    assert tiles.root(seen.size, _Published()) == seen.root
    trust = TrustStore.parse(views.trust(GET).content.decode())
    assert check_signatures(parse_note(note), seen.origin, trust, Findings())


def test_a_client_that_kept_an_older_checkpoint_still_finds_its_partial_tiles() -> None:
    act_and_log(10)
    old = _tile("tile/0/000.p/10").content
    act_and_log(300)
    assert _tile("tile/0/000.p/10").content == old == _tile("tile/0/000").content[:320]


NOT_THERE = [
    *("0/000", "0/000.p/11", "0/000.p/0", "0/000.p/256", "0/0", "0/x000/000", "0/001.p/1"),
    *("1/000", "64/000.p/1", "entries/000", "entries/000.p/11", "../secret"),
    "0/x999/x999/x999/x999/x999/x999/x999/999",
]


@pytest.mark.parametrize("path", NOT_THERE)
def test_what_the_log_has_not_is_missing(path: str) -> None:
    act_and_log(10)
    with pytest.raises(Missing):
        views.tile(GET, path)


def test_an_empty_log_has_no_checkpoint() -> None:
    with pytest.raises(Missing):
        views.checkpoint(GET)


def test_tiles_may_be_kept_for_ever_and_the_checkpoint_only_shortly() -> None:
    act_and_log(1)
    tile, checkpoint = _tile("tile/0/000.p/1"), views.checkpoint(GET)
    assert (tile["Content-Type"], "immutable" in tile["Cache-Control"]) == ("application/octet-stream", True)
    assert (checkpoint["Content-Type"], checkpoint["Cache-Control"]) == (
        "text/plain; charset=utf-8",
        "public, max-age=5",
    )


def test_the_audit_officer_sees_the_entries_of_the_own_organisations_and_no_others() -> None:
    ctx = system_ctx()
    for org_id in (1, 2, None):
        services.record(replace(ctx, org_id=org_id), "a:b:made", object_type="a:b", object_id=org_id)
    auditor = replace(ctx, actor=Actor(9, "审计员样例", grants={"ledger:entry:read": frozenset({2})}))
    assert [e.object_id for e in queries.visible(auditor)] == ["2"]
    assert not queries.visible(replace(ctx, actor=Actor(8, "旁人样例"))).exists()


def test_what_was_done_to_one_object_reads_from_old_to_new() -> None:
    ctx = system_ctx()
    for act in ("a:b:made", "a:b:sealed"):
        services.record(ctx, act, object_type="a:b", object_id=5)
    services.record(ctx, "a:b:made", object_type="a:b", object_id=6)
    assert [e.act for e in queries.entries_about("a:b", 5)] == ["a:b:made", "a:b:sealed"]
