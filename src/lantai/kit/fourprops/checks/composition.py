"""2-7-2 and 2-8-2: has an item the files that its kind must have, and do amounts add up? Our own splits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CATALOGUE_ONLY, RESEND
from lantai.kit.fourprops.facts import FileFacts
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check
from lantai.kit.fourprops.selecting import selected
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property


@check(
    code="2-7-2",
    property=Property.INTEGRITY,
    name=N_("内容数据完整性检测：文件组成"),
    needs=set(),
    basis="DA/T 70—2018 2-7",
    parameters=(
        Parameter(
            "files", ParameterKind.ROWS, N_("一件应由哪些文件组成；适用条件写作“元数据项=值”，空为总是适用"), [],
            columns=(
                Column(N_("适用条件"), Names.CONDITION),
                Column(N_("名称")),
                Column(N_("哪些文件"), Names.FILES),
                Column(N_("最少"), Names.NUMBER),
                Column(N_("最多（空为不限）"), Names.NUMBER),
            ),
        ),
    ),
)  # fmt: skip
def composition(item: Item, probe: Probe) -> Iterator[Finding]:
    """As many files of each kind are there as the scheme asks for."""
    rows = () if probe.package.kind == CATALOGUE_ONLY else probe.params.rows("files")
    for condition, name, files, least, most in rows:
        if not _applies(item, condition):
            continue
        count = len(selected(item.facts.files, files))
        if count < int(least or 0):
            message = N_("缺少%(name)s：至少应有 %(least)d 个文件，现有 %(count)d 个。")
            params: dict[str, str | int] = {"name": name, "least": int(least), "count": count}
            yield Finding(Outcome.FAIL, message, params, at(item.facts), remedy=RESEND)
        elif most and count > int(most):
            message = N_("%(name)s过多：最多应有 %(most)d 个文件，现有 %(count)d 个。")
            params = {"name": name, "most": int(most), "count": count}
            yield Finding(Outcome.FAIL, message, params, at(item.facts), remedy=RESEND)


def _applies(item: Item, condition: str) -> bool:
    identifier, _mark, value = condition.partition("=")
    return not condition or item.value(identifier) == value


@check(
    code="2-8-2",
    property=Property.INTEGRITY,
    name=N_("附件数据完整性检测：票据金额与凭证相符"),
    needs={Need.METADATA, Need.FILES},
    basis="DA/T 70—2018 2-8；DA/T 94—2022",
    parameters=(
        Parameter("amount", ParameterKind.WORD, N_("凭证金额的元数据项"), "", names=Names.ELEMENT),
        Parameter("count", ParameterKind.WORD, N_("附件张数的元数据项"), "", names=Names.ELEMENT),
        Parameter("fact", ParameterKind.WORD, N_("从电子发票读出的价税合计"), "invoice_total"),
        Parameter(
            "tolerance_cents", ParameterKind.COUNT, N_("允许的差额（分）"), 0, least=0, most=10_000_000
        ),
        Parameter(
            "differing", ParameterKind.WORD, N_("金额不符时：fail 不通过，warn 只提示（凭证可含没有电子发票的支出）"),
            Outcome.WARN.value, choices=(Outcome.WARN.value, Outcome.FAIL.value),
        ),
    ),
)  # fmt: skip
def amounts(item: Item, probe: Probe) -> Iterator[Finding]:
    """The invoices attached to a voucher add up to its amount, and as many papers are there as it counts."""
    yield from _count(item, probe)
    invoices = [file for file in item.facts.files if probe.params.word("fact") in file.facts]
    booked = _money(item.value(probe.params.word("amount")))
    if booked is None or not invoices:
        message = N_("没有凭证金额，或没有可读出金额的电子发票。")
        yield Finding(Outcome.NOT_APPLICABLE, message, place=at(item.facts))
        return
    total = sum((_total(file, probe) for file in invoices), Decimal())
    if abs(total - booked) * 100 > probe.params.count("tolerance_cents"):
        message = N_("所附 %(count)d 张电子发票合计 %(total)s 元，凭证金额为 %(booked)s 元。")
        params: dict[str, str | int] = {"count": len(invoices), "total": str(total), "booked": str(booked)}
        place = at(item.facts, element=probe.elements.find(probe.params.word("amount")))
        remedy = N_("请核对是否缺少发票，或凭证金额著录有误。")
        yield Finding(Outcome(probe.params.word("differing")), message, params, place, remedy=remedy)


def _count(item: Item, probe: Probe) -> Iterator[Finding]:
    identifier = probe.params.word("count")
    stated = item.value(identifier) if identifier else ""
    if not (stated.isascii() and stated.isdecimal()):
        return
    found = len(selected(item.facts.files, "role:attachment"))
    if found < int(stated):
        message = N_("凭证记载附件 %(stated)d 张，只有 %(found)d 个附件文件。")
        params = {"stated": int(stated), "found": found}
        place = at(item.facts, element=probe.elements.find(identifier))
        yield Finding(Outcome(probe.params.word("differing")), message, params, place, remedy=RESEND)


def _total(file: FileFacts, probe: Probe) -> Decimal:
    return _money(str(file.facts[probe.params.word("fact")])) or Decimal()


def _money(text: str) -> Decimal | None:
    """An amount in yuan, or None where the text is none."""
    bare = text.strip().lstrip("¥￥").replace(",", "").replace("，", "").removesuffix("元")
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**15 else None
