from __future__ import annotations

import random

import pytest

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.services import inheriting
from lantai.apps.catalogue.tree import Inherited, NothingStated, NotStatedHere
from lantai.apps.catalogue.types import NewRow
from lantai.kit.numbering import LegacyRetention
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger import queries as ledger
from tests.apps.catalogue.tree.conftest import told
from tests.rows import make


def state(rows, row, name, value):
    return services.state(rows.ctx, description_id=row.pk, name=name, value=value, reason="样例理由")


def in_force(name):
    return dict(Description.objects.values_list("reference_code", name))


def test_what_a_row_does_not_say_it_has_from_the_nearest_unit_that_says_it(rows):
    series = rows.row("series", "S", retention="")
    file = rows.row("file", "F", series, retention="")
    said = rows.row("item", "F-001", file, retention="D10")
    silent = rows.row("item", "F-002", file, retention="")
    part = rows.row("component", "F-002-1", silent, retention="")
    told()
    assert state(rows, series, "retention", "永久").count == 3
    assert in_force("retention") == {"S": "Y", "F": "Y", "F-001": "D10", "F-002": "Y", "F-002-1": "Y"}
    assert told() == {series.pk, file.pk, silent.pk, part.pk}
    silent.refresh_from_db()
    (origin,) = queries.origins(rows.ctx, silent)
    assert (origin.name, origin.label, origin.level) == ("retention", "S", "类别")
    state(rows, file, "retention", "D30")
    assert in_force("retention") == {"S": "Y", "F": "D30", "F-001": "D10", "F-002": "D30", "F-002-1": "D30"}
    state(rows, file, "retention", "")
    assert in_force("retention")["F-002-1"] == "Y"
    state(rows, series, "retention", "")
    assert in_force("retention") == {"S": "", "F": "", "F-001": "D10", "F-002": "", "F-002-1": ""}
    said.refresh_from_db()
    assert queries.origins(rows.ctx, said) == []


def test_the_fonds_says_it_for_all_that_lies_in_it_and_each_statement_is_a_line_that_can_be_undone(rows):
    file = rows.file(1, items=2, openness="unreviewed")
    archivist = rows.region.ctx("archivist")
    fonds = services.describe_fonds(archivist, fonds_id=rows.fonds.pk)
    done = state(rows, fonds, "openness", "controlled")
    assert done.count == 3 and set(in_force("openness").values()) == {"controlled"}
    assert inheriting.affected([fonds.pk], "openness") == 3
    services.undo(rows.ctx, rearrangement_id=done.act.pk)
    assert set(in_force("openness").values()) == {"unreviewed"}
    assert Description.objects.get(pk=file.pk).inherits == []
    acts = [entry.act for entry in ledger.entries_about("catalogue:description", fonds.pk)]
    assert acts == ["catalogue:fonds:described", "catalogue:unit:stated"]


def test_a_new_custodian_reaches_only_what_has_its_custodian_from_above(rows):
    series = services.make_unit(
        rows.ctx, fonds_id=rows.fonds.pk, level="series", reference_code="S", title="类"
    )
    file = services.make_unit(
        rows.ctx, fonds_id=rows.fonds.pk, level="file", reference_code="F", title="卷", parent_id=series.pk
    )
    own = rows.row("file", "G", series)
    with pytest.raises(NotPermitted):
        state(rows, series, "custodian", str(rows.region.agency.pk))
    Description.objects.filter(pk=series.pk).update(custodian=rows.region.agency)
    inheriting.spread(rows.ctx, [series.pk])
    file.refresh_from_db()
    own.refresh_from_db()
    assert (file.custodian_id, own.custodian_id) == (rows.region.agency.pk, rows.region.archives.pk)


def test_hostile_values_and_sealed_records_are_refused(rows):
    file = rows.file(1)
    for name, value in (
        ("openness", "x"),
        ("retention", "很久"),
        ("retention", "长期"),
        ("openness", "\x00"),
    ):
        with pytest.raises((NothingStated, LegacyRetention)):
            state(rows, file, name, value)
    from lantai.apps.custody.models import Package

    owners = {"org": rows.region.archives, "custodian": rows.region.archives, "fonds": rows.fonds}
    sealed = rows.row("item", "X-1", package=make(Package, owners), item_key="x")
    with pytest.raises(NotStatedHere):
        state(rows, sealed, "openness", "open")


def test_entered_rows_have_from_above_what_they_do_not_say(rows):
    series = rows.row("series", "S", retention="")
    state(rows, series, "openness", "open")
    services.describe_fonds(rows.region.ctx("archivist"), fonds_id=rows.fonds.pk)

    def new(level, code, parent):
        return NewRow(
            level=level, fonds_id=rows.fonds.pk, custodian_id=rows.region.archives.pk, kind_id=rows.kind_id,
            reference_code=code, title=code, parent_code=parent,
        )  # fmt: skip

    services.enter(
        rows.ctx, rows=[new("file", "F", "S"), new("item", "F-1", "F"), new("item", "L", rows.fonds.code)]
    )
    assert in_force("openness") == {
        "S": "open",
        "F": "open",
        "F-1": "open",
        "L": "unreviewed",
        "J109": "unreviewed",
    }
    assert Description.objects.get(reference_code="L").parent_id is None


def brute(row, name, by_id, fonds_row):
    """What is in force by walking up, one row at a time."""
    while row is not None:
        if row["said"][name]:
            return row["said"][name]
        parent = by_id.get(row["parent"])
        row = parent if parent is not None else (fonds_row if row is not fonds_row else None)
    return inheriting.NOTHING[name]


def test_whatever_is_stated_and_moved_the_values_equal_a_walk_up_the_tree(rows):
    chance = random.Random(11)
    fonds = services.describe_fonds(rows.region.ctx("archivist"), fonds_id=rows.fonds.pk)
    tree = [fonds]
    for number in range(24):
        above = chance.choice([row for row in tree if row.level in ("fonds", "series", "file")])
        level = "item" if above.level == "file" else chance.choice(["series", "file", "item"])
        tree.append(rows.row(level, f"R{number:02}", None if above.level == "fonds" else above, retention=""))
    said = {row.pk: {"retention": "", "openness": ""} for row in tree}
    for _step in range(9):
        row = chance.choice(tree)
        name, values = chance.choice(
            [("retention", ["Y", "D10", ""]), ("openness", ["open", "controlled", ""])]
        )
        said[row.pk][name] = value = chance.choice(values)
        state(rows, row, name, value)
        if chance.random() < 0.4:
            moved = chance.choice([one for one in tree if one.level == "item"])
            to = chance.choice([None, *(one for one in tree if one.level in ("series", "file"))])
            services.move(rows.ctx, ids=[moved.pk], to_id=to.pk if to else None)
        now = {row.pk: row for row in Description.objects.all()}
        by_id = {pk: {"parent": one.parent_id, "said": said[pk]} for pk, one in now.items()}
        for pk, one in now.items():
            for name in (Inherited.RETENTION.value, Inherited.OPENNESS.value):
                assert getattr(one, name) == brute(by_id[pk], name, by_id, by_id[fonds.pk])
