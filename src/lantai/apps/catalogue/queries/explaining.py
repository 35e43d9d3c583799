"""Why a row was found: the words around a hit, in its text or in what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.own_values import Schemes, own_values
from lantai.apps.catalogue.types import Segments
from lantai.apps.kinds.types import shown
from lantai.kit.text import fold, highlight
from lantai.kit.text.names import sound_keys
from lantai.platform.context import Ctx
from lantai.platform.ui.fields import label_of

SNIPPET_BEFORE, SNIPPET_AFTER = 40, 120


def snippet(text: str, terms: Iterable[str]) -> Segments:
    """The part of ``text`` around the first term that occurs, cut at its hits; () when none does."""
    segments = highlight(text, terms)
    at = 0
    for segment, is_hit in segments:
        if is_hit:
            start = max(0, at - SNIPPET_BEFORE)
            window = " ".join(text[start : at + SNIPPET_AFTER].split())
            return tuple(highlight(window, terms))
        at += len(segment)
    return ()


def reason(ctx: Ctx, row: Description, terms: list[str], schemes: Schemes) -> tuple[str, Segments]:
    """The first element beside the title in which a term stands, by its label, of what the actor is told."""
    for label, text in _elements(ctx, row, schemes):
        if found := snippet(text, terms):
            return label, found
    spelled = tuple({fold(term) for term in terms if len(term) > 1 and term.isascii()})
    heard = [name for name in row.persons if any(key.startswith(spelled) for key in sound_keys(name))]
    return (_("人名"), (("、".join(heard), True),)) if heard else ("", ())


def _elements(ctx: Ctx, row: Description, schemes: Schemes) -> Iterator[tuple[str, str]]:
    yield _("文号"), row.document_number
    yield _("人名"), "、".join(row.persons)
    yield _("附注"), row.note
    if values := own_values(ctx, row, schemes):
        for field in schemes.of(row).own:
            yield label_of(field), shown(field, values.get(field.name))
