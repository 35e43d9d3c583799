"""The kinds of an archives, and one of them with its versions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.kinds import queries, services
from lantai.apps.kinds.forms import DesignForm, ImportForm
from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.tables import STATES, KindTable
from lantai.apps.kinds.types import FIELD_TYPE_LABELS
from lantai.kit.errors import Refusal
from lantai.kit.metadata.kinds import MOST_BYTES
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.orgs.models import Org
from lantai.platform.ui import pages
from lantai.platform.ui.fields import label_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone


@needs(P.KIND_READ)
@require_GET
def kinds(request: HttpRequest) -> HttpResponseBase:
    """Every kind with the version that holds and the one under way."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    archives = _archives(request)
    acts = []
    if ctx.actor.holds(P.KIND_DESIGN):
        acts = [
            Act(_("自定新种类"), reverse("kinds:design"), Tone.PRIMARY, "plus", method="get"),
            Act(_("导入种类"), reverse("kinds:import"), icon="upload", method="get"),
        ]
    empty = Empty(_("这里会出现档案种类"), _("每种档案著录哪些项目、怎样检查，都在这里规定。"), None)
    rows = queries.listed(archives.pk if archives else None)
    title = pgettext("many", "档案种类")
    return respond(request, KindTable(rows), title=title, empty=empty, acts=acts)


def crumb() -> Crumb:
    """The way to all kinds."""
    return Crumb(pgettext("many", "档案种类"), reverse("kinds:kinds"))


def _archives(request: HttpRequest) -> Org | None:
    asked = request.GET.get("archives", "")
    number = int(asked) if is_number(asked, 9) else None
    return queries.one_archives(request.ctx, number)  # type: ignore[attr-defined]


@needs(P.KIND_READ)
@require_GET
def kind(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind: the fields that hold, and its versions."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    archives = _archives(request)
    archives_id = archives.pk if archives else None
    row = queries.one_kind(archives_id, slug)
    scheme = queries.scheme_of(row.pk, archives_id)
    acts = []
    if archives and archives_id in ctx.actor.orgs_with(P.KIND_DESIGN):
        said = {"archives": str(archives.pk)}
        url = reverse("kinds:draft", args=[slug])
        acts.append(Act(_("起草新的一版"), url, Tone.PRIMARY, "edit", fields=said))
    return pages.detail(
        request,
        title=str(row),
        kicker=_("档案种类"),
        acts=acts,
        facts=[
            Fact(_("代码"), row.slug),
            Fact(_("门类代码"), row.category_code),
            Fact(_("涉及个人信息"), _("是") if row.is_personal else _("否")),
            Fact(_("档案馆"), archives.name if archives else ""),
            Fact(_("现行版"), str(scheme.version) if scheme.version else _("出厂")),
        ],
        crumbs=[crumb(), Crumb(str(row))],
        template="kinds/kind.html",
        versions=[(one, STATES[one.state]) for one in queries.versions_of(ctx, row.pk, archives_id)],
        fields=[(field, label_of(field), FIELD_TYPE_LABELS[field.type]) for field in scheme.fields],
        scheme=scheme,
    )


@needs(P.KIND_DESIGN)
@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a version from what holds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    asked = request.POST.get("archives", "")
    archives_id = int(asked) if is_number(asked, 9) else ctx.org_id or 0
    row = services.begin_draft(ctx, archives_id=archives_id, kind_id=queries.one_kind(archives_id, slug).pk)
    return pages.done(request, _("已起草“%(title)s”，可以修改。") % {"title": str(row)}, to=row)


@needs(P.KIND_DESIGN)
@require_http_methods(["GET", "POST"])
def design(request: HttpRequest) -> HttpResponse:
    """Make a kind of the archives' own."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    offered = queries.archives_of(ctx, P.KIND_DESIGN)
    names = {row.slug: _(row.name) for row in queries.rows_of(_id(offered.first()))}
    form = DesignForm(request.POST or None, archives=offered, kinds=names)
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = services.design_kind(ctx, archives_id=said.pop("archives").pk, **said)
            return pages.done(
                request, _("已建立“%(title)s”，请修改字段后提交发布。") % {"title": str(row)}, to=row
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form_page(request, form, _("自定新种类"), _("建立"))


@needs(P.KIND_DESIGN)
@require_http_methods(["GET", "POST"])
def import_(request: HttpRequest) -> HttpResponse:
    """Begin a draft from a file."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    offered = queries.archives_of(ctx, P.KIND_DESIGN)
    form = ImportForm(request.POST or None, request.FILES or None, archives=offered)
    if form.is_valid():
        content = form.cleaned_data["file"].read(MOST_BYTES + 1)  # one more: what is too large is seen to be
        try:
            row = services.import_kind(ctx, archives_id=form.cleaned_data["archives"].pk, content=content)
            said = _("已导入为“%(title)s”，请核对后提交发布。") % {"title": str(row)}
            return pages.done(request, said, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form_page(request, form, _("导入种类"), _("导入种类"))


def _id(row: Org | None) -> int | None:
    return row.pk if row else None


def _form_page(request: HttpRequest, form: DesignForm | ImportForm, title: str, submit: str) -> HttpResponse:
    crumbs = [crumb(), Crumb(title)]
    back = reverse("kinds:kinds")
    return pages.form(request, form, title=title, submit=submit, crumbs=crumbs, cancel_url=back)
