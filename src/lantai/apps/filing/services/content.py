"""Handing out what lies on the desk, or once sealed in the package: originals and pictures of pages."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files
from pathlib import Path

from django.db import transaction

from lantai.apps.custody import queries as custody
from lantai.apps.filing import queries
from lantai.apps.filing.models import Document, DocumentFile
from lantai.apps.filing.types import ContentNotHere, OpenedFile
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.sandbox import services as sandbox

RENDERER = "lantai.kit.formats.render:render_page"
WIDTHS = (900, 1600)  # pixels
_FONT = files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")


@transaction.atomic
def open_file(ctx: Ctx, *, document_id: int, file_id: int) -> OpenedFile:
    """The original of a file; leaves a line about who took it. Raises ``Missing``, ``ContentNotHere``."""
    document = queries.get(ctx, document_id)
    file = queries.file_of(ctx, document.pk, file_id)
    ledger.record(
        ctx,
        "filing:file:downloaded",
        object_type="filing:document",
        object_id=document.pk,
        object_name=document.title[:200],
        detail={"file": file.pk, "bytes": file.size_bytes, "sha256": file.sha256},
    )
    try:
        stream = (
            _sealed_path(document, file).open("rb")
            if document.state == "sealed"
            else blobs.open_blob(file.blob_key)
        )
    except Missing as gone:
        raise ContentNotHere(name=file.name) from gone
    return OpenedFile(file.name, file.size_bytes, stream)


def page_image(ctx: Ctx, *, document_id: int, file_id: int, page: int, width: int) -> bytes:
    """A page as PNG, drawn in the sandbox. Raises ``ContentNotHere`` and what the sandbox refuses."""
    document = queries.get(ctx, document_id)
    file = queries.file_of(ctx, document.pk, file_id)
    try:
        with _path(document, file) as path:
            drawn = sandbox.call(RENDERER, path=path, page=page, width_px=width, font_file=Path(str(_FONT)))
    except Missing as gone:
        raise ContentNotHere(name=file.name) from gone
    return bytes(drawn)  # type: ignore[arg-type]


def _path(document: Document, file: DocumentFile) -> AbstractContextManager[Path]:
    if document.state == "sealed":
        return nullcontext(_sealed_path(document, file))
    return blobs.local_path(file.blob_key)


def _sealed_path(document: Document, file: DocumentFile) -> Path:
    if document.batch is None or document.batch.package_id is None:
        raise Missing
    rows = custody.content_files(document.batch.package_id).select_related("package")
    return custody.path_of(policy.one(rows, item_key=document.reference_code, order=file.order))
