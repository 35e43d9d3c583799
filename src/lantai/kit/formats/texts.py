"""Plain text and XML: can every byte be read, in which encoding, without a trap in it."""

from __future__ import annotations

import codecs
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Examination, Remark, State, remark_of
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, check_stream, split_tag

_CHUNK = 1 << 20
_SAMPLE_CHARS = 2000
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

NOT_TEXT = Remark("not-text", N_("文件不是 UTF-8、UTF-16 或 GB 18030 编码的文本。"))


def examine_text(path: Path, puid: str) -> Examination:
    """State and encoding of a text file, every byte of it decoded."""
    encoding = encoding_of(path)
    if not encoding:
        return Examination(puid, State.BROKEN, problems=(NOT_TEXT,))
    return Examination(puid, State.OK, {"encoding": encoding}, text_sample=text_of_file(path, _SAMPLE_CHARS))


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
    """State of an XML document, read to its end by a parser that refuses DTDs."""
    try:
        root = check_stream(path)
    except UnsafeXml as unsafe:
        return Examination(puid, State.ACTIVE, problems=(remark_of(unsafe),))
    except BrokenXml as broken:
        return Examination(puid, State.BROKEN, problems=(remark_of(broken),))
    namespace, name = split_tag(root)
    facts = {"root": name, "namespace": namespace}
    return Examination(puid, State.OK, facts, text_sample="")


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
