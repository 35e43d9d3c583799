"""Anybody asks whether a paper is true."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from lantai.apps.readingroom import services
from lantai.apps.readingroom.forms import FileForm, PaperForm
from lantai.apps.readingroom.types import FileTooLarge, Standing, TooManyRequests, Verification
from lantai.kit.evidence import standalone
from lantai.platform.gates import public
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.types import Tone


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of each standing."""

    label: str | Promise
    text: str | Promise
    tone: Tone


ANSWERS = {
    Standing.VALID: Answer(
        gettext_lazy("有效"), gettext_lazy("这份证明由所列档案馆出具，没有撤销。"), Tone.GOOD
    ),
    Standing.REVOKED: Answer(
        gettext_lazy("已撤销"),
        gettext_lazy("这份证明确由所列档案馆出具，但后来撤销了，不能再使用。"),
        Tone.BAD,
    ),
    Standing.ALTERED: Answer(
        gettext_lazy("内容被改动"),
        gettext_lazy("文件与出具时不一致，不能采信。请向持有人索取原文件。"),
        Tone.BAD,
    ),
    Standing.UNKNOWN: Answer(
        gettext_lazy("查无此证"),
        gettext_lazy("没有查到这份证明。请核对编号和校验码，或确认文件的来源。"),
        Tone.WARN,
    ),
}


@public
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """By number and check code, or with the file."""
    if request.method == "GET":
        return _ask(request, PaperForm(), FileForm(prefix="pdf"))
    form = PaperForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, FileForm(prefix="pdf"), status=422)
    try:
        found = services.verify_number_and_code(
            ctx_of(request), **form.cleaned_data, address=services.address_of(request.META)
        )
    except TooManyRequests as refusal:
        pages.refused(form, refusal)
        return _ask(request, form, FileForm(prefix="pdf"), status=refusal.status)
    return _answer(request, found)


@public
@never_cache
@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """The file itself."""
    form = FileForm(request.POST, request.FILES, prefix="pdf")
    if not form.is_valid():
        return _ask(request, PaperForm(), form, status=422)
    try:
        found = services.verify_file(
            ctx_of(request),
            source=form.cleaned_data["file"].chunks(),
            address=services.address_of(request.META),
        )
    except (FileTooLarge, TooManyRequests) as refusal:
        pages.refused(form, refusal)
        return _ask(request, PaperForm(), form, status=refusal.status)
    return _answer(request, found, is_file=True)


@public
@never_cache
@require_GET
def code(request: HttpRequest, check_code: str) -> HttpResponse:
    """What the QR code of a certificate opens."""
    found = services.verify_code(
        ctx_of(request), check_code=check_code, address=services.address_of(request.META)
    )
    return _answer(request, found)


@public
@require_safe
def tool(request: HttpRequest, name: str) -> HttpResponse:
    """A verifier that needs nothing of ours, to be saved and used without network."""
    data = (resources.files(standalone) / name).read_bytes()
    kind = "text/html; charset=utf-8" if name.endswith(".html") else "text/x-python; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=kind, headers=headers)


def _ask(request: HttpRequest, paper: Form, upload: Form, *, status: int = 200) -> HttpResponse:
    context = {"title": _("核验证明"), "paper": paper, "upload": upload}
    return pages.show(request, "readingroom/verify.html", context, status=status)


def _answer(request: HttpRequest, found: Verification, *, is_file: bool = False) -> HttpResponse:
    looked = [(check.ok, _(check.message) % check.params if check.params else _(check.message))
              for check in found.looked]  # fmt: skip
    answer = ANSWERS[found.standing]
    context = {
        "title": answer.label,
        "answer": answer,
        "found": found,
        "looked": looked,
        "is_file": is_file,
        "is_known": bool(found.number),
    }
    status = 404 if found.standing is Standing.UNKNOWN and not is_file else 200
    return pages.show(request, "readingroom/verified.html", context, status=status)
