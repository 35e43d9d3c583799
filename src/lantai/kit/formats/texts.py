"""Plain text and XML: can every byte be read, in which encoding, without a trap in it."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from lantai.kit.errors import N_
from lantai.kit.formats.invoices import invoice_in_xml
from lantai.kit.formats.own import EINVOICE_ROOTS
from lantai.kit.formats.remarks import SAMPLE_CHARS, Examination, Fact, Remark, State, remark_of
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, check_stream, split_tag

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_HEAD_BYTES = 4096
_HTML_CHARS = 16 << 20
_INVOICE_BYTES = 16 << 20
_XML_ENCODING = re.compile(
    rb"""\A[\xef\xbb\xbf]*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})"""
)
_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""")
_SCRIPT = re.compile(r"""(?i)<(?:script|iframe|object|embed)[\s>]|\son[a-z]{3,20}\s*=\s*["']|javascript:""")
_FETCHED = re.compile(
    r"""(?i)<(?:img|link|video|audio|source)\b[^>]{0,500}?(?:src|href)\s*=\s*["'](https?://[^"']{1,500})"""
)
_PAGE = re.compile(r"(?i)<(?:!doctype\s+html|html[\s>])")
_PAGE_END = re.compile(r"(?i)</(?:html|body)\s*>")
_CUT_XML = ("Premature end", "EndTag", "no element found", "unclosed", "Document is empty")

SCRIPTS = Remark("active", N_("文件含有脚本或会自动取来的内容。请去除后重新提交。"))
NO_END = Remark("truncated", N_("网页缺少结尾标记，没有传完。请重新导出。"))
ELSEWHERE = N_("网页引用了 %(count)s 处网上的内容，离线时看不到。")
BAD_TABLE = N_("表格文本的格式不正确：%(reason)s。请重新导出。")
UNEVEN = N_("表格文本有 %(count)s 行的列数与首行不同。")
NOT_TEXT = Remark("not-text", N_("文件不是 UTF-8、UTF-16 或 GB 18030 编码的文本。"))


def examine_text(path: Path, puid: str) -> Examination:
    """State and encoding of a text file, every byte of it decoded."""
    encoding = encoding_of(path)
    if not encoding:
        return Examination(puid, State.BROKEN, problems=(NOT_TEXT,))
    return Examination(puid, State.OK, {"encoding": encoding}, text_sample=text_of_file(path, SAMPLE_CHARS))


