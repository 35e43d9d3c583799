"""Turns errors raised on purpose into pages; the rest goes on to Django."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from lantai.kit.errors import LantaiError
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.errors import Unstorable, error_page, is_unstorable, refusal_page

log = logging.getLogger("lantai.pages")


class Errors:
    """Last in the list, so that ``request.ctx`` is there and nothing else has looked at the error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; whoever asks for the head of a page is answered as if for the page."""
        response = self.get_response(request)
        if request.method == "HEAD" and response.status_code == 405 and "GET" in response.get("Allow", ""):
            request.method = "GET"  # the view has refused before it did anything; the server sends no body
            response = self.get_response(request)
            request.method = "HEAD"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for a refusal, 503 while the database is away, None for what is not known here."""
        if isinstance(exception, LantaiError):
            return refusal_page(request, exception)
        if is_unstorable(exception):
            log.error("unstorable value during %s", ctx_of(request).request_id, exc_info=exception)
            return refusal_page(request, Unstorable())
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("database away during %s", ctx_of(request).request_id, exc_info=exception)
            return error_page(request, 503)
        return None
