"""One version: its fields, its way to publication, a try-out of its form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.kinds import queries, services
from lantai.apps.kinds.forms import NoteForm, TryForm
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.states import VERSION
from lantai.apps.kinds.tables import STATES
from lantai.apps.kinds.types import FIELD_TYPE_LABELS, OBJECT, VersionState
from lantai.apps.kinds.views.kinds import crumb
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.fields import label_of
from lantai.platform.ui.types import Act, Crumb, Fact, Tone
from lantai.platform.workflow import queries as workflow

OWN_PAGE = {"submit": "kinds:submit", "publish": "kinds:publish"}


def may_edit(ctx: Ctx, row: KindVersion) -> bool:
    """Whether the actor can change this version now."""
    return row.state == VersionState.DRAFT and row.archives_id in ctx.actor.orgs_with(P.KIND_DESIGN)


def crumbs_of(row: KindVersion, *more: str) -> list[Crumb]:
    """The way to a page about a version."""
    return [
        crumb(),
        Crumb(str(row.kind), reverse("kinds:kind", args=[row.kind.slug])),
        Crumb(_("第 %(number)d 版") % {"number": row.number}, row.get_absolute_url() if more else ""),
        *(Crumb(one) for one in more),
    ]


@needs(P.KIND_READ)
@require_GET
def version(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """Every field in the order of the form; while it is a draft, the designer."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, kind_version_id)
    return pages.detail(
        request,
        title=str(row.kind),
        kicker=_("档案种类第 %(number)d 版") % {"number": row.number},
        state=STATES[row.state],
        waits_for=workflow.awaited(ctx, row, OBJECT) if row.archives_id else "",
        acts=_acts(ctx, row),
        facts=[
            Fact(_("档案馆"), row.archives.name if row.archives else _("出厂")),
            Fact(_("修改说明"), row.note),
            Fact(_("最近修改人"), row.editor_name),
            Fact(_("起草时间"), row.drafted_at, "moment"),
            Fact(_("发布时间"), row.published_at, "moment"),
        ],
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        crumbs=crumbs_of(row),
        template="kinds/version.html",
        row=row,
        fields=[(field, label_of(field), FIELD_TYPE_LABELS[field.type]) for field in row.fields()],
        may_edit=may_edit(ctx, row),
    )


def _acts(ctx: Ctx, row: KindVersion) -> list[Act]:
    acts = []
    if row.archives_id:
        acts = [_move_act(row, move) for move in workflow.possible_moves(ctx, row, VERSION)]
    if may_edit(ctx, row):
        acts.append(_link(_("添加字段"), "kinds:add_field", row, "plus"))
        acts.append(_link(_("修改说明"), "kinds:about", row, "edit"))
    acts.append(_link(_("试填"), "kinds:try", row, "player-play"))
    acts.append(_link(_("导出 TOML"), "kinds:export", row, "download"))
    return acts


def _move_act(row: KindVersion, move: object) -> Act:
    name = str(getattr(move, "name", ""))
    own = OWN_PAGE.get(name)
    return Act(
        getattr(move, "label", ""),
        reverse(own, args=[row.pk]) if own else reverse("kinds:move", args=[row.pk, name]),
        Tone.PRIMARY if getattr(move, "is_primary", False) else Tone.PLAIN,
        needs_reason=bool(getattr(move, "needs_reason", False)),
        why_not=getattr(move, "why_not", ""),
    )


def _link(label: str, name: str, row: KindVersion, icon: str) -> Act:
    return Act(label, reverse(name, args=[row.pk]), icon=icon, method="get")


@needs(P.KIND_DESIGN)
@require_http_methods(["GET", "POST"])
def about(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """Why this version is made."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, kind_version_id)
    form = NoteForm(request.POST or None, initial={"note": row.note})
    if form.is_valid():
        try:
            services.describe(ctx, version_id=row.pk, note=form.cleaned_data["note"])
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    title = _("修改说明")
    crumbs, back = crumbs_of(row, title), row.get_absolute_url()
    return pages.form(request, form, title=title, submit=_("保存"), crumbs=crumbs, cancel_url=back)


@needs(P.KIND_READ)
@require_http_methods(["GET", "POST"])
def try_(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """The form as it will be, with its checks; nothing is kept."""
    row = queries.get(request.ctx, kind_version_id)  # type: ignore[attr-defined]
    scheme = queries.read(row)
    form = TryForm(request.POST or None, scheme=scheme)
    is_good = False
    if form.is_valid():
        found = queries.problems(scheme, form.cleaned_data)
        for problem in found:
            form.add_error(problem.field.name, _(problem.message) % problem.params)
        is_good = not found
    title = _("试填")
    return pages.form(
        request,
        form,
        title=title,
        submit=_("检查"),
        template="kinds/try.html",
        crumbs=crumbs_of(row, title),
        cancel_url=row.get_absolute_url(),
        intro=_("按这一版的字段和规则试着填写。只检查，不保存。"),
        is_good=is_good,
    )


@needs(P.KIND_DESIGN)
@require_POST
def submit(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """Hand the draft to whoever publishes."""
    row = services.submit(request.ctx, version_id=kind_version_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已提交，等待另一人发布。"), to=row)


@needs(P.KIND_PUBLISH)
@require_POST
def publish(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """Describe by it from now on."""
    row = services.publish(request.ctx, version_id=kind_version_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已发布。此后的著录按这一版，已有的著录仍按原来的版次。"), to=row)


@needs(P.KIND_READ)
@require_POST
def move(request: HttpRequest, kind_version_id: int, move: str) -> HttpResponse:
    """Send back or discard with the reason; the state table asks for the permission."""
    reason = request.POST.get("reason", "")
    row = services.move(request.ctx, version_id=kind_version_id, name=move, reason=reason)  # type: ignore[attr-defined]
    said = {"title": str(row), "state": STATES[row.state].label}
    return pages.done(request, _("“%(title)s”现在是：%(state)s。") % said, to=row)


@needs(P.KIND_READ)
@require_GET
def export(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """This version as a file."""
    row = queries.get(request.ctx, kind_version_id)  # type: ignore[attr-defined]
    text = services.export(request.ctx, version_id=row.pk)  # type: ignore[attr-defined]
    answer = HttpResponse(text, content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.kind.slug}-{row.number}.toml"'
    return answer
