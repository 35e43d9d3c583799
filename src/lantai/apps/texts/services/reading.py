"""Reading files page by page, in the sandbox, some at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from lantai.apps.custody import queries as custody
from lantai.apps.custody.types import FileState
from lantai.apps.texts import queries
from lantai.apps.texts.events import TextsRead
from lantai.apps.texts.models import PageText, ReadPackage
from lantai.apps.texts.types import ReadTexts
from lantai.kit.errors import LantaiError
from lantai.kit.formats.leaves import is_recognised, stem_of
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseFailed

if TYPE_CHECKING:
    from lantai.apps.custody.models import ContentFile

log = logging.getLogger(__name__)
TARGET = "lantai.kit.formats.leaves:texts_of_pages"
_SECONDS = 120
_OLD_OFFICE = (".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps", ".wps", ".et", ".dps")  # compound files
_PAGED = (
    ".pdf",
    ".ofd",
    ".docx",
    ".xlsx",
    ".pptx",
    *_OLD_OFFICE,
    ".odt",
    ".ods",
    ".odp",
    ".srt",
    ".vtt",
    ".lrc",
    ".txt",
    ".md",
)
_WHOLE = 200_000  # characters that sealing keeps: more may stand in the file
_READABLE = (FileState.OK, FileState.ACTIVE)


def read_now() -> None:
    """Start reading where something is unread and nobody is at it; for the worker's schedule."""
    if queries.unread().exists() and not runs.is_under_way(ReadTexts()):
        with transaction.atomic():
            jobs.start(system_ctx(), ReadTexts(), is_quiet=True)


def next_files(package_id: int, last: int, limit: int) -> QuerySet[ContentFile]:
    """Files behind `last` of which no page is known."""
    known = PageText.objects.filter(file=OuterRef("pk"))
    rows = custody.content_files(package_id).filter(~Exists(known), pk__gt=last)
    return rows.order_by("pk")[:limit]


def read_files(files: Sequence[ContentFile]) -> tuple[list[PageText], int]:
    """The pages of these files of one package, not yet saved, and how many files could not be read."""
    pages = [_whole_page(file) for file in files if _is_one_page(file)]
    asked = [file for file in files if not _is_one_page(file) and _has_pages(file)]
    unread = 0
    for file, texts in _read(asked):
        if texts is None:
            unread += 1
        elif is_recognised(file.original_name):
            pages += _recognised(file, texts)
        else:
            pages += [
                PageText(file=file, number=n, text=text) for n, text in enumerate(texts, 1) if text.strip()
            ]
    return pages, unread


def _is_one_page(file: ContentFile) -> bool:
    """Whether sealing has read all there is already."""
    return (
        0 < len(file.text) < _WHOLE
        and (file.page_count or 1) == 1
        and not is_recognised(file.original_name)
        and not file.original_name.lower().endswith((".srt", ".vtt", ".lrc", ".pptx", ".xlsx"))
    )


def _whole_page(file: ContentFile) -> PageText:
    return PageText(file=file, number=1, text=file.text)


def _has_pages(file: ContentFile) -> bool:
    name = file.original_name.lower()
    if file.state == FileState.UNSUPPORTED:
        # whether all of it is whole nobody can say; its words may still be found
        return name.endswith(_OLD_OFFICE)
    return file.state in _READABLE and (name.endswith(_PAGED) or is_recognised(name))


def _read(files: Sequence[ContentFile]) -> Iterator[tuple[ContentFile, list[str] | None]]:
    """Each file with its texts; None where it cannot be brought or read."""
    there, calls = [], []
    for file in files:
        try:
            calls.append({"path": custody.path_of(file), "name": file.original_name})
            there.append(file)
        except (LantaiError, OSError):
            yield file, None
    outcomes = sandbox.map_calls(TARGET, calls, timeout_s=_SECONDS)
    for file in there:
        try:
            outcome = next(outcomes)
        except (
            ParseFailed,
            StopIteration,
        ):  # a defect of ours costs this file and those behind it, never the other packages
            log.exception("the text of a file could not be read")
            yield file, None
            continue
        yield file, None if outcome.refusal is not None else [str(text) for text in outcome.result or []]


def _recognised(file: ContentFile, texts: list[str]) -> list[PageText]:
    """The pages of what was recognised: those of the picture of the same name, else of the item's pictures in order."""
    others = [
        other
        for other in custody.content_files(file.package_id).filter(item_key=file.item_key)
        if other.mime.startswith(("image/", "application/pdf"))
    ]
    same = [other for other in others if stem_of(other.original_name) == stem_of(file.original_name)]
    if same:
        places = [(same[0], number) for number in range(1, len(texts) + 1)]
    elif len(others) == len(texts):
        places = [(other, 1) for other in others]
    else:
        places = [(file, number) for number in range(1, len(texts) + 1)]
    return [
        PageText(file=other, number=number, text=text, told_by=file, told_page=order)
        for order, ((other, number), text) in enumerate(zip(places, texts, strict=True), 1)
        if text.strip()
    ]


@transaction.atomic
def finish_package(ctx: Ctx, *, package_id: int, version: int, unread: int) -> None:
    """All files of the package were read: what follows it may be searched."""
    if not custody.every_package().filter(pk=package_id).exists():
        return
    ReadPackage.objects.update_or_create(
        package_id=package_id, defaults={"version": version, "unread": unread, "read_at": ctx.now}
    )
    events.publish(ctx, TextsRead(package_id, version))
