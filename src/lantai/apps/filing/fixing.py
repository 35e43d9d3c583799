"""Where findings about documents on the agency's desk lead: to the document, and to where it is corrected."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet
from django.urls import reverse

from lantai.apps.filing import queries
from lantai.apps.filing.models import Document
from lantai.apps.filing.permissions import P
from lantai.apps.filing.services.arranging import CORRECTED_BEFORE
from lantai.platform.context import Ctx

CORRECTED = ("captured", "arranged")


class DeskPages:
    """The documents of a batch, or one document, that were tested; the report names them as their facts do."""

    def __init__(self, path: str) -> None:
        self._path = path  # from a document to the id of the subject

    def item_urls(self, ctx: Ctx, subject_id: str, keys: Collection[str]) -> Mapping[str, str]:
        """Item key → the page of the document."""
        return {_key(row): row.get_absolute_url() for row in self._rows(ctx, subject_id, keys)}

    def fix_urls(self, ctx: Ctx, subject_id: str, keys: Collection[str]) -> Mapping[str, str]:
        """Item key → the form of its description, while that may be corrected."""
        own = tuple(ctx.actor.orgs_with(P.DOCUMENT_ARRANGE))
        is_open = Q(state__in=CORRECTED) | Q(state="numbered", batch__state__in=CORRECTED_BEFORE)
        rows = self._rows(ctx, subject_id, keys).filter(is_open, agency__in=own)
        return {_key(row): reverse("filing:describe", args=[row.pk]) for row in rows}

    def _rows(self, ctx: Ctx, subject_id: str, keys: Collection[str]) -> QuerySet[Document]:
        named = Q(reference_code__in=list(keys)) | Q(reference_code="", external_key__in=list(keys))
        return queries.visible(ctx).filter(named, **{self._path: subject_id})


def _key(row: Document) -> str:
    return row.reference_code or row.external_key
