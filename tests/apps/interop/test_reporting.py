"""What an archives tells its superior when things change between two reports, or go wrong in one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lantai.apps.holdings import services as holdings
from lantai.apps.interop import services
from lantai.apps.interop.models import Channel, Dispatch, Foreign, Round, Source
from lantai.apps.interop.services import sending, stamping
from lantai.apps.interop.services.failing import note_failure
from lantai.apps.interop.tables import problem_of
from lantai.apps.interop.types import ReportTooLarge
from tests.apps.holdings.region import COMMAND, make_region
from tests.apps.interop.conftest import Shelf
from tests.apps.interop.test_exchange import Superior, wired

__all__ = ["wired"]


def revise(superior: Superior, shelf: Shelf, **more: Any) -> Channel:
    row = Channel.objects.get(pk=superior.channel.pk)
    names = ("name", "address", "key_name", "every_hours", "only_open", "is_enabled")
    said = {name: getattr(row, name) for name in names} | more
    return services.revise_channel(shelf.region.ctx("cataloguer"), channel_id=row.pk, **said)


def held(source: Source) -> set[str]:
    return set(source.records.filter(is_deleted=False).values_list("reference_code", flat=True))


def test_who_is_to_know_only_what_is_open_from_now_on_gets_the_rest_taken_back(
    shelf: Shelf, wired: list[str], settings: Any
) -> None:
    superior = Superior(shelf, settings)
    source = superior.agree(shelf)
    shown, hidden = shelf.rows(2), shelf.rows(2, start=10, openness="unreviewed")
    superior.report()
    assert held(source) == {row.reference_code for row in (*shown, *hidden)}
    revise(superior, shelf, only_open=True)
    superior.report()
    assert held(source) == {row.reference_code for row in shown}
    assert not source.records.filter(is_deleted=True).exclude(title="").exists()
    revise(superior, shelf, only_open=False)
    superior.report()
    assert len(held(source)) == 4


def test_a_batch_that_says_more_than_a_server_takes_goes_in_parts_and_a_long_note_comes_back_alone(
    shelf: Shelf, wired: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    superior = Superior(shelf, settings)
    source = superior.agree(shelf)
    rows = shelf.rows(20)
    shelf.change(rows[4], note="长" * 20_001)
    monkeypatch.setattr(sending, "MOST_SENT", 70_000)
    assert superior.report().state == "succeeded"
    assert len(held(source)) == 19
    (refused,) = [line for one in Dispatch.objects.all() for line in one.refused]
    assert (refused["code"], refused["reason"]) == (rows[4].reference_code, "附注超过 20000 字")
    page = Client()
    page.force_login(
        shelf.region.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert f'href="{refused["address"]}"' in page.get(superior.channel.get_absolute_url()).content.decode()
    shelf.change(rows[4], note="短")
    superior.report()
    assert len(held(source)) == 20
    assert Dispatch.objects.count() == Round.objects.count() > 2


def test_a_report_that_failed_is_tried_again_within_the_hour(
    shelf: Shelf, wired: list[str], settings: Any
) -> None:
    superior = Superior(shelf, settings)
    shelf.rows(1)
    services.start_report(shelf.region.ctx("cataloguer"), channel_id=superior.channel.pk)
    Channel.objects.update(next_at=timezone.now() + timedelta(hours=24))
    assert superior.report().state == "failed"  # nobody up there has agreed yet
    row = Channel.objects.get()
    assert row.last_error and row.next_at < timezone.now() + timedelta(hours=1, seconds=1)
    note_failure(row, ReportTooLarge(most=500, count=501))
    assert problem_of(Channel.objects.get()).startswith("一批报送最多 500 条，这一批有 501 条")


@pytest.mark.large
@pytest.mark.django_db(transaction=True)
def test_two_archives_report_over_the_wire_and_the_superior_ends_with_what_is_there(
    live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    holdings.install_rules(COMMAND)
    region = make_region("甲")
    shelf = Shelf(region, region.fonds())
    superior = Superior(shelf, settings)
    source = superior.agree(shelf)
    Channel.objects.update(address=live_server.url)
    rows = shelf.rows(1_200)
    real, calls = sending._acknowledge, []

    def dying(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("cut")  # the superior has the second batch, we have no receipt
        real(*arguments)

    monkeypatch.setattr(sending, "_acknowledge", dying)
    assert superior.report().state == "failed"
    assert Foreign.objects.count() == 1_000
    shelf.change(rows[700], title="改过的题名")
    shelf.rows(3, start=5_000)
    gone = [row.pk for row in rows[10:15]]
    for row in rows[10:15]:
        row.delete()
    stamping.stamp(gone)
    assert superior.report().state == "succeeded"
    assert len(held(source)) == 1_198
    assert source.records.get(title="改过的题名").reference_code == rows[700].reference_code
    assert Dispatch.objects.filter(acknowledged_at__isnull=True).count() == 0
    counts = Dispatch.objects.order_by("pk").values_list("attempts", "sent_count")
    assert [attempts for attempts, _count in counts] == [1, 2, *[1] * (len(counts) - 2)]
    superior.report()
    assert Dispatch.objects.count() == len(counts)
