"""Correcting a description: its form, what others wrote meanwhile, its former wordings, numbers shown on demand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.forms import DescribeForm, RevealForm
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import wording
from lantai.apps.catalogue.queries.numbers import numbers_of
from lantai.apps.catalogue.services.drafts import KeptDraft, draft_of, forget_draft, keep_draft
from lantai.apps.catalogue.types import EditedMeanwhile
from lantai.kit.errors import Missing, Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb

FRAME = frozenset({"csrfmiddlewaretoken", "revision"})


def editable(ctx: Ctx, item_id: int) -> Description:
    """A row that the actor may describe, or ``Missing``."""
    row = queries.get(ctx, item_id)
    if not queries.may_describe(ctx, row):
        raise Missing
    return row


@needs(P.ITEM_DESCRIBE)
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, item_id: int) -> HttpResponse:
    """Correct a description; what somebody else saved meanwhile is shown beside and not overwritten."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = editable(ctx, item_id)
    adopts = request.GET.get("fields") == "new"
    scheme = wording.scheme_of_row(row, is_new=adopts)
    url = reverse("catalogue:suggest_values", args=[row.kind_id])
    if request.method == "GET":
        draft = draft_of(ctx, row.pk)
        form = DescribeForm(row=row, scheme=scheme, suggest_url=url, written=_written(draft))
        return _page(request, form, row, draft=draft, adopts=adopts)
    form = DescribeForm(request.POST, row=row, scheme=scheme, suggest_url=url)
    if not form.is_valid():
        return _page(request, form, row, adopts=adopts)
    revision = form.cleaned_data["revision"]
    try:
        services.describe(
            ctx, description_id=row.pk, revision=revision, changes=form.settled(), adopts=adopts
        )
    except EditedMeanwhile as refusal:
        return _meanwhile(request, form, row, revision, refusal)
    except Refusal as refusal:
        pages.refused(form, refusal)
        return _page(request, form, row, adopts=adopts)
    forget_draft(ctx, description_id=row.pk)
    return pages.done(request, _("“%(code)s”的著录已保存。") % {"code": row.reference_code}, to=row)


def _written(draft: KeptDraft | None) -> dict[str, object]:
    """A draft as it was left, with the revision against which it was written: newer wordings are then seen."""
    return {**draft.values, "revision": draft.revision} if draft else {}


def _meanwhile(
    request: HttpRequest, form: DescribeForm, row: Description, revision: int, refusal: EditedMeanwhile
) -> HttpResponse:
    """Both wordings of what two people changed; what only the other changed is taken over into the form."""
    found, mine = wording.conflicts(row, form.scheme, revision, form.changes())
    form.ask_about(found)
    asked = {one.name for one in found}
    now = wording.values_of(row, form.scheme)
    for name in form.changes():
        if name not in mine and name not in asked:
            form.data[name] = wording.shown(form.scheme.by_name[name], now[name])
    pages.refused(form, refusal)
    return _page(request, form, row, status=409)


def _page(
    request: HttpRequest,
    form: DescribeForm,
    row: Description,
    *,
    draft: KeptDraft | None = None,
    adopts: bool = False,
    status: int | None = None,
) -> HttpResponse:
    return pages.form(
        request,
        form,
        title=_("修改著录"),
        submit=_("保存著录"),
        template="catalogue/describe.html",
        intro=_("档号、保管期限、密级和开放标识不在这里修改。"),
        crumbs=[
            Crumb(_("目录"), reverse("catalogue:list")),
            Crumb(row.reference_code, row.get_absolute_url()),
        ],
        cancel_url=row.get_absolute_url(),
        status=status,
        row=row,
        draft=draft,
        draft_url=reverse("catalogue:draft", args=[row.pk]),
        scheme=form.scheme,
        conflicts=getattr(form, "conflicts", ()),
        is_behind=not adopts and wording.is_behind(row),
    )


@needs(P.ITEM_DESCRIBE)
@require_POST
def draft(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep what stands in the form, or throw it away."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = editable(ctx, item_id)
    return kept(request, ctx, row.pk, back=reverse("catalogue:describe", args=[row.pk]))


def kept(request: HttpRequest, ctx: Ctx, description_id: int | None, *, back: str) -> HttpResponse:
    """The answer to a form that keeps itself."""
    if request.POST.get("forget"):
        forget_draft(ctx, description_id=description_id)
        return pages.done(request, _("暂存的内容已清除。"), to=back)
    revision = request.POST.get("revision", "0")
    at = keep_draft(
        ctx,
        description_id=description_id,
        revision=int(revision) if is_number(revision, 9) else 0,
        values={name: value for name, value in request.POST.items() if name not in FRAME},
    )
    return JsonResponse({"saved_at": at.isoformat()})


@needs(P.ITEM_DESCRIBE)
@require_GET
def history(request: HttpRequest, item_id: int) -> HttpResponse:
    """Every former wording, of one field where the address names it, for those who may edit."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = editable(ctx, item_id)
    scheme, only = wording.scheme_of_row(row), request.GET.get("field", "")
    changes = [
        (version, found)
        for version in queries.versions_of(row)
        if (found := wording.changes_of(scheme, version.before, version.after, only))
    ]
    labels = wording.labels_of(scheme)
    page = {
        "title": _("修改历史"),
        "row": row,
        "changes": changes,
        "only": only if only in labels else "",
        "only_label": labels.get(only, ""),
        "crumbs": [
            Crumb(_("目录"), reverse("catalogue:list")),
            Crumb(row.reference_code, row.get_absolute_url()),
        ],
    }
    return pages.show(request, "catalogue/history.html", page)


@needs(P.ITEM_DESCRIBE)
@require_POST
def restore(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take back an edit and those after it, of one field or of all."""
    revision, undone = request.POST.get("revision", ""), request.POST.get("undone", "")
    if not (revision.isdecimal() and undone.isdecimal()) or len(revision + undone) > 18:
        raise Missing
    row = services.restore(
        request.ctx,  # type: ignore[attr-defined]
        description_id=item_id,
        revision=int(revision),
        undone=int(undone),
        only=request.POST.get("only", ""),
    )
    return pages.done(request, _("“%(code)s”已恢复到那次修改之前。") % {"code": row.reference_code}, to=row)


@needs(P.NUMBER_REVEAL)
@require_http_methods(["GET", "POST"])
def number(request: HttpRequest, item_id: int, field: str) -> HttpResponse:
    """A person's number, once, for a reason that the ledger keeps."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    if row.custodian_id not in ctx.actor.orgs_with(P.NUMBER_REVEAL) or field not in numbers_of(row.pk):
        raise Missing
    label = wording.labels_of(wording.scheme_of_row(row)).get(field, field)
    form, shown = RevealForm(request.POST or None), ""
    if form.is_valid():
        try:
            shown = services.reveal_number(
                ctx, description_id=row.pk, field=field, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    answer = pages.form(
        request,
        form,
        title=_("查看%(label)s") % {"label": label},
        submit=_("查看"),
        template="catalogue/number.html",
        intro=_("这是个人信息。每次查看都记入日志：谁、什么时候、为什么。"),
        crumbs=[
            Crumb(_("目录"), reverse("catalogue:list")),
            Crumb(row.reference_code, row.get_absolute_url()),
        ],
        cancel_url=row.get_absolute_url(),
        label=label,
        number=shown,
    )
    answer["Cache-Control"] = "no-store"
    return answer
