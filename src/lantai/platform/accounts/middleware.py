"""Puts the acting context on the request and closes every gate that is not open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from lantai.platform.accounts import services
from lantai.platform.context import ANONYMOUS, Channel, Ctx, new_request_id
from lantai.platform.gates import Gate

OUTSIDE = ("allauth.", "django.views.static", "django.views.i18n", "django.contrib.staticfiles", "ninja.")


class ContextMiddleware:
    """Sets ``request.ctx`` and ``request.request_id``; checks the view's gate."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = new_request_id()  # type: ignore[attr-defined]
        request.ctx = _ctx_of(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        gate = getattr(view, "gate", None)
        if gate is None:
            if getattr(view, "func", view).__module__.startswith(OUTSIDE):
                return None
            raise Http404
        return _refusal(request, gate)


def _refusal(request: HttpRequest, gate: Gate) -> HttpResponse | None:
    if gate.admits(request.ctx.actor):  # type: ignore[attr-defined]
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    raise Http404


def _ctx_of(request: HttpRequest) -> Ctx:
    request_id: str = request.request_id  # type: ignore[attr-defined]
    if request.user.is_authenticated:
        return services.context_for(request.user, channel=Channel.WEB, request_id=request_id)  # type: ignore[arg-type]
    return Ctx(ANONYMOUS, None, "", timezone.now(), request_id, Channel.WEB)
