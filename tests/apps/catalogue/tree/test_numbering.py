from __future__ import annotations

from datetime import date

import pytest

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description, FormerCode
from lantai.apps.catalogue.queries.numbering import Asked, Order, ids_below, plan_numbering
from lantai.apps.catalogue.tree import CannotNumber, FormerCodeTaken, LevelsMixed
from lantai.apps.catalogue.types import ReferenceCodeTaken
from lantai.kit.numbering import NumbersExhausted

DAT13 = Asked(style="DA/T 13", width=4, parts=("year", "retention", "class_code"), start=1)


def loose(rows, number, **more):
    return rows.row("item", f"J109-WS·2011·D30·BGS-{number:04}", dated_on=date(2011, 1, 32 - number), **more)


def listed(plan):
    return [(line.code[-4:], line.new_code) for line in plan.lines]


def test_a_rule_gives_numbers_under_each_prefix_in_the_order_asked_for(rows):
    items = [loose(rows, number) for number in (4, 2, 9)]
    other = loose(rows, 7, class_code="RSC")
    ids = [row.pk for row in (*items, other)]
    assert listed(plan_numbering(rows.ctx, ids=ids, asked=DAT13)) == [
        ("0002", "J109-WS·2011·D30·BGS-0001"),
        ("0004", "J109-WS·2011·D30·BGS-0002"),
        ("0009", "J109-WS·2011·D30·BGS-0003"),
        ("0007", "J109-WS·2011·D30·RSC-0001"),
    ]
    by_date = Asked(style="DA/T 22", width=3, parts=DAT13.parts, start=5, order=Order.DATE)
    plan = plan_numbering(rows.ctx, ids=ids[:3], asked=by_date)
    assert [line.new_code for line in plan.lines] == [f"J109-WS·2011-D30-BGS-00{n}" for n in (5, 6, 7)]
    assert [line.code[-1] for line in plan.lines] == ["9", "4", "2"]


def test_numbers_may_change_places_and_be_taken_back(rows):
    one, two = loose(rows, 1, title="甲"), loose(rows, 2, title="乙")
    asked = Asked(style="DA/T 13", width=4, parts=DAT13.parts, start=1, order=Order.TITLE)
    plan = plan_numbering(rows.ctx, ids=[one.pk, two.pk], asked=asked)
    done = services.number(rows.ctx, ids=[one.pk, two.pk], asked=asked, digest=plan.digest)
    now = dict(Description.objects.values_list("title", "reference_code"))
    assert now == {"乙": "J109-WS·2011·D30·BGS-0001", "甲": "J109-WS·2011·D30·BGS-0002"}
    assert [row.pk for row in queries.of_code(rows.ctx, "J109-WS·2011·D30·BGS-0001")] == [two.pk]
    services.undo(rows.ctx, rearrangement_id=done.act.pk)
    assert dict(Description.objects.values_list("title", "reference_code"))["甲"][-4:] == "0001"


def test_numbering_goes_on_after_what_is_there_and_never_gives_a_code_twice(rows):
    loose(rows, 12)
    new = rows.row("item", "临时-1")
    going_on = Asked(style="DA/T 13", width=4, parts=DAT13.parts)
    assert plan_numbering(rows.ctx, ids=[new.pk], asked=going_on).lines[0].new_code[-4:] == "0013"
    taken = Asked(style="DA/T 13", width=4, parts=DAT13.parts, start=12)
    with pytest.raises(ReferenceCodeTaken):
        services.number(rows.ctx, ids=[new.pk], asked=taken)
    FormerCode.objects.create(
        description=loose(rows, 20), code="J109-WS·2011·D30·BGS-0015", until=rows.ctx.now, act="moved"
    )
    with pytest.raises(FormerCodeTaken):
        services.number(
            rows.ctx, ids=[new.pk], asked=Asked(style="DA/T 13", width=4, parts=DAT13.parts, start=15)
        )
    assert Description.objects.get(pk=new.pk).reference_code == "临时-1"


def test_a_file_takes_the_codes_of_its_items_along(rows):
    file = rows.file(1, items=2)
    asked = Asked(style="DA/T 13", width=3, parts=("year", "retention"), start=7)
    services.number(rows.ctx, ids=[file.pk], asked=asked)
    file.refresh_from_db()
    assert file.reference_code == "J109-WS·2011·D30-007"
    assert [row.reference_code[-7:] for row in rows.items(file)] == ["007-001", "007-002"]
    inside = [row.pk for row in rows.items(file)]
    plan = plan_numbering(rows.ctx, ids=inside, asked=Asked(start=5))
    assert [line.new_code for line in plan.lines] == [f"{file.reference_code}-000{n}" for n in (5, 6)]


def test_what_the_rule_asks_for_and_a_row_does_not_say_is_named(rows):
    bare = rows.row("item", "X", class_code="", title="没有机构的一件")
    with pytest.raises(CannotNumber, match="没有机构的一件"):
        plan_numbering(rows.ctx, ids=[bare.pk], asked=DAT13)
    with pytest.raises(LevelsMixed):
        plan_numbering(rows.ctx, ids=[bare.pk, rows.file(1).pk], asked=DAT13)
    with pytest.raises(NumbersExhausted):
        plan_numbering(
            rows.ctx,
            ids=[loose(rows, 1).pk],
            asked=Asked(style="DA/T 13", width=3, parts=DAT13.parts, start=1000),
        )


def test_all_of_a_unit_that_fits_a_filter_can_be_chosen(rows):
    file = rows.file(1, items=12)
    found = ids_below(queries.arrangeable(rows.ctx), file, "J109-001-001-01")
    assert [Description.objects.get(pk=pk).reference_code[-3:] for pk in found] == ["010", "011", "012"]
