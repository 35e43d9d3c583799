"""Sizes of pages, measured in the sandbox the first time that somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lantai.apps.custody import queries as custody
from lantai.apps.pictures.models import PageSizes
from lantai.apps.pictures.queries import pages
from lantai.apps.pictures.services.cache import FONT
from lantai.apps.pictures.types import MEASURER
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseKilled, ParseRefused

if TYPE_CHECKING:
    from lantai.apps.custody.models import ContentFile


def measured(files: list[ContentFile]) -> dict[str, list[list[int]]]:
    """Sizes by digest for all files; one that can not be shown has none."""
    known = pages.sizes_of(files)
    fresh = {file.sha512: file for file in files if file.sha512 not in known}
    rows = [PageSizes(sha512=digest, sizes=_measure(file)) for digest, file in fresh.items()]
    PageSizes.objects.bulk_create(rows, ignore_conflicts=True)
    return known | {row.pk: row.sizes for row in rows}


def _measure(file: ContentFile) -> list[list[int]]:
    try:
        found = sandbox.call(MEASURER, path=custody.path_of(file), font_file=FONT, timeout_s=60)
    except (ParseRefused, ParseKilled):
        return []
    return [list(_pair(one)) for one in found] if isinstance(found, Iterable) else []  # type: ignore[union-attr]


def _pair(size: object) -> tuple[int, int]:
    width, height = size  # type: ignore[misc]
    return max(1, int(width)), max(1, int(height))
