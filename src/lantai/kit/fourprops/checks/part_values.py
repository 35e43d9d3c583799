"""1-5-3, 1-8-3 and 1-10-3: does what is noted of the parts hold? Our own splits of 1-5, 1-8 and 1-10."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from lantai.kit.compositions import ELEMENT, PartElement, ValueForm
from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.amounts import money
from lantai.kit.fourprops.checks.technical import milliseconds
from lantai.kit.fourprops.checks.wording import NOT_COMPOSED
from lantai.kit.fourprops.compositions import Composed, ComposedFile, composed
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_series
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.metadata.checking import parse_date
from lantai.kit.text.personal import mask

_BY_CONTENT = N_("请按文件内容更正“组成”中的著录，或核对文件是否放错。")
_COUNT_ONCE = N_("请核对是否重复报销、重复入账；如确属同一张票据，只在一件中保留。")


@check(
    code="1-10-3",
    property=Property.AUTHENTICITY,
    name=N_("内容数据的电子属性一致性检测：组成部分的著录与内容相符"),
    needs={Need.METADATA, Need.FILES},
    basis="DA/T 70—2018 1-10；DA/T 94—2022；DA/T 50—2014；DA/T 63—2017",
)
def noted_values(item: Item, probe: Probe) -> Iterator[Finding]:
    """Number, amount and date of an invoice, time of a photo, length of a recording are those of the file."""
    found = composed(item)
    if found is None:
        yield Finding(Outcome.NOT_APPLICABLE, NOT_COMPOSED, place=at(item.facts))
        return
    for file in found.files:
        for element in file.part.elements if file.part else ():
            yield from _compared(item, found, file, element)


def _compared(item: Item, found: Composed, file: ComposedFile, element: PartElement) -> Iterator[Finding]:
    noted, read, outcome = file.noted(element), file.read(element), Outcome.FAIL
    if not noted and element.form is ValueForm.MOMENT and _is_alone(found, file):
        # said of the record, and meant of its one file
        noted, outcome = item.value(element.item), Outcome.WARN
    if noted and read and not agrees(element.form, noted, read):
        message = N_("文件“%(name)s”的“%(element)s”著录为“%(noted)s”，文件内容为“%(read)s”。")
        params = {
            "name": file.name,
            "element": element.name,
            "noted": mask(noted[:60]),
            "read": mask(_shown(element.form, read)[:60]),
        }
        place = at(item.facts, element=item.elements.find(ELEMENT))
        yield Finding(outcome, message, params, place, remedy=_BY_CONTENT)


def _is_alone(found: Composed, file: ComposedFile) -> bool:
    return file.part is not None and len(found.of(file.part)) == 1


def agrees(form: ValueForm, noted: str, read: str) -> bool:
    """Whether a noted value and one read from a file are the same; what has not its form is compared as text."""
    match form:
        case ValueForm.MONEY:
            return _same(money(noted), money(read), noted, read)
        case ValueForm.DAY:
            return _same(day(noted), day(read), noted, read)
        case ValueForm.MOMENT:
            return _same_moment(noted, read)
        case ValueForm.DURATION:
            stated = milliseconds(noted)
            return stated is not None and abs(stated - float(read)) <= max(1000.0, stated / 100)
    return "".join(noted.split()).casefold() == "".join(read.split()).casefold()


def _same(noted: Decimal | date | None, read: Decimal | date | None, *texts: str) -> bool:
    if noted is None or read is None:
        return texts[0].strip() == texts[1].strip()
    return noted == read


def _same_moment(noted: str, read: str) -> bool:
    """A day against the day of the camera; a time against its time, to the minute: people do not note seconds."""
    clocks = _clock(noted), _clock(read)
    if None not in clocks:
        return clocks[0] == clocks[1]
    span, taken = parse_date(noted.strip()), day(read)
    return taken is None or (span is not None and span[0] <= taken <= span[1])


def _clock(text: str) -> datetime | None:
    """The minute that the clock on the spot showed; None for a day alone."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None) if len(text.strip()) > 10 else None


def day(text: str) -> date | None:
    """The day that a text names or begins with; None where it is none."""
    span = parse_date(text.strip()[:10]) or parse_date(text.strip())
    return span[0] if span is not None and span[0] == span[1] else None


def _shown(form: ValueForm, read: str) -> str:
    if form is not ValueForm.DURATION:
        return read
    seconds = int(float(read) // 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@check(
    code="1-5-3",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据值合理性检测：各环节材料的日期先后"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-5；DA/T 85—2019",
)
def stages(item: Item, probe: Probe) -> Iterator[Finding]:
    """No material of a stage is dated after a later stage was done."""
    found = composed(item)
    staged = [part for part in found.rule.parts if part.on] if found else []
    if found is None or not staged:
        yield Finding(Outcome.NOT_APPLICABLE, N_("这一种类的档案没有办理环节。"), place=at(item.facts))
        return
    for place, part in enumerate(staged):
        later = [(other.name, on) for other in staged[place + 1 :] if (on := day(item.value(other.on)))]
        for file in found.of(part):
            made = day(file.values.get("madeOn", ""))
            passed = next(((name, on) for name, on in later if made and made > on), None)
            if made and passed:
                message = N_("“%(part)s”的文件“%(name)s”形成于 %(made)s，晚于“%(later)s”环节的 %(on)s。")
                params = {
                    "part": part.name, "name": file.name, "made": f"{made}", "later": passed[0], "on": f"{passed[1]}"
                }  # fmt: skip
                where = at(item.facts, element=item.elements.find(ELEMENT))
                remedy = N_("请核对材料属于哪个环节，或更正日期。")
                yield Finding(Outcome.FAIL, message, params, where, remedy=remedy)


@check_of_series(
    code="1-8-3",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据重复性检测：票据号码重复"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-8；DA/T 94—2022",
)
class SameNumbers:
    """A number that one paper alone has, read or noted, occurs once: here, and in the records of the fonds."""

    def __init__(self, probe: Probe) -> None:
        self._first: dict[tuple[str, str], str] = {}

    def see(self, item: Item) -> Iterator[Finding]:
        found = composed(item)
        for file in found.files if found else ():
            for element in file.part.elements if file.part else ():
                if element.is_unique:
                    yield from self._number(item, file, element)

    def finish(self) -> Iterable[Finding]:
        return ()

    def _number(self, item: Item, file: ComposedFile, element: PartElement) -> Iterator[Finding]:
        number = file.read(element) or file.noted(element)
        if not number or file.file is None:
            return
        own = f"{item.facts.reference_code or item.facts.key} · {file.name}"
        first = self._first.setdefault((element.identifier, number), own)
        held = file.file.held_values.get(element.identifier, "")
        for other in dict.fromkeys(one for one in (first, held) if one and one != own):
            message = N_("%(element)s“%(number)s”在“%(other)s”中已经出现。")
            params = {"element": element.name, "number": number[:60], "other": other}
            yield Finding(Outcome.FAIL, message, params, at(item.facts, file.file), remedy=_COUNT_ONCE)
