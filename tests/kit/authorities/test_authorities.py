from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from lantai.kit.authorities import (
    EacName,
    EacRecord,
    EacRelation,
    arrange,
    credit_code_is_right,
    place_code_is_right,
    to_eac,
    year_of,
)
from lantai.kit.text import names

N = {"e": "urn:isbn:1-931666-33-4"}


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1949", 1949), ("1949-10-01", 1949), ("约1949", 1949), ("[1949]", 1949), ("1949年10月1日", 1949),
        ("-221", -221), ("", None), ("1949?", 1949),
    ],
)  # fmt: skip
def test_a_date_is_read_as_it_is_written(text, year):
    assert year_of(text) == year


@pytest.mark.parametrize("text", ["民国", "1949-13", "1949-02-30", "19", "一九四九"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        year_of(text)


def test_codes_have_their_digits():
    assert place_code_is_right("330400")
    assert not place_code_is_right("033040")
    assert credit_code_is_right("91350100M000100Y43")  # the example of GB 32100-2015
    assert not credit_code_is_right("91350100M000100Y44")
    assert not credit_code_is_right("91350100I000100Y43")


def test_who_came_after_stands_to_the_right_and_a_circle_is_cut():
    placed = {one.id: (one.column, one.row) for one in arrange([(1, 3), (2, 3), (3, 4)], {1: 1950, 2: 1949})}
    assert placed == {1: (0, 1), 2: (0, 0), 3: (1, 0), 4: (2, 0)}
    assert {one.id for one in arrange([(1, 2), (2, 1)], {})} == {1, 2}
    long = arrange([(n, n + 1) for n in range(3_000)], {})
    assert max(one.column for one in long) == 3_000


def test_a_record_goes_out_as_eac_cpf():
    record = EacRecord(
        identifier="a1", kind="creator", agency_name="样例馆", agency_code="A0", maturity="final",
        names=[EacName("样例水利局", 1983, None, True), EacName("样例水电局\x01", 1958, 1983, False)],
        code="", began="1958", ended="", history="一九五八年成立。\n一九八三年改名。", functions="水利", mandate="",
        structure="", context="",
        relations=[EacRelation("succeeded_by", True, "样例农林局", "a2", 1958, None, "")],
        sources=[("样例志", "第三卷")], events=[(datetime(2026, 1, 2, tzinfo=UTC), "样例员", True)],
    )  # fmt: skip
    root = etree.fromstring(to_eac(record))
    assert root.xpath("string(//e:entityType)", namespaces=N) == "corporateBody"
    assert root.xpath("//e:nameEntry/e:part/text()", namespaces=N) == ["样例水利局", "样例水电局"]
    assert root.xpath("string(//e:useDates/e:dateRange/e:toDate/@standardDate)", namespaces=N) in {"", "1983"}
    assert len(root.findall(".//e:biogHist/e:p", N)) == 2
    assert root.xpath("string(//e:cpfRelation/@cpfRelationType)", namespaces=N) == "temporal-earlier"


def test_what_is_no_personal_name_is_read_in_the_everyday_way():
    assert names.everyday("单位") == ("danwei", "dw")
    assert names.full("单位")[:4] == "shan"
