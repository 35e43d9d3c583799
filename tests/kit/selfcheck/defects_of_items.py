"""Defects of descriptions and of contents."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import cache

import pikepdf

from lantai.kit.fourprops import Outcome
from tests.kit.selfcheck.mutations import CODE, MAIN, Defect, described, with_file
from tests.kit.selfcheck.samples import SampleItem, item, pdf

WARN = Outcome.WARN


def pair(name: str, code: str, where: str, outcome: Outcome = Outcome.FAIL, **changes: list[str]) -> Defect:
    """The third of three items has something that belongs to the first."""
    return Defect(
        name, code, (CODE(3), where), items=lambda: [item(1), item(2), item(3, **changes)], outcome=outcome
    )


def warned(name: str, code: str, where: str, **changes: list[str] | None) -> Defect:
    found = described(name, code, where, **changes)
    return Defect(found.name, found.code, found.where, items=found.items, outcome=WARN)


def listed(name: str, where: str, **row: str) -> Defect:
    """The second of three items stands in the catalogue with other words than in its own metadata (ING 26)."""
    other = replace(item(2), row={**item(2).row, **row})
    return Defect(name, "1-14-2", (CODE(2), where), items=lambda: [item(1), other, item(3)])


DESCRIPTIONS = [
    listed("catalogue names another title", "题名", title="别的题名"),
    listed("catalogue names another date", "日期", dated_on="20110306"),
    listed("catalogue counts other pages", "页数", page_count="4"),
    described("title too long", "1-2", "题名", 题名=["长" * 501]),
    described("fonds too long", "1-2", "全宗号", 全宗号=["Z1090"]),
    described("document number too long", "1-2", "文件编号", 文件编号=["样" * 101]),
    described("date in words", "1-3", "日期", 日期=["二〇一一年三月五日"]),
    described("date that does not exist", "1-3", "日期", 日期=["20110230"]),
    described("date with a thirteenth month", "1-3", "日期", 日期=["20111301"]),
    described("date in full-width figures", "1-3", "日期", 日期=["２０１１０３０５"]),
    described("year of two figures", "1-3", "年度", 年度=["11"]),
    described("pages in words", "1-3", "页数", 页数=["三页"]),
    described("retention unheard of", "1-3", "保管期限", 保管期限=["很久"]),
    described("classification unheard of", "1-3", "密级", 密级=["一般"]),
    described("grouping not on the list", "1-4", "文件组合类型", 文件组合类型=["一叠"]),
    described("level not on the list", "1-4", "聚合层次", 聚合层次=["抽屉"]),
    described("draft not on the list", "1-4", "稿本", 稿本=["抄本"]),
    described("control mark not on the list", "1-4", "控制标识", 控制标识=["也许"]),
    described("year of the future", "1-5", "年度", 年度=["2030"]),
    described("year before all archives", "1-5", "年度", 年度=["1800"]),
    described("date of the future", "1-5", "日期", 日期=["20300101"]),
    described("no pages at all", "1-5", "页数", 页数=["0"]),
    warned("date of another year", "1-5", "年度", 日期=["20120305"]),
    warned("clock of the sender ahead", "1-5-2", "", 行为时间=["2024-06-08T09:00:00+08:00"]),
    described("replacement sign", "1-6", "题名", 题名=["样例\ufffd"]),
    described("wrong decoding of GBK", "1-6", "题名", 题名=["锟斤拷的通知"]),
    described("uninitialised memory", "1-6", "题名", 题名=["烫烫烫的通知"]),
    described("question marks for letters", "1-6", "题名", 题名=["关于????的通知"]),
    described("UTF-8 read as Latin", "1-6", "责任者", 责任者=["æ Ã·ä¾‹"]),
    described("unassigned code point", "1-6", "题名", 题名=["样例\u0378"]),
    warned("private use character", "1-6", "题名", 题名=["样例\ue000"]),
    described("fonds of another archives", "1-7", "档号", 全宗号=["Z110"]),
    described("year against the code", "1-7", "档号", 年度=["2012"], 日期=["20120305"]),
    described("retention against the code", "1-7", "档号", 保管期限=["30年"]),
    described("another code in the description", "1-7", "档号", 档号=[CODE(9)]),
    pair("record number twice", "1-8", "电子文件号", 电子文件号=["样例0001"]),
    pair(
        "title and number twice",
        "1-8",
        "题名",
        WARN,
        题名=["关于样例工作1的通知"],
        文件编号=["样办〔2011〕1号"],
    ),
    described("file size against the metadata", "1-10", MAIN, 计算机文件大小=["1", "1"]),
    described("file that is not there", "1-11", "另一个.pdf", 计算机文件名=[MAIN, "附件1.pdf", "另一个.pdf"]),
    described("no author", "2-3", "责任者", 责任者=None),
    described("no title", "2-3", "题名", 题名=None),
    described("no date", "2-3", "日期", 日期=None),
    described("no classification", "2-3", "密级", 密级=None),
    described("no retention", "2-3", "保管期限", 保管期限=None),
    described("no record number", "2-3", "电子文件号", 电子文件号=None),
    described("no maker of the fonds", "2-3", "立档单位名称", 立档单位名称=None),
    described("no year", "2-3", "年度", 年度=None),
    described("empty author", "2-4", "责任者", 责任者=[" "]),
    described("empty title", "2-4", "题名", 题名=["　"]),
    described("no history", "2-5", "", 业务行为=None, 行为时间=None, 业务状态=None),
    described("act without a time", "2-5", "", 行为时间=["某日"]),
    warned("pages miscounted", "2-7", "页数", 页数=["9"]),
    Defect("gap in the numbers", "2-6", ("BGS",), items=lambda: [item(1), item(2), item(4)]),
    Defect("several gaps in the numbers", "2-6", ("2、4–6",), items=lambda: [item(1), item(3), item(7)]),
    Defect(
        "one content under two codes",
        "1-8-2",
        (CODE(2),),
        outcome=WARN,
        items=lambda: [item(1), same_content(), item(3)],
    ),
]


def same_content() -> SampleItem:
    """The second item with the files of the first."""
    sample = item(2)
    files = dict(item(1).files)
    sizes = [str(len(content)) for content in files.values()]
    return replace(sample, files=files, metadata={**sample.metadata, "计算机文件大小": sizes})


@cache
def encrypted_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("locked"))) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="样例", user="样例"))
    return out.getvalue()


@cache
def scripted_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("scripted"))) as document:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        document.Root.OpenAction = script
        document.save(out, compress_streams=False)
    return out.getvalue()


@cache
def plain_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out, force_version="1.7")
    return out.getvalue()


def zipped(content: bytes = b"sample") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", content)
    return out.getvalue()


GOOD = pdf("main 2", 2)
HTML = b"<!DOCTYPE html><html><head><title>x</title></head><body><script>1</script></body></html>"
CONTENTS = [
    with_file("empty file", "2-7", b"", also=("3-4",)),
    with_file("file cut in half", "3-4", GOOD[: len(GOOD) // 2]),
    with_file("file without its end", "2-7", GOOD[:-60]),
    with_file("encrypted file", "3-8", encrypted_pdf(), also=("3-4",)),
    with_file("script in a file", "3-8", scripted_pdf()),
    with_file("zip among the contents", "3-8", zipped(), rename="正文.zip", also=("3-3",)),
    with_file("zip that calls itself a PDF", "1-10", zipped(), also=("3-3",)),
    with_file("page of the web that calls itself a PDF", "1-10", HTML),
    with_file("random bytes", "3-3", bytes(range(7, 256)) * 3, rename="正文.bin"),
    with_file(
        "program", "3-8", b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(400), rename="正文.exe"
    ),
    with_file("PDF with a zip at its end", "3-8", GOOD + zipped()),
    with_file("text with a wrong extension", "3-3", "样例文字\n".encode() * 9, rename="正文.jpg"),
    with_file("broken XML", "3-4", b'<?xml version="1.0"?><a><b></a>', rename="正文.xml"),
    with_file(
        "XML with an entity bomb",
        "3-8",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "yyyy"><!ENTITY z "&x;&x;">]><a>&z;</a>',
        rename="正文.xml",
    ),
    with_file("PDF that leans on the machine", "3-5", plain_pdf(), outcome=WARN),
    with_file("broken attachment", "3-4", GOOD[:300], "附件1.pdf"),
    with_file("empty attachment", "2-7", b"", "附件1.pdf"),
    with_file(
        "cut image",
        "3-4",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x04\0\x08\x02\0\0\0",
        rename="正文.png",
    ),
    with_file(
        "old word processor", "3-3", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), rename="正文.doc"
    ),
]
