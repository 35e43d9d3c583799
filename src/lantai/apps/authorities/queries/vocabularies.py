"""Controlled lists and their words."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantai.apps.authorities.models import Term, Vocabulary
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.queries.reading import READ
from lantai.kit.text import fold
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org


def visible_vocabularies(ctx: Ctx) -> QuerySet[Vocabulary]:
    """Vocabularies the actor may use."""
    return policy.visible(Vocabulary.objects.select_related("org"), READ, ctx.actor)


def get_vocabulary(ctx: Ctx, vocabulary_id: int) -> Vocabulary:
    """One vocabulary, or ``Missing``."""
    return policy.one(visible_vocabularies(ctx), pk=vocabulary_id)


def vocabulary_orgs(ctx: Ctx) -> QuerySet[Org]:
    """Where the actor keeps vocabularies."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.VOCABULARY_MANAGE), is_active=True)


def terms_of(ctx: Ctx, slug: str) -> list[str]:
    """The words in use of the vocabulary of that name, by code and word; [] where there is none."""
    rows = Term.objects.filter(vocabulary__in=visible_vocabularies(ctx).filter(slug=slug), is_active=True)
    return list(dict.fromkeys(rows.order_by("code", "label").values_list("label", flat=True)))


def suggest_terms(ctx: Ctx, *, slug: str, text: str, limit: int = 10) -> list[Term]:
    """Words in use that begin so, by characters, sound or initials; the first ones for no text."""
    typed = fold(text.replace("\x00", "")).strip()
    asked = Q(folded__startswith=typed)
    if typed and typed.isascii():
        asked |= Q(sound__startswith=typed) | Q(initials__startswith=typed) | Q(code__startswith=text.strip())
    rows = Term.objects.filter(
        asked, is_active=True, vocabulary__in=visible_vocabularies(ctx).filter(slug=slug)
    )
    return list(rows.order_by("code", "label", "pk")[:limit])
