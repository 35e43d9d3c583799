"""Content of items: pictures of pages and originals. The row decides who gets them, also strangers."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import services
from lantai.platform.gates import public
from lantai.platform.ui.downloads import saved


@public
@require_GET
def page_image(request: HttpRequest, item_id: int, file_id: int, page: int) -> HttpResponse:
    """A page as PNG; ``?w=`` 240, 900 or 1600 pixels."""
    width = request.GET.get("w", "900")
    picture = services.page_image(
        request.ctx,  # type: ignore[attr-defined]
        description_id=item_id,
        file_id=file_id,
        page=page,
        width=int(width) if width.isdecimal() and len(width) < 6 else 0,
    )
    answer = HttpResponse(picture, content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@public
@require_GET
def original(request: HttpRequest, item_id: int, file_id: int) -> FileResponse:
    """The file as it was sealed."""
    opened = services.open_content(request.ctx, description_id=item_id, file_id=file_id)  # type: ignore[attr-defined]
    return saved(opened.stream, name=opened.name, size_bytes=opened.size_bytes)
