"""档号 as the standards print them, as people type them, and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit import numbering
from lantai.kit.numbering import Level, ReferenceCode, Retention, Style, parse

SAMPLE_CODES = [
    ("Z109-WS·2011-Y-BGS-0001", Level.ITEM, Style.DAT22),
    ("Z109-WS·2011·Y·办公室-0001", Level.ITEM, Style.DAT13),
    ("Z008-WS·2019·Y-037", Level.ITEM, Style.DAT13),
    ("A439-WS·2015·D30·003-005", Level.ITEM, Style.DAT13),
    ("J019-LY·2019·Y-001", Level.ITEM, Style.DAT13),
    ("C015-WY·TZGG·2019·D10-00001", Level.ITEM, Style.DAT13),
    ("B168-SW·2015·Y-001", Level.ITEM, Style.DAT13),
    ("J019-ZY·JC·CC·2019·D30-001-001", Level.FILE_ITEM, Style.DAT13),
    ("J019-KU·01·2017-001-001", Level.FILE_ITEM, Style.DAT13),
    ("A002-RS-001-002", Level.FILE_ITEM, Style.DAT13),
    ("X032-KJ·KY·01-003", Level.FILE, Style.DAT13),
    ("X032-KJ·JJ·02-005-054", Level.FILE_ITEM, Style.DAT13),
    ("K021-ZP·2019·D30-025-005", Level.FILE_ITEM, Style.DAT13),
    ("C038-001-002-003", Level.FILE_ITEM, Style.CATALOGUE),
]


@pytest.mark.parametrize(("text", "level", "style"), SAMPLE_CODES)
def test_every_code_printed_in_the_standards_is_read_and_written_back(text, level, style):
    code = parse(text, level)
    assert str(code) == text == numbering.format_code(code)
    assert (code.level, code.style) == (level, style)


def test_the_parts_of_a_code_by_item_are_told_apart():
    code = parse("A439-WS·2015·D30·003-005", Level.ITEM)
    assert (code.fonds, code.category, code.parts, code.year) == ("A439", "WS", (), 2015)
    assert (code.retention, code.class_code, code.item_no, code.file_no) == (Retention(30), "003", "005", "")


def test_the_parts_of_a_code_within_a_file_are_told_apart():
    code = parse("J019-ZY·JC·CC·2019·D30-001-002", Level.FILE_ITEM)
    assert code.parts == ("JC", "CC")
    assert (code.file_no, code.item_no, code.prefix) == ("001", "002", "J019-ZY·JC·CC·2019·D30-001-")


def test_the_same_text_is_an_item_or_a_file_as_the_caller_says():
    assert parse("Z008-WS·2019·Y-037", Level.ITEM).item_no == "037"
    assert parse("Z008-WS·2019·Y-037", Level.FILE).file_no == "037"


@pytest.mark.parametrize("dot", ["\u00b7", "\u2022", "\u30fb", "\uff0e", "\uff65"])
def test_any_middle_dot_becomes_the_one_dot_of_the_house(dot):
    assert str(parse(f"Z008-WS{dot}2019{dot}Y-037", Level.ITEM)) == "Z008-WS·2019·Y-037"


def test_full_width_letters_and_dashes_are_read():
    assert str(parse(" Z008－WS·２０１９·Y—037 ", Level.ITEM)) == "Z008-WS·2019·Y-037"


@pytest.mark.parametrize(
    ("text", "level", "refusal", "field"),
    [
        ("Z09-WS·2011·Y-001", Level.ITEM, numbering.FondsPartInvalid, "fonds"),
        ("z109-WS·2011·Y-001", Level.ITEM, numbering.FondsPartInvalid, "fonds"),
        ("Z109-W·2011·Y-001", Level.ITEM, numbering.CategoryPartInvalid, "category"),
        ("Z109-001-001", Level.ITEM, numbering.CategoryPartInvalid, "category"),
        ("Z109-WS·二·2011·Y-001", Level.ITEM, numbering.SubclassPartInvalid, "parts"),
        ("Z109-WS·A·B·C·D·2011·Y-001", Level.ITEM, numbering.SubclassPartInvalid, "parts"),
        ("Z109-WS·11-Y-0001", Level.ITEM, numbering.YearPartInvalid, "year"),
        ("Z109-WS·2011-30-0001", Level.ITEM, numbering.RetentionPartInvalid, "retention"),
        ("Z109-WS·2011-D030-0001", Level.ITEM, numbering.RetentionPartInvalid, "retention"),
        ("Z109-WS·2011·Y·办 公-0001", Level.ITEM, numbering.ClassPartInvalid, "class_code"),
        ("Z109-WS·2011·Y-01", Level.ITEM, numbering.NumberPartInvalid, "item_no"),
        ("Z109-WS·2011·Y-000", Level.ITEM, numbering.NumberPartInvalid, "item_no"),
        ("Z109-WS·2011·Y-٠٠١", Level.ITEM, numbering.NumberPartInvalid, "item_no"),
        ("Z109-WS·2011·Y-00001", Level.FILE, numbering.NumberPartInvalid, "file_no"),
        ("Z109-01-001", Level.FILE, numbering.CatalogueNumberInvalid, "category"),
        ("Z109-WS··2011-001", Level.ITEM, numbering.EmptyPart, "code"),
        ("", Level.ITEM, numbering.EmptyPart, "code"),
        ("Z109-001", Level.ITEM, numbering.WrongGroupCount, "code"),
        ("Z109-WS·2011·Y-001", Level.FILE_ITEM, numbering.WrongGroupCount, "code"),
    ],
)
def test_a_wrong_code_is_refused_at_the_part_that_is_wrong(text, level, refusal, field):
    with pytest.raises(refusal) as refused:
        parse(text, level)
    assert refused.value.field == field
    assert "%(" not in str(refused.value)


def test_a_code_cannot_hold_what_its_style_would_lose():
    with pytest.raises(numbering.PartMissing):
        ReferenceCode("Z109", "WS", retention=Retention(30), item_no="001")
    with pytest.raises(numbering.PartNotInRule):
        ReferenceCode(
            "Z109", "WS", parts=("A",), year=2011, retention=Retention(), item_no="001", style=Style.DAT22
        )
    with pytest.raises(numbering.ClassPartInvalid):
        ReferenceCode("Z109", "WS", year=2011, class_code="D30", item_no="001")


FONDS = st.from_regex(r"\A[A-Z][0-9]{3}\Z")
CATEGORIES = st.from_regex(r"\A[A-Z]{2}\Z")
SUBCLASSES = st.lists(st.sampled_from(["A", "JC", "01", "TZGG", "X9"]), max_size=3).map(tuple)
RETENTIONS = st.one_of(st.just(Retention()), st.integers(1, 999).map(Retention))
CLASS_CODES = st.sampled_from(["", "BGS", "003", "办公室", "人事（教育）处", "𠮷林处"])


@st.composite
def codes(draw: st.DrawFn) -> ReferenceCode:
    style = draw(st.sampled_from([Style.DAT22, Style.DAT13]))
    level = Level.ITEM if style is Style.DAT22 else draw(st.sampled_from(list(Level)))
    number = draw(st.integers(1, 999))
    width = draw(st.integers(3, 4))
    numbered = f"{number:0{width}d}"
    return ReferenceCode(
        fonds=draw(FONDS),
        category=draw(CATEGORIES),
        parts=() if style is Style.DAT22 else draw(SUBCLASSES),
        year=draw(st.integers(1000, 2999)),
        retention=draw(RETENTIONS),
        class_code=draw(CLASS_CODES),
        item_no="" if level is Level.FILE else numbered,
        file_no="" if level is Level.ITEM else numbered,
        level=level,
        style=style,
    )


@given(codes())
def test_reading_gives_back_what_was_written(code):
    assert parse(str(code), code.level) == code


@given(st.text(max_size=40), st.sampled_from(list(Level)))
def test_any_text_is_read_or_refused_by_name(text, level):
    try:
        assert str(parse(text, level)) == numbering.normalise(text)
    except numbering.ReferenceCodeInvalid as refused:
        assert refused.field


@pytest.mark.parametrize(
    ("text", "code", "label"),
    [
        ("永久", "Y", "永久"),
        ("30年", "D30", "30年"),
        ("定期10年", "D10", "10年"),
        ("D30", "D30", "30年"),
        ("Y", "Y", "永久"),
    ],
)
def test_a_retention_is_read_from_its_code_and_from_its_words(text, code, label):
    assert (Retention.parse(text).code, Retention.parse(text).label) == (code, label)


@pytest.mark.parametrize("text", ["长期", "短期"])
def test_an_old_retention_word_is_left_to_people(text):
    with pytest.raises(numbering.LegacyRetention):
        Retention.parse(text)
