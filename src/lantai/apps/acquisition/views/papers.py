"""Files of objects in and out, the run that seals them, and the papers of a case."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.acquisition import printing, queries, services
from lantai.apps.acquisition.forms.cases import ShelvingForm
from lantai.apps.acquisition.models import Acquisition, HeldFile
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.types import Part, Shelving
from lantai.apps.acquisition.views.cases import crumbs_to
from lantai.apps.custody.types import FileDestroyed
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing, Refusal
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.gates import needs, public
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.queries import entries_about
from lantai.platform.ui import pages
from lantai.platform.ui.downloads import saved
from lantai.platform.ui.types import Crumb


@needs(P.CASE_HANDLE)
@require_GET
def files(request: HttpRequest, acquired_object_id: int) -> HttpResponse:
    """Choose photos or files of an object."""
    line = queries.get_object(request.ctx, acquired_object_id)  # type: ignore[attr-defined]
    return pages.show(
        request,
        "acquisition/upload.html",
        {
            "title": _("上传电子件"),
            "intro": _("“%(title)s”的照片、扫描件或电子文件。入藏时逐个识别、查毒，再封存。")
            % {"title": line.title},
            "crumbs": [*crumbs_to(line.acquisition), Crumb(_("上传电子件"))],
            "upload_url": reverse("blobs:uploads"),
            "done_url": reverse("acquisition:take_files", args=[line.pk]),
        },
    )


def parts_of(request: HttpRequest) -> list[Part]:
    """The files of a plain form."""
    return [Part(file.name or "", file.chunks()) for file in request.FILES.getlist("files")]


@needs(P.CASE_HANDLE)
@require_POST
def take_files(request: HttpRequest, acquired_object_id: int) -> HttpResponse:
    """Hold what was uploaded."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    line = queries.get_object(ctx, acquired_object_id)
    places = request.POST.getlist("uploads")
    got = services.add_files(ctx, acquired_object_id=line.pk, places=places, parts=parts_of(request))
    return pages.done(request, _("已收录 %(n)d 个文件。") % {"n": len(got)}, to=line.acquisition)


@needs(P.CASE_READ)
@require_GET
def file(request: HttpRequest, object_file_id: int) -> FileResponse:
    """A file as it was uploaded: saved, never shown."""
    return sent(queries.get_object_file(request.ctx, object_file_id))  # type: ignore[attr-defined]


def sent(held: HeldFile) -> FileResponse:
    """The bytes of a held file as a download; raises ``FileDestroyed``."""
    if not held.blob_key:
        raise FileDestroyed(name=held.name)
    return saved(blobs.open_blob(held.blob_key), name=held.name, size_bytes=held.size_bytes)


@needs(P.CASE_HANDLE)
@require_POST
def drop_file(request: HttpRequest, object_file_id: int) -> HttpResponse:
    """Let go of a file."""
    row = services.drop_file(request.ctx, object_file_id=object_file_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已删除这个文件。"), to=row)


@needs(P.CASE_HANDLE)
@require_http_methods(["GET", "POST"])
def seal_case(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """Choose where the files go, and start the run."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_case(ctx, acquisition_id)
    form = ShelvingForm(
        request.POST or None, fonds=queries.fonds_for(ctx, row.org_id), kinds=holdings.kinds()
    )
    if form.is_valid():
        try:
            services.start_sealing(ctx, acquisition_id=row.pk, shelving=shelving_of(form))
            return pages.done(request, _("已开始入藏，可关闭本页，进度见“任务”。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("电子件入藏"),
        submit=_("开始入藏"),
        intro=_("已收到且有电子件的材料，每件封存为一件档案，著录在所选全宗。"),
        crumbs=crumbs_to(row),
        cancel_url=row.get_absolute_url(),
    )


def shelving_of(form: ShelvingForm) -> Shelving:
    """As the service takes it."""
    said = form.cleaned_data
    return Shelving(fonds_id=said["fonds"].pk, kind_id=said["kind"].pk, first_code=said["first_code"])


@needs(P.PERSON_READ)
@require_GET
def handover(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """The hand-over list on paper, with who handed over."""
    row = _nameable(request, acquisition_id)
    return _pdf(printing.handover_pdf(row), f"handover-{row.number}.pdf")


@needs(P.PERSON_READ)
@require_GET
def agreement(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """The agreement on paper, to be signed by both sides."""
    row = _nameable(request, acquisition_id)
    return _pdf(printing.agreement_pdf(row), f"agreement-{row.number}.pdf")


@needs(P.PERSON_READ)
@require_GET
def certificate(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """The certificate on paper."""
    row = _nameable(request, acquisition_id)
    return _pdf(printing.certificate_pdf(row), f"certificate-{row.number}.pdf")


def _nameable(request: HttpRequest, acquisition_id: int) -> Acquisition:
    """A case whose papers name its source, hence only for who may read names."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_case(ctx, acquisition_id)
    if row.org_id not in ctx.actor.orgs_with(P.PERSON_READ):
        raise Missing
    return row


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@public
@never_cache
@require_GET
def certificate_check(request: HttpRequest, check_code: str) -> HttpResponse:
    """Whether a certificate is true, for whoever holds it: nothing personal is told."""
    row = queries.by_check_code(check_code)
    return pages.show(request, "acquisition/checked.html", {"row": row, "said": row.statement})


@public
@never_cache
@require_GET
def certificate_receipt(request: HttpRequest, check_code: str) -> HttpResponse:
    """The receipt of the ledger that a certificate stands on, for checking it without us."""
    row = queries.by_check_code(check_code)
    entry = entries_about("acquisition:case", row.pk).get(pk=row.entry_id)
    answer = HttpResponse(ledger.receipt_for(entry, row.statement), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.org.code}-{row.number}.receipt"'
    return answer
