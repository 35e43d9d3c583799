"""A description in the words of its element scheme."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import wording
from lantai.apps.holdings import queries as holdings
from lantai.apps.kinds.types import KindScheme, shown
from lantai.kit import metadata
from lantai.kit.compositions import ELEMENT as PARTS
from lantai.kit.compositions import Standing, composition_of, read_lines, standing_of
from lantai.kit.errors import Missing
from lantai.kit.metadata.checking import parse_date
from lantai.platform.context import Ctx
from lantai.platform.ui.fields import choice_of, label_of
from lantai.platform.ui.types import Fact

# Elements that the columns of the row hold already, by their identifiers in DA/T 46.
IN_COLUMNS = frozenset(
    {"archivalCode", "title", "author", "date", "documentNumber", "year", "retentionPeriod"}
    | {"organizationalStructureOrFunction", "securityClassification", "personalName", "fondsName"}
    | {"fondsIdentifier", "fondsConstitutingUnitName", "totalNumberOfPages"}
)


def facts_of(ctx: Ctx, row: Description) -> list[Fact]:
    """What the actor may read of a description, in the order of DA/T 46; empty elements are left out."""
    told = queries.as_told(ctx, row)
    known = [
        Fact(_("档号"), row.reference_code, "code"),
        Fact(_("全宗"), f"{row.fonds.code} {row.fonds.name}"),
        Fact(_("立档单位名称"), row.creator.name if row.creator else ""),
        Fact(_("保管单位"), row.custodian.name),
        Fact(_("档案种类"), _(row.kind.name)),
        Fact(_("年度"), row.year),
        Fact(_("保管期限"), holdings.retention_said(row.retention)),
        Fact(_("机构或问题"), row.class_code),
        Fact(_("责任者"), told.author),
        Fact(_("文号"), told.document_number),
        Fact(_("日期"), told.dated_on, "date"),
        Fact(_("密级"), row.get_classification_display()),
        Fact(_("开放标识"), row.get_openness_display()),
        Fact(_("页数"), told.page_count, "number"),
    ]
    known += [Fact(_("人名"), "、".join(told.persons)), *_elements(ctx, row), Fact(_("附注"), told.note)]
    return [fact for fact in known if fact.value not in (None, "", [])]


def standings_of(ctx: Ctx, row: Description) -> tuple[Standing, ...]:
    """The parts of a composed record as its description tells them; () where it says nothing of parts."""
    rule = composition_of(row.kind.element_scheme)
    if rule is None or not queries.sees_persons(ctx, row):
        return ()
    known = metadata.load(row.kind.element_scheme).by_identifier(row.metadata)
    said = read_lines(rule, "；".join(known.get(PARTS, ())))
    return standing_of(rule, said, lambda identifier: "".join(known.get(identifier, ())[:1])) if said else ()


def _elements(ctx: Ctx, row: Description) -> Iterator[Fact]:
    values = queries.own_values(ctx, row)
    if not values:
        return
    fields = wording.scheme_of_row(row)
    yield from _of_kind(ctx, row, fields, values)
    try:
        scheme = metadata.load(row.kind.element_scheme)
    except Missing:
        scheme = None
    for key, value in values.items():
        element = scheme.find(key) if scheme else None
        if (element.identifier if element else key) in (*IN_COLUMNS, PARTS) or key in fields.by_name:
            continue
        label = _(element.name) if element else key
        text = "；".join(map(str, value)) if isinstance(value, list) else str(value)
        span = parse_date(text) if element and element.kind is metadata.ValueKind.DATE else None
        if span and span[0] == span[1]:
            yield Fact(label, span[0], "date")
        else:
            yield Fact(label, text)


def _of_kind(ctx: Ctx, row: Description, fields: KindScheme, values: dict[str, object]) -> Iterator[Fact]:
    """What the kind's own fields say, in their order; a number is masked and leads to where it is shown."""
    may_reveal = row.custodian_id in ctx.actor.orgs_with(P.NUMBER_REVEAL)
    for field in fields.own:
        text = shown(field, values.get(field.name))
        if text:
            url = (
                reverse("catalogue:number", args=[row.pk, field.name])
                if field.is_sealed and may_reveal
                else ""
            )
            yield Fact(label_of(field), choice_of(field, text) if field.choices else text, url=url)
