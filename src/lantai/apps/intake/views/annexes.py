"""Pages of the annex of a sealed package, before it is transferred."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lantai.apps.intake import papers, queries, services
from lantai.apps.intake.forms import AnnexForm, OpinionForm
from lantai.apps.intake.permissions import P
from lantai.apps.intake.tables import OpinionTable
from lantai.apps.intake.views.submissions import XLSX, download, home
from lantai.kit.errors import LantaiError
from lantai.kit.handover import opinions
from lantai.platform.accounts import policy
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Tone


def _crumbs(package_id: int, last: str = "") -> list[Crumb]:
    annex = Crumb(_("移交附表"), reverse("intake:annex", args=[package_id]))
    return [home(), Crumb(_("移交已封存的信息包"), reverse("intake:send_online")), annex] + (
        [Crumb(last)] if last else []
    )


@needs(P.SUBMISSION_SUBMIT)
@require_GET
def annex(request: HttpRequest, package_id: int) -> HttpResponse:
    """Every item of a package with what is said of it."""
    rows = queries.items_to_annotate(ctx_of(request), package_id)
    return respond(
        request,
        OpinionTable(rows),
        title=_("移交附表"),
        crumbs=_crumbs(package_id),
        acts=[
            Act(
                _("成批填写"),
                reverse("intake:annex_all", args=[package_id]),
                Tone.PRIMARY,
                "edit",
                method="get",
            ),
            Act(
                _("上传附表"), reverse("intake:annex_import", args=[package_id]), icon="upload", method="get"
            ),
            Act(
                _("下载附表"), reverse("intake:annex_xlsx", args=[package_id]), icon="download", method="get"
            ),
        ],
        empty=Empty(_("没有条目"), _("信息包中没有著录的件。")),
    )


@needs(P.SUBMISSION_SUBMIT)
@require_http_methods(["GET", "POST"])
def annex_item(request: HttpRequest, package_id: int, item_id: int) -> HttpResponse:
    """One line of the annex."""
    ctx = ctx_of(request)
    row = policy.one(queries.items_to_annotate(ctx, package_id), pk=item_id)
    kept = opinions.as_plain(opinions.read(row.said or {})[0])
    form = OpinionForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_valid():
        try:
            services.prepare_opinions(ctx, package_id=package_id, item_keys=[row.item_key], said=form.said)
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            said = _("已写入“%(code)s”的附表。") % {"code": row.reference_code}
            return pages.done(request, said, to=reverse("intake:annex", args=[package_id]))
    return pages.form(
        request,
        form,
        title=row.title,
        submit=_("写入附表"),
        cancel_url=reverse("intake:annex", args=[package_id]),
        crumbs=_crumbs(package_id, row.reference_code),
    )


@needs(P.SUBMISSION_SUBMIT)
@require_http_methods(["GET", "POST"])
def annex_all(request: HttpRequest, package_id: int) -> HttpResponse:
    """The same line for many items."""
    ctx = ctx_of(request)
    rows = queries.items_to_annotate(ctx, package_id)
    form = OpinionForm(request.POST if request.method == "POST" else None, is_for_all=True)
    back = reverse("intake:annex", args=[package_id])
    if form.is_valid():
        wanted = rows.filter(said__isnull=True) if form.cleaned_data["only_empty"] else rows
        keys = list(wanted.values_list("item_key", flat=True))
        try:
            count = (
                services.prepare_opinions(ctx, package_id=package_id, item_keys=keys, said=form.said)
                if keys
                else 0
            )
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _("已写入 %(n)d 件的附表。") % {"n": count}, to=back)
    return pages.form(
        request,
        form,
        title=_("成批填写附表"),
        submit=_("写入附表"),
        cancel_url=back,
        crumbs=_crumbs(package_id, _("成批填写")),
    )


@needs(P.SUBMISSION_SUBMIT)
@require_http_methods(["GET", "POST"])
def annex_import(request: HttpRequest, package_id: int) -> HttpResponse:
    """The annex as a sheet: all of it, or nothing."""
    ctx = ctx_of(request)
    policy.one(queries.packages_of_sender(ctx), pk=package_id)
    form = AnnexForm(request.POST or None, request.FILES or None)
    back = reverse("intake:annex", args=[package_id])
    if form.is_valid():
        try:
            with tempfile.NamedTemporaryFile(suffix=Path(form.cleaned_data["file"].name).suffix[:8]) as kept:
                _copy(form.cleaned_data["file"], kept)
                count = services.import_annex(ctx, package_id=package_id, path=Path(kept.name))
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _("已从附表写入 %(n)d 件。") % {"n": count}, to=back)
    return pages.form(
        request,
        form,
        title=_("上传附表"),
        submit=_("上传附表"),
        cancel_url=back,
        crumbs=_crumbs(package_id, _("上传附表")),
        intro=_("先下载附表，填写后上传。有一行不合规定时，整张附表都不写入。"),
    )


def _copy(uploaded: object, kept: IO[bytes]) -> None:
    for piece in uploaded.chunks():  # type: ignore[attr-defined]
        kept.write(piece)
    kept.flush()


@needs(P.SUBMISSION_SUBMIT)
@require_GET
def annex_xlsx(request: HttpRequest, package_id: int) -> HttpResponse:
    """The annex as it stands, to be filled in and sent back."""
    rows = queries.items_to_annotate(ctx_of(request), package_id).order_by("reference_code")
    return download(papers.annex(rows), XLSX, f"annex-{package_id}.xlsx")
