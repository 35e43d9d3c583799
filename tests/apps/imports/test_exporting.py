"""What I see as a file: every format, only what I may take away, no number of a person in clear."""

from __future__ import annotations

import csv
import io

import pytest
from lxml import etree

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import Asked, Level, NewRow
from lantai.apps.holdings import queries as holdings
from lantai.apps.imports import services
from lantai.apps.imports.services.exporting import Listed
from lantai.apps.imports.types import FormatUnknown
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger.models import Entry
from lantai.platform.search import services as search
from tests.apps.holdings.region import make_region

NUMBER = "11010519491231002X"  # the example of GB 11643, nobody's


@pytest.fixture
def described(desk):
    file, kind = f"{desk.fonds.code}-WS·2011·D30-0007", holdings.kind("marriage").pk
    common = {"fonds_id": desk.fonds.pk, "custodian_id": desk.fonds.archives_id, "kind_id": kind}
    rows = [
        NewRow(**common, reference_code=file, title="案卷", level=Level.FILE),
        NewRow(
            **common, reference_code=f"{file}-001", title="=cmd|'/c calc'!A1", parent_code=file, persons=("曾一",),
            metadata={"wifeName": "曾一", "wifeIdentity": NUMBER, "place": "样例村"}, openness="open",
        ),
    ]  # fmt: skip
    catalogue.enter(desk.ctx, rows=rows)
    return desk


def _file(ctx, fonds, format):
    asked = Asked(fonds=frozenset({fonds.pk}))
    return b"".join(services.export(ctx, asked=asked, format=format, title="样例"))


@pytest.mark.parametrize("format", services.FORMATS)
def test_every_format_holds_every_row_and_no_number_in_clear(described, format):
    data = _file(described.ctx, described.fonds, format)
    assert NUMBER.encode() not in data
    if format == "xlsx":
        assert data.startswith(b"PK")
        return
    assert "样例村".encode() in data
    assert data.count(f"{described.fonds.code}-WS·2011·D30-0007".encode()) >= 2
    if format != "csv":
        etree.fromstring(data)


def test_a_title_that_looks_like_a_formula_is_not_run(described):
    lines = list(csv.reader(io.StringIO(_file(described.ctx, described.fonds, "csv").decode("utf-8-sig"))))
    assert lines[2][1] == "'=cmd|'/c calc'!A1"


def test_what_is_exported_as_a_table_is_imported_as_no_change(described):
    data = _file(described.ctx, described.fonds, "csv")
    batch = described.checked(data, kind="marriage")
    assert (batch.new_count, batch.changed_count, batch.same_count) == (0, 0, 2)


def test_a_stranger_takes_only_what_is_open_and_no_persons(described):
    abroad = make_region("B")
    data = _file(abroad.ctx("cataloguer"), described.fonds, "csv").decode("utf-8-sig")
    assert len(data.splitlines()) == 2
    assert "曾一" not in data


def test_every_export_has_a_line_that_names_no_value(described):
    _file(described.ctx, described.fonds, "dc")
    entry = Entry.objects.filter(act="imports:records:exported").latest("id")
    assert entry.detail == {"rows": 2, "format": "dc", "conditions": "fonds_id__in"}


def test_who_may_not_export_and_what_cannot_be_made_is_refused(described, home):
    with pytest.raises(FormatUnknown):
        services.export(described.ctx, asked=[1], format="doc", title="")
    with pytest.raises(NotPermitted):
        services.export(home.ctx("reading_clerk"), asked=[1], format="csv", title="")


def test_a_list_a_unit_and_what_only_the_index_knows_go_out_as_they_are_seen(described, settings, tmp_path):
    settings.LANTAI_INDEX = tmp_path / "index"
    search.follow()
    ctx, file = described.ctx, Description.objects.get(level="file")

    def codes(asked):
        return [row.reference_code.removeprefix(file.reference_code) for row in services.rows_of(ctx, asked)]

    assert codes(Listed(f"fonds={described.fonds.pk}&level=file")) == [""]
    assert codes(Listed("q=cmd")) == ["-001"]
    assert codes(Asked(files=frozenset({file.pk}))) == ["-001"], "what lies under the unit, as search has it"
    assert codes(Asked(places=frozenset({"样例村"}))) == ["-001"]
    assert codes(Asked(places=frozenset({"别的村"}))) == []
    assert codes(Asked(text="案卷")) == [""]
    services.export(ctx, asked=Listed("q=cmd&level=item"), format="dc", title="样例")
    entry = Entry.objects.filter(act="imports:records:exported").latest("id")
    assert entry.detail == {"rows": 1, "format": "dc", "conditions": "level,q"}, (
        "conditions, never their values"
    )
