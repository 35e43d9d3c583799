from __future__ import annotations

import pytest

from lantai.apps.holdings import queries, services
from lantai.apps.holdings.types import ClassCodeTaken, CreatorNotServed, FondsCodeTaken, YearsNotInOrder
from lantai.kit.errors import Invalid, Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger import queries as ledger


def test_an_archivist_founds_a_fonds_and_the_ledger_says_so(home):
    fonds = home.fonds()
    acts = [entry.act for entry in ledger.entries_about("holdings:fonds", fonds.pk)]
    assert acts == ["holdings:fonds:founded"]


def test_an_agency_sees_its_own_fonds_its_archives_too_and_the_bureau_above_but_no_stranger(home, abroad):
    fonds = home.fonds()
    for role in ("agency_clerk", "archivist", "supervisor"):
        assert list(queries.visible_fonds(home.ctx(role))) == [fonds]
        assert list(queries.visible_fonds(abroad.ctx(role))) == []
    with pytest.raises(Missing):
        queries.get_fonds(abroad.ctx("archivist"), fonds.pk)


def test_the_fonds_of_an_agency_are_listed_by_number(home):
    home.fonds("J110")
    home.fonds("J109")
    assert [row.code for row in queries.fonds_of_agency(home.agency.pk)] == ["J109", "J110"]


def test_a_fonds_number_is_used_once_in_an_archives_and_again_in_another(home, abroad):
    home.fonds()
    with pytest.raises(FondsCodeTaken):
        home.fonds()
    abroad.fonds()


def test_a_fonds_number_is_a_capital_and_three_digits(home):
    with pytest.raises(Invalid) as refused:
        home.fonds("0109")
    assert refused.value.field == "code"


def test_a_clerk_cannot_found_a_fonds(home):
    with pytest.raises(NotPermitted):
        services.found_fonds(
            home.ctx("agency_clerk"), archives_id=home.archives.pk, code="J109", name="样例全宗"
        )


def test_an_archives_founds_no_fonds_for_an_agency_that_another_archives_serves(home, abroad):
    with pytest.raises(CreatorNotServed):
        services.found_fonds(
            home.ctx("archivist"),
            archives_id=home.archives.pk,
            code="J109",
            name="样例全宗",
            creator_id=abroad.agency.pk,
        )


def test_a_fonds_does_not_end_before_it_starts(home):
    fonds = home.fonds()
    with pytest.raises(YearsNotInOrder):
        services.change_fonds(
            home.ctx("archivist"),
            fonds_id=fonds.pk,
            name="样例",
            kind="creator",
            started_year=2000,
            ended_year=1990,
        )


def test_a_change_names_the_changed_fields_only(home):
    fonds = home.fonds()
    services.change_fonds(
        home.ctx("archivist"),
        fonds_id=fonds.pk,
        name="改名的样例全宗",
        kind="creator",
        creator_id=home.agency.pk,
    )
    newest = ledger.entries_about("holdings:fonds", fonds.pk).last()
    assert newest.detail == {"fields": "name"}


def test_classes_are_read_as_a_tree_and_a_code_is_used_once(home):
    fonds, ctx = home.fonds(), home.ctx("archivist")
    office = services.add_class(ctx, fonds_id=fonds.pk, code="BGS", name="办公室")
    services.add_class(ctx, fonds_id=fonds.pk, code="RSK", name="人事科")
    services.add_class(ctx, fonds_id=fonds.pk, code="MSK", name="秘书科", parent_id=office.pk)
    rows = [(row.code, row.depth) for row in queries.class_rows(fonds.pk)]
    assert rows == [("BGS", 0), ("MSK", 1), ("RSK", 0)]
    with pytest.raises(ClassCodeTaken):
        services.add_class(ctx, fonds_id=fonds.pk, code="BGS", name="另一个办公室")
    services.retire_class(ctx, class_id=office.pk, is_active=False)
    assert [row.code for row in queries.classes_of(fonds.pk, only_active=True)] == ["MSK", "RSK"]


def test_a_class_code_that_would_break_a_reference_code_is_refused(home):
    fonds = home.fonds()
    with pytest.raises(Invalid):
        services.add_class(home.ctx("archivist"), fonds_id=fonds.pk, code="B-S", name="办公室")
