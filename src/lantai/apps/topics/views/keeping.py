"""Setting up topics."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django import forms
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantai.apps.topics import queries, services
from lantai.apps.topics.forms import (
    FieldForm,
    MakeForm,
    ReviseFieldForm,
    ReviseForm,
    RuleForm,
    SectionForm,
    ShareForm,
)
from lantai.apps.topics.models import OwnField, Section, Topic
from lantai.apps.topics.permissions import P
from lantai.apps.topics.views.fronts import crumbs
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb


def _page(request: HttpRequest, row: Topic, form: forms.Form, title: str, intro: str = "") -> HttpResponse:
    return pages.form(
        request,
        form,
        title=title,
        submit=_("保存"),
        crumbs=[*crumbs(), Crumb(row.title, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
        intro=intro,
    )


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Set up a topic."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = MakeForm(request.POST or None, orgs=queries.orgs_to_manage(ctx))
    if form.is_valid():
        said = dict(form.cleaned_data)
        try:
            row = services.make(ctx, org_id=said.pop("org").pk, **said)
            return pages.done(request, _("已建立专题“%(title)s”。") % {"title": row.title}, to=row)
        except LantaiError as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("建立专题"),
        submit=_("建立"),
        crumbs=crumbs(),
        cancel_url=reverse("topics:topics"),
    )


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Change the front page."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    initial = {"title": row.title, "kind": row.kind, "introduction": row.introduction}
    initial["cover_code"] = row.cover.reference_code if row.cover else ""
    form = ReviseForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.revise(ctx, topic_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("已保存。"), to=row)
        except Missing:
            form.add_error("cover_code", _("专题里没有这个档号，或者您没有查看它的权限。"))
        except LantaiError as refusal:
            pages.refused(form, refusal)
    return _page(request, row, form, _("修改专题"))


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Gather by a search."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    form = RuleForm(request.POST or None, initial={"rule": queries.rule_text(row)})
    if form.is_valid():
        try:
            services.set_rule(ctx, topic_id=row.pk, rule=form.cleaned_data["rule"])
            return pages.done(request, _("规则已保存，正在收录。"), to=row)
        except LantaiError as refusal:
            pages.refused(form, refusal)
    intro = _(
        "符合规则的档案自动进入专题，以后新著录的也是；逐件加入和移出的不受规则影响。留空则只逐件挑选。"
    )
    return _page(request, row, form, _("收录规则"), intro)


@needs(P.TOPIC_MANAGE)
@require_POST
def refresh(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Walk through all that the rule finds once more."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    services.refresh(ctx, topic_id=row.pk)
    return pages.done(request, _("正在重新执行规则。"), to=row)


@needs(P.TOPIC_SHARE)
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Decide who may open the topic."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, topic_id)
    if row.org_id not in ctx.actor.orgs_with(P.TOPIC_SHARE):
        raise Missing
    form = ShareForm(request.POST or None, initial={"with_whom": row.share})
    if form.is_valid():
        row = services.share(ctx, topic_id=row.pk, **form.cleaned_data)
        said = {"title": row.title, "share": row.get_share_display()}
        return pages.done(request, _("专题“%(title)s”现在共享给：%(share)s。") % said, to=row)
    counts = {"n": queries.records_of(ctx, row).count(), "open": queries.open_records_of(row).count()}
    intro = _("各馆和公众只看到他们本来有权看的档案。专题里有 %(n)d 条，公众能看到其中已开放的 %(open)d 条。")
    return _page(request, row, form, _("共享范围"), intro % counts)


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def add_section(request: HttpRequest, topic_id: int) -> HttpResponse:
    """A part of the front page."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    keep = partial(services.add_section, ctx, topic_id=row.pk)
    return _part(request, row, SectionForm(request.POST or None), keep, _("加栏目"), _("已加栏目。"))


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def add_field(request: HttpRequest, topic_id: int) -> HttpResponse:
    """An own field."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    keep = partial(services.add_field, ctx, topic_id=row.pk)
    return _part(request, row, FieldForm(request.POST or None), keep, _("加字段"), _("已加字段。"))


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def revise_section(request: HttpRequest, section_id: int) -> HttpResponse:
    """Change a part of the front page."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    section = queries.part_of(ctx, Section, section_id)
    form = SectionForm(request.POST or None, initial=model_to_dict(section))
    keep = partial(services.revise_section, ctx, section_id=section.pk)
    return _part(request, section.topic, form, keep, _("修改栏目"), _("已保存。"))


@needs(P.TOPIC_MANAGE)
@require_http_methods(["GET", "POST"])
def revise_field(request: HttpRequest, own_field_id: int) -> HttpResponse:
    """Change an own field; what it holds stays."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    field = queries.part_of(ctx, OwnField, own_field_id)
    form = ReviseFieldForm(request.POST or None, initial=model_to_dict(field))
    keep = partial(services.revise_field, ctx, own_field_id=field.pk)
    return _part(request, field.topic, form, keep, _("修改字段"), _("已保存。"))


def _part(
    request: HttpRequest, row: Topic, form: forms.Form, keep: Callable[..., object], title: str, said: str
) -> HttpResponse:
    if form.is_valid():
        try:
            keep(**form.cleaned_data)
            return pages.done(request, said, to=row)
        except LantaiError as refusal:
            pages.refused(form, refusal)
    return _page(request, row, form, title)


@needs(P.TOPIC_MANAGE)
@require_POST
def remove(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Remove a topic; its records stay."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_mine(ctx, topic_id)
    services.remove(ctx, topic_id=row.pk)
    said = _("已删除专题“%(title)s”，其中的档案不受影响。") % {"title": row.title}
    return pages.done(request, said, to=reverse("topics:topics"))


@needs(P.TOPIC_MANAGE)
@require_POST
def drop_section(request: HttpRequest, section_id: int) -> HttpResponse:
    """Take a part away."""
    row = services.drop_section(request.ctx, section_id=section_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已删除栏目，其中的档案仍在专题里。"), to=row)


@needs(P.TOPIC_MANAGE)
@require_POST
def drop_field(request: HttpRequest, own_field_id: int) -> HttpResponse:
    """Ask a field no more."""
    row = services.drop_field(request.ctx, own_field_id=own_field_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已删除字段。"), to=row)
