"""3-1, 3-2, 3-6 and 3-7: can the metadata be read, and will the records be readable later?"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND, of_package
from lantai.kit.fourprops.findings import Finding, Place
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Probe, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.fourprops.worksheets import Answer, Question, WorksheetForm


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


@check_of_package(
    code="3-6",
    property=Property.USABILITY,
    name=N_("软硬件环境合规性检测"),
    needs={Need.PERSON},
    basis="DA/T 70—2018 3-6",
    parameters=(Parameter("description", ParameterKind.WORDS, N_("说明文件中记载软硬件环境的项目"), []),),
    worksheet=WorksheetForm(
        N_("确认说明文件或元数据记载的软硬件环境仍可获得。"),
        (
            N_("逐项核对记载的操作系统、应用软件、专用设备能否找到。"),
            N_("找不到的，列入格式转换或环境仿真计划。"),
        ),
        (
            Question("environment", N_("记载的软硬件环境")),
            Question("is_available", N_("仍可获得"), Answer.YES_NO),
        ),
    ),
)
def surroundings(probe: Probe) -> Iterator[Finding]:
    """The environment is on record; whether it can still be had is for a person to say."""
    description = probe.package.description
    for key in probe.params.words("description") if description is not None else ():
        if not (description or {}).get(key, "").strip():
            message = N_("说明文件没有记载“%(key)s”。")
            yield Finding(Outcome.FAIL, message, {"key": key}, Place(field=key), remedy=RESEND)
    yield Finding(Outcome.MANUAL, N_("请确认说明文件或元数据记载的软硬件环境仍可获得。"))


@check_of_package(
    code="3-7",
    property=Property.USABILITY,
    name=N_("备份数据可恢复性检测"),
    needs=set(),
    basis="DA/T 70—2018 3-7",
    parameters=(
        Parameter("most_days", ParameterKind.COUNT, N_("恢复演练最多隔多少天"), 365, least=1, most=3650),
    ),
)
def restorable(probe: Probe) -> Iterator[Finding]:
    """A restore from backup succeeded not long ago."""
    last, most = probe.environment.last_restored_on, probe.params.count("most_days")
    if last is None:
        remedy = N_("请做一次恢复演练并登记结果。")
        yield Finding(Outcome.NOT_RUN, N_("没有备份恢复演练的记录。"), remedy=remedy)
        return
    days = (probe.environment.checked_on - last).days
    if days > most:
        message = N_("最近一次恢复演练在 %(days)d 天之前，超过 %(most)d 天。")
        remedy = N_("请做一次恢复演练并登记结果。")
        yield Finding(Outcome.FAIL, message, {"days": days, "most": most}, remedy=remedy)
