"""Uploading files and folders from the browser."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.filing import queries, services
from lantai.apps.filing.forms import DefaultsForm
from lantai.apps.filing.permissions import P
from lantai.apps.filing.types import Captured, Part
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb, Empty


@needs(P.DOCUMENT_CAPTURE)
@require_GET
def upload(request: HttpRequest) -> HttpResponse:
    """Choose what all files share, then the files."""
    return _page(request, _form(request))


def _form(request: HttpRequest) -> DefaultsForm:
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    fonds = queries.fonds_to_capture_for(ctx)
    return DefaultsForm(request.GET, fonds=fonds, today=timezone.localdate(ctx.now))


def _page(
    request: HttpRequest, form: DefaultsForm, refusal: str = "", status: int | None = None
) -> HttpResponse:
    is_ready = form.is_valid()
    page = {
        "title": _("上传文件"),
        "crumbs": [Crumb(_("文件归档"), reverse("filing:documents")), Crumb(_("上传文件"))],
        "form": form,
        "refusal": refusal,
        "nothing": Empty(
            _("本单位还没有全宗"), _("电子文件须归入全宗。请联系接收本单位档案的档案馆设立全宗。")
        ),
        "is_ready": is_ready,
        "chosen": form.chosen_words() if is_ready else [],
        "parts": form.parts if is_ready else (),
        "upload_url": reverse("blobs:uploads"),
        "done_url": f"{reverse('filing:take_uploads')}?{form.query()}",
    }
    return pages.show(request, "filing/upload.html", page, status=status or _status(request, form))


def _status(request: HttpRequest, form: DefaultsForm) -> int:
    return 200 if form.is_valid() or not request.GET else 422


@needs(P.DOCUMENT_CAPTURE)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Make documents of what was uploaded, piece by piece or in this very form."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    try:
        if places := request.POST.getlist("uploads"):
            captured = services.take_uploads(ctx, form.defaults(), places=places)
        else:
            parts = [Part(file.name or "", file.chunks()) for file in request.FILES.getlist("files")]
            captured = services.take_parts(ctx, form.defaults(), parts)
    except (Refusal, Missing) as refusal:
        return _page(request, form, pages.said(refusal), refusal.status)
    if form.parts and len(captured) == 1:
        return pages.done(
            request, _said(captured), to=reverse("filing:assign", args=[captured[0].document_id])
        )
    return pages.done(request, _said(captured), to="filing:to_arrange")


def _said(captured: Sequence[Captured]) -> str:
    new = sum(one.is_new for one in captured)
    if new == len(captured):
        return _("已收录 %(new)d 件文件，等待整理。") % {"new": new}
    known = len(captured) - new
    return _("新收录 %(new)d 件；另有 %(known)d 件此前已经收录，没有重复。") % {"new": new, "known": known}
