"""2-7-3 … 2-7-5 and 2-8-3: are the parts of a composed item there? Our own splits of 2-7 and 2-8."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from lantai.kit.compositions import ELEMENT, ValueForm
from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CATALOGUE_ONLY, CORRECT_DESCRIPTION, NOT_COMPOSED, RESEND
from lantai.kit.fourprops.compositions import Composed, ComposedFile, composed
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_series
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property

_ASSIGN = N_("请在“组成”中写明每个文件属于哪一部分，或更正种类。")
_NOTE = N_("请在“组成”中补齐这个文件的著录项。")
_SEGMENT = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)\s*[-–—]\s*(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
_LISTED = re.compile(r"[；;、\n]+")
_LEADING = re.compile(r"^[\d\s.、_-]+")


@check(
    code="2-7-3",
    property=Property.INTEGRITY,
    name=N_("内容数据完整性检测：组成部分齐全"),
    needs={Need.METADATA, Need.FILES},
    basis="DA/T 70—2018 2-7；DA/T 94—2022；DA/T 85—2019；DA/T 50—2014；DA/T 63—2017",
    parameters=(
        Parameter(
            "least", ParameterKind.ROWS, N_("某一部分至少应有的文件数，代替组成规则所定"), [],
            columns=(Column(N_("部分")), Column(N_("最少"), Names.NUMBER)),
        ),
    ),
)  # fmt: skip
def parts(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every part has its files, every file its part, a format that the part may have, and what must be noted."""
    found = composed(item)
    if found is None or probe.package.kind == CATALOGUE_ONLY:
        yield Finding(Outcome.NOT_APPLICABLE, NOT_COMPOSED, place=at(item.facts))
        return
    yield from _counts(item, found, {row[0]: row[1] for row in probe.params.rows("least")})
    for file in found.files:
        yield from _placed(item, file)
        if found.is_said:
            yield from _unnoted(item, found, file)


def _counts(item: Item, found: Composed, least: dict[str, str]) -> Iterator[Finding]:
    for part in found.rule.parts:
        count = len(found.of(part))
        wanted = int(least.get(part.slug) or least.get(part.name) or part.least)
        if count < wanted and part.applies(item.value):
            message = N_("缺少“%(part)s”：至少应有 %(least)d 个文件，现有 %(count)d 个。")
            params: dict[str, str | int] = {"part": part.name, "least": wanted, "count": count}
            yield Finding(Outcome.FAIL, message, params, at(item.facts), remedy=RESEND)
        if part.most is not None and count > part.most:
            message = N_("“%(part)s”过多：最多应有 %(most)d 个文件，现有 %(count)d 个。")
            params = {"part": part.name, "most": part.most, "count": count}
            yield Finding(Outcome.FAIL, message, params, at(item.facts), remedy=_ASSIGN)


def _placed(item: Item, file: ComposedFile) -> Iterator[Finding]:
    element = item.elements.find(ELEMENT)
    if file.file is None:
        message = N_("“组成”中列有文件“%(name)s”，件中没有这个文件。")
        yield Finding(
            Outcome.FAIL, message, {"name": file.name}, at(item.facts, element=element), remedy=RESEND
        )
    elif file.part is None and file.word:
        message = N_("文件“%(name)s”的部分“%(word)s”不在组成规则之内。")
        params = {"name": file.name, "word": file.word[:60]}
        yield Finding(Outcome.FAIL, message, params, at(item.facts, element=element), remedy=_ASSIGN)
    elif file.part is None:
        message = N_("没有写明文件“%(name)s”属于哪一部分。")
        place = at(item.facts, element=element)
        yield Finding(Outcome.WARN, message, {"name": file.name}, place, remedy=_ASSIGN)
    elif file.part.mimes and file.file.mime and not file.file.mime.startswith(file.part.mimes):
        message = N_("“%(part)s”不接受 %(mime)s 格式的文件。")
        params = {"part": file.part.name, "mime": file.file.mime}
        remedy = N_("请换成这一部分接受的格式，或更正文件所属的部分。")
        yield Finding(Outcome.FAIL, message, params, at(item.facts, file.file), remedy=remedy)


def _unnoted(item: Item, found: Composed, file: ComposedFile) -> Iterator[Finding]:
    if file.part is None or file.file is None:
        return
    is_one_of_many = len(found.of(file.part)) > 1
    for element in file.part.elements:
        spoken_for = element.item and not (element.is_own and is_one_of_many) and item.value(element.item)
        if element.is_required and not (file.noted(element) or file.read(element) or spoken_for):
            message = N_("文件“%(name)s”（%(part)s）没有著录“%(element)s”。")
            params = {"name": file.name, "part": file.part.name, "element": element.name}
            place = at(item.facts, element=item.elements.find(ELEMENT))
            yield Finding(Outcome.FAIL, message, params, place, remedy=_NOTE)


