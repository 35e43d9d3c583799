"""Controlled lists for machines."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Schema, Status
from pydantic import ConfigDict

from lantai.apps.authorities import queries, services
from lantai.apps.authorities.models import Term, Vocabulary
from lantai.apps.authorities.parts_api import router
from lantai.apps.authorities.permissions import P
from lantai.platform.accounts import policy
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of
from lantai.platform.ui.schemas import Id, Text


class VocabularyData(Schema):
    """What is said of a list."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=80)
    note: Text = Field("", max_length=20_000)
    is_open: bool = False


class VocabularyIn(VocabularyData):
    """A new list; ``org`` is the code of the archives."""

    org: Text = Field(min_length=1, max_length=32)
    slug: Text = Field(pattern=r"^[a-z0-9_-]{1,40}$")


class VocabularyOut(Schema):
    """A list."""

    id: int
    slug: str
    name: str
    note: str
    is_open: bool
    org: str


class VocabulariesOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    vocabularies: list[VocabularyOut]
    next: int | None


class WordsIn(Schema):
    """Words, each with its code before a tab or a | where it has one."""

    model_config = ConfigDict(extra="forbid")

    words: list[Annotated[Text, Field(max_length=160)]] = Field(min_length=1, max_length=20_000)


class AddedOut(Schema):
    """How many words are new."""

    added: int


class RetiredOut(Schema):
    """How many words were in use until now."""

    retired: int


class WordOut(Schema):
    """A word of a list by its id."""

    id: int
    label: str
    code: str
    note: str
    is_active: bool


class WordsOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    words: list[WordOut]
    next: int | None


class RetireIn(Schema):
    """Words that are not used any more, by their ids."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Id] = Field(min_length=1, max_length=5_000)


@router.get("/vocabularies", response=VocabulariesOut)
@needs(P.AUTHORITY_READ)
def list_vocabularies(request: HttpRequest, after: int = 0) -> VocabulariesOut:
    """Controlled lists in the order of their ids, 200 at a time."""
    found, following = page_of(queries.visible_vocabularies(ctx_of(request)), after=after)
    return VocabulariesOut(vocabularies=[_vocabulary(row) for row in found], next=following)


@router.post("/vocabularies", response={201: VocabularyOut})
@needs(P.VOCABULARY_MANAGE)
def enter_vocabulary(request: HttpRequest, body: VocabularyIn) -> Status[VocabularyOut]:
    """Set up a list."""
    ctx = ctx_of(request)
    org = policy.one(queries.vocabulary_orgs(ctx), code=body.org)
    return Status(
        201, _vocabulary(services.enter_vocabulary(ctx, org_id=org.pk, **body.dict(exclude={"org"})))
    )


@router.put("/vocabularies/{int:vocabulary_id}", response=VocabularyOut)
@needs(P.VOCABULARY_MANAGE)
def revise_vocabulary(request: HttpRequest, vocabulary_id: int, body: VocabularyData) -> VocabularyOut:
    """Rename a list or say what it is for."""
    row = services.revise_vocabulary(ctx_of(request), vocabulary_id=vocabulary_id, **body.dict())
    return _vocabulary(row)


@router.get("/vocabularies/{int:vocabulary_id}/words", response=WordsOut)
@needs(P.AUTHORITY_READ)
def list_words(request: HttpRequest, vocabulary_id: int, after: int = 0) -> WordsOut:
    """The words of a list, those retired too, 200 at a time."""
    row = queries.get_vocabulary(ctx_of(request), vocabulary_id)
    found, following = page_of(row.terms.all(), after=after)
    return WordsOut(words=[_word(one) for one in found], next=following)


@router.post("/vocabularies/{int:vocabulary_id}/words", response=AddedOut)
@needs(P.VOCABULARY_MANAGE)
def add_words(request: HttpRequest, vocabulary_id: int, body: WordsIn) -> AddedOut:
    """Add words; what is there stays, what was retired is in use again."""
    added = services.add_terms(ctx_of(request), vocabulary_id=vocabulary_id, lines=body.words)
    return AddedOut(added=added)


@router.post("/vocabularies/{int:vocabulary_id}/words/retire", response=RetiredOut)
@needs(P.VOCABULARY_MANAGE)
def retire_words(request: HttpRequest, vocabulary_id: int, body: RetireIn) -> RetiredOut:
    """Offer words no more."""
    ctx = ctx_of(request)
    rows = queries.get_vocabulary(ctx, vocabulary_id).terms.filter(pk__in=body.ids)
    return RetiredOut(retired=services.retire_terms(ctx, ids=list(rows.values_list("pk", flat=True))))


def _vocabulary(row: Vocabulary) -> VocabularyOut:
    return VocabularyOut(
        id=row.pk, slug=row.slug, name=row.name, note=row.note, is_open=row.is_open, org=row.org.code
    )


def _word(row: Term) -> WordOut:
    return WordOut(id=row.pk, label=row.label, code=row.code, note=row.note, is_active=row.is_active)
