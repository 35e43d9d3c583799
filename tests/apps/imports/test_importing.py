"""A sheet on its way into the catalogue: tried, corrected, entered, taken back."""

from __future__ import annotations

import resource

import pytest
from django.test import Client
from django.urls import reverse

from lantai.apps.catalogue.models import Description
from lantai.apps.holdings.types import Openness
from lantai.apps.imports import queries, services
from lantai.apps.imports.models import Batch, ImportedRow, Problem, StagedRow
from lantai.apps.imports.types import BatchState, CodeColumnMissing, ColumnTwice, NothingToEnter, NotYet
from lantai.apps.imports.wording import said
from lantai.kit.errors import Missing
from lantai.kit.metadata.exchange import Record, write_dat, write_ead
from lantai.kit.tabular import open_tables
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger import queries as ledger
from lantai.platform.workflow.types import NotFromHere
from tests.apps.imports.sheets import HEADINGS, KINDS, code, csv_of, good_row, spoilt, write_xlsx


def _errors(batch):
    found = Problem.objects.filter(batch=batch, severity="error")
    return sorted(found.values_list("code", "number", "column"))


def _report(batch, tmp_path):
    path = tmp_path / f"report{batch.pk}.xlsx"
    with blobs.open_blob(batch.report_key) as stream:
        path.write_bytes(stream.read())
    (table, *_rest) = open_tables(path)
    return [row.texts for row in table.rows()]


def _all_errors_are_found(desk, tmp_path, count, errors):
    rows, planted = spoilt(count, errors)
    write_xlsx(tmp_path / "目录.xlsx", rows)
    batch = desk.checked((tmp_path / "目录.xlsx").read_bytes(), "目录.xlsx", kind="marriage")
    assert _errors(batch) == sorted((one.kind, one.row, one.column) for one in planted)
    assert (batch.state, batch.error_count) == (BatchState.FAULTY, errors)
    with pytest.raises(NotFromHere):
        services.ask_to_enter(desk.ctx, batch_id=batch.pk)
    assert not Description.objects.filter(fonds=desk.fonds).exists()
    return batch, planted


def _corrected_file_passes(desk, tmp_path, count):
    write_xlsx(tmp_path / "改正.xlsx", (good_row(n) for n in range(1, count + 1)))
    good = desk.checked((tmp_path / "改正.xlsx").read_bytes(), "改正.xlsx", kind="marriage")
    assert (good.state, good.error_count, good.new_count) == (BatchState.READY, 0, count)
    good = desk.enter(good)
    assert (good.state, Description.objects.filter(fonds=desk.fonds).count()) == (BatchState.ENTERED, count)
    good = desk.undo(good)
    assert good.state == BatchState.UNDONE
    for model, where in (
        (Description, {"fonds": desk.fonds}),
        (ImportedRow, {}),
        (StagedRow, {"batch": good}),
    ):
        assert not model.objects.filter(**where).exists()


def test_every_planted_error_is_reported_at_its_cell_and_nothing_is_entered(desk, tmp_path):
    assert len({(kind.name, kind.column) for kind in KINDS}) >= 25
    batch, planted = _all_errors_are_found(desk, tmp_path, 200, len(KINDS))
    lines = _report(batch, tmp_path)
    assert lines[0][: len(HEADINGS)] == HEADINGS
    told = {number + 1 for number, texts in enumerate(lines) if number and len(texts) > len(HEADINGS)}
    assert {one.row for one in planted} <= told
    assert "没有这一天" in next(texts[-1] for texts in lines if "20230230" in texts)
    _corrected_file_passes(desk, tmp_path, 200)