@check_of_series(
    code="2-7-4",
    property=Property.INTEGRITY,
    name=N_("内容数据完整性检测：照片组张数相符"),
    needs={Need.METADATA, Need.FILES},
    basis="DA/T 70—2018 2-7；DA/T 50—2014",
)
class GroupCounts:
    """A group has as many photos as each of its items says, in one item or over several.

    An item with several photos is a group of its own and fails; a group over several items may lie in
    several batches and is only told.
    """

    def __init__(self, probe: Probe) -> None:
        self._is_without_files = probe.package.kind == CATALOGUE_ONLY
        self._stated: dict[tuple[str, ...], tuple[int, Place]] = {}
        self._counted: defaultdict[tuple[str, ...], int] = defaultdict(int)

    def see(self, item: Item) -> Iterator[Finding]:
        found = composed(item)
        if found is None or not found.rule.count or self._is_without_files:
            return
        counted = found.rule.part(found.rule.counted)
        count = len(found.of(counted)) if counted else 0
        text = item.value(found.rule.count)
        stated = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        place = at(item.facts, element=item.elements.find(found.rule.count))
        if count > 1:
            if stated is not None and stated != count:
                yield _miscounted(Outcome.FAIL, stated, count, place)
            return
        group = tuple(item.value(identifier) for identifier in found.rule.group)
        self._counted[group] += count
        if stated is not None:
            first, _place = self._stated.setdefault(group, (stated, place))
            if first != stated:
                message = N_("同一组的照片记载的张数不同：%(stated)d 张和 %(first)d 张。")
                params = {"stated": stated, "first": first}
                yield Finding(Outcome.FAIL, message, params, place, remedy=CORRECT_DESCRIPTION)

    def finish(self) -> Iterable[Finding]:
        for group, (stated, place) in self._stated.items():
            if self._counted[group] != stated:
                yield _miscounted(Outcome.WARN, stated, self._counted[group], place)


def _miscounted(outcome: Outcome, stated: int, count: int, place: Place) -> Finding:
    message = N_("照片组记载 %(stated)d 张，实有 %(count)d 张。")
    remedy = N_("请补齐缺少的照片，或更正张数。")
    return Finding(outcome, message, {"stated": stated, "count": count}, place, remedy=remedy)


@check(
    code="2-7-5",
    property=Property.INTEGRITY,
    name=N_("内容数据完整性检测：文字稿分段"),
    needs={Need.METADATA, Need.FILES},
    basis="DA/T 70—2018 2-7；DA/T 63—2017",
)
def segments(item: Item, probe: Probe) -> Iterator[Finding]:
    """The segments of a transcript follow each other and end within the recording."""
    found = composed(item)
    if found is None:
        yield Finding(Outcome.NOT_APPLICABLE, NOT_COMPOSED, place=at(item.facts))
        return
    lengths = [one.file.facts.get("duration_ms") for one in found.files if one.file is not None]
    longest_ms = max((one for one in lengths if isinstance(one, int | float)), default=None)
    for file in found.files:
        for element in file.part.elements if file.part else ():
            if element.form is ValueForm.SEGMENTS and file.noted(element):
                yield from _segments(item, file, file.noted(element), longest_ms)


def _segments(item: Item, file: ComposedFile, text: str, longest_ms: float | None) -> Iterator[Finding]:
    place = at(item.facts, element=item.elements.find(ELEMENT))
    remedy = N_("请对照录音录像更正文字稿的分段。")
    end = 0
    for one in filter(None, (part.strip() for part in _LISTED.split(text))):
        match = _SEGMENT.match(one)
        begin, new_end = (_seconds(match.groups()[:3]), _seconds(match.groups()[3:])) if match else (0, 0)
        if match is None or begin < end or new_end <= begin:
            message = N_("文字稿“%(name)s”的分段“%(segment)s”没有按时分秒先后写明起止。")
            params = {"name": file.name, "segment": one[:40]}
            yield Finding(Outcome.FAIL, message, params, place, remedy=remedy)
            return
        end = new_end
    if longest_ms is not None and end * 1000 > longest_ms + 1000:
        message = N_("文字稿“%(name)s”分段到 %(end)d 秒，录音录像只有 %(length)d 秒。")
        params = {"name": file.name, "end": end, "length": int(longest_ms // 1000)}
        yield Finding(Outcome.FAIL, message, params, place, remedy=remedy)


def _seconds(clock: tuple[str, ...]) -> int:
    hours, minutes, seconds = (int(part) for part in clock)
    return (hours * 60 + minutes) * 60 + seconds


@check(
    code="2-8-3",
    property=Property.INTEGRITY,
    name=N_("附件数据完整性检测：材料清单与文件相符"),
    needs={Need.METADATA, Need.FILES},
    basis="DA/T 70—2018 2-8；DA/T 85—2019",
)
def materials(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every material on the list is a file, and every file of a stage is on the list."""
    found = composed(item)
    identifier = found.rule.materials if found else ""
    listed = [
        one for text in item.values.get(identifier, ()) for one in map(str.strip, _LISTED.split(text)) if one
    ]
    if found is None or not listed or probe.package.kind == CATALOGUE_ONLY:
        yield Finding(Outcome.NOT_APPLICABLE, N_("元数据没有列出材料清单。"), place=at(item.facts))
        return
    place = at(item.facts, element=item.elements.find(identifier))
    there = {name: file for file in found.files if file.file is not None for name in _called(file)}
    for material in listed:
        if material not in there:
            message = N_("材料清单列有“%(material)s”，没有这份材料的文件。")
            yield Finding(Outcome.FAIL, message, {"material": material[:60]}, place, remedy=RESEND)
    for file in found.files:
        if file.file is not None and not _called(file) & set(listed):
            message = N_("文件“%(name)s”不在材料清单之内。")
            remedy = N_("请把这份材料补入清单，或更正材料名称。")
            yield Finding(Outcome.WARN, message, {"name": file.name}, place, remedy=remedy)


def _called(file: ComposedFile) -> set[str]:
    """What a material may be called: as noted, else the file's name, without number and ending."""
    stem = file.name.rpartition(".")[0] or file.name
    return {file.values.get("material", "").strip() or stem, stem, _LEADING.sub("", stem)}
