"""Which pages a record has, and how large each is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lantai.apps.catalogue.queries import publishing
from lantai.apps.custody import queries as custody
from lantai.apps.pictures.models import PageSizes
from lantai.apps.pictures.types import SHOWN, PageOf
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.custody.models import ContentFile


def file_of(ctx: Ctx, item_id: int, file_id: int) -> ContentFile:
    """A file of a record whose content the actor may read; ``Missing``, ``ContentClosed``."""
    package_id, item_key = publishing.content_of(ctx, item_id)
    return custody.file_of(package_id, item_key, file_id)


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
