"""4-1 … 4-6: viruses and carriers.

Nothing here passes unless somebody or some device outside of this program looked.
"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.findings import Finding, Place
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Probe, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.fourprops.worksheets import Answer, Question, WorksheetForm


@check_of_package(
    code="4-1",
    property=Property.SAFETY,
    name=N_("系统环境中是否安装杀毒软件检测"),
    needs={Need.ANTIVIRUS},
    basis="DA/T 70—2018 4-1",
    parameters=(
        Parameter("most_days", ParameterKind.COUNT, N_("病毒库最多多少天没有更新"), 7, least=0, most=365),
    ),
)
def scanner(probe: Probe) -> Iterator[Finding]:
    """A virus scanner is at work and its definitions are recent."""
    antivirus, most = probe.environment.antivirus, probe.params.count("most_days")
    if antivirus is None:
        yield Finding(Outcome.NOT_RUN, N_("没有可用的杀毒软件检测结果。"))
        return
    days = (probe.environment.checked_on - antivirus.definitions_on).days
    if days > most:
        message = N_("%(name)s 的病毒库已 %(days)d 天没有更新，超过 %(most)d 天。")
        params: dict[str, str | int] = {"name": antivirus.name, "days": days, "most": most}
        yield Finding(Outcome.FAIL, message, params, remedy=N_("请更新病毒库后重新扫描。"))


@check_of_package(
    code="4-2",
    property=Property.SAFETY,
    name=N_("病毒感染检测"),
    needs={Need.ANTIVIRUS},
    basis="DA/T 70—2018 4-2",
)
def viruses(probe: Probe) -> Iterator[Finding]:
    """The scanner looked at files and found none infected."""
    antivirus = probe.environment.antivirus
    if antivirus is None or not antivirus.scanned_files:
        yield Finding(Outcome.NOT_RUN, N_("没有扫描任何文件。"))
        return
    expected = probe.package.file_count
    if expected is not None and antivirus.scanned_files < expected:
        message = N_("只扫描了 %(scanned)d 个文件，共有 %(expected)d 个。")
        yield Finding(Outcome.NOT_RUN, message, {"scanned": antivirus.scanned_files, "expected": expected})
    for path in antivirus.not_scanned:
        remedy = N_("请用其他杀毒软件扫描该文件，或由人工确认。")
        message = N_("杀毒软件没有扫描该文件（过大或加密）。")
        yield Finding(Outcome.NOT_RUN, message, place=Place(path=path), remedy=remedy)
    for path in antivirus.infected:
        remedy = N_("请隔离该文件，清除病毒后重新提交。")
        yield Finding(Outcome.FAIL, N_("文件感染病毒。"), place=Place(path=path), remedy=remedy)


@check_of_package(
    code="4-3",
    property=Property.SAFETY,
    name=N_("载体中多余文件检测"),
    needs={Need.PACKAGE},
    basis="DA/T 70—2018 4-3",
)
def extra_files(probe: Probe) -> Iterator[Finding]:
    """Nothing lies beside the records that the manifest does not name."""
    if probe.package.extra_files is None:
        yield Finding(Outcome.NOT_RUN, N_("没有检查是否有多余文件。"))
    for path in probe.package.extra_files or ():
        remedy = N_("请删去与档案无关的文件，或补入目录。")
        yield Finding(Outcome.FAIL, N_("目录之外的多余文件。"), place=Place(path=path), remedy=remedy)


@check_of_package(
    code="4-4",
    property=Property.SAFETY,
    name=N_("载体读取速度检测"),
    needs={Need.CARRIER},
    basis="DA/T 70—2018 4-4",
    parameters=(
        Parameter(
            "least_percent",
            ParameterKind.COUNT,
            N_("读取速度不低于正常速度的百分之几"),
            50,
            least=1,
            most=100,
        ),
    ),
)
def read_speed(probe: Probe) -> Iterator[Finding]:
    """A reader measured the carrier, and it is not much slower than such carriers are."""
    carrier, least = probe.environment.carrier, probe.params.count("least_percent")
    if carrier is None or carrier.read_bytes_per_s is None or not carrier.normal_bytes_per_s:
        yield Finding(Outcome.NOT_RUN, N_("没有测得载体的读取速度。"))
        return
    percent = carrier.read_bytes_per_s * 100 // carrier.normal_bytes_per_s
    if percent < least:
        message = N_("载体 %(carrier)s 的读取速度只有正常速度的 %(percent)d%%。")
        remedy = N_("载体可能老化，请尽快复制到新载体。")
        params: dict[str, str | int] = {"carrier": carrier.identifier, "percent": percent}
        yield Finding(Outcome.FAIL, message, params, remedy=remedy)


@check_of_package(
    code="4-5",
    property=Property.SAFETY,
    name=N_("载体外观检测"),
    needs={Need.CARRIER, Need.PERSON},
    basis="DA/T 70—2018 4-5",
    worksheet=WorksheetForm(
        N_("检查载体有无划伤、污损，标签是否完整。"),
        (
            N_("在光线下查看盘面或外壳，有无划伤、变形、霉斑、污损。"),
            N_("核对标签上的编号、全宗、内容、日期是否齐全，与登记表一致。"),
        ),
        (
            Question("surface_is_good", N_("表面完好"), Answer.YES_NO),
            Question("label_is_good", N_("标签完整"), Answer.YES_NO),
            Question("damage", N_("损伤情况")),
        ),
    ),
)
def appearance(probe: Probe) -> Iterator[Finding]:
    """Scratches, dirt and labels are seen by an eye; what the carrier register says counts."""
    carrier = probe.environment.carrier
    if carrier is None or carrier.looks_good is None:
        yield Finding(Outcome.MANUAL, N_("请检查载体有无划伤、污损，标签是否完整。"))
    elif not carrier.looks_good:
        message = N_("载体 %(carrier)s 外观有损伤或标签不全（%(by)s 检查）。")
        params = {"carrier": carrier.identifier, "by": carrier.looked_at_by}
        yield Finding(Outcome.FAIL, message, params, remedy=N_("请更换载体后重新提交。"))


@check_of_package(
    code="4-6",
    property=Property.SAFETY,
    name=N_("光盘合格性检测"),
    needs={Need.CARRIER},
    basis="DA/T 70—2018 4-6；DA/T 38—2021",
)
def discs(probe: Probe) -> Iterator[Finding]:
    """A disc tester found the error rates of DA/T 38 within their limits."""
    carrier = probe.environment.carrier
    if carrier is not None and not carrier.is_optical:
        yield Finding(Outcome.NOT_APPLICABLE, N_("载体不是光盘。"))
    elif carrier is None or carrier.disc_is_within_limits is None:
        yield Finding(Outcome.NOT_RUN, N_("没有光盘检测仪的数据。"))
    elif not carrier.disc_is_within_limits:
        message = N_("光盘 %(carrier)s 的性能参数超出限值。")
        remedy = N_("请复制到新光盘。")
        yield Finding(Outcome.FAIL, message, {"carrier": carrier.identifier}, remedy=remedy)
