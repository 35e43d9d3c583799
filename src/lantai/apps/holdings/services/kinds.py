"""Kinds of record that an archives adds."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from lantai.apps.holdings.models import RecordKind
from lantai.apps.holdings.types import KindTaken


@transaction.atomic
def add_kind(*, slug: str, name: str, category_code: str, like: str, is_personal: bool) -> RecordKind:
    """Add a kind that is packed and tested like another one; raises ``KindTaken``.

    The caller, who designs kinds, has checked the permission and writes the line of the ledger.
    """
    model = RecordKind.objects.get(slug=like)
    try:
        with transaction.atomic():
            return RecordKind.objects.create(
                slug=slug,
                name=name,
                category_code=category_code,
                element_scheme=model.element_scheme,
                test_scheme=model.test_scheme,
                is_personal=is_personal,
            )
    except IntegrityError as why:
        other = RecordKind.objects.get(slug=slug)
        raise KindTaken(slug=slug, name=other.name, field="slug") from why
