"""Content of documents: pictures of pages and originals."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from lantai.apps.filing import services
from lantai.apps.filing.permissions import P
from lantai.platform.gates import needs
from lantai.platform.ui.downloads import saved


@needs(P.DOCUMENT_READ)
@require_GET
def original(request: HttpRequest, document_id: int, file_id: int) -> FileResponse:
    """The file as it came."""
    opened = services.open_file(request.ctx, document_id=document_id, file_id=file_id)  # type: ignore[attr-defined]
    return saved(opened.stream, name=opened.name, size_bytes=opened.size_bytes)


@needs(P.DOCUMENT_READ)
@require_GET
def page_image(request: HttpRequest, document_id: int, file_id: int, page: int) -> HttpResponse:
    """A page as PNG, 900 pixels wide; with ``?w=1600`` larger."""
    picture = services.page_image(
        request.ctx,  # type: ignore[attr-defined]
        document_id=document_id,
        file_id=file_id,
        page=page,
        width=1600 if request.GET.get("w") == "1600" else 900,
    )
    answer = HttpResponse(picture, content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=300"
    return answer
