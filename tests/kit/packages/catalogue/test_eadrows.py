"""A finding aid of somebody else's as rows; its people and records are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantai.kit.packages.catalogue.importing import open_file
from lantai.kit.tabular import TableBroken, TableUnknown

AID = """<?xml version="1.0" encoding="UTF-8"?>
<ead xmlns="http://ead3.archivists.org/schema/"><control><recordid>x</recordid></control>
<archdesc level="fonds"><did><unitid>A1</unitid><unittitle>样例<title><part>全宗</part></title></unittitle></did>
 <dsc><c01 level="series"><did><unitid>A1-1</unitid><unittitle>类</unittitle></did>
  <c02 level="item"><did><unitid>A1-1-1</unitid><unittitle>件</unittitle>
    <unitdatestructured><daterange><fromdate standarddate="1950-01-02">x</fromdate>
      <todate standarddate="1951-03-04">y</todate></daterange></unitdatestructured>
    <physdescstructured physdescstructuredtype="spaceoccupied" coverage="whole">
      <quantity>12</quantity><unittype>页</unittype></physdescstructured></did>
   <controlaccess><persname><part>样</part><part>例人</part></persname><subject><part>水利</part></subject></controlaccess>
   <odd localtype="工程名称"><p>样例水库</p></odd></c02></c01></dsc></archdesc></ead>"""


def test_every_component_is_a_row_below_the_one_around_it(tmp_path: Path) -> None:
    path = tmp_path / "aid"
    path.write_text(AID, encoding="utf-8")
    (table,) = open_file(path, "样例.xml")
    rows = [dict(zip(table.columns, row.texts, strict=False)) for row in table.rows()][1:]
    assert [(row["档号"], row["上级档号"], row["著录层级"]) for row in rows] == [
        ("A1", "", "全宗级"),
        ("A1-1", "A1", "类别级"),
        ("A1-1-1", "A1-1", "文件级"),
    ]
    assert (rows[2]["日期"], rows[2]["页数"], rows[2]["人名"]) == ("1950-01-02/1951-03-04", "12", "样 例人")
    assert (rows[2]["主题词"], rows[2]["工程名称"]) == ("水利", "样例水库")
    assert table.place(4, table.columns.index("人名")) == "样例.xml[3]/人名"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("<ead><archdesc>", TableBroken),
        ('<!DOCTYPE ead [<!ENTITY a "b">]><ead>&a;</ead>', TableUnknown),
        ("<ead>" + "<c>" * 80 + "</c>" * 80 + "</ead>", TableBroken),
    ],
    ids=["cut", "entity", "deep"],
)
def test_a_broken_or_hostile_finding_aid_is_refused(
    tmp_path: Path, text: str, refusal: type[Exception]
) -> None:
    path = tmp_path / "aid"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(refusal):
        (table,) = open_file(path, "样例.xml")
        list(table.rows())
