"""Content by its digest, in whichever package it lies."""

from __future__ import annotations

from django.db.models import QuerySet

from lantai.apps.custody.models import ContentFile, Package
from lantai.kit.errors import Missing


def every_package() -> QuerySet[Package]:
    """All packages, for what goes through them by itself; never for a person."""
    return Package.objects.all()


def files_of_content(sha512: str) -> QuerySet[ContentFile]:
    """The files of that content, oldest first; what was destroyed is not among them."""
    return ContentFile.objects.filter(sha512=sha512).select_related("package").order_by("pk")


def file_with(package_id: int, item_key: str, digest: str) -> ContentFile:
    """The first file of an item whose SHA-512 begins so, or ``Missing``: as it is named outside this database."""
    rows = ContentFile.objects.filter(package_id=package_id, item_key=item_key, sha512__startswith=digest)
    found = rows.select_related("package").defer("text", "examination").order_by("order", "id").first()
    if found is None:
        raise Missing
    return found


def contents_by_chance(count: int, most_bytes: int) -> list[str]:
    """Some contents, all of them together not longer than allowed."""
    rows = ContentFile.objects.filter(size_bytes__gt=0, size_bytes__lte=most_bytes).order_by("?")
    found: dict[str, int] = {}
    for sha512, size in rows.values_list("sha512", "size_bytes")[: 4 * count]:
        if len(found) < count and sum(found.values()) + size <= most_bytes:
            found[sha512] = size
    return list(found)
