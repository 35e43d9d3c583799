"""3-3, 3-4, 3-5 and 3-8: is every file of a format that is allowed, that opens, and that will last?"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND
from lantai.kit.fourprops.facts import FileFacts, FileState, Stopped
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.parameters import Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.fourprops.worksheets import Answer, Question, WorksheetForm

_CONVERT = N_("请转换为允许的归档格式后重新提交。")
_UNREADABLE = {
    FileState.MISSING: N_("文件不存在，不能打开。"),
    FileState.EMPTY: N_("文件是空的，没有可读的内容。"),
    FileState.TRUNCATED: N_("文件不完整，不能正常打开。"),
    FileState.BROKEN: N_("文件已损坏，不能打开。"),
    FileState.ENCRYPTED: N_("文件已加密，没有口令不能打开。"),
}
_STOPPED = {
    Stopped.TIME: N_("打开文件的程序超过时限，已中止。"),
    Stopped.MEMORY: N_("打开文件需要的内存超过限额，已中止。"),
    Stopped.OUTPUT: N_("打开文件产生的数据超过限额，已中止。"),
    Stopped.CRASH: N_("打开文件的程序崩溃，文件可能经过恶意构造。"),
}
# codes of remarks
_POLYGLOT, _BY_EXTENSION = "polyglot", "by-extension"


@check(
    code="3-3",
    property=Property.USABILITY,
    name=N_("内容数据格式检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-3；GB/T 18894—2016；GB/T 33190—2016",
    parameters=(
        Parameter(
            "formats", ParameterKind.WORDS, N_("允许的格式（PRONOM 标识）"), [], names=Names.FORMAT
        ),
        Parameter("mimes", ParameterKind.WORDS, N_("允许的格式（媒体类型）"), [], names=Names.FORMAT),
        Parameter(
            "second_opinion",
            ParameterKind.WORD,
            N_("另一种识别方法有不同看法时：warn 只提示，fail 不通过，pass 不理会"),
            Outcome.WARN.value,
            choices=(Outcome.WARN.value, Outcome.FAIL.value, Outcome.PASS.value),
        ),
    ),
)  # fmt: skip
def allowed_formats(item: Item, probe: Probe) -> Iterator[Finding]:
    """Each file is of an allowed format by its content; its extension proves nothing."""
    allowed = {*probe.params.words("formats"), *probe.params.words("mimes")}
    doubt = Outcome(probe.params.word("second_opinion"))
    for file in item.facts.files:
        if file.state is FileState.MISSING:
            continue
        place = at(item.facts, file)
        if not file.puid and not file.mime:
            yield Finding(Outcome.FAIL, N_("不能识别文件的格式。"), place=place, remedy=_CONVERT)
        elif _is_guessed(file):
            message = N_("格式 %(format)s 只是凭扩展名推断，内容没有这种格式的特征。")
            yield Finding(Outcome.FAIL, message, {"format": _format(file)}, place, remedy=_CONVERT)
        elif not {file.puid, file.mime} & allowed:
            message = N_("格式 %(format)s 不在允许的归档格式之内。")
            yield Finding(Outcome.FAIL, message, {"format": _format(file)}, place, remedy=_CONVERT)
        if file.second_opinion and doubt is not Outcome.PASS:
            message = N_("按特征识别为 %(format)s，另一种识别方法认为是 %(other)s。")
            params = {"format": _format(file), "other": file.second_opinion}
            yield Finding(doubt, message, params, place, remedy=N_("请人工打开文件，确认其格式。"))


def _is_guessed(file: FileFacts) -> bool:
    """Known by the extension alone, which only plain text has a right to: it bears no marks."""
    return not file.mime.startswith("text/") and any(one.code == _BY_EXTENSION for one in file.remarks)


def _format(file: FileFacts) -> str:
    return file.puid or file.mime


@check(
    code="3-4",
    property=Property.USABILITY,
    name=N_("内容数据的可读性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-4",
    worksheet=WorksheetForm(
        N_("打开系统不能打开的文件，确认内容可读。"),
        (N_("用原系统或相应的软件逐个打开列出的文件。"),),
        (
            Question("software", N_("打开所用的软件")),
            Question("is_readable", N_("内容可读"), Answer.YES_NO),
        ),
    ),
)
def readable_content(item: Item, probe: Probe) -> Iterator[Finding]:
    """Each file was opened by a reader of its format; what no reader knows is for a person."""
    for file in item.facts.files:
        place = at(item.facts, file)
        if file.stopped is not None:
            remedy = N_("请在隔离的环境中人工打开确认，或重新提交。")
            yield Finding(Outcome.FAIL, _STOPPED[file.stopped], place=place, remedy=remedy)
        elif file.state in _UNREADABLE:
            yield _unreadable(file, _UNREADABLE[file.state], place)
        elif file.state is FileState.UNSUPPORTED:
            yield Finding(Outcome.MANUAL, N_("系统没有打开该格式的程序，请人工打开确认。"), place=place)
        elif file.state is None:
            yield Finding(Outcome.NOT_RUN, N_("没有打开文件检查。"), place=place)


def _unreadable(file: FileFacts, message: str, place: Place) -> Finding:
    """The words of the examiner where it said what it met."""
    if file.remarks:
        first = file.remarks[0]
        return Finding(Outcome.FAIL, first.message, first.params, place, file.state or "", RESEND)
    return Finding(Outcome.FAIL, message, place=place, remedy=RESEND)


@check_of_package(
    code="3-4-2",
    property=Property.USABILITY,
    name=N_("内容数据的可读性检测：人工抽检"),
    needs={Need.PERSON},
    basis="DA/T 70—2018 3-4",
    worksheet=WorksheetForm(
        N_("逐件打开抽到的档案，确认画面、文字、声音可读，内容与题名相符。"),
        (
            N_("每个文件从头翻到尾，看有无缺页、模糊、乱码、黑屏或杂音。"),
            N_("核对题名、责任者、日期与内容是否相符。"),
        ),
        (
            Question("opened", N_("打开的件数"), Answer.NUMBER),
            Question("is_legible", N_("内容清晰可读"), Answer.YES_NO),
            Question("matches", N_("与著录相符"), Answer.YES_NO),
            Question("faults", N_("发现的问题（档号和情况）")),
        ),
        is_sampled=True,
    ),
)
def seen_by_eye(probe: Probe) -> Iterator[Finding]:
    """A sample is opened by a person; no sample asked for, nothing to do."""
    if probe.params.count("sample_percent"):
        yield Finding(Outcome.MANUAL, N_("请按抽样名单逐件打开，确认内容可读并与著录相符。"))
    else:
        yield Finding(Outcome.NOT_APPLICABLE, N_("方案没有要求人工抽检。"))


@check(
    code="3-5",
    property=Property.USABILITY,
    name=N_("内容数据格式长期可用性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-5；DA/T 47—2009",
    parameters=(
        Parameter(
            "ageing", ParameterKind.WORDS, N_("不利于长期保存的格式（PRONOM 标识或媒体类型）"), [],
            names=Names.FORMAT,
        ),
        Parameter(
            "dependent_facts", ParameterKind.WORDS,
            N_("表明文件依赖外部资源的测得值，如 fonts_missing 未嵌入的字体"), ["fonts_missing"],
        ),
    ),
)  # fmt: skip
def lasting_formats(item: Item, probe: Probe) -> Iterator[Finding]:
    """Formats that are known to age, and files that lean on what is outside of them, are named in time."""
    ageing, dependent = set(probe.params.words("ageing")), probe.params.words("dependent_facts")
    remedy = N_("请列入格式转换计划。")
    for file in item.facts.files:
        place = at(item.facts, file)
        if {file.puid, file.mime} & ageing:
            message = N_("格式 %(format)s 不利于长期保存。")
            yield Finding(Outcome.WARN, message, {"format": _format(file)}, place, remedy=remedy)
        for name in dependent:
            if file.facts.get(name):
                message = N_("文件依赖外部资源（%(name)s），换一台计算机可能显示不同。")
                yield Finding(Outcome.WARN, message, {"name": name}, place, remedy=remedy)


@check(
    code="3-8",
    property=Property.USABILITY,
    name=N_("信息包中包含的内容数据格式合规性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-8",
    parameters=(
        Parameter(
            "containers", ParameterKind.WORDS, N_("不能作为归档内容的压缩包和程序"), [], names=Names.FORMAT
        ),
        Parameter(
            "unwanted_facts", ParameterKind.WORDS,
            N_("归档内容不应有的测得值，如 has_javascript 脚本"), ["has_javascript"],
        ),
    ),
)  # fmt: skip
def compliant_formats(item: Item, probe: Probe) -> Iterator[Finding]:
    """Nothing is encrypted, compressed into a container, several formats at once, or able to act by itself."""
    containers, unwanted = set(probe.params.words("containers")), probe.params.words("unwanted_facts")
    for file in item.facts.files:
        place = at(item.facts, file)
        yield from _state(file, place, unwanted)
        for remark in file.remarks:
            if remark.code == _POLYGLOT:
                remedy = N_("请从原始文件重新导出，并检查来源是否可信。")
                yield Finding(Outcome.FAIL, remark.message, remark.params, place, remedy=remedy)
        if {file.puid, file.mime} & containers:
            message = N_("文件是压缩包或可执行程序（%(format)s），不能作为归档内容。")
            remedy = N_("请解压后逐个提交。")
            yield Finding(Outcome.FAIL, message, {"format": _format(file)}, place, remedy=remedy)


def _state(file: FileFacts, place: Place, unwanted: tuple[str, ...]) -> Iterator[Finding]:
    active = N_("请去除脚本或宏后重新提交。")
    if file.state is FileState.ENCRYPTED:
        remedy = N_("请解除加密后重新提交。")
        yield Finding(Outcome.FAIL, N_("文件已加密。"), place=place, remedy=remedy)
    elif file.state is FileState.ACTIVE:
        yield Finding(Outcome.FAIL, N_("文件含有脚本或宏。"), place=place, remedy=active)
    elif file.state is None:
        yield Finding(Outcome.NOT_RUN, N_("没有检查文件是否加密或含有脚本。"), place=place)
    for name in unwanted if file.state is not FileState.ACTIVE else ():
        if file.facts.get(name):
            message = N_("文件含有归档内容不应有的成分（%(name)s）。")
            yield Finding(Outcome.FAIL, message, {"name": name}, place, remedy=active)
