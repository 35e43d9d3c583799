"""The parts of an OFD package, found the way real producers write their locations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.remarks import Remark
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, parse_xml, salvage_xml
from lantai.kit.formats.zips import CappedZip

NAMESPACE = "http://www.ofdspec.org/2016"
_XML_MB = 64
_LARGEST = 1e9
_RESOURCE_MB = 64
_TOTAL_MB = 512
_FOLD = 8


class OfdBroken(Refusal):
    """The package lacks what GB/T 33190 requires."""

    message = N_("OFD 缺少必需的部件“%(part)s”，不能阅读。请重新生成后提交。")


class Container:
    """An open OFD: parts by location, with remarks on what was not as the standard wants it."""

    def __init__(self, archive: CappedZip) -> None:
        self.archive = archive
        self.remarks: list[Remark] = []
        self.entry: Any = None  # the root of OFD.xml, once it was read
        self._said: set[tuple[str, str]] = set()

    def locate(self, location: str, *, near: str) -> str | None:
        """The part that ``location`` means in ``near``: absolute, beside it, or (often) from the root."""
        location = location.strip()
        if location.startswith("/"):
            return self.archive.find(location)
        folder = near.rpartition("/")[0]
        beside = self.archive.find(f"{folder}/{location}") if location else None
        return beside or (self.archive.find(location) if location else None)

    def xml(self, location: str, *, near: str = "", tolerant: bool = False) -> tuple[str, Any] | None:
        """Name and root of a part; None with a remark when it is absent or unreadable.

        ``tolerant`` is for parts that decide nothing: what can be read of a broken one is read.
        """
        name = self.locate(location, near=near)
        if name is None:
            self.say_missing(location)
            return None
        try:
            data = self.archive.read(name, limit_mb=_XML_MB)
            return name, parse_xml(data, name=name)
        except BrokenXml:
            if tolerant and (root := salvage_xml(data, name=name)) is not None:
                self.say("odd-part", N_("OFD 的部件“%(part)s”不是规范的 XML，只读取了能读懂的部分。"), name)
                return name, root
            self.say("broken-part", N_("OFD 的部件“%(part)s”不是格式正确的 XML。"), name)
        except UnsafeXml:
            self.say("unsafe-part", N_("OFD 的部件“%(part)s”带有 DTD 或实体声明，没有读取。"), name)
        return None

    def resource(self, location: str, *, near: str) -> bytes | None:
        """Bytes of an image, a font or an attachment; None with a remark when absent."""
        name = self.locate(location, near=near)
        if name is None:
            self.say_missing(location)
            return None
        return self.archive.read(name, limit_mb=_RESOURCE_MB)

    def say_missing(self, location: str) -> None:
        """Keep the remark that the part at ``location`` is not there."""
        self.say("missing-part", N_("OFD 引用的部件“%(part)s”不存在。"), location)

    def say(self, code: str, message: str, part: str) -> None:
        """Keep a remark about ``part``, once."""
        if (code, part) not in self._said:
            self._said.add((code, part))
            self.remarks.append(Remark(code, message, {"part": part[:200]}))


@contextmanager
def opened_container(
    path: Path, *, total_mb: int = _TOTAL_MB, archive: CappedZip | None = None
) -> Iterator[Container]:
    """The package at ``path``, of which at most ``total_mb`` are unpacked. Raises the refusals of ``CappedZip``.

    ``archive`` is the same file where it is open already, with a budget of its own; it stays open.
    """
    if archive is not None:
        archive.renew()
        yield Container(archive)
        return
    with CappedZip(path, total_mb=total_mb) as archive:
        yield Container(archive)


def whole_mb(path: Path) -> int:
    """How much a package may unpack to where all of it is read more than once, in little memory.

    By its own size, since its attachments may be films; what grows more than so is a bomb.
    """
    return _TOTAL_MB + _FOLD * (path.stat().st_size >> 20)


def child(element: Any, name: str) -> Any | None:
    """The first child called ``name`` in whatever namespace; producers get it wrong."""
    return next(children(element, name), None)


def children(element: Any, name: str) -> Iterator[Any]:
    """The children called ``name``, in order."""
    yield from element.iterchildren(f"{{*}}{name}")


def text_of(element: Any, name: str) -> str:
    """Text of the child called ``name``, stripped; empty when absent."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""


def numbers(text: str | None) -> list[float]:
    """The numbers in ``text``; what no page can have (``nan``, ``1e300``, a word) ends the list."""
    found: list[float] = []
    for word in (text or "").split():
        try:
            value = float(word)
        except ValueError:
            break
        if not abs(value) < _LARGEST:
            break
        found.append(value)
    return found
