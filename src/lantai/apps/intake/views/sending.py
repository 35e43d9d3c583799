"""Pages for handing over."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.intake import queries, services
from lantai.apps.intake.forms import OnlineForm, SenderForm
from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import NothingUploaded
from lantai.apps.intake.views.submissions import Row, home
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged, Uploaded
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.types import Crumb

MOST_LISTED = 50


@needs(P.SUBMISSION_SUBMIT)
@require_http_methods(["GET", "POST"])
def send_online(request: HttpRequest) -> HttpResponse:
    """Choose a sealed package and transfer it."""
    form = OnlineForm(request.POST or None, ctx=ctx_of(request))
    if form.is_valid():
        try:
            said = form.cleaned_data
            announced = said["announcement"]
            row = services.submit_online(
                ctx_of(request),
                package_id=said["package"].pk,
                note=said["note"],
                announcement_id=announced.pk if announced else None,
            )
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _sent(row), to=row)
    return pages.form(
        request,
        form,
        title=_("移交已封存的信息包"),
        submit=_("提交移交"),
        template="intake/send_online.html",
        annexes=queries.packages_to_send(ctx_of(request))[:MOST_LISTED],
        cancel_url=reverse("intake:submissions"),
        crumbs=[home(), Crumb(_("移交已封存的信息包"))],
    )


def _sent(row: Row) -> str:
    return _("已提交移交批次 %(number)s，正在检测，可以关闭本页。") % {"number": row.number}


@needs(P.SUBMISSION_SUBMIT, P.SUBMISSION_TEST)
@require_GET
def send_package(request: HttpRequest) -> HttpResponse:
    """First whose package and of what kind, then the file itself."""
    ctx = ctx_of(request)
    form = SenderForm(request.GET if "agency" in request.GET else None, ctx=ctx, initial={"kind": "document"})
    done_url = ""
    if form.is_bound and form.is_valid():
        done_url = f"{reverse('intake:package_sent')}?{urlencode(request.GET.dict())}"
    page = {
        "form": form,
        "title": _("上传移交信息包"),
        "crumbs": [home(), Crumb(_("上传移交信息包"))],
        "upload_url": reverse("blobs:uploads"),
        "done_url": done_url,
    }
    return pages.show(request, "intake/send_package.html", page, status=422 if form.errors else 200)


@needs(P.SUBMISSION_SUBMIT, P.SUBMISSION_TEST)
@require_POST
def package_sent(request: HttpRequest) -> HttpResponse:
    """Take over what was uploaded: one transfer for each file, and one for each folder."""
    form = SenderForm(request.GET, ctx=ctx_of(request))
    if not form.is_valid():
        raise Missing
    rows = [
        services.submit_package(ctx_of(request), staged=staged, name=name, **form.values)
        for name, staged in list(_arrived(request))
    ]
    if not rows:
        raise NothingUploaded(field="files")
    if len(rows) == 1:
        return pages.done(request, _sent(rows[0]), to=rows[0])
    message = _("已提交 %(n)d 个移交批次，正在检测，可以关闭本页。") % {"n": len(rows)}
    return pages.done(request, message, to="intake:submissions")


def _arrived(request: HttpRequest) -> Iterator[tuple[str, Staged]]:
    """What came: packages as files, and folders, whose files travelled one by one, as one archive each."""
    folders: dict[str, list[Uploaded]] = {}
    for uploaded in blobs.take_uploads(ctx_of(request), places=request.POST.getlist("uploads")):
        top, slash, _rest = uploaded.relative_path.partition("/")
        if slash:
            folders.setdefault(top, []).append(uploaded)
        else:
            yield uploaded.name, uploaded.staged
    for top, files in folders.items():
        yield top, services.gather_folder(files)
    for file in request.FILES.getlist("files"):
        yield file.name or "", blobs.stage(file.chunks())
