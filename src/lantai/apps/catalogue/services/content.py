"""Handing out content: the original as it was sealed, or a picture of a page."""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.types import ContentClosed, OpenedContent, PreviewTooWide
from lantai.apps.custody import queries as custody
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.sandbox import services as sandbox

WIDTHS = frozenset({240, 900, 1600})
RENDERER = "lantai.kit.formats.render:render_page"
_FONT = files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")


@transaction.atomic
def open_content(ctx: Ctx, *, description_id: int, file_id: int) -> OpenedContent:
    """The original of a file; leaves a line about who took it. Raises ``ContentClosed``, ``Missing``."""
    row = queries.get(ctx, description_id)
    if not queries.may_read_content(ctx, row):
        raise ContentClosed
    if row.package_id is None:
        raise Missing
    file = custody.file_of(row.package_id, row.item_key, file_id)
    if ctx.actor.id is not None:  # what is open to everybody is handed to strangers without a line
        ledger.record(
            ctx,
            "catalogue:file:downloaded",
            object_type="catalogue:description",
            object_id=row.pk,
            object_name=row.reference_code,
            detail={"file": file.pk, "bytes": file.size_bytes, "sha256": file.sha256},
        )
    return OpenedContent(file.original_name, file.size_bytes, custody.open_file(file))


def page_image(ctx: Ctx, *, description_id: int, file_id: int, page: int, width: int) -> bytes:
    """A page as PNG, drawn in the sandbox once and kept under the digest of its file.

    Raises ``ContentClosed``, ``PreviewTooWide``, and what the sandbox refuses (``ParseRefused`` …).
    """
    row = queries.get(ctx, description_id)
    if not queries.may_read_content(ctx, row):
        raise ContentClosed
    if width not in WIDTHS:
        raise PreviewTooWide(field="width")
    if row.package_id is None:
        raise Missing
    file = custody.file_of(row.package_id, row.item_key, file_id)
    kept = _place(file.sha512, page, width)
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        return _drawn(custody.path_of(file), page, width, kept)


def _place(sha512: str, page: int, width: int) -> Path:
    name = hashlib.sha256(f"{sha512}+{page}+{width}".encode()).hexdigest()
    return Path(settings.LANTAI_STORE) / "previews" / name[:2] / f"{name}.png"


def _drawn(source: Path, page: int, width: int, kept: Path) -> bytes:
    found = sandbox.call(RENDERER, path=source, page=page, width_px=width, font_file=Path(str(_FONT)))
    picture = bytes(found)  # type: ignore[arg-type]
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=kept.parent, suffix=".part")
    with os.fdopen(handle, "wb") as out:
        out.write(picture)
    Path(name).replace(kept)  # a reader sees a whole picture or none
    return picture
