"""Which pages a record has, and how large each is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from lantai.apps.catalogue.queries import publishing
from lantai.apps.catalogue.queries.panels import Panel
from lantai.apps.catalogue.types import ContentClosed
from lantai.apps.custody import queries as custody
from lantai.apps.pictures.models import FormerNumbers, PageSizes
from lantai.apps.pictures.types import SHOWN, Name, PageOf
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.custody.models import ContentFile


def file_of(ctx: Ctx, name: Name) -> ContentFile:
    """A file of a record whose content the actor may read; ``Missing``, ``ContentClosed``."""
    return custody.file_with(*publishing.content_named(ctx, name.permanent), name.digest)


def former_file(ctx: Ctx, item_id: int, file_id: int) -> ContentFile:
    """The same by numbers of rows, as pages were called at first."""
    return custody.file_of(*publishing.content_of(ctx, item_id), file_id)


def former_numbers() -> FormerNumbers:
    """Up to which numbers rows were ever named outside."""
    return FormerNumbers.objects.first() or FormerNumbers()


def shown_files(ctx: Ctx, item_id: int) -> list[ContentFile]:
    """The files of a record that can be shown as pictures, in their order; ``Missing``, ``ContentClosed``."""
    package_id, item_key = publishing.content_of(ctx, item_id)
    rows = custody.content_files(package_id).filter(item_key=item_key).defer("text", "examination")
    return [file for file in rows if file.mime.startswith(SHOWN)]


def sizes_of(files: list[ContentFile]) -> dict[str, list[list[int]]]:
    """What was measured of these files, by digest; one query."""
    wanted = PageSizes.objects.filter(pk__in={file.sha512 for file in files})
    return {row.pk: row.sizes for row in wanted}


def pages_of(files: list[ContentFile], sizes: dict[str, list[list[int]]]) -> Iterator[PageOf]:
    """Every page of these files in order."""
    for file in files:
        measured = sizes.get(file.sha512, [])
        for number, (width, height) in enumerate(measured, 1):
            yield PageOf(file.pk, file.original_name, file.sha512, number, len(measured), width, height)


def panel(ctx: Ctx, row: Description) -> Panel | None:
    """The way to the viewer, beside a description with pages that the actor may see."""
    try:
        is_shown = row.package_id is not None and bool(shown_files(ctx, row.pk))
    except (Missing, ContentClosed):
        return None
    url = reverse("pictures:viewer", args=[row.pk])
    return Panel("pictures/_panel.html", {"viewer_url": url}) if is_shown else None
