"""4-7 … 4-9: was the work done safely, is the software sound, is the storeroom fit?

Nothing here passes unless a log, a scanner or a climate recorder outside of this program was read.
"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.findings import Finding
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Probe, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.fourprops.worksheets import Answer, Question, WorksheetForm


@check_of_package(
    code="4-7",
    property=Property.SAFETY,
    name=N_("操作过程安全性检测"),
    needs={Need.PERSON},
    basis="DA/T 70—2018 4-7",
    worksheet=WorksheetForm(
        N_("对照操作日志，确认操作过程受控、保密措施到位。"),
        (
            N_("核对经手人、时间、地点，有无无关人员接触。"),
            N_("核对涉密和个人信息的拷贝、传输、打印是否经过批准。"),
        ),
        (
            Question("handled_by", N_("经手人")),
            Question("is_controlled", N_("操作过程受控"), Answer.YES_NO),
            Question("is_confidential", N_("保密措施到位"), Answer.YES_NO),
        ),
    ),
)
def handling(probe: Probe) -> Iterator[Finding]:
    """The log of the work holds; whether the work was done under control is for a person to say."""
    if probe.environment.log_is_intact is False:
        remedy = N_("请查明日志被改动的原因，由安全管理员处理。")
        yield Finding(Outcome.FAIL, N_("操作日志核验不通过，可能被改动。"), remedy=remedy)
    yield Finding(Outcome.MANUAL, N_("请对照操作日志，确认操作过程受控、保密措施到位。"))


@check_of_package(
    code="4-8",
    property=Property.SAFETY,
    name=N_("软件系统安全漏洞检测"),
    needs={Need.PERSON},
    basis="DA/T 70—2018",
    parameters=(
        Parameter("most_days", ParameterKind.COUNT, N_("漏洞扫描最多隔多少天"), 365, least=1, most=3650),
    ),
    worksheet=WorksheetForm(
        N_("登记专门机构的漏洞扫描结果。"),
        (N_("核对扫描的范围包括档案系统的服务器、数据库和网页。"),),
        (
            Question("scanned_by", N_("扫描机构")),
            Question("scanned_on", N_("扫描日期"), Answer.DATE),
            Question("grave", N_("未修复的高危漏洞数"), Answer.NUMBER),
        ),
    ),
)
def weaknesses(probe: Probe) -> Iterator[Finding]:
    """A scan for weaknesses, made by others, is recent and left nothing grave open."""
    scan, most = probe.environment.weaknesses, probe.params.count("most_days")
    remedy = N_("请修复后重新扫描，并登记结果。")
    if scan is None:
        enter = N_("请登记扫描机构、日期和未修复的高危漏洞数，有效期内的检测都会引用。")
        yield Finding(Outcome.NOT_RUN, N_("本系统不做漏洞扫描，请附专门机构的扫描结果。"), remedy=enter)
        return
    days = (probe.environment.checked_on - scan.scanned_on).days
    if days > most:
        message = N_("%(by)s的漏洞扫描在 %(days)d 天之前，超过 %(most)d 天。")
        params: dict[str, str | int] = {"by": scan.scanned_by, "days": days, "most": most}
        yield Finding(Outcome.NOT_RUN, message, params, remedy=remedy)
    if scan.grave:
        message = N_("%(by)s的扫描还有 %(grave)d 个高危漏洞没有修复。")
        grave: dict[str, str | int] = {"by": scan.scanned_by, "grave": scan.grave}
        yield Finding(Outcome.FAIL, message, grave, remedy=remedy)


@check_of_package(
    code="4-9",
    property=Property.SAFETY,
    name=N_("载体保管环境安全检测"),
    needs={Need.PERSON},
    basis="DA/T 70—2018；DA/T 38—2021",
    # the figures of a store of magnetic carriers as read in JGJ 25; a store of discs has its own
    parameters=(
        Parameter("least_celsius", ParameterKind.COUNT, N_("温度下限（℃）"), 14, least=0, most=50),
        Parameter("most_celsius", ParameterKind.COUNT, N_("温度上限（℃）"), 24, least=0, most=50),
        Parameter("least_humidity", ParameterKind.COUNT, N_("相对湿度下限（%）"), 40, least=0, most=100),
        Parameter("most_humidity", ParameterKind.COUNT, N_("相对湿度上限（%）"), 60, least=0, most=100),
        Parameter("most_days", ParameterKind.COUNT, N_("温湿度记录最晚止于多少天前"), 31, least=1, most=366),
    ),
    worksheet=WorksheetForm(
        N_("对照温湿度记录，确认载体保管环境符合要求。"),
        (
            N_("查看一年来的温湿度记录，有无超限及处置情况。"),
            N_("查看防火、防水、防磁、防光、防有害生物的措施。"),
        ),
        (
            Question("storeroom", N_("库房")),
            Question("first_on", N_("记录起始日期"), Answer.DATE),
            Question("last_on", N_("记录截止日期"), Answer.DATE),
            Question("least_celsius", N_("最低温度（℃）"), Answer.NUMBER),
            Question("most_celsius", N_("最高温度（℃）"), Answer.NUMBER),
            Question("least_humidity", N_("最低相对湿度（%）"), Answer.NUMBER),
            Question("most_humidity", N_("最高相对湿度（%）"), Answer.NUMBER),
            Question("is_fit", N_("环境符合要求"), Answer.YES_NO),
        ),
    ),
)
def storerooms(probe: Probe) -> Iterator[Finding]:
    """The climate of the storeroom, as its own log says, stays within the limits."""
    climate, params = probe.environment.climate, probe.params
    if climate is None:
        enter = N_("本系统不连接温湿度设备。请登记记录的起止日期和极值，有效期内的检测都会引用。")
        yield Finding(Outcome.MANUAL, N_("请对照温湿度记录，确认载体保管环境符合要求。"), remedy=enter)
        return
    days = (probe.environment.checked_on - climate.last_on).days
    if days > params.count("most_days"):
        message = N_("库房“%(storeroom)s”的温湿度记录止于 %(days)d 天之前。")
        yield Finding(Outcome.NOT_RUN, message, {"storeroom": climate.storeroom, "days": days})
    remedy = N_("请检查空调和除湿设备，登记处置情况。")
    for least, most, low, high, message in (
        (
            climate.least_celsius, climate.most_celsius,
            params.count("least_celsius"), params.count("most_celsius"),
            N_("库房“%(storeroom)s”的温度在 %(least)s 至 %(most)s ℃ 之间，应在 %(low)d 至 %(high)d ℃ 之间。"),
        ),
        (
            climate.least_humidity_percent, climate.most_humidity_percent,
            params.count("least_humidity"), params.count("most_humidity"),
            N_("库房“%(storeroom)s”的相对湿度在 %(least)s%% 至 %(most)s%% 之间，应在 %(low)d%% 至 %(high)d%% 之间。"),
        ),
    ):  # fmt: skip
        if least < low or most > high:
            said: dict[str, str | int] = {
                "storeroom": climate.storeroom, "least": f"{least:g}", "most": f"{most:g}",
                "low": low, "high": high,
            }  # fmt: skip
            yield Finding(Outcome.FAIL, message, said, remedy=remedy)
