"""What readings of the storage root have shown of packages and files; who reads tells it here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from lantai.apps.custody.models import ContentFile, Package


def hold_package(*, package_id: int) -> Package:
    """Keep anybody from adding a version until the caller's transaction ends."""
    return Package.objects.select_for_update().get(pk=package_id)


def size_of_content(package_id: int, sha512: str) -> int | None:
    """How long the content of that digest was when it was sealed; None for our own documents."""
    rows = ContentFile.objects.filter(package_id=package_id, sha512=sha512)
    return rows.values_list("size_bytes", flat=True).first()


def mark_intact(*, package_id: int, digests: Collection[str], is_intact: bool) -> int:
    """Note that files of the storage root are what was sealed, or that nobody can bring them back."""
    rows = ContentFile.objects.filter(package_id=package_id, sha512__in=list(digests))
    return rows.exclude(is_intact=is_intact).update(is_intact=is_intact) if digests else 0


def note_read(*, package_ids: Collection[int], at: datetime) -> None:
    """Note that every file of these packages in the storage root was read; in the caller's transaction."""
    Package.objects.filter(pk__in=package_ids).update(checked_at=at)
