"""1-14-2: does the catalogue of a package say the same of an item as the item's own metadata?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CORRECT_DESCRIPTION
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.metadata.checking import parse_date
from lantai.kit.text.personal import mask

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)  # as tables have it


@check(
    code="1-14-2",
    property=Property.AUTHENTICITY,
    name=N_("信息包一致性检测：目录与元数据"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-14；DA/T 93—2022",
    parameters=(
        Parameter(
            "pairs",
            ParameterKind.ROWS,
            N_("目录中的栏目和应当与它一致的元数据项，每行一对"),
            [["title", "title"], ["dated_on", "date"], ["page_count", "totalNumberOfPages"]],
            columns=(Column(N_("目录栏目")), Column(N_("元数据项"), Names.ELEMENT)),
        ),
    ),
)
def rows(item: Item, probe: Probe) -> Iterator[Finding]:
    """What both state is the same, however dates and numbers are spelled; what one leaves out is not compared."""
    if not item.facts.row:
        yield Finding(Outcome.NOT_APPLICABLE, N_("没有这一件的目录条目。"), place=at(item.facts))
    for field, identifier in probe.params.rows("pairs"):
        listed, described = item.facts.row.get(field, "").strip(), item.value(identifier)
        if listed and described and listed != described and _meaning(listed) != _meaning(described):
            element = item.elements.element(identifier)
            message = N_("目录中的“%(name)s”（%(listed)s）与元数据中的（%(described)s）不一致。")
            params = {"name": element.name, "listed": mask(listed), "described": mask(described)}
            place = at(item.facts, element=element)
            yield Finding(Outcome.FAIL, message, params, place, remedy=CORRECT_DESCRIPTION)


def _meaning(text: str) -> object:
    """A day or a number, however it is spelled; other text without its spaces."""
    day = _DAY.fullmatch(text)
    spelled = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else text
    if (found := parse_date(spelled)) is not None:
        return found
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    return int(bare) if bare.isdecimal() and len(bare) < 10 else bare
