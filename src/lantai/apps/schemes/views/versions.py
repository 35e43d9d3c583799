"""One version: what it says, how it is edited, published and tried."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.schemes import queries, services
from lantai.apps.schemes.forms.versions import AboutForm, LevelsForm, PublishForm
from lantai.apps.schemes.models import SchemeVersion
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.states import SCHEME
from lantai.apps.schemes.tables import STATES
from lantai.apps.schemes.types import OBJECT, SchemeState, Stage
from lantai.apps.schemes.views.schemes import download
from lantai.apps.schemes.wording import difference_lines, setting_rows
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Act, Crumb, Fact, Tone
from lantai.platform.workflow import queries as workflow

OWN_PAGE = {"submit": "schemes:submit", "publish": "schemes:publish"}


def may_edit(ctx: Ctx, row: SchemeVersion) -> bool:
    """Whether the actor can change this version now."""
    return row.state == SchemeState.DRAFT and row.archives_id in ctx.actor.orgs_with(P.SCHEME_DRAFT)


def crumbs_of(row: SchemeVersion, *more: str) -> list[Crumb]:
    """The way to a page about a version."""
    return [
        Crumb(pgettext("many", "检测方案"), reverse("schemes:schemes")),
        Crumb(row.title, reverse("schemes:scheme", args=[row.slug])),
        Crumb(row.edition, row.get_absolute_url() if more else ""),
        *(Crumb(one) for one in more),
    ]


@needs(P.SCHEME_READ)
@require_GET
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Every check with its levels, parameters, citation and certainty, and what differs from the shipped edition."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, version_id)
    scheme = row.scheme()
    return pages.detail(
        request,
        title=row.title,
        kicker=_("检测方案 %(edition)s") % {"edition": row.edition},
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        crumbs=crumbs_of(row),
        template="schemes/version.html",
        row=row,
        notes=list(map(_, scheme.notes)),
        groups=setting_rows(scheme),
        stages=Stage.labels,
        differences=difference_lines(row.base_scheme(), scheme),
        is_behind=queries.is_behind(row),
        may_edit=may_edit(ctx, row),
        previews=queries.previews_of(row),
    )


def _facts(row: SchemeVersion) -> list[Fact]:
    held = queries.adoptions_of([row.pk]).get(row.pk, [])
    said = [
        _("%(stage)s：%(since)s 起，%(until)s 止")
        % {"stage": one.get_stage_display(), "since": one.valid_from, "until": one.valid_to}
        if one.valid_to
        else _("%(stage)s：%(since)s 起") % {"stage": one.get_stage_display(), "since": one.valid_from}
        for one in held
    ]
    return [
        Fact(_("档案馆"), row.archives.name),
        Fact(_("所据出厂方案"), row.base.get("edition", "")),
        Fact(_("元数据方案"), _(row.scheme().elements.title)),
        Fact(_("施行"), _("；").join(said) or _("没有施行")),
        Fact(_("修改说明"), row.note),
        Fact(_("最近修改人"), row.editor_name),
        Fact(_("起草时间"), row.drafted_at, "moment"),
        Fact(_("发布时间"), row.published_at, "moment"),
    ]


def _acts(ctx: Ctx, row: SchemeVersion) -> list[Act]:
    acts = [_move_act(row, move) for move in workflow.possible_moves(ctx, row, SCHEME)]
    if may_edit(ctx, row):
        acts.append(_link(_("修改力度"), "schemes:levels", row, "edit"))
        acts.append(_link(_("名称和说明"), "schemes:about", row, "edit"))
        acts.append(Act(_("全部恢复出厂"), reverse("schemes:reset", args=[row.pk]), icon="refresh",
                        confirm=_("这一版的全部修改将换回出厂方案，不能撤销。")))  # fmt: skip
    elif row.archives_id in ctx.actor.orgs_with(P.SCHEME_DRAFT):
        said = {"version": str(row.pk), "archives": str(row.archives_id)}
        acts.append(
            Act(_("据这一版起草"), reverse("schemes:copy", args=[row.slug]), icon="edit", fields=said)
        )
    acts.append(_link(_("试检"), "schemes:try", row, "player-play"))
    acts.append(_link(_("与现行方案比较"), "schemes:compare", row, "list"))
    for kind, label in (("toml", _("导出 TOML")), ("json", _("导出 JSON"))):
        url = reverse("schemes:export", args=[row.pk, kind])
        acts.append(Act(label, url, icon="download", method="get"))
    return acts


def _move_act(row: SchemeVersion, move: object) -> Act:
    name = str(getattr(move, "name", ""))
    own = OWN_PAGE.get(name)
    return Act(
        getattr(move, "label", ""),
        reverse(own, args=[row.pk]) if own else reverse("schemes:move", args=[row.pk, name]),
        Tone.PRIMARY if getattr(move, "is_primary", False) else Tone.PLAIN,
        needs_reason=bool(getattr(move, "needs_reason", False)),
        method="get" if name == "publish" else "post",
        why_not=getattr(move, "why_not", ""),
    )


def _link(label: str, name: str, row: SchemeVersion, icon: str) -> Act:
    return Act(label, reverse(name, args=[row.pk]), icon=icon, method="get")


@needs(P.SCHEME_READ)
@require_GET
def compare(request: HttpRequest, version_id: int) -> HttpResponse:
    """What this version would change at each stage: its differences from what is in force."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, version_id)
    stage = request.GET.get("stage", Stage.TRANSFER)
    stage = stage if stage in Stage.values else Stage.TRANSFER.value
    holding = queries.in_force_beside(row, stage, timezone.localdate())
    context = {
        "title": _("与现行方案比较"),
        "before": _("现行方案 %(edition)s") % {"edition": holding.edition},
        "after": str(row),
        "lines": difference_lines(holding, row.scheme()),
        "stages": [(value, label, value == stage) for value, label in Stage.choices],
        "crumbs": crumbs_of(row, _("与现行方案比较")),
    }
    return pages.show(request, "schemes/compare.html", context)


