"""Element schemes: they are whole, and they find what is wrong with a description."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.errors import Missing
from lantai.kit.metadata import (
    Obligation,
    Part,
    ProblemKind,
    SchemeMalformed,
    ValueKind,
    crosswalk,
    from_toml,
    load,
    names,
)
from lantai.kit.metadata.checking import parse_date

DA_T_46 = load("da_t_46")
RECORD = {
    "aggregationLevel": "文件",
    "fondsConstitutingUnitName": "样例市办公室",
    "electronicRecordCode": "样例0001",
    "archivalCode": "Z109-WS·2011-Y-BGS-0001",
    "year": "2011",
    "retentionPeriod": "永久",
    "title": "关于样例工作的通知",
    "author": "样例市办公室",
    "date": "20110305",
    "securityClassification": "公开",
    "documentAggregationType": "单件",
}


def test_the_document_scheme_has_all_88_elements_in_order():
    assert [element.number for element in DA_T_46] == [f"M{n}" for n in range(1, 89)]
    assert DA_T_46.element("M22").identifier == "title"
    assert DA_T_46.element("题名") is DA_T_46.element("title")
    assert DA_T_46.element("M83").part is Part.BUSINESS


def test_each_figure_of_the_document_scheme_says_how_sure_it_is():
    for element in DA_T_46:
        assert element.provenance["number_tag"] in {"S19", "M"}
        assert element.provenance["obligation_tag"] == "M"
        assert bool(element.values) == ("values_tag" in element.provenance)


@pytest.mark.parametrize("name", names())
def test_a_shipped_scheme_names_its_values_and_holds_together(name):
    scheme = load(name)
    assert scheme.name == name
    assert scheme.title
    assert any(element.obligation is Obligation.MANDATORY for element in scheme)
    parents = {element.parent for element in scheme}
    groups = {element.number for element in scheme if element.kind is ValueKind.GROUP}
    assert groups <= parents, "a group without members"


def test_an_unknown_scheme_or_element_is_missing():
    with pytest.raises(Missing):
        load("../secrets")
    with pytest.raises(Missing):
        DA_T_46.element("M89")


def test_a_whole_description_has_no_problem():
    assert DA_T_46.validate(RECORD) == []


@pytest.mark.parametrize(
    ("change", "kind", "name"),
    [
        ({"title": None}, ProblemKind.ABSENT, "题名"),
        ({"title": "  "}, ProblemKind.EMPTY, "题名"),
        ({"title": "长" * 501}, ProblemKind.LENGTH, "题名"),
        ({"year": "11"}, ProblemKind.FORMAT, "年度"),
        ({"date": "20110231"}, ProblemKind.FORMAT, "日期"),
        ({"retentionPeriod": "很久"}, ProblemKind.FORMAT, "保管期限"),
        ({"documentAggregationType": "一叠"}, ProblemKind.NOT_LISTED, "文件组合类型"),
        ({"totalNumberOfPages": "0"}, ProblemKind.RANGE, "页数"),
        ({"totalNumberOfPages": "三"}, ProblemKind.FORMAT, "页数"),
        ({"author": ["甲样例", "乙样例"]}, ProblemKind.REPEATED, "责任者"),
        ({"signer": "样例"}, ProblemKind.ABSENT, "签名规则"),
        ({"computerFileName": "a.pdf"}, ProblemKind.ABSENT, "计算机文件大小"),
        ({"businessActivity": "登记"}, ProblemKind.ABSENT, "行为时间"),
        ({"contentDescription": "x"}, ProblemKind.FORMAT, "内容描述"),
    ],
)
def test_each_kind_of_problem_is_found_at_its_element(change, kind, name):
    values = {key: value for key, value in {**RECORD, **change}.items() if value is not None}
    found = DA_T_46.validate(values)
    assert (kind, name) in {(problem.kind, problem.element.name) for problem in found}
    assert all(name in str(problem) or "%" not in str(problem) for problem in found)
    others = frozenset(ProblemKind) - {kind}
    assert kind not in {problem.kind for problem in DA_T_46.validate(values, kinds=others)}


def test_a_conditional_group_that_does_not_occur_asks_for_nothing():
    missing = {problem.element.part for problem in DA_T_46.validate({})}
    assert missing == {Part.RECORD}


def test_a_message_does_not_repeat_an_identity_number():
    kinds = frozenset({ProblemKind.NOT_LISTED})
    found = load("marriage").validate({"registrationType": "11010519491231002X"}, kinds=kinds)
    assert "19491231" not in str(found[0])


HEAD = 'name="x"\ntitle="x"\nstandard=""\nedition="1"\n'
ONE = '{no="1",name="a",id="a",obligation="M",kind="text"}'


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        'name = "x"',
        HEAD + 'elements=[{no="1",name="a",id="a",obligation="Z",kind="text"}]',
        HEAD + 'elements=[{no="1",name="a",id="a",obligation="M",kind="text",colour=1}]',
        HEAD + 'elements=[{no="1",name="a",id="a",obligation="M",kind="text",parent="9"}]',
        HEAD + f"elements=[{ONE}, {ONE}]",
    ],
)
def test_a_malformed_scheme_is_refused(text):
    with pytest.raises(SchemeMalformed):
        from_toml(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2011", "2011-01-01", "2011-12-31"),
        ("201102", "2011-02-01", "2011-02-28"),
        ("2011-12", "2011-12-01", "2011-12-31"),
        ("20110305", "2011-03-05", "2011-03-05"),
        ("[2011-03-05]", "2011-03-05", "2011-03-05"),
    ],
)
def test_a_date_means_every_day_it_may_be(text, first, last):
    found = parse_date(text)
    assert found is not None
    assert tuple(map(str, found)) == (first, last)


@pytest.mark.parametrize("text", ["", "11", "2011-0305", "20111301", "[2011", "2011年", "0000", "２０１１"])
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


@given(st.dates())
def test_every_day_is_read_in_both_writings(day):
    assert parse_date(day.isoformat()) == parse_date(day.isoformat().replace("-", "")) == (day, day)


@pytest.mark.parametrize("name", names())
def test_a_crosswalk_leads_only_to_elements_of_its_scheme_and_each_once(name):
    walk, scheme = crosswalk(name), load(name)
    assert all(scheme.find(element) for element in walk.elements.values())
    assert len(set(walk.elements.values())) == len(walk.elements)


fields_of_ours = st.sampled_from(sorted(crosswalk("da_t_46").elements))


@given(st.dictionaries(fields_of_ours, st.text()), st.sampled_from(["item", "volume", "其他"]))
def test_what_crossed_over_comes_back(fields, level):
    fields = {**fields, "level": level}
    walk = crosswalk("da_t_46")
    assert walk.to_fields(walk.to_elements(fields)) == fields


def test_fields_without_an_element_do_not_cross():
    assert crosswalk("da_t_46").to_elements({"colour": "红", "title": "样例"}) == {"title": "样例"}
    assert crosswalk("da_t_46").to_fields({"colour": "红", "title": "样例"}) == {"title": "样例"}
    with pytest.raises(Missing):
        crosswalk("nothing")


@given(
    st.dictionaries(
        st.sampled_from([e.identifier for e in DA_T_46]), st.text() | st.lists(st.text(), max_size=3)
    )
)
def test_no_description_makes_the_scheme_stumble(values):
    for problem in DA_T_46.validate(values):
        assert str(problem)
