from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import EditedMeanwhile, NotEditable, NothingToRestore, TitleMissing
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger import queries as ledger


def change(ctx, row, **changes):
    return services.describe(ctx, description_id=row.pk, revision=row.revision, changes=changes)


def test_a_change_raises_the_revision_and_keeps_the_former_wording(shelf, home):
    (row,) = shelf.put(shelf.item())
    changed = change(home.ctx("cataloguer"), row, title="改正后的题名", dated_on=date(2012, 1, 2))
    version = queries.versions_of(changed).get()
    assert changed.revision == 2
    assert version.before == {"title": "关于加强样例管理的通知", "dated_on": "2011-03-05"}


def test_the_ledger_names_the_changed_fields_and_none_of_their_values(shelf, home):
    (row,) = shelf.put(shelf.item())
    change(home.ctx("cataloguer"), row, persons=["样例人甲"], title="样例人甲的通知")
    entry = ledger.entries_about("catalogue:description", row.pk).get()
    assert entry.detail == {"fields": "persons,title", "revision": 2}
    assert "样例人甲" not in entry.object_name


def test_of_two_people_who_edit_at_once_the_second_is_told(shelf, home):
    (row,) = shelf.put(shelf.item())
    ctx = home.ctx("cataloguer")
    change(ctx, row, title="第一人的题名")
    with pytest.raises(EditedMeanwhile):
        change(ctx, row, title="第二人的题名")
    assert Description.objects.get(pk=row.pk).title == "第一人的题名"


def test_what_does_not_differ_is_no_change(shelf, home):
    (row,) = shelf.put(shelf.item())
    assert change(home.ctx("cataloguer"), row, title=row.title).revision == 1
    assert not ledger.entries_about("catalogue:description", row.pk).exists()


@pytest.mark.parametrize(
    "name", ["reference_code", "retention", "openness", "classification", "custodian_id"]
)
def test_codes_and_rights_are_not_changed_by_describing(shelf, home, name):
    (row,) = shelf.put(shelf.item())
    with pytest.raises(NotEditable):
        change(home.ctx("cataloguer"), row, **{name: "open"})


def test_a_record_without_a_title_is_refused(shelf, home):
    (row,) = shelf.put(shelf.item())
    with pytest.raises(TitleMissing):
        change(home.ctx("cataloguer"), row, title="  ")


def test_who_may_only_read_does_not_describe_and_a_stranger_finds_nothing(shelf, home, abroad):
    (row,) = shelf.put(shelf.item())
    with pytest.raises(NotPermitted):
        change(home.ctx("reading_clerk"), row, title="x")
    with pytest.raises(Missing):
        change(abroad.ctx("cataloguer"), row, title="x")


def test_an_earlier_wording_comes_back_as_a_new_revision(shelf, home):
    (row,) = shelf.put(shelf.item())
    ctx = home.ctx("cataloguer")
    second = change(ctx, row, title="二", dated_on=None)
    third = change(ctx, second, title="三", author="三")
    back = services.restore(ctx, description_id=row.pk, revision=third.revision, undone=2)
    assert (back.title, back.author, back.dated_on) == (row.title, row.author, row.dated_on)
    assert back.revision == 4


def test_there_is_nothing_to_restore_in_an_unchanged_row(shelf, home):
    (row,) = shelf.put(shelf.item())
    with pytest.raises(NothingToRestore):
        services.restore(home.ctx("cataloguer"), description_id=row.pk, revision=1, undone=2)


_edits = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "title": st.text("甲乙丙丁", min_size=1, max_size=4),
            "note": st.text("戊己", max_size=3),
            "dated_on": st.none() | st.dates(),
            "persons": st.lists(st.sampled_from(["样例一", "样例二"]), max_size=2),
        },
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15)
@given(edits=_edits)
def test_undoing_any_edits_gives_the_row_that_was_there_before(shelf, home, edits):
    ctx = home.ctx("cataloguer")
    row = Description.objects.first() or shelf.put(shelf.item())[0]
    row = queries.get(ctx, row.pk)
    names = ("title", "note", "dated_on", "persons")
    before, start = [getattr(row, name) for name in names], row.revision
    for edit in edits:
        row = change(ctx, row, **edit)
    if row.revision == start:
        return
    back = services.restore(ctx, description_id=row.pk, revision=row.revision, undone=start + 1)
    assert [getattr(back, name) for name in names] == before