def encoding_of(path: Path) -> str:
    """The encoding in which the whole file reads: by its mark, then UTF-8, then GB 18030; empty for none."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in _BOMS if head.startswith(mark)), "")
    candidates = (marked,) if marked else ("utf-8", "gb18030")
    return next((name for name in candidates if _decodes(path, name)), "")


def text_of_file(path: Path, limit: int) -> str:
    """The first ``limit`` characters; empty when the encoding is unknown."""
    encoding = encoding_of(path)
    if not encoding:
        return ""
    with path.open(encoding=encoding) as file:
        return file.read(limit)


def examine_xml(path: Path, puid: str) -> Examination:
    """State of an XML document, read to its end by a parser that refuses DTDs; a drawing must not act."""
    try:
        root = check_stream(path)
    except UnsafeXml as unsafe:
        return Examination(puid, State.ACTIVE, problems=(remark_of(unsafe),))
    except BrokenXml as broken:
        is_cut = any(words in str(broken.params.get("reason", "")) for words in _CUT_XML)
        return Examination(puid, State.TRUNCATED if is_cut else State.BROKEN, problems=(remark_of(broken),))
    namespace, name = split_tag(root)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    stated = _XML_ENCODING.search(head)
    facts: dict[str, Fact] = {"root": name, "namespace": namespace}
    facts["encoding"] = stated[1].decode("ascii").lower() if stated else encoding_of(path)
    if name == "svg" and any(_acts(path)):
        return Examination(puid, State.ACTIVE, facts, (SCRIPTS,))
    if name in EINVOICE_ROOTS and path.stat().st_size <= _INVOICE_BYTES:
        facts |= invoice_in_xml(path.read_bytes(), name=path.name)
    return Examination(puid, State.OK, facts)


def examine_html(path: Path, puid: str) -> Examination:
    """State of a web page: decodable, ended, without scripts; what it fetches from elsewhere is told."""
    encoding = _html_encoding(path)
    if not encoding:
        return Examination(puid, State.BROKEN, problems=(NOT_TEXT,))
    text = text_in(path, encoding, _HTML_CHARS)
    links = sorted(set(_FETCHED.findall(text)))
    facts: dict[str, Fact] = {"encoding": encoding, "external_links": [link[:200] for link in links[:50]]}
    if _SCRIPT.search(text):
        facts["has_javascript"] = True
        return Examination(puid, State.ACTIVE, facts, (SCRIPTS,))
    if _PAGE.search(text) and not _PAGE_END.search(text[-_HEAD_BYTES:]):
        return Examination(puid, State.TRUNCATED, facts, (NO_END,))
    problems = (Remark("elsewhere", ELSEWHERE, {"count": len(links)}),) if links else ()
    return Examination(puid, State.OK, facts, problems)


def examine_csv(path: Path, puid: str) -> Examination:
    """State of a table in text: decodable, every row as wide as the first; a row cut off is seen by its quotes."""
    encoding = encoding_of(path)
    if not encoding:
        return Examination(puid, State.BROKEN, problems=(NOT_TEXT,))
    facts: dict[str, Fact] = {"encoding": encoding}
    uneven = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            delimiter = max(",;\t|", key=file.readline().count)
            file.seek(0)
            rows = csv.reader(file, delimiter=delimiter, strict=True)
            columns = len(next(rows, []))
            for row in rows:
                uneven += bool(row) and len(row) != columns
            facts |= {"rows": rows.line_num, "columns": columns, "delimiter": delimiter}
    except csv.Error as broken:
        is_cut = "unexpected end" in str(broken)
        remark = Remark("truncated" if is_cut else "broken", BAD_TABLE, {"reason": str(broken)[:200]})
        return Examination(puid, State.TRUNCATED if is_cut else State.BROKEN, facts, (remark,))
    problems = (Remark("uneven", UNEVEN, {"count": uneven}),) if uneven else ()
    sample = text_of_file(path, SAMPLE_CHARS)
    return Examination(puid, State.OK, facts, problems, text_sample=sample)


def text_in(path: Path, encoding: str, limit: int) -> str:
    """The first ``limit`` characters in a known encoding."""
    with path.open(encoding=encoding, errors="replace") as file:
        return file.read(limit)


def _html_encoding(path: Path) -> str:
    """The encoding that the page states where it reads in it, else the one in which it reads."""
    with path.open("rb") as file:
        stated = _CHARSET.search(file.read(_HEAD_BYTES))
    name = stated[1].decode("ascii").lower() if stated else ""
    name = "gb18030" if name in {"gb2312", "gbk"} else name
    try:
        return name if name and _decodes(path, name) else encoding_of(path)
    except LookupError:
        return encoding_of(path)


def _acts(path: Path) -> Iterator[bool]:
    """Whether elements of a drawing run, embed or fetch something."""
    for _event, element in etree.iterparse(
        path, resolve_entities=False, no_network=True, load_dtd=False, recover=True
    ):
        name = split_tag(str(element.tag))[1].lower()
        links = [v for k, v in element.attrib.items() if split_tag(str(k))[1] == "href"]
        yield (
            name in {"script", "foreignobject", "iframe"}
            or any(str(key).lower().startswith("on") for key in element.attrib)
            or (
                any(
                    str(link).strip().lower().startswith(("javascript:", "http:", "https:", "file:"))
                    for link in links
                )
                and name != "a"
            )
        )
        element.clear()


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if encoding in {"utf-8", "gb18030"} and b"\x00" in chunk:
                    return False
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