@pytest.mark.large
def test_370_errors_of_25_kinds_among_200000_rows_are_all_reported(desk, tmp_path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _all_errors_are_found(desk, tmp_path, 200_000, 370)
    _corrected_file_passes(desk, tmp_path, 200_000)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 600


def test_the_same_file_again_brings_nothing_and_a_changed_one_only_its_changes(desk, sheet):
    desk.enter(desk.checked(sheet()))
    again = desk.checked(sheet())
    assert (again.new_count, again.changed_count, again.same_count) == (0, 0, 3)
    with pytest.raises(NothingToEnter):
        services.ask_to_enter(desk.ctx, batch_id=again.pk)
    client = Client()
    client.force_login(desk.region.people["cataloguer"])
    page = client.get(again.get_absolute_url()).content.decode()
    assert "不需要导入" in page and reverse("imports:move", args=[again.pk, "enter"]) not in page
    upload = client.get(reverse("imports:upload"), {"as": again.pk}).context["form"]
    assert upload["fonds"].value() == again.fonds_id and upload["kind"].value() == again.kind_id
    changed = desk.checked(sheet(4, row2={"题名": "改正的题名", "日期": "20110306"}))
    assert (changed.new_count, changed.changed_count, changed.same_count) == (1, 1, 2)
    (row,) = StagedRow.objects.filter(batch=changed, standing="changed")
    assert row.changes == {"title": "改正的题名", "dated_on": "2011-03-06"}
    changed = desk.enter(changed)
    second = Description.objects.get(reference_code=code(2))
    assert (second.title, second.revision) == ("改正的题名", 2)
    brought = queries.entered_of(desk.ctx, changed).values_list("description__reference_code", "is_new")
    assert set(brought) == {(code(2), False), (code(4), True)}
    assert desk.undo(changed).state == BatchState.UNDONE
    second.refresh_from_db()
    assert second.title == good_row(2)["题名"]
    assert Description.objects.filter(fonds=desk.fonds).count() == 3


def test_a_kind_s_own_values_are_updated_and_taken_back_too(desk, sheet):
    desk.enter(desk.checked(sheet(1, row1={"女方出生日期": "19500101"}), kind="marriage"))
    batch = desk.checked(sheet(1, row1={"女方出生日期": "19500102", "登记类型": "补办"}), kind="marriage")
    (row,) = StagedRow.objects.filter(batch=batch)
    assert set(row.changes) == {"wifeBirth", "registrationType"}
    batch = desk.enter(batch)
    assert Description.objects.get(reference_code=code(1)).metadata["registrationType"] == "补办"
    desk.undo(batch)
    assert Description.objects.get(reference_code=code(1)).metadata["registrationType"] == "结婚"


def test_a_batch_that_somebody_worked_on_since_is_not_taken_back(desk, sheet):
    from lantai.apps.catalogue import services as catalogue

    batch = desk.enter(desk.checked(sheet()))
    row = Description.objects.get(reference_code=code(1))
    catalogue.describe(desk.ctx, description_id=row.pk, revision=1, changes={"title": "后来改的"})
    batch = desk.undo(batch)
    assert batch.state == BatchState.ENTERED
    assert "后来" not in said(Problem.objects.get(batch=batch))
    assert Description.objects.filter(fonds=desk.fonds).count() == 3


def test_codes_taken_between_check_and_entering_keep_the_whole_batch_out(desk, sheet):
    first, second = desk.checked(sheet(2)), desk.checked(sheet(5))
    desk.enter(first)
    second = desk.enter(second)
    assert second.state == BatchState.FAULTY
    assert code(1) in said(Problem.objects.get(batch=second))
    assert Description.objects.filter(fonds=desk.fonds).count() == 2


def test_what_the_cells_say_stands_in_the_catalogue(desk, sheet):
    desk.enter(
        desk.checked(
            sheet(1, row1={"日期": "2011年3月", "人名": "曾一、单二", "备注": "第一\n第二", "密级": "内部"})
        )
    )
    row = Description.objects.get(reference_code=code(1))
    assert (row.year, row.dated_on, row.retention, row.persons) == (2011, None, "D30", ["曾一", "单二"])
    assert (row.metadata["date"], row.classification, row.note) == ("201103", "internal", "第一\n第二")


def test_openness_is_taken_from_a_sheet_only_when_somebody_says_so(desk, sheet):
    said = sheet(1, row1={"开放标识": "开放"})
    batch = desk.checked(said)
    assert batch.warning_count >= 1
    services.give_up(desk.ctx, batch_id=batch.pk)
    desk.enter(desk.checked(said, takes_openness=True))
    assert Description.objects.get(reference_code=code(1)).openness == Openness.OPEN


def test_files_and_their_items_come_in_one_sheet(desk):
    file = f"{desk.fonds.code}-WS·2011·D30-0007"
    rows = [
        good_row(1) | {"档号": file, "题名": "案卷", "著录层级": "案卷级"},
        good_row(2) | {"档号": f"{file}-001", "题名": "卷内件", "上级档号": file},
    ]
    batch = desk.enter(desk.checked(csv_of(rows)))
    assert batch.state == BatchState.ENTERED
    assert Description.objects.get(reference_code=f"{file}-001").parent.reference_code == file


def test_a_sheet_in_gb18030_with_unknown_headings_is_mapped_by_hand_and_remembered(desk):
    headings = {"档号": "我馆编号", "题名": "事由", "日期": "哪天", "备注": "闲话"}
    rows = [{headings[key]: good_row(n)[key] if key != "备注" else "x" for key in headings} for n in (1, 2)]
    data = csv_of(rows, headings.values(), "gb18030")
    batch = desk.received(data)
    with pytest.raises(CodeColumnMissing):
        services.map_columns(desk.ctx, batch_id=batch.pk, mapping={"我馆编号": "archivalCode"})
    with pytest.raises(ColumnTwice):
        services.map_columns(desk.ctx, batch_id=batch.pk, mapping={"我馆编号": "title", "事由": "title"})
    mapping = {"我馆编号": "archivalCode", "事由": "title", "哪天": "date", "闲话": ""}
    services.map_columns(desk.ctx, batch_id=batch.pk, mapping=mapping)
    assert desk.received(data).mapping == mapping


@pytest.mark.parametrize("write", [write_dat, None], ids=["directory", "ead3"])
def test_what_was_exported_is_read_back(desk, write):
    from datetime import UTC, date, datetime

    records = [
        Record(
            level="item", reference_code=code(n), title=f"<题名>{n}", author="样例", dated_on=date(2011, 3, 5),
            year=2011, retention="D30", openness="open", classification="public", persons=("曾一", "单二"),
            page_count=3, note="附注", fonds_code=desk.fonds.code, class_code="办公室",
        )
        for n in (1, 2)
    ]  # fmt: skip
    made = datetime(2026, 1, 1, tzinfo=UTC)
    chunks = write(records) if write else write_ead(records, title="样例", identifier="x", made_at=made)
    batch = desk.enter(desk.checked(b"".join(chunks), "目录.xml", takes_openness=True))
    assert (batch.state, batch.new_count) == (BatchState.ENTERED, 2)
    row = Description.objects.get(reference_code=code(2))
    assert (row.title, row.author, row.dated_on, row.year) == ("<题名>2", "样例", date(2011, 3, 5), 2011)
    assert (row.retention, row.openness, row.persons, row.page_count) == ("D30", "open", ["曾一", "单二"], 3)
    assert (row.note, row.class_code) == ("附注", "办公室")


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 not a workbook",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"",
        b"\x89PNG....",
        b"<ead><c>",
    ],
    ids=["zip", "entity", "empty", "picture", "cut"],
)
def test_a_hostile_file_is_refused_in_words(desk, data):
    batch = desk.received(data, "目录.xlsx")
    assert batch.state == BatchState.FAULTY
    assert said(Problem.objects.get(batch=batch))
    with pytest.raises(NotYet):
        services.remap(desk.ctx, batch_id=batch.pk)


def test_strangers_and_readers_import_nothing(desk, sheet, home):
    batch = desk.received(sheet())
    for act in (services.give_up, services.ask_to_enter, services.ask_to_undo, services.remap):
        with pytest.raises((Missing, NotPermitted)):
            act(home.ctx("reading_clerk"), batch_id=batch.pk)
    with pytest.raises(Missing):
        services.receive(
            home.ctx("reading_clerk"), fonds_id=desk.fonds.pk, kind_id=batch.kind_id, name="a", content=None
        )


def test_every_step_has_its_line_in_the_ledger(desk, sheet):
    batch = desk.undo(desk.enter(desk.checked(sheet())))
    acts = [entry.act for entry in ledger.entries_about("imports:batch", batch.pk).order_by("id")]
    assert acts == [
        f"imports:batch:{past}"
        for past in (
            "received", "surveyed", "check_started", "found_sound", "enter_started", "entered",
            "undo_started", "undone",
        )
    ]  # fmt: skip
    assert Batch.objects.get(pk=batch.pk).undone_at
