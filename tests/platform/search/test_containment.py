"""A text is found exactly when it is contained: compared with looking at every title, one by one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lantai.kit.text import fold
from lantai.platform.search.grammar import parse
from lantai.platform.search.query import AllOf, AnyOf, Leaf, Not
from lantai.platform.search.tantivy_engine import TantivyEngine
from lantai.platform.search.types import EVERYTHING_VISIBLE, Document, Query

LETTERS = "档案管理縣县发發"
titles = st.lists(st.text(alphabet=LETTERS + "，·（） ", max_size=12), min_size=1, max_size=12)
leaves = st.text(alphabet=LETTERS, min_size=1, max_size=4).map(Leaf)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=5,
)
few = settings(max_examples=60)


def holds(expression, title):
    """The plain meaning, by looking."""
    match expression:
        case Leaf(text):
            return fold(text) in fold(title)
        case AllOf(parts):
            return all(holds(part, title) for part in parts)
        case AnyOf(parts):
            return any(holds(part, title) for part in parts)
        case Not(part):
            return not holds(part, title)


def typed(expression):
    match expression:
        case Leaf(text):
            return text
        case AllOf(parts):
            return "(" + " ".join(map(typed, parts)) + ")"
        case AnyOf(parts):
            return "(" + " OR ".join(map(typed, parts)) + ")"
        case Not(part):
            return "NOT " + typed(part)


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    made = []

    def engine_with(documents):
        made.append(TantivyEngine(tmp_path_factory.mktemp("index")))
        made[-1].replace(documents)
        made[-1].commit()
        return made[-1]

    yield engine_with
    for engine in made:
        engine.close()


def found(engine, text, **more):
    return engine.find(Query("sample", EVERYTHING_VISIBLE, parse(text), **more))


@few
@given(titles=titles, asked=st.lists(expressions, min_size=1, max_size=8))
@example(titles=["档案，管理", "档案管理"], asked=[Leaf("案管"), Not(Leaf("案管"))])
@example(titles=["档案", "案档"], asked=[Leaf("档案档"), Leaf("档")])
@example(
    titles=["档案，管理", "档案，县，管理", "档案·案·管理", "档案县管理", "档案管，理", "县档案管理发"],
    asked=[Leaf("档案管理"), Leaf("档案管"), Not(Leaf("档案管理发"))],
)
def test_hits_and_totals_are_those_of_looking(engines, titles, asked):
    engine = engines([Document("sample", n, title) for n, title in enumerate(titles)])
    for expression in asked:
        meant = {n for n, title in enumerate(titles) if holds(expression, title)}
        result = found(engine, typed(expression))
        assert set(result.ids) == meant, typed(expression)
        assert result.total == len(meant)
    engine.close()


SEPARATORS = str.maketrans(dict.fromkeys("，,·()", " "))
phrases = st.lists(st.text(alphabet=LETTERS, min_size=1, max_size=3), min_size=2, max_size=3)


def contains_in_turn(title, words):
    """Whether the words stand in the title in this order with nothing but separators between them."""
    have, want = fold(title).translate(SEPARATORS).split(), [fold(word) for word in words]
    for start in range(len(have) - len(want) + 1):
        first, *middle, last = have[start : start + len(want)]
        if first.endswith(want[0]) and middle == want[1:-1] and last.startswith(want[-1]):
            return True
    return False


@few
@given(titles=titles, words=phrases)
@example(titles=["县县县", "县，县", "县案县"], words=["县", "县"])
@example(titles=["档案某管理", "档案，管理", "档案，，管理"], words=["档案", "管理"])
def test_a_quoted_phrase_runs_over_any_punctuation_but_never_over_a_character(engines, titles, words):
    engine = engines([Document("sample", n, title) for n, title in enumerate(titles)])
    result = found(engine, f'"{"、".join(words)}"')
    assert set(result.ids) == {n for n, title in enumerate(titles) if contains_in_turn(title, words)}
    engine.close()


def test_a_name_does_not_begin_in_one_person_and_end_in_the_next(engines):
    engine = engines([
        Document("sample", 1, persons=("欧阳", "样例")),
        Document("sample", 2, persons=("欧阳样例",)),
        Document("sample", 3, persons=("欧阳", "某", "样例"), numbers=("欧", "阳样", "例")),
    ])  # fmt: skip
    assert found(engine, "欧阳样例").ids == (2,)
    assert set(found(engine, '"欧阳、样例"').ids) == {1}
    engine.close()


@pytest.fixture(scope="module")
def shelf(engines):
    return engines([
        Document("sample", 1, "关于印发《档案管理办法》（试行）的通知", codes=("0109-WS·2011·Y-0003",)),
        Document("sample", 2, "土地證存根", body="第12號，王小明", persons=("王小明", "曾晓"),
                 codes=("0109-WS·2011·Y-0012",)),
        Document("sample", 3, "ＷＳ２０１１年结婚登记", persons=("欧阳样例",)),
        Document("sample", 4, "年度报告 Report 2011"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("土地证", {2}),
        ("土地證", {2}),
        ("第12号", {2}),
        ("号王", set()),
        ('"号 王"', {2}),
        ("关于印发《档案管理办法》（试行）的通知", {1}),
        ("办法试行", set()),
        ("王小", {2}),
        ("wangxiaoming", {2}),
        ("wang xiaoming", {2}),
        ("wxm", {2}),
        ("zengxiao", {2}),
        ("ouyang", {3}),
        ("小明 曾", {2}),
        ("曾 -王小明", set()),
        ("0109-WS·2011·Y-0012", {2}),
        ("0109-ws·2011", {1, 2}),
        ("ws2011", {3}),
        ("2011", {1, 2, 3, 4}),
        ("REPORT", {4}),
        ("repor", set()),
        ("报告 OR 登记", {3, 4}),
        ("-2011", set()),
        ("", {1, 2, 3, 4}),
        ("！？", {1, 2, 3, 4}),
    ],
)
def test_what_a_reader_types_finds_what_is_meant(shelf, text, ids):
    assert set(found(shelf, text).ids) == ids


def test_the_exact_code_and_the_title_come_before_a_mention(engines):
    engine = engines([
        Document("sample", 1, body="另见 A-1 卷，样例人名"),
        Document("sample", 2, "样例人名的卷宗"),
        Document("sample", 3, codes=("A-1",)),
    ])  # fmt: skip
    assert found(engine, "A-1").ids == (3, 1)
    assert found(engine, "样例人名").ids == (2, 1)
