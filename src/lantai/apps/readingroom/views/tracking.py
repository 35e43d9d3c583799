"""The applicant's own pages: receipt, progress, certificate, withdrawal."""

from __future__ import annotations

import base64

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.readingroom import queries, services
from lantai.apps.readingroom.forms import TrackForm
from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.tables import REQUEST_STATES
from lantai.apps.readingroom.types import PairUnknown, TooManyRequests
from lantai.apps.readingroom.views import visit
from lantai.kit.errors import Missing
from lantai.platform.documents import services as documents
from lantai.platform.gates import public
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.types import Act, Moment
from lantai.platform.workflow import queries as workflow

WITHDRAWABLE = frozenset({"submitted", "accepted"})


@public
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Number and the last four digits of the phone."""
    if request.method == "GET":
        form = TrackForm(initial={"number": request.GET.get("number", "")[:40]})
        return _asked(request, form)
    form = TrackForm(request.POST)
    if not form.is_valid():
        return _asked(request, form)
    try:
        row = services.open_with_pair(
            ctx_of(request), **form.cleaned_data, address=services.address_of(request.META)
        )
    except (PairUnknown, TooManyRequests) as refusal:
        pages.refused(form, refusal)
        return _asked(request, form, status=refusal.status)
    visit.open_number(request, row.number)
    answer = HttpResponseRedirect(reverse("readingroom:progress", args=[row.number]))
    answer.status_code = 303
    return answer


def _asked(request: HttpRequest, form: TrackForm, status: int | None = None) -> HttpResponse:
    return pages.form(
        request,
        form,
        title=_("查办理进度"),
        submit=_("查进度"),
        template="readingroom/track.html",
        status=status,
        opened=visit.opened(request),
    )


@public
@never_cache
@require_GET
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """How the request stands, as a parcel line."""
    row = _opened(request, number)
    if row is None:
        query = urlencode({"number": number[:40]})
        return HttpResponseRedirect(f"{reverse('readingroom:track')}?{query}")
    steps = [
        Moment(step.at, "", _(step.what), step.reason, tone=pages.TONES[step.tone])
        for step in queries.public_steps(row)
    ]
    context = {
        "title": _("办理进度"),
        "row": row,
        "state": REQUEST_STATES[row.state],
        "moments": steps,
        "certificate": queries.certificate_of(row.pk),
        "clock": workflow.clock_of("readingroom:request", row.pk),
        "acts": _acts(row),
    }
    return pages.show(request, "readingroom/progress.html", context)


def _acts(row: Request) -> list[Act]:
    if row.state not in WITHDRAWABLE:
        return []
    url = reverse("readingroom:withdraw", args=[row.number])
    confirm = _("撤回后这件申请不再办理。需要时可以重新申请。")
    return [Act(_("撤回申请"), url, icon="arrow-back-up", confirm=confirm)]


@public
@never_cache
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What was handed in, and the number to keep: to print or to photograph."""
    row = _opened(request, number)
    if row is None:
        raise Missing
    url = f"{settings.LANTAI_PUBLIC_URL}{reverse('readingroom:track')}?{urlencode({'number': row.number})}"
    picture = base64.b64encode(documents.qr_png(url, scale=4)).decode("ascii")
    context = {
        "title": _("申请已提交"),
        "row": row,
        "clock": workflow.clock_of("readingroom:request", row.pk),
        "qr": f"data:image/png;base64,{picture}",
    }
    return pages.show(request, "readingroom/receipt.html", context)


@public
@never_cache
@require_GET
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The certificate as a file, for who opened the request with number and phone."""
    row = _opened(request, number)
    found = queries.certificate_of(row.pk) if row is not None else None
    if found is None:
        raise Missing
    return FileResponse(
        queries.open_pdf(found),
        as_attachment=True,
        filename=f"{found.number}.pdf",
        content_type="application/pdf",
    )


@public
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the application back."""
    row = _opened(request, number)
    if row is None:
        raise Missing
    services.withdraw_request(ctx_of(request), number=row.number)
    return pages.done(request, _("申请已撤回。"), to=reverse("readingroom:progress", args=[row.number]))


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget this visit on a shared machine."""
    visit.leave(request)
    return pages.done(request, _("本机上的查档记录已清除。"), to="readingroom:home")


def _opened(request: HttpRequest, number: str) -> Request | None:
    return queries.with_number(number) if number in visit.opened(request) else None
