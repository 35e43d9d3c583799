"""2-7-2: has an item as many files of each sort as its scheme asks for? Our own split of 2-7."""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CATALOGUE_ONLY, RESEND
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check
from lantai.kit.fourprops.selecting import selected
from lantai.kit.fourprops.vocabulary import Outcome, Property


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
