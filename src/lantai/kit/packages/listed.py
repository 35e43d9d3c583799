"""What the transfer layouts of 2012 and of 2022 share: a text that describes, a list in XML, names of files."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.packages import names
from lantai.kit.packages.found import FolderSeen
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.xml import (
    End,
    Start,
    XmlBroken,
    XmlHostile,
    declared_encoding,
    read_events,
    write_element,
)

DESCRIPTION_FILE = "说明文件.TXT"
OTHERS = "其他"
METADATA_WORD = "元数据"
MANIFESTS = {"sha512": f"{OTHERS}/manifest-sha512.txt", "sm3": f"{OTHERS}/manifest-sm3.txt"}
MAX_DESCRIPTION_BYTES = 1024 * 1024
_PAIR = re.compile(r"\s*([^:：]{1,40}?)\s*[:：]\s*(.*)", re.DOTALL)
_CHUNK_BYTES = 1024 * 1024

MESSAGES = {
    "description-missing": N_("缺少“%(place)s”。"),
    "description-key": N_("“%(place)s”里没有写“%(found)s”。"),
    "description-twice": N_("“%(place)s”里“%(found)s”写了两次，以第一次为准。"),
    "description-line": N_("“%(place)s”第 %(line)d 行不是“键: 值”的形式。"),
    "description-size": N_("“%(place)s”过大，只应是简短的文字说明。"),
    "catalogue-missing": N_("缺少“%(place)s”。"),
    "catalogue-broken": N_("“%(place)s”无法读取：%(reason)s"),
    "catalogue-root": N_("“%(place)s”的根元素是“%(name)s”，应为“%(expected)s”。"),
    "catalogue-element": N_("“%(place)s”第 %(line)d 条里有不认识的元素“%(name)s”。"),
    "catalogue-encoding": N_("“%(place)s”声明的编码是 %(name)s，实际是 %(actual)s，已按实际编码读取。"),
    "row-incomplete": N_("“%(place)s”第 %(line)d 条没有填“%(name)s”。"),
    "row-twice": N_("“%(place)s”第 %(line)d 条的档号“%(found)s”已经出现过。"),
    "row-sequence": N_("“%(place)s”第 %(line)d 条的顺序号是“%(name)s”，不是连续编号。"),
    "encoding": N_("“%(place)s”的编码不是 UTF-8、GB18030 或 GB2312。"),
    "link": N_("“%(found)s”是链接或特殊文件。"),
    "name": N_("“%(found)s”的文件名有问题：%(reason)s。"),
    "same-name": N_("“%(found)s”与“%(other)s”只有大小写、全半角或 Unicode 写法之别。"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in XML: its file, its root, the element of a row, and element of a cell → name of the value."""

    file: str
    root: str
    row: str
    columns: Mapping[str, str]
    required: Sequence[str] = ()


def by_name(folder: Path) -> dict[str, Path]:
    """What lies directly in a folder, by its casefolded name; nothing where there is none.

    Of two names that differ in case only, the capital letters of the standard count.
    """
    inside = (
        sorted(folder.iterdir(), reverse=True) if folder.is_dir() else ()
    )  # capitals last, over the others
    return {path.name.casefold(): path for path in inside}


def read_description(
    path: Path | None, name: str, required: Sequence[str], findings: Findings
) -> dict[str, str]:
    """Key → value of a text in lines `key: value`; a line without a key goes on with the value before."""
    if path is None or path.is_symlink() or not path.is_file():
        findings.error("description-missing", name)
        return {}
    with path.open("rb") as stream:
        raw = stream.read(MAX_DESCRIPTION_BYTES + 1)
    if len(raw) > MAX_DESCRIPTION_BYTES:
        findings.error("description-size", path.name)
        return {}
    found = _pairs(_decoded(raw, path.name, findings), name, findings)
    for key in required:
        if not found.get(key):
            findings.error("description-key", name, found=key)
    return found


def _pairs(text: str, name: str, findings: Findings) -> dict[str, str]:
    found: dict[str, str] = {}
    last = ""
    for number, line in enumerate(text.splitlines(), 1):
        pair = _PAIR.fullmatch(line)
        if pair is None and last and line.strip():
            found[last] = f"{found[last]} {line.strip()}"
        elif pair is None and line.strip():
            findings.warning("description-line", name, line=number)
        elif pair is not None and pair[1] in found:
            findings.warning("description-twice", name, found=pair[1])
        elif pair is not None:
            last = pair[1]
            found[last] = pair[2].strip()
    return found


def _decoded(raw: bytes, name: str, findings: Findings) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        if encoding == "gb18030" and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            break
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    findings.error("encoding", name)
    return ""


