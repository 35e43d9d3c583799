"""What leaves for other systems is what their standards say; all persons and records are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from lantai.kit.metadata.exchange import (
    Record,
    to_dat,
    to_dc,
    to_ead,
    to_rico,
    write_dat,
    write_dc,
    write_ead,
    write_rico,
)

DATA = Path(__file__).parent / "data"
# ead3.xsd: version 1.1.1, Society of American Archivists, CC0 (LICENSE-ead3).
# rico-1-1-terms.txt: the names of classes and properties of RiC-O 1.1, International Council on Archives, CC BY 4.0.
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
EAD = {"e": "http://ead3.archivists.org/schema/"}
DC = {"dc": "http://purl.org/dc/elements/1.1/"}
FILE = Record(
    level="file",
    reference_code="0001-WS·2011·D30·办公室-0001",
    title="关于<做好>防汛工作的\x00通知 & 附件",
    author="样例市人民政府",
    document_number="样例发〔2011〕1号",
    dated_on=date(2011, 3, 5),
    year=2012,
    retention="D30",
    openness="open",
    classification="public",
    persons=("曾一", "𠮷田"),
    page_count=3,
    note="第一行\n第二行",
    fonds_code="0001",
    fonds_name="样例市人民政府办公室",
    archives_name="样例市档案馆",
    archives_code="442002",
    identifier="https://archives.example/id/442002/abc",
    modified_at=NOW,
    class_code="办公室",
    own={"男方姓名": "张*"},
)
ITEM = replace(
    FILE,
    level="item",
    reference_code=f"{FILE.reference_code}-001",
    parent_code=FILE.reference_code,
    dated_on=None,
    identifier="",
)
BARE = Record(level="component", reference_code="0002-1", title="组件")
EVERY_LEVEL = [
    replace(BARE, level=level) for level in ("fonds_group", "fonds", "series", "file", "item", "component")
]


@pytest.fixture(scope="module")
def ead3() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(DATA / "ead3.xsd"))


def _parsed(chunks: object) -> etree._Element:
    return etree.fromstring(b"".join(chunks))  # type: ignore[arg-type]


@pytest.mark.parametrize("record", [FILE, ITEM, *EVERY_LEVEL], ids=lambda record: record.level)
def test_the_ead3_of_a_record_is_valid(record: Record, ead3: etree.XMLSchema) -> None:
    ead3.assertValid(etree.fromstring(etree.tostring(to_ead(record))))


def test_a_finding_aid_of_many_records_is_valid_and_keeps_the_tree(ead3: etree.XMLSchema) -> None:
    second = replace(ITEM, reference_code=f"{FILE.reference_code}-002")
    records = [FILE, ITEM, second, BARE]
    root = _parsed(write_ead(records, title="检索结果 & 其他", identifier="x-1", made_at=NOW))
    ead3.assertValid(root)
    assert len(root.findall(".//e:dsc/e:c", EAD)) == 2
    assert len(root.findall(".//e:dsc/e:c/e:c", EAD)) == 2
    assert [e.text for e in root.findall(".//e:unitid[@localtype='档号']", EAD)] == [
        record.reference_code for record in records
    ]


def test_a_finding_aid_of_nothing_is_valid(ead3: etree.XMLSchema) -> None:
    ead3.assertValid(_parsed(write_ead([], title="空", identifier="x", made_at=NOW)))


def test_dublin_core_says_title_date_rights_and_address() -> None:
    found = to_dc(FILE)
    assert found.findtext("dc:title", namespaces=DC) == "关于<做好>防汛工作的通知 & 附件"
    assert found.findtext("dc:date", namespaces=DC) == "2011-03-05"
    assert to_dc(ITEM).findtext("dc:date", namespaces=DC) == "2012"
    assert found.findtext("dc:rights", namespaces=DC) == "开放"
    assert [e.text for e in found.findall("dc:identifier", DC)][:2] == [FILE.identifier, FILE.reference_code]
    assert len(_parsed(write_dc([FILE, ITEM]))) == 2


def test_the_directory_begins_with_the_children_that_the_rules_name() -> None:
    root = _parsed(write_dat([ITEM, replace(ITEM, title="甲")]))
    assert (root.tag, root[0].tag) == ("文件目录", "文件")
    assert [child.tag for child in root[0]][:6] == ["顺序号", "档号", "责任者", "题名", "密级", "备注"]
    assert root[1].findtext("顺序号") == "2"
    assert to_dat(FILE).tag == "案卷"
    assert root[0].findtext("保管期限") == "30年"
    assert root[0].find("栏目").get("名称") == "男方姓名"  # type: ignore[union-attr]
    assert _parsed(write_dat([FILE], of_files=True)).tag == "案卷目录"


def test_the_terms_of_records_in_contexts_exist_in_version_1_1() -> None:
    known = set((DATA / "rico-1-1-terms.txt").read_text(encoding="utf-8").split())
    root = _parsed(write_rico([FILE, ITEM, *EVERY_LEVEL]))
    rico = "{https://www.ica.org/standards/RiC/ontology#}"
    used = {str(e.tag).removeprefix(rico) for e in root.iter() if str(e.tag).startswith(rico)}
    assert {"Record", "RecordSet", "RecordPart", "hasRecordSetType"} <= used <= known
    about = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
    assert root[0].get(about) == FILE.identifier
    assert " " not in to_rico(ITEM).get(about, " ")
