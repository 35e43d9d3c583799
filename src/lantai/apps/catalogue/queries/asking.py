"""From what a person asks for to what the engine is asked: scope, names of listed values, conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from lantai.apps.catalogue import topics
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.indexing import EVERYBODY
from lantai.apps.catalogue.queries.numbers import holders_of_number
from lantai.apps.catalogue.types import Asked, Condition, Level
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification, Openness
from lantai.kit.metadata.reading import masked_number
from lantai.kit.text import fold
from lantai.platform.context import Ctx
from lantai.platform.search import grammar
from lantai.platform.search.query import ROW, Choice, Part, Understood, Words, spelled
from lantai.platform.search.types import Among, Field, Filters, Scope

_NUMBER = ("证件号", "身份证号", "身份证", "證件號", "idnumber")
_RETENTIONS = ("Y", "D30", "D10")
_TYPED = {  # what a person types for a field, the shown one first
    "fonds": ("全宗",),
    "kind": ("档案种类", "种类"),
    "retention": ("保管期限", "期限"),
    "openness": ("开放标识",),
    "classification": ("密级",),
    "level": ("著录层级", "层级"),
    "format": ("格式",),
    "place": ("地点",),
    "topic": ("主题词", "主题"),
}


def scope_of(ctx: Ctx) -> Scope:
    """The reading of ``READ_ITEM`` for the engine; see `indexing.audience_of` for what everybody finds."""
    own = frozenset(ctx.actor.orgs_with(P.ITEM_READ))
    everybody = Among(Field.AUDIENCE, frozenset({EVERYBODY}))
    return Scope(((Among(Field.CUSTODIAN, own),), (everybody,)))


def content_scope_of(ctx: Ctx) -> Scope:
    """The reading of ``READ_CONTENT`` for the engine: whose pages may be searched."""
    own = frozenset(ctx.actor.orgs_with(P.CONTENT_READ))
    everybody = Among(Field.AUDIENCE, frozenset({EVERYBODY}))
    return Scope(((Among(Field.CUSTODIAN, own),), (everybody,)))


def filters_of(ctx: Ctx, asked: Asked) -> Filters:
    """What was chosen beside the box."""
    chosen: tuple[tuple[Field, frozenset[int] | frozenset[str]], ...] = (
        (Field.FONDS, asked.fonds),
        (Field.WITHIN, asked.files),
        (Field.KIND, asked.kinds),
        (Field.YEAR, asked.years),
        (Field.LEVEL, asked.levels),
        (Field.RETENTION, asked.retentions),
        (Field.OPENNESS, asked.opennesses),
        (Field.FORMAT, asked.formats),
        (Field.PLACE, asked.places),
    )
    among = [Among(field, values) for field, values in chosen if values]
    if asked.topics:  # whatever they mean: a topic that the reader may not know of finds nothing
        among.append(Among(Field.TOPIC, topics.meant(ctx, asked.topics)))
    return Filters(among=tuple(among), rows=asked.news or None)


def read(ctx: Ctx, text: str) -> Understood:
    """What the text in the box means to this person."""
    return grammar.read(text, choices_of(ctx))


def choices_of(ctx: Ctx) -> tuple[Choice, ...]:
    """The fields whose values are listed, with the words for them."""
    meanings: dict[str, Callable[[str], frozenset[int] | frozenset[str]]] = {
        "fonds": lambda word: _fonds_named(ctx, word),
        "kind": _kinds_named,
        "retention": _retentions_named,
        "openness": _one_of(Openness.choices),
        "classification": _one_of(Classification.choices),
        "level": _one_of(Level.choices),
        "format": lambda word: frozenset({fold(word).upper().lstrip(".")}),
        "place": lambda word: frozenset({word}),
        "topic": lambda word: topics.meant(ctx, [word]),
    }
    listed = (Choice(field, (*_TYPED[field], field), find) for field, find in meanings.items())
    return (
        *listed,
        Choice(ROW, _NUMBER, lambda number: frozenset(holders_of_number(ctx, number)), masked_number),
    )


def _fonds_named(ctx: Ctx, word: str) -> frozenset[int]:
    wanted = fold(word)
    return frozenset(
        row.pk for row in holdings.visible_fonds(ctx) if wanted == fold(row.code) or wanted in fold(row.name)
    )


def _kinds_named(word: str) -> frozenset[str]:
    wanted = fold(word)
    return frozenset(
        kind.slug
        for kind in holdings.kinds()
        if wanted in {fold(kind.slug), fold(kind.name), fold(_(kind.name)), fold(kind.category_code)}
    )


def _retentions_named(word: str) -> frozenset[str]:
    if holdings.retention_label(word) != word:  # a code by itself
        return frozenset({word})
    return frozenset(code for code in _RETENTIONS if fold(holdings.retention_label(code)) == fold(word))


def _one_of(choices: list[tuple[str, str]]) -> Callable[[str], frozenset[str]]:
    def find(word: str) -> frozenset[str]:
        wanted = fold(word)
        return frozenset(value for value, label in choices if wanted in {fold(value), fold(str(label))})

    return find


def conditions(understood: Understood, text: str) -> Iterator[Condition]:
    """Each condition that was typed as it was understood, with what is left of the text without it."""
    for piece in understood.pieces:
        rest = f"{text[: piece.start]} {text[piece.end :]}"
        yield Condition(spelled(piece.meant, _names(), _words()), " ".join(rest.split()))


def _names() -> dict[str, str]:
    return {
        Part.TITLE.value: _("题名"),
        Part.AUTHOR.value: _("责任者"),
        Part.NUMBER.value: _("文号"),
        Part.CODE.value: _("档号"),
        Part.PERSON.value: _("人名"),
        Part.BODY.value: _("正文"),
        "date": _("日期"),
        "classification": _("密级"),
        ROW: _("证件号"),
        **{field.value: label for field, label in labels().items()},
    }


def labels() -> dict[Field, str]:
    """The facets in their order with their names."""
    return {
        Field.FONDS: _("全宗"),
        Field.KIND: _("档案种类"),
        Field.YEAR: _("年度"),
        Field.LEVEL: _("著录层级"),
        Field.RETENTION: _("保管期限"),
        Field.OPENNESS: _("开放标识"),
        Field.FORMAT: _("格式"),
        Field.PLACE: _("地点"),
        Field.TOPIC: _("主题词"),
    }


def _words() -> Words:
    return Words(_("%(name)s：%(value)s"), _("不含 %(value)s"), _(" 且 "), _(" 或 "))
