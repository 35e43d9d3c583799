from __future__ import annotations

import pytest

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.types import Asked, ContentClosed
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.context import ANONYMOUS, Channel, Ctx


@pytest.fixture
def stranger(home):
    return Ctx(ANONYMOUS, None, "", home.ctx("archivist").now, "test", Channel.WEB)


def test_an_archives_sees_its_own_and_a_stranger_what_is_open(shelf, home, abroad, stranger):
    closed, opened, secret = shelf.put(
        shelf.item(1),
        shelf.item(2, openness="open"),
        shelf.item(3, openness="open", classification="secret"),
    )
    assert set(queries.visible(home.ctx("archivist"))) == {closed, opened, secret}
    for ctx in (abroad.ctx("archivist"), stranger):
        assert list(queries.visible(ctx)) == [opened]
        with pytest.raises(Missing):
            queries.get(ctx, closed.pk)
    assert list(queries.opened()) == [opened]


def test_one_row_and_the_list_say_the_same(shelf, home, abroad, stranger):
    rows = shelf.put(shelf.item(1), shelf.item(2, openness="open"), shelf.item(3, openness="controlled"))
    for ctx in (home.ctx("archivist"), home.ctx("agency_clerk"), abroad.ctx("archivist"), stranger):
        for row in rows:
            listed = queries.visible(ctx).filter(pk=row.pk).exists()
            assert policy.may(row, queries.reading.READ_ITEM, ctx.actor) == listed


def test_content_is_for_those_who_may_read_it_and_open_content_for_all(shelf, home, abroad, stranger):
    closed, opened = shelf.put(shelf.item(1), shelf.item(2, openness="open"))
    assert queries.may_read_content(home.ctx("reading_clerk"), closed)
    assert queries.may_read_content(stranger, opened)
    assert not queries.may_read_content(abroad.ctx("archivist"), closed)


def test_an_opened_record_about_persons_shows_neither_names_nor_content_to_strangers(shelf, home, stranger):
    (row,) = shelf.put(
        shelf.item(1, kind_id=holdings.kind("marriage").pk, openness="open", persons=("样例人甲",))
    )
    row = queries.get(stranger, row.pk)
    assert not queries.sees_persons(stranger, row)
    assert queries.sees_persons(home.ctx("reading_clerk"), row)
    file_id = row.package.files.get().pk
    with pytest.raises(ContentClosed):
        services.open_content(stranger, description_id=row.pk, file_id=file_id)


def test_a_search_by_name_tells_a_stranger_nothing_about_an_opened_record_of_a_person(
    shelf, home, stranger, indexed
):
    (row,) = shelf.put(
        shelf.item(1, kind_id=holdings.kind("marriage").pk, openness="open", persons=("样例人甲",))
    )
    indexed()
    asked = Asked(text="样例人甲")
    assert [hit.id for hit in queries.find(home.ctx("reading_clerk"), asked).hits] == [row.pk]
    assert queries.find(stranger, asked).total == 0


def test_what_may_be_exported_is_what_is_open_or_where_one_may_export(shelf, home, abroad):
    closed, opened = shelf.put(shelf.item(1), shelf.item(2, openness="open"))
    assert set(queries.exportable(home.ctx("archivist"))) == {closed, opened}
    assert list(queries.exportable(home.ctx("reading_clerk"))) == [opened]


def test_who_sees_a_row_only_because_it_is_open_sees_no_colleagues_at_work(shelf, home, abroad):
    (row,) = shelf.put(shelf.item(1, openness="open"))
    assert queries.happenings(home.ctx("archivist"), row)
    assert queries.happenings(abroad.ctx("archivist"), row) == []


def test_the_evidence_of_an_opened_record_about_persons_names_no_file_to_strangers(shelf, home, abroad, at):
    marriage = holdings.kind("marriage").pk
    (row,) = shelf.put(shelf.item(1, kind_id=marriage, openness="open"))
    for address in (f"/catalogue/items/{row.pk}/evidence/", f"/api/catalogue/items/{row.pk}/evidence"):
        mine, theirs = (at("archivist", region).get(address) for region in (home, abroad))
        assert mine.status_code == theirs.status_code == 200
        assert "正文.pdf" in text_of(mine) and "正文.pdf" not in text_of(theirs), address
        assert row.package.object_id in text_of(theirs)


def text_of(answer) -> str:
    return str(answer.json()) if "json" in answer["Content-Type"] else answer.content.decode()
