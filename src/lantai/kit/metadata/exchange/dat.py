"""The directory files of a carrier (文件目录.XML, 案卷目录.XML): the children that the rules name, then ours.

档发〔2012〕7号 annex 2 names 顺序号 to 备注; what else a description holds follows as further elements,
which its reader, and ours, may take or leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from lantai.kit.metadata.exchange.building import add, document
from lantai.kit.metadata.exchange.record import Record, word

FILES, ITEMS = "案卷", "文件"
NAMED, NAME = "栏目", "名称"  # an element of a kind, whose label may be no name of XML


def to_dat(record: Record, number: int = 1) -> etree._Element:
    """``文件`` or ``案卷`` of one description, with its place in the list."""
    root = etree.Element(FILES if record.level == "file" else ITEMS)
    for name, text in _values(record, number):
        if text:
            add(root, name, text)
    for label, text in record.own.items():
        if text:
            add(root, NAMED, text, {NAME: label})
    return root


def write_dat(records: Iterable[Record], *, of_files: bool = False) -> Iterator[bytes]:
    """``文件目录`` (or ``案卷目录``) of all records, streamed."""
    root = etree.Element(f"{FILES if of_files else ITEMS}目录")
    return document(root, (to_dat(record, number) for number, record in enumerate(records, 1)))


def _values(record: Record, number: int) -> Iterator[tuple[str, str]]:
    yield "顺序号", str(number)
    yield "档号", record.reference_code
    yield "责任者", record.author
    yield "题名", record.title
    yield "日期", record.dated_on.strftime("%Y%m%d") if record.dated_on else ""
    yield "密级", word("classification", record.classification)
    yield "电子档案名称", ""  # the content stays where it is: a list of descriptions carries no files
    yield "备注", record.note
    yield "文号", record.document_number
    yield "年度", str(record.year) if record.year else ""
    yield "保管期限", record.retention_text
    yield "机构或问题", record.class_code
    yield "开放标识", word("openness", record.openness)
    yield "人名", "；".join(record.persons)
    yield "页数", str(record.page_count) if record.page_count is not None else ""
    yield "著录层级", word("level", record.level)
    yield "全宗号", record.fonds_code
    yield "全宗名称", record.fonds_name
    yield "档案馆名称", record.archives_name
    yield "档案馆代码", record.archives_code