def read_rows(path: Path | None, listing: Listing, findings: Findings) -> Iterator[dict[str, str]]:
    """The rows of a list as they come, by the names of their values."""
    if path is None or path.is_symlink() or not path.is_file():
        findings.error("catalogue-missing", listing.file)
        return
    try:
        codec = _proved_codec(path, listing, findings)
        with path.open("rb") as stream:
            yield from _rows(read_events(stream, codec=codec), listing, findings)
    except (XmlBroken, XmlHostile) as refused:
        findings.error("catalogue-broken", path.name, reason=str(refused))


def _rows(events: Iterator[Start | End], listing: Listing, findings: Findings) -> Iterator[dict[str, str]]:
    values: dict[str, str] = {}
    number = 0
    for event in events:
        if event.depth == 1 and isinstance(event, Start) and event.name != listing.root:
            findings.error("catalogue-root", listing.file, name=event.name, expected=listing.root)
            return
        if event.depth == 2 and isinstance(event, Start):
            number += 1
            values = {}
            if event.name != listing.row:
                findings.error("catalogue-element", listing.file, line=number, name=event.name)
        elif event.depth == 3 and isinstance(event, End):
            if event.name in listing.columns:
                values[listing.columns[event.name]] = event.text
            else:
                findings.warning("catalogue-element", listing.file, line=number, name=event.name)
        elif event.depth == 2 and event.name == listing.row:
            yield values


def _proved_codec(path: Path, listing: Listing, findings: Findings) -> str:
    """The codec that the file is really in, where that is another than it declares; otherwise nothing.

    The layouts allow three encodings, and lists that say UTF-8 and are GB18030 do come.
    """
    with path.open("rb") as stream:
        head = stream.read(1024)
    declared = declared_encoding(head)
    if declared == "gb2312":
        if not _is_in(path, "gb2312") and _is_in(path, "gb18030"):
            findings.warning("catalogue-encoding", listing.file, name="GB2312", actual="GB18030")
        return ""
    if declared in ("", "utf-8", "utf8") and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wanted, other = "utf-8", "gb18030"
    elif declared in ("gb18030", "gbk"):
        wanted, other = "gb18030", "utf-8"
    else:
        return ""
    if _is_in(path, wanted) or not _is_in(path, other):
        return ""
    name = {"utf-8": "UTF-8", "gb18030": "GB18030"}
    findings.warning("catalogue-encoding", listing.file, name=name[wanted], actual=name[other])
    return other


def _is_in(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    with path.open("rb") as stream:
        try:
            while piece := stream.read(_CHUNK_BYTES):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


@dataclass(slots=True)
class RowChecks:
    """What is asked of each row of a list: filled in, numbered in order, no reference code twice."""

    listing: Listing
    findings: Findings
    _seen: set[str] = field(default_factory=set)
    _number: int = 0

    def check(self, values: Mapping[str, str], code: str) -> None:
        """Look at the next row, whose reference code has the normal form ``code``."""
        self._number += 1
        number, file = self._number, self.listing.file
        for element in self.listing.required:
            if not values.get(self.listing.columns[element]):
                self.findings.error("row-incomplete", file, line=number, name=element)
        if code and code in self._seen:
            self.findings.error("row-twice", file, line=number, found=values.get("reference_code", ""))
        self._seen.add(code)
        sequence = values.get("sequence", "")
        if sequence != str(number) and sequence.lstrip("0") != str(number):
            self.findings.warning("row-sequence", file, line=number, name=sequence)


def look_at_names(seen: FolderSeen, findings: Findings) -> None:
    """Names in one folder: two paths collide only where two names in one folder do."""
    keys: dict[str, str] = {}
    for name in seen.specials:
        findings.error("link", seen.at(name), found=seen.at(name))
    for name in (*seen.folders, *(file for file, _size in seen.files)):
        path = seen.at(name)
        if reason := names.trouble_with(name):
            findings.error("name", names.shown(path), found=names.shown(path), reason=reason)
        other = keys.setdefault(names.look_alike_key(name), path)
        if other != path:
            findings.warning("same-name", path, found=path, other=other)


def row_text(listing: Listing, value_of: Callable[[str], str]) -> str:
    """One row in XML; ``value_of`` gives each value by its name. Raises `XmlUnsayable`."""
    cells = "".join(
        f"    {write_element(element, value_of(name))}\n" for element, name in listing.columns.items()
    )
    return f"  <{listing.row}>\n{cells}  </{listing.row}>\n"


def description_text(values: Mapping[str, str]) -> str:
    """The inverse of `read_description`; white space in a value becomes one space."""
    return "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in values.items())
