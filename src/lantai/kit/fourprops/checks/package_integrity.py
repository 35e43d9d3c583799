"""2-1, 2-2, 2-10 and 2-11: did everything arrive that was announced?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND, of_package
from lantai.kit.fourprops.facts import FileState
from lantai.kit.fourprops.findings import Finding, Place
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check_of_package, check_of_series
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property


def _compared(declared: int | None, counted: int, differs: str, undeclared: str) -> Iterator[Finding]:
    """FAIL where the two figures differ, NOT_RUN where nobody announced one."""
    params = {"declared": -1 if declared is None else declared, "counted": counted}
    if declared is None:
        yield Finding(Outcome.NOT_RUN, undeclared, params)
    elif declared != counted:
        yield Finding(Outcome.FAIL, differs, params, remedy=RESEND)


class _Counting:
    """Counts items, files and bytes as they pass."""

    def __init__(self, probe: Probe) -> None:
        self._package = probe.package
        self._items = self._files = self._bytes = 0

    def see(self, item: Item) -> Iterable[Finding]:
        present = [file for file in item.facts.files if file.state is not FileState.MISSING]
        self._items += 1
        self._files += len(present)
        self._bytes += sum(file.size for file in present)
        return ()


@check_of_series(
    code="2-1",
    property=Property.INTEGRITY,
    name=N_("总件数相符性检测"),
    needs=set(),
    basis="DA/T 70—2018 2-1",
)
class ItemCount(_Counting):
    """The number of items is the announced one, and not none."""

    def finish(self) -> Iterable[Finding]:
        if not self._items:
            yield Finding(Outcome.FAIL, N_("没有可检测的档案。"), remedy=RESEND)
            return
        counted = self._package.item_count if self._package.item_count is not None else self._items
        if counted != self._items:
            message = N_("信息包清点为 %(counted)d 件，实际读到 %(seen)d 件。")
            yield Finding(Outcome.FAIL, message, {"counted": counted, "seen": self._items}, remedy=RESEND)
        yield from _compared(
            self._package.declared_item_count,
            counted,
            N_("声明 %(declared)d 件，实有 %(counted)d 件。"),
            N_("没有声明总件数，实有 %(counted)d 件。"),
        )


@check_of_series(
    code="2-2",
    property=Property.INTEGRITY,
    name=N_("总字节数相符性检测"),
    needs=set(),
    basis="DA/T 70—2018 2-2",
)
class ByteCount(_Counting):
    """The number of bytes is the announced one."""

    def finish(self) -> Iterable[Finding]:
        counted = self._package.bytes if self._package.bytes is not None else self._bytes
        return _compared(
            self._package.declared_bytes,
            counted,
            N_("声明 %(declared)d 字节，实有 %(counted)d 字节。"),
            N_("没有声明总字节数，实有 %(counted)d 字节。"),
        )


@check_of_package(
    code="2-10",
    property=Property.INTEGRITY,
    name=N_("信息包元数据完整性检测"),
    needs={Need.PACKAGE},
    basis="DA/T 70—2018 2-10；DA/T 48—2009",
    parameters=(Parameter("description", ParameterKind.WORDS, N_("信息包元数据应有的项目"), []),),
)
def package_metadata(probe: Probe) -> Iterator[Finding]:
    """The metadata of the package follows its schema and names what the scheme asks for."""
    yield from of_package(probe.package.metadata_problems, N_("没有检查信息包的元数据。"))
    description = probe.package.description or {}
    for key in probe.params.words("description"):
        if not description.get(key, "").strip():
            message = N_("信息包元数据缺少“%(key)s”。")
            yield Finding(Outcome.FAIL, message, {"key": key}, Place(field=key), remedy=RESEND)


@check_of_series(
    code="2-11",
    property=Property.INTEGRITY,
    name=N_("信息包内容数据完整性检测"),
    needs={Need.PACKAGE},
    basis="DA/T 70—2018 2-11",
)
class FileCount(_Counting):
    """As many content files are there as the metadata of the package says."""

    def finish(self) -> Iterable[Finding]:
        counted = self._package.file_count if self._package.file_count is not None else self._files
        return _compared(
            self._package.declared_file_count,
            counted,
            N_("信息包元数据记载 %(declared)d 个文件，实有 %(counted)d 个。"),
            N_("信息包元数据没有记载文件个数，实有 %(counted)d 个。"),
        )
