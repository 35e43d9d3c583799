"""Handing out files that came from outside: they are saved, never shown."""

from __future__ import annotations

from typing import BinaryIO

from django.http import FileResponse

# Nothing from outside runs on our pages, and no browser may guess its type.
DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def saved(stream: BinaryIO, *, name: str, size_bytes: int) -> FileResponse:
    """The bytes of a file as a download under its name, whatever they are."""
    answer = FileResponse(
        stream,
        as_attachment=True,
        filename=name,
        content_type="application/octet-stream",
        headers=DOWNLOAD_HEADERS,
    )
    answer["Content-Length"] = str(size_bytes)
    return answer
