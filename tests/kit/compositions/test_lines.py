"""What a description says of its parts is read again as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.compositions import (
    Placed,
    composition_of,
    from_toml,
    names,
    read_lines,
    standing_of,
    write_lines,
)
from lantai.kit.compositions.composition import CompositionMalformed

VOUCHER = composition_of("voucher")
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)
PARTS = st.sampled_from([part.slug for part in VOUCHER.parts])
PLACED = st.builds(Placed, PARTS, NAMES, st.dictionaries(st.sampled_from(["number", "amount"]), NAMES))


@given(st.lists(PLACED, max_size=5))
def test_what_is_written_is_read_again(placed):
    placed = [one if one.part in ("invoice", "source") else Placed(one.part, one.file) for one in placed]
    assert list(read_lines(VOUCHER, write_lines(VOUCHER, placed))) == placed


def test_a_line_is_for_people():
    line = write_lines(VOUCHER, [Placed("invoice", "票；一.xml", {"number": "1", "amount": " "})])
    assert line == "发票｜票%EF%BC%9B一.xml｜发票号码=1"


@given(st.text(max_size=80))
def test_any_text_can_be_read(text):
    assert all(isinstance(one, Placed) for one in read_lines(VOUCHER, text))


def test_a_file_is_known_by_what_is_in_it_before_its_name():
    kind = {"voucherKind": "凭证"}
    assert VOUCHER.guess("a.pdf", "attachment", ("invoice_number",), kind.get).slug == "invoice"
    assert VOUCHER.guess("付款回单.pdf", "attachment", (), kind.get).slug == "source"
    assert VOUCHER.guess("a.pdf", "main", (), kind.get).slug == "voucher"
    assert VOUCHER.guess("a.pdf", "main", (), {"voucherKind": "账簿"}.get).slug == "book"


def test_what_is_missing_is_counted():
    kind = {"voucherKind": "凭证"}
    two = [Placed("invoice", "a.xml", {"number": "1"}), Placed("invoice", "b.xml")]
    standing = {one.part.slug: one for one in standing_of(VOUCHER, two, kind.get) if one.part}
    assert standing["voucher"].missing == 1 and standing["invoice"].lines == [
        ("a.xml", [("发票号码", "1")]),
        ("b.xml", []),
    ]
    assert "book" not in standing


def test_what_is_no_composition_is_refused():
    for text in (
        "parts = 1",
        "x = ",
        '[[parts]]\nslug = "a"',
        'standard = "x"\nparts = []\ncounted = "none"',
    ):
        with pytest.raises(CompositionMalformed):
            from_toml("x", text)
    assert "document" not in names() and composition_of("da_t_46") is None
