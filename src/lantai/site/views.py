"""The home page of the desk, and whether the site is well."""

from __future__ import annotations

from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lantai.platform.desk.waiting import waiting_lines
from lantai.platform.gates import public, signed_in
from lantai.platform.jobs import queries as jobs
from lantai.platform.ui import pages

# Doors of django-allauth that lead nowhere here: officers open accounts and set passwords, nothing goes by mail.
CLOSED = (
    "signup/",
    "email/",
    "password/set/",
    "password/reset/",
    "password/reset/<path:rest>",
    "confirm-email/<path:rest>",
)


@public
def closed(request: HttpRequest, rest: str = "") -> HttpResponse:
    """As if there were no such address."""
    raise Http404


@signed_in
def fixity(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Where rounds of fixity used to be: copies read everything now."""
    return redirect("copies:readings", permanent=True)


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me with its clocks, what runs, my figures."""
    ctx = request.ctx  # type: ignore[attr-defined]
    runs = jobs.visible(ctx).filter(is_quiet=False).order_by("-id")[:6]
    page = {"title": _("工作台"), "waiting": waiting_lines(ctx)[:12], "runs": runs}
    return pages.show(request, "site/home.html", page)


@public
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; for watchdogs, without details."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})
