"""The help pages: what each role does here, in the words of the trade."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from lantai.platform.gates import public
from lantai.platform.ui import pages

app_name = "help"


@public
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """One page with a section for every role."""
    return pages.show(request, "site/help.html")


urlpatterns = [path("", index, name="index")]
