"""3-1 … 3-8: can it be read today, and later?"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND, of_package
from lantai.kit.fourprops.facts import FileFacts, FileState
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property

_CONVERT = N_("请转换为允许的归档格式后重新提交。")
_UNREADABLE = {
    FileState.MISSING: N_("文件不存在，不能打开。"),
    FileState.EMPTY: N_("文件是空的，没有可读的内容。"),
    FileState.TRUNCATED: N_("文件不完整，不能正常打开。"),
    FileState.BROKEN: N_("文件已损坏，不能打开。"),
    FileState.ENCRYPTED: N_("文件已加密，没有口令不能打开。"),
}


@check_of_package(
    code="3-1",
    property=Property.USABILITY,
    name=N_("信息包中元数据的可读性检测"),
    needs={Need.PACKAGE},
    basis="DA/T 70—2018 3-1",
)
def readable_metadata(probe: Probe) -> Iterator[Finding]:
    """The metadata files of the package can be parsed and their characters decoded."""
    if probe.package.readable_metadata is None:
        yield Finding(Outcome.NOT_RUN, N_("没有读取信息包中的元数据文件。"))
    elif not probe.package.readable_metadata:
        yield Finding(Outcome.FAIL, N_("信息包中的元数据文件不能正常解析。"), remedy=RESEND)
        yield from of_package(probe.package.metadata_problems or (), "")


@check_of_package(
    code="3-2",
    property=Property.USABILITY,
    name=N_("目标数据库中的元数据可访问性检测"),
    needs={Need.DATABASE},
    basis="DA/T 70—2018 3-2",
)
def reachable_database(probe: Probe) -> Iterator[Finding]:
    """The database that holds or will hold the metadata answers."""
    if not probe.environment.database_reachable:
        remedy = N_("请联系系统管理员恢复数据库连接。")
        yield Finding(Outcome.FAIL, N_("目标数据库不能访问。"), remedy=remedy)


@check(
    code="3-3",
    property=Property.USABILITY,
    name=N_("内容数据格式检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-3；GB/T 18894—2016；GB/T 33190—2016",
)
def allowed_formats(item: Item, probe: Probe) -> Iterator[Finding]:
    """Each file is of an allowed format by its content; its extension proves nothing."""
    allowed = set(probe.params.words("formats")) | set(probe.params.words("mimes"))
    for file in item.facts.files:
        if file.state is FileState.MISSING:
            continue
        if not file.puid and not file.mime:
            message = N_("不能识别文件的格式。")
            yield Finding(Outcome.FAIL, message, place=at(item.facts, file), remedy=_CONVERT)
        elif not {file.puid, file.mime} & allowed:
            message = N_("格式 %(format)s 不在允许的归档格式之内。")
            params = {"format": file.puid or file.mime}
            yield Finding(Outcome.FAIL, message, params, at(item.facts, file), remedy=_CONVERT)


@check(
    code="3-4",
    property=Property.USABILITY,
    name=N_("内容数据的可读性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-4",
)
def readable_content(item: Item, probe: Probe) -> Iterator[Finding]:
    """Each file was opened by a reader of its format; what no reader knows is for a person."""
    for file in item.facts.files:
        place = at(item.facts, file)
        if file.state in _UNREADABLE:
            yield Finding(Outcome.FAIL, _UNREADABLE[file.state], place=place, remedy=RESEND)
        elif file.state is FileState.UNSUPPORTED:
            yield Finding(Outcome.MANUAL, N_("系统没有打开该格式的程序，请人工打开确认。"), place=place)
        elif file.state is None:
            yield Finding(Outcome.NOT_RUN, N_("没有打开文件检查。"), place=place)


@check(
    code="3-5",
    property=Property.USABILITY,
    name=N_("内容数据格式长期可用性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-5；DA/T 47—2009",
)
def lasting_formats(item: Item, probe: Probe) -> Iterator[Finding]:
    """Formats that are known to age are named, so that they can be migrated in time."""
    ageing = set(probe.params.words("ageing"))
    for file in item.facts.files:
        if {file.puid, file.mime} & ageing:
            message = N_("格式 %(format)s 不利于长期保存。")
            remedy = N_("请列入格式转换计划。")
            params = {"format": file.puid or file.mime}
            yield Finding(Outcome.WARN, message, params, at(item.facts, file), remedy=remedy)


@check_of_package(
    code="3-6",
    property=Property.USABILITY,
    name=N_("软硬件环境合规性检测"),
    needs={Need.PERSON},
    basis="DA/T 70—2018 3-6",
)
def surroundings(probe: Probe) -> Iterator[Finding]:
    """Whether the recorded hardware and software can still be had is for a person to say."""
    yield Finding(Outcome.MANUAL, N_("请确认说明文件或元数据记载的软硬件环境仍可获得。"))


@check_of_package(
    code="3-7",
    property=Property.USABILITY,
    name=N_("备份数据可恢复性检测"),
    needs=set(),
    basis="DA/T 70—2018 3-7",
)
def restorable(probe: Probe) -> Iterator[Finding]:
    """A restore from backup succeeded not long ago."""
    last, most = probe.environment.last_restored_on, probe.params.count("most_days", 365)
    if last is None:
        remedy = N_("请做一次恢复演练并登记结果。")
        yield Finding(Outcome.NOT_RUN, N_("没有备份恢复演练的记录。"), remedy=remedy)
        return
    days = (probe.environment.checked_on - last).days
    if days > most:
        message = N_("最近一次恢复演练在 %(days)d 天之前，超过 %(most)d 天。")
        remedy = N_("请做一次恢复演练并登记结果。")
        yield Finding(Outcome.FAIL, message, {"days": days, "most": most}, remedy=remedy)


@check(
    code="3-8",
    property=Property.USABILITY,
    name=N_("信息包中包含的内容数据格式合规性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-8",
)
def compliant_formats(item: Item, probe: Probe) -> Iterator[Finding]:
    """Nothing is encrypted, compressed into a container, or able to act by itself."""
    containers = set(probe.params.words("containers"))
    for file in item.facts.files:
        yield from _compliance(file, at(item.facts, file), containers)


def _compliance(file: FileFacts, place: Place, containers: set[str]) -> Iterator[Finding]:
    if file.state is FileState.ENCRYPTED:
        remedy = N_("请解除加密后重新提交。")
        yield Finding(Outcome.FAIL, N_("文件已加密。"), place=place, remedy=remedy)
    elif file.state is FileState.ACTIVE:
        remedy = N_("请去除脚本或宏后重新提交。")
        yield Finding(Outcome.FAIL, N_("文件含有脚本或宏。"), place=place, remedy=remedy)
    elif file.state is None:
        yield Finding(Outcome.NOT_RUN, N_("没有检查文件是否加密或含有脚本。"), place=place)
    if {file.puid, file.mime} & containers:
        message = N_("文件是压缩包或可执行程序（%(format)s），不能作为归档内容。")
        remedy = N_("请解压后逐个提交。")
        yield Finding(Outcome.FAIL, message, {"format": file.puid or file.mime}, place, remedy=remedy)
