"""1-8: does anything occur twice that should occur once?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CORRECT_DESCRIPTION
from lantai.kit.fourprops.facts import FileFacts
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check_of_series
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.text.personal import mask

_STRONG = ("sm3", "sha256", "sha512")
_DIGEST_BYTES = 16  # of a content's digest are kept: enough to tell contents apart, half the memory
_KEEP_ONE = N_("请确认是否重复归档；如确属同一内容，请只保留一件或注明关系。")


@check_of_series(
    code="1-8",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据重复性检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-8",
    parameters=(
        Parameter(
            "unique", ParameterKind.ROWS, N_("不得重复的元数据项，每行一组，整组相同才算重复"), [],
            names=Names.ELEMENT,
        ),
        Parameter(
            "unusual", ParameterKind.ROWS, N_("重复时只提示的元数据项，每行一组"), [], names=Names.ELEMENT
        ),
    ),
)  # fmt: skip
class Repetitions:
    """Values that must be unique occur once; one look-up a key, whatever the number of items."""

    def __init__(self, probe: Probe) -> None:
        self._elements = probe.elements
        self._unique = probe.params.rows("unique")
        self._unusual = probe.params.rows("unusual")
        self._first: dict[tuple[str, ...], str] = {}

    def see(self, item: Item) -> Iterator[Finding]:
        yield from self._key(item)
        for identifiers in self._unique:
            yield from self._repeated(item, identifiers, Outcome.FAIL)
        for identifiers in self._unusual:
            yield from self._repeated(item, identifiers, Outcome.WARN)

    def finish(self) -> Iterable[Finding]:
        return ()

    def _key(self, item: Item) -> Iterator[Finding]:
        key = ("", item.facts.key)
        if key in self._first:
            message = N_("同一件在信息包中出现了两次。")
            yield Finding(Outcome.FAIL, message, place=at(item.facts), remedy=N_("请删去重复的一件。"))
        self._first.setdefault(key, item.facts.key)

    def _repeated(self, item: Item, identifiers: tuple[str, ...], outcome: Outcome) -> Iterator[Finding]:
        values = tuple(item.value(identifier) for identifier in identifiers)
        if not all(values):
            return
        first = self._first.setdefault((*identifiers, *values), item.facts.key)
        if first == item.facts.key:
            return
        elements = [self._elements.element(identifier) for identifier in identifiers]
        names = "、".join(element.name for element in elements)
        message = N_("%(names)s与“%(first)s”重复：%(values)s。")
        params = {"names": names, "first": first, "values": mask(" / ".join(values))}
        place = at(item.facts, element=elements[0]) if len(elements) == 1 else at(item.facts, field=names)
        yield Finding(outcome, message, params, place, remedy=CORRECT_DESCRIPTION)


@check_of_series(
    code="1-8-2",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据重复性检测：内容重复"),
    needs={Need.FILES},
    basis="DA/T 70—2018 1-8",
    parameters=(
        Parameter(
            "least_bytes", ParameterKind.COUNT, N_("小于多少字节的文件不比较"), 1, least=1, most=1 << 30
        ),
        Parameter(
            "unique_facts", ParameterKind.WORDS,
            N_("从文件内容读出、不应在两件中出现的值，如发票号码 invoice_number"), [],
        ),
    ),
)  # fmt: skip
class SameContent:
    """One content under two 档号 is shown with both, here and among the records already held."""

    def __init__(self, probe: Probe) -> None:
        self._least_bytes = probe.params.count("least_bytes")
        self._facts = probe.params.words("unique_facts")
        self._first: dict[bytes, str] = {}
        self._first_fact: dict[tuple[str, str], str] = {}

    def see(self, item: Item) -> Iterator[Finding]:
        for file in item.facts.files:
            yield from self._content(item, file)
            yield from self._values(item, file)

    def finish(self) -> Iterable[Finding]:
        return ()

    def _content(self, item: Item, file: FileFacts) -> Iterator[Finding]:
        if file.held_as and file.held_as != item.facts.reference_code:
            message = N_("内容与馆（室）藏“%(first)s”的文件相同。")
            yield _doubtful(item, file, message, {"first": file.held_as})
        digest = _digest(file)
        if digest is None or file.size < self._least_bytes:
            return
        own = item.facts.reference_code or item.facts.key
        first = self._first.setdefault(digest, own)
        if first != own:
            yield _doubtful(item, file, N_("内容与“%(first)s”的文件相同。"), {"first": first})

    def _values(self, item: Item, file: FileFacts) -> Iterator[Finding]:
        own = item.facts.reference_code or item.facts.key
        for name in self._facts:
            value = str(file.facts.get(name, "")).strip()
            first = self._first_fact.setdefault((name, value), own) if value else own
            if first != own:
                message = N_("“%(value)s”（%(name)s）在“%(first)s”中已经出现，请核对是否重复入账。")
                yield _doubtful(item, file, message, {"value": value, "name": name, "first": first})


def _digest(file: FileFacts) -> bytes | None:
    """The beginning of the strongest computed digest, or None where there is none."""
    for name in _STRONG:
        found = file.digests.get(name, "")
        if len(found) >= 2 * _DIGEST_BYTES:
            return found[: 2 * _DIGEST_BYTES].lower().encode()
    return None


def _doubtful(item: Item, file: FileFacts, message: str, params: dict[str, str | int]) -> Finding:
    return Finding(Outcome.WARN, message, params, at(item.facts, file), remedy=_KEEP_ONE)
