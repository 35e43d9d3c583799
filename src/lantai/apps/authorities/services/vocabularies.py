"""Controlled lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction

from lantai.apps.authorities import queries
from lantai.apps.authorities.models import Term, Vocabulary
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.types import VOCABULARY, SlugTaken
from lantai.kit.text import fold, names
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger


@transaction.atomic
def enter_vocabulary(
    ctx: Ctx, *, org_id: int, slug: str, name: str, note: str = "", is_open: bool = False
) -> Vocabulary:
    """A new list; raises ``SlugTaken``."""
    policy.require(ctx, P.VOCABULARY_MANAGE, org_id)
    row = Vocabulary(org_id=org_id, slug=slug, name=name.strip(), note=note, is_open=is_open)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        other = Vocabulary.objects.get(org_id=org_id, slug=slug)
        raise SlugTaken(slug=slug, name=other.name, field="slug") from taken
    _record(ctx, "entered", row)
    return row


@transaction.atomic
def revise_vocabulary(ctx: Ctx, *, vocabulary_id: int, name: str, note: str, is_open: bool) -> Vocabulary:
    """Rename it or say what it is for; its identifier stays."""
    row = _locked(ctx, vocabulary_id)
    row.name, row.note, row.is_open = name.strip(), note, is_open
    row.save()
    _record(ctx, "revised", row)
    return row


@transaction.atomic
def add_terms(ctx: Ctx, *, vocabulary_id: int, lines: Iterable[str]) -> int:
    """Add words, one a line, a code before it where a tab or a | stands between; returns how many are new.

    A word that was retired is in use again; one that is there stays as it is.
    """
    row = _locked(ctx, vocabulary_id)
    wanted: dict[str, Term] = {}
    for line in lines:
        code, _bar, label = line.replace("\x00", "").replace("|", "\t").rpartition("\t")
        if label.strip():
            term = _term(row, label.strip()[:120], code.strip()[:32])
            wanted.setdefault(term.folded, term)
    retired = row.terms.filter(folded__in=wanted, is_active=False).update(is_active=True)
    before = row.terms.count()
    Term.objects.bulk_create(wanted.values(), ignore_conflicts=True, batch_size=1_000)
    added = row.terms.count() - before + retired
    _record(ctx, "filled", row, added)
    return added


@transaction.atomic
def retire_terms(ctx: Ctx, *, ids: Collection[int]) -> int:
    """Offer these words no more; rows that have them keep them. Returns how many were in use."""
    mine = Vocabulary.objects.filter(org_id__in=ctx.actor.orgs_with(P.VOCABULARY_MANAGE))
    terms = Term.objects.filter(pk__in=list(ids), is_active=True)
    retired = 0
    for row in mine.filter(pk__in=terms.values("vocabulary")).select_for_update().order_by("pk"):
        count = terms.filter(vocabulary=row).update(is_active=False)
        _record(ctx, "terms_retired", row, count)
        retired += count
    return retired


def _term(row: Vocabulary, label: str, code: str) -> Term:
    sound, initials = names.everyday(label)
    return Term(
        vocabulary=row, label=label, folded=fold(label), sound=sound[:240], initials=initials[:120], code=code
    )


def _locked(ctx: Ctx, vocabulary_id: int) -> Vocabulary:
    rows = queries.visible_vocabularies(ctx).select_for_update(of=("self",))
    row = policy.one(rows, pk=vocabulary_id)
    policy.require(ctx, P.VOCABULARY_MANAGE, row.org_id)
    return row


def _record(ctx: Ctx, past: str, row: Vocabulary, count: int | None = None) -> None:
    ledger.record(
        ctx,
        f"{VOCABULARY}:{past}",
        object_type=VOCABULARY,
        object_id=row.pk,
        object_name=row.name,
        detail={} if count is None else {"count": count},
    )
