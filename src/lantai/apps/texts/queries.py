"""Every read of this app. Who may see an item's content is decided by who asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from lantai.apps.custody import queries as custody
from lantai.apps.texts.models import PageText, ReadPackage
from lantai.apps.texts.types import PageFound

if TYPE_CHECKING:
    from lantai.apps.custody.models import ContentFile, Package

_MOST_CHARS = 200_000


def unread() -> QuerySet[Package]:
    """Packages that were not read at the version they have."""
    read = ReadPackage.objects.filter(package=OuterRef("pk"), version=OuterRef("version"))
    return custody.every_package().filter(~Exists(read)).order_by("pk")


def unread_among(packages: Collection[int]) -> set[int]:
    """Those of the packages of which nothing was read yet."""
    if not packages:
        return set()
    read = ReadPackage.objects.filter(package_id__in=packages).values_list("package_id", flat=True)
    return set(packages) - set(read)


def texts_of(keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The first 200,000 characters of each (package, item); of what was not read by pages yet, what sealing kept."""
    found: dict[tuple[int, str], list[str]] = {}
    lengths: dict[tuple[int, str], int] = {}
    for page in pages_of_items(keys):
        key = (page.package_id, page.item_key)
        if lengths.get(key, 0) < _MOST_CHARS:
            found.setdefault(key, []).append(page.text)
            lengths[key] = lengths.get(key, 0) + len(page.text)
    unread = [key for key in keys if key not in found]
    return {key: "\n".join(parts)[:_MOST_CHARS] for key, parts in found.items()} | custody.texts_of(unread)


def pages_of_items(keys: Iterable[tuple[int, str]]) -> Iterator[PageFound]:
    """The pages of each (package, item) in the order of files and pages, a few at a time; one query."""
    rows = PageText.objects.filter(_of_items(keys)).order_by(
        "file__package", "file__item_key", "file__order", "number"
    )
    yield from _found(rows)


def pages(ids: Iterable[int]) -> dict[int, PageFound]:
    """Pages by their ids, in one query."""
    return {page.id: page for page in _found(PageText.objects.filter(pk__in=list(ids)))}


def told_by(file_id: int, number: int) -> tuple[ContentFile, int] | None:
    """The file that says where words stand on a page, and the page in it: a result of text recognition."""
    row = PageText.objects.filter(file_id=file_id, number=number).select_related("told_by__package").first()
    return (row.told_by, row.told_page) if row is not None and row.told_by is not None else None


def _found(rows: QuerySet[PageText]) -> Iterator[PageFound]:
    values = rows.values_list("pk", "file__package_id", "file__item_key", "file_id", "number", "text")
    yield from (PageFound(*value) for value in values.iterator(chunk_size=500))


def _of_items(keys: Iterable[tuple[int, str]]) -> Q:
    by_package: dict[int, list[str]] = {}
    for package_id, item_key in keys:
        by_package.setdefault(package_id, []).append(item_key)
    wanted = Q(pk__in=())
    for package_id, item_keys in by_package.items():
        wanted |= Q(file__package_id=package_id, file__item_key__in=item_keys)
    return wanted
