"""Which file of a document is which part of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantai.apps.filing import composition, queries, services
from lantai.apps.filing.forms import PartsForm
from lantai.apps.filing.models import Document
from lantai.apps.filing.permissions import P
from lantai.apps.filing.views.documents import may_describe
from lantai.kit.compositions import Composition
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb, Tone


@needs(P.DOCUMENT_ARRANGE)
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, document_id: int) -> HttpResponse:
    """Put the files of one document into its parts, and note of each what its part asks for."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, document_id)
    rule = composition.rule_of(row)
    if rule is None or row.agency_id not in ctx.actor.orgs_with(P.DOCUMENT_ARRANGE):
        raise Missing
    if not may_describe(ctx, row):
        message = _("“%(title)s”现在不能修改组成。") % {"title": row.title}
        return pages.done(request, message, to=row, tone=Tone.WARN)
    files = composition.part_files(row, queries.files_of(row.pk))
    form = PartsForm(request.POST or None, files=files, rule=rule)
    if form.is_valid():
        said = form.assigned()
        try:
            changed = services.assign_parts(ctx, document_id=row.pk, parts=said)
        except Refusal as refusal:
            pages.refused(form, refusal)
        else:
            asks_more = any(
                one.part and one.part != (known.part.slug if known.part else "")
                for one, known in zip(said, files, strict=True)
            )
            return _saved(request, row, changed, asks_more=asks_more)
    return _page(request, row, rule, form)


def _saved(request: HttpRequest, row: Document, changed: int, *, asks_more: bool) -> HttpResponse:
    """A file in another part is asked for other things: then once more the form."""
    if asks_more:
        message = _("组成已保存。改了部分的文件还可以补充著录。")
        return pages.done(request, message, to=reverse("filing:assign", args=[row.pk]))
    message = ngettext("组成已保存，改动 %(n)d 个文件。", "组成已保存，改动 %(n)d 个文件。", changed)
    return pages.done(request, message % {"n": changed}, to=row)


def _page(request: HttpRequest, row: Document, rule: Composition, form: PartsForm) -> HttpResponse:
    files = list(queries.files_of(row.pk))
    return pages.form(
        request,
        form,
        title=_("确定组成"),
        submit=_("保存组成"),
        template="filing/assign.html",
        intro=_("逐个文件写明它是哪一部分；没有写明的，按文件名和内容判断。归档检测按%(standard)s核对。")
        % {"standard": f" {rule.standard} "},
        crumbs=[Crumb(_("文件归档"), reverse("filing:documents")), Crumb(row.title, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
        standings=composition.standings_of(row, files),
    )