@needs(P.SCHEME_DRAFT)
@require_http_methods(["GET", "POST"])
def about(request: HttpRequest, version_id: int) -> HttpResponse:
    """Name, remarks and why this version is made."""
    row = queries.get(request.ctx, version_id)  # type: ignore[attr-defined]
    initial = {"title": row.title, "note": row.note, "notes": list(row.body.get("notes", []))}
    form = AboutForm(request.POST or None, initial=initial)

    def save() -> SchemeVersion:
        said = form.cleaned_data
        return services.describe(
            request.ctx,  # type: ignore[attr-defined]
            version_id=row.pk,
            title=said["title"],
            notes=tuple(said["notes"]),
            note=said["note"],
        )

    return _edited(request, row, form, save, title=_("名称和说明"))


@needs(P.SCHEME_DRAFT)
@require_http_methods(["GET", "POST"])
def levels(request: HttpRequest, version_id: int) -> HttpResponse:
    """How strict each check is at each stage, all in one table."""
    row = queries.get(request.ctx, version_id)  # type: ignore[attr-defined]
    form = LevelsForm(request.POST or None, scheme=row.scheme())

    def save() -> SchemeVersion:
        return services.set_levels(request.ctx, version_id=row.pk, levels=form.levels())  # type: ignore[attr-defined]

    return _edited(
        request, row, form, save, title=_("修改力度"), template="schemes/levels.html", stages=Stage.labels
    )


def _edited(
    request: HttpRequest,
    row: SchemeVersion,
    form: forms.Form,
    save: Callable[[], SchemeVersion],
    *,
    title: str,
    template: str = "ui/form.html",
    **context: object,
) -> HttpResponse:
    if form.is_valid():
        try:
            return pages.done(request, _("已保存。"), to=save())
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=title,
        submit=_("保存"),
        template=template,
        crumbs=crumbs_of(row, title),
        cancel_url=row.get_absolute_url(),
        **context,
    )


@needs(P.SCHEME_DRAFT)
@require_POST
def reset(request: HttpRequest, version_id: int) -> HttpResponse:
    """Put one check, or everything, back to the shipped edition."""
    code = request.POST.get("code", "")
    row = services.reset(request.ctx, version_id=version_id, code=code)  # type: ignore[attr-defined]
    said = _("检测项 %(code)s 已恢复出厂设定。") % {"code": code} if code else _("全部设定已恢复出厂。")
    return pages.done(request, said, to=row)


@needs(P.SCHEME_DRAFT)
@require_POST
def follow(request: HttpRequest, version_id: int) -> HttpResponse:
    """Take over what the newer shipped edition changed where this draft had not."""
    row = services.follow_shipped(request.ctx, version_id=version_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已并入新的出厂方案，本馆改过的设定没有动。"), to=row)


@needs(P.SCHEME_DRAFT)
@require_POST
def submit(request: HttpRequest, version_id: int) -> HttpResponse:
    """Hand the draft to whoever publishes."""
    row = services.submit(request.ctx, version_id=version_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已提交，等待另一人发布。"), to=row)


@needs(P.SCHEME_PUBLISH)
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, version_id: int) -> HttpResponse:
    """Put it into force."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, version_id)
    form = PublishForm(request.POST or None, initial={"valid_from": timezone.localdate()})

    def save() -> SchemeVersion:
        said = form.cleaned_data
        return services.publish(ctx, version_id=row.pk, stages=said["stages"], valid_from=said["valid_from"])

    intro = _("从施行日期起，所选环节的检测改用这一版；已有的检测报告仍按当时的方案。")
    return _edited(request, row, form, save, title=_("发布方案"), intro=intro)


@needs(P.SCHEME_READ)
@require_POST
def move(request: HttpRequest, version_id: int, move: str) -> HttpResponse:
    """Send back, discard or retire with the reason; the state table asks for the permission."""
    reason = request.POST.get("reason", "")
    row = services.move(request.ctx, version_id=version_id, name=move, reason=reason)  # type: ignore[attr-defined]
    said = {"title": str(row), "state": STATES[row.state].label}
    return pages.done(request, _("“%(title)s”现在是：%(state)s。") % said, to=row)


@needs(P.SCHEME_READ)
@require_GET
def export(request: HttpRequest, version_id: int, kind: str) -> HttpResponse:
    """This version as a file."""
    row = queries.get(request.ctx, version_id)  # type: ignore[attr-defined]
    text = services.export(request.ctx, kind=kind, version_id=row.pk)  # type: ignore[attr-defined]
    return download(text, f"{row.slug}-{row.number}.{kind}", kind)
