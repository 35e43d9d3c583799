from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.finding import snippet
from lantai.apps.catalogue.types import Asked, FindSort
from lantai.platform.search.types import BadPage

TEXT = "前文" * 40 + "本通知涉及水库移民安置补偿事项" + "后文" * 90


def ids(page):
    return [hit.id for hit in page.hits]


def test_a_record_is_found_by_title_code_number_person_and_text(shelf, home, indexed):
    (row,) = shelf.put(shelf.item(1, persons=("曾样例",)), text=TEXT)
    shelf.put(shelf.item(2, title="另一份无关文件", author="别处"))
    indexed()
    ctx = home.ctx("reading_clerk")
    for words in ("樣例管理", "曾样例", "水库移民", row.reference_code, "样办〔2011〕1号"):
        assert ids(queries.find(ctx, Asked(text=words))) == [row.pk], words


def test_the_words_searched_for_are_marked_in_title_and_text(shelf, home, indexed):
    shelf.put(shelf.item(1), text=TEXT)
    indexed()
    (hit,) = queries.find(home.ctx("reading_clerk"), Asked(text="水库移民 通知")).hits
    assert ("通知", True) in hit.title
    assert ("水库移民", True) in hit.snippet
    assert len("".join(text for text, _ in hit.snippet)) < 200


def test_what_is_found_beside_the_title_says_where_the_words_stand(shelf, home, indexed):
    told = {
        "document_number": "样办〔1938〕7号",
        "persons": ["欧阳样例"],
        "metadata": {"abstract": "旧契为据"},
    }
    shelf.put(shelf.item(1))
    Description.objects.update(**told)
    indexed()
    ctx = home.ctx("archivist")
    expected = {"旧契": ("范围和提要", "旧契"), "1938": ("文号", "1938"), "ou yang": ("人名", "欧阳样例")}
    for words, (label, marked) in expected.items():
        (hit,) = queries.find(ctx, Asked(text=words)).hits
        assert hit.found_in == label and (marked, True) in hit.snippet, words


def test_figures_and_pages_obey_the_scope(shelf, home, abroad, indexed):
    shelf.put(*(shelf.item(n) for n in range(1, 6)), shelf.item(6, openness="open"))
    indexed()
    own = queries.find(home.ctx("archivist"), Asked(text="样例"))
    other = queries.find(abroad.ctx("archivist"), Asked(text="样例"))
    assert (own.total, other.total) == (6, 1)
    facet = {facet.name: {o.value: o.count for o in facet.options} for facet in other.facets}
    assert facet["openness"] == {"open": 1}


def test_facets_narrow_and_say_what_they_mean(shelf, home, indexed):
    shelf.put(shelf.item(1), shelf.item(2, retention="D30", year=2012))
    indexed()
    ctx = home.ctx("archivist")
    page = queries.find(ctx, Asked(text="样例"))
    labels = {facet.name: [option.label for option in facet.options] for facet in page.facets}
    assert set(labels["retention"]) == {"永久", "30年"}
    assert labels["year"] == ["2012", "2011"]
    assert labels["fonds"] == [str(shelf.fonds)]
    assert queries.find(ctx, Asked(text="样例", retentions=frozenset({"D30"}))).total == 1


def test_pages_follow_each_other_without_gap_or_repeat(shelf, home, indexed):
    rows = shelf.put(*(shelf.item(n) for n in range(1, 8)))
    indexed()
    ctx, seen, after = home.ctx("archivist"), [], ""
    while True:
        page = queries.find(ctx, Asked(text="样例", sort=FindSort.CODE, after=after, limit=3))
        seen += ids(page)
        after = page.after
        if not after:
            break
    assert seen == [row.pk for row in sorted(rows, key=lambda row: row.reference_code)]


def test_a_page_mark_that_we_never_gave_out_is_refused(shelf, home, indexed):
    shelf.put(shelf.item(1))
    indexed()
    with pytest.raises(BadPage):
        queries.find(home.ctx("archivist"), Asked(text="样例", after="nonsense"))


def test_a_stale_index_never_shows_what_was_withdrawn(shelf, abroad, indexed):
    (row,) = shelf.put(shelf.item(1, openness="open"))
    indexed()
    ctx = abroad.ctx("archivist")
    assert ids(queries.find(ctx, Asked(text="样例"))) == [row.pk]
    Description.objects.filter(pk=row.pk).update(openness="controlled")
    page = queries.find(ctx, Asked(text="样例"))
    assert page.hits == () and page.withheld == 1


def test_a_change_is_found_once_the_index_has_followed(shelf, home, indexed):
    (row,) = shelf.put(shelf.item(1))
    indexed()
    ctx = home.ctx("cataloguer")
    services.describe(ctx, description_id=row.pk, revision=1, changes={"title": "土地承包合同样本"})
    page = queries.find(ctx, Asked(text="土地承包"))
    assert page.total == 0 and page.pending > 0
    indexed()
    assert ids(queries.find(ctx, Asked(text="土地承包"))) == [row.pk]


def test_before_the_first_index_the_page_says_so(shelf, home):
    shelf.put(shelf.item(1))
    assert not queries.find(home.ctx("archivist"), Asked(text="样例")).is_ready


@given(st.text("甲乙，\n x", max_size=400), st.sampled_from(["甲乙", "x", "丙"]))
def test_a_snippet_is_short_and_marks_a_hit_or_is_empty(text, term):
    found = snippet(text, [term])
    assert found == () or any(is_hit for _, is_hit in found)
    assert sum(len(part) for part, _ in found) <= 160
