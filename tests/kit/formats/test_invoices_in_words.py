"""Invoices as people's PDFs have them: with the colon and the brackets of Chinese print."""

from __future__ import annotations

import pytest

from lantai.kit.formats import invoices
from lantai.kit.formats.invoices import invoice_in_text

NUMBER = "00000000000000000003"


@pytest.mark.parametrize(("colon", "left", "right"), [(":", "(", ")"), ("\uff1a", "\uff08", "\uff09")])
def test_labels_are_known_in_both_widths(colon, left, right):
    words = f"发票号码{colon}{NUMBER} 开票日期{colon}2025 年 05 月 20 日 价税合计{left}小写{right}¥50.00"
    found = invoice_in_text(words)
    assert (found["invoice_number"], found["invoice_total"]) == (NUMBER, "50.00")
    assert found["invoice_date"] == "2025-05-20"


@pytest.mark.parametrize(
    ("written", "read"), [("¥1,234.5", "1234.50"), ("-3", "-3.00"), ("1E+9999999", ""), ("NaN", "")]
)
def test_an_amount_is_read_at_once_whatever_is_written(written, read):
    assert invoices._money(written) == read
