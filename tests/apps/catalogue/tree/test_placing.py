from __future__ import annotations

import pytest

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Arrangement, Description, Placement
from lantai.apps.catalogue.tree import ArrangementNameTaken, HeadingMissing, NoRuleOfArrangement, OtherFonds
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger import queries as ledger


def outline(ctx, arrangement, parent=None):
    """The whole arrangement as nested dicts of headings and lists of codes."""
    window = queries.placement_window(ctx, arrangement, parent, limit=1000)
    if any(place.description_id for place, _count in window.places):
        return [place.description.reference_code for place, _count in window.places]
    return {place.heading: outline(ctx, arrangement, place) for place, _count in window.places}


def shelf(rows):
    rows.row("item", "A1", year=2010, retention="Y", persons=["样例人甲", "样例人乙"])
    rows.row("item", "A2", year=2010, retention="D30", persons=["样例人乙"])
    rows.row("item", "A3", year=2011, retention="Y")
    return rows.file(1, items=1)


def test_a_rule_places_every_item_and_is_followed_anew_when_records_change(rows):
    shelf(rows)
    made = services.make_arrangement(
        rows.ctx, fonds_id=rows.fonds.pk, name="年度—机构—期限", rule=["year", "class_code", "retention"]
    )
    assert outline(rows.ctx, made) == {
        "2010": {"BGS": {"30年": ["A2"], "永久": ["A1"]}},
        "2011": {"BGS": {"30年": ["J109-001-001-001"], "永久": ["A3"]}},
    }
    Description.objects.filter(reference_code="A1").update(year=None, class_code="")
    assert services.fill(rows.ctx, arrangement_id=made.pk) == 4
    assert outline(rows.ctx, made)["年度不详"] == {"未分机构或问题": {"永久": ["A1"]}}
    assert "A1" not in str(outline(rows.ctx, made)["2010"])


def test_a_record_lies_under_every_person_and_several_arrangements_stand_side_by_side(rows):
    shelf(rows)
    by_person = services.make_arrangement(rows.ctx, fonds_id=rows.fonds.pk, name="按人", rule=["person"])
    by_year = services.make_arrangement(rows.ctx, fonds_id=rows.fonds.pk, name="按年", rule=["year"])
    assert outline(rows.ctx, by_person) == {
        "未著录人名": ["A3", "J109-001-001-001"],
        "样例人乙": ["A1", "A2"],
        "样例人甲": ["A1"],
    }
    assert set(outline(rows.ctx, by_year)) == {"2010", "2011"}
    with pytest.raises(ArrangementNameTaken):
        services.make_arrangement(rows.ctx, fonds_id=rows.fonds.pk, name="按人")
    codes = set(Description.objects.values_list("reference_code", flat=True))
    services.remove_arrangement(rows.ctx, arrangement_id=by_person.pk)
    assert list(Arrangement.objects.values_list("name", flat=True)) == ["按年"]
    assert codes == set(Description.objects.values_list("reference_code", flat=True))
    acts = [entry.act for entry in ledger.entries_about("catalogue:arrangement", by_person.pk)]
    assert acts == [f"catalogue:arrangement:{act}" for act in ("made", "filled", "removed")]


def test_what_was_placed_by_hand_stays_when_the_rule_is_followed_anew(rows):
    shelf(rows)
    made = services.make_arrangement(rows.ctx, fonds_id=rows.fonds.pk, name="按年", rule=["year"])
    own = services.add_heading(rows.ctx, arrangement_id=made.pk, heading="重大活动")
    a3 = Description.objects.get(reference_code="A3")
    assert services.place(rows.ctx, arrangement_id=made.pk, heading_id=own.pk, ids=[a3.pk]) == 1
    assert services.place(rows.ctx, arrangement_id=made.pk, heading_id=own.pk, ids=[a3.pk]) == 0
    services.fill(rows.ctx, arrangement_id=made.pk)
    assert outline(rows.ctx, made)["重大活动"] == ["A3"] and "A3" in outline(rows.ctx, made)["2011"]
    services.unplace(rows.ctx, arrangement_id=made.pk, placement_ids=[own.pk])
    assert "重大活动" not in outline(rows.ctx, made)
    assert Placement.objects.filter(description=a3).count() == 1


def test_only_who_arranges_there_makes_and_only_who_reads_there_sees(rows):
    shelf(rows)
    with pytest.raises(NotPermitted):
        services.make_arrangement(rows.region.ctx("reading_clerk"), fonds_id=rows.fonds.pk, name="x")
    made = services.make_arrangement(rows.ctx, fonds_id=rows.fonds.pk, name="手工")
    with pytest.raises(NoRuleOfArrangement):
        services.fill(rows.ctx, arrangement_id=made.pk)
    with pytest.raises(HeadingMissing):
        services.add_heading(rows.ctx, arrangement_id=made.pk, heading=" \x00 ")
    stranger = rows.abroad.ctx("cataloguer")
    for act in (
        lambda: queries.get_arrangement(stranger, made.pk),
        lambda: services.remove_arrangement(stranger, arrangement_id=made.pk),
        lambda: services.make_arrangement(stranger, fonds_id=rows.fonds.pk, name="x"),
    ):
        with pytest.raises(Missing):
            act()
    heading = services.add_heading(rows.ctx, arrangement_id=made.pk, heading="一")
    other = rows.row("item", "Z", fonds=rows.abroad.fonds("K201"))
    with pytest.raises(OtherFonds):
        services.place(rows.ctx, arrangement_id=made.pk, heading_id=heading.pk, ids=[other.pk])
