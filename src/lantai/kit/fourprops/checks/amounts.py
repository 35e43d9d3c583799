"""2-8-2: do the invoices of a voucher add up to it? Our own split of 2-8."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND
from lantai.kit.fourprops.compositions import composed
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check
from lantai.kit.fourprops.selecting import selected
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property


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
    invoices = list(_invoices(item, probe.params.word("fact")))
    booked = money(item.value(probe.params.word("amount")))
    if booked is None or not invoices:
        message = N_("没有凭证金额，或没有读出、著录了金额的发票。")
        yield Finding(Outcome.NOT_APPLICABLE, message, place=at(item.facts))
        return
    total = sum(invoices, Decimal())
    if abs(total - booked) * 100 > probe.params.count("tolerance_cents"):
        message = N_("所附 %(count)d 张发票合计 %(total)s 元，凭证金额为 %(booked)s 元。")
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


def _invoices(item: Item, fact: str) -> Iterator[Decimal]:
    """The amount of each invoice: as read in the file, else as noted of it."""
    found = composed(item)
    noted = {
        id(one.file): one.noted(element)
        for one in (found.files if found else ())
        for element in (one.part.elements if one.part else ())
        if element.fact == fact
    }
    for file in item.facts.files:
        amount = money(str(file.facts.get(fact) or noted.get(id(file), "")))
        if amount is not None:
            yield amount


def money(text: str) -> Decimal | None:
    """An amount in yuan, or None where the text is none."""
    bare = text.strip().lstrip("¥￥").replace(",", "").replace("，", "").removesuffix("元")
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**15 else None
