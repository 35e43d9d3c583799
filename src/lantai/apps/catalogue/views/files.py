"""Content of items: pictures of pages and originals. The row decides who gets them, also strangers."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import services
from lantai.apps.catalogue.services.marking import words_on_page
from lantai.kit.text.figures import is_number
from lantai.platform.gates import public
from lantai.platform.ui.downloads import saved

_SIDE = 1000
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" preserveAspectRatio="none">{}</svg>'
)
_RECT = '<rect x="{}" y="{}" width="{}" height="{}" fill="#c0392b" fill-opacity="0.28"/>'


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
        width=int(width) if is_number(width, 5) else 0,
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


@public
@require_GET
def page_marks(request: HttpRequest, item_id: int, file_id: int, page: int) -> HttpResponse:
    """Where the words of a search (``?q=``) stand on a page, as a picture to lay over that of the page."""
    boxes = words_on_page(
        request.ctx,  # type: ignore[attr-defined]
        description_id=item_id,
        file_id=file_id,
        page=page,
        text=request.GET.get("q", "").strip().replace("\x00", "")[:200],
    )
    drawn = "".join(_RECT.format(*(round(side * _SIDE, 1) for side in box)) for box in boxes)
    answer = HttpResponse(_SVG.format(drawn, side=_SIDE), content_type="image/svg+xml")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'"
    answer["Cache-Control"] = "private, max-age=300"
    return answer
