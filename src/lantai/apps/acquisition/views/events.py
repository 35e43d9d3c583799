"""Major events and key projects as lists of what is still to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.acquisition import queries, services
from lantai.apps.acquisition.forms.events import AskForm, ListEventForm, ProgressForm, ReviseEventForm
from lantai.apps.acquisition.models import ListedEvent
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import EVENT_LIST
from lantai.apps.acquisition.tables import EVENT_STATES, PROGRESS_STATES, EventTable, RequirementTable
from lantai.apps.acquisition.types import EVENT, EventState
from lantai.apps.acquisition.views.entering import entered
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.orgs.models import Org
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tab, Tone
from lantai.platform.workflow import queries as workflow

_OPEN = (EventState.LISTED, EventState.COLLECTING)


@needs(P.EVENT_READ)
@require_GET
def events(request: HttpRequest) -> HttpResponseBase:
    """The lists that I keep or that ask something of my unit."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("列入清单"), reverse("acquisition:list_event"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.EVENT_HANDLE) else []
    empty = Empty(
        _("这里会出现重大活动和重点项目"),
        _("列入年度清单，写明档案工作方案和各单位应移交的材料，按期限提醒和核对。"),
        acts[0] if acts else None,
    )
    rows = queries.visible_events(ctx)
    return respond(
        request, EventTable(rows), title=_("重大活动和重点项目"), empty=empty, acts=acts, tabs=_tabs("events")
    )


@needs(P.EVENT_READ)
@require_GET
def requirements(request: HttpRequest) -> HttpResponseBase:
    """What every unit is asked for, over all events that I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    empty = Empty(_("这里会出现应归档材料"), _("在一项活动或项目里办理“列出应归档材料”，各单位就能看到。"))
    table = RequirementTable(queries.requirement_rows(ctx, timezone.localdate(ctx.now)))
    return respond(request, table, title=_("应归档材料"), empty=empty, tabs=_tabs("requirements"))


def _tabs(current: str) -> list[Tab]:
    names = (("events", _("清单")), ("requirements", _("应归档材料")))
    return [Tab(label, reverse(f"acquisition:{name}"), name == current) for name, label in names]


def _crumbs(row: ListedEvent | None = None) -> list[Crumb]:
    way = [Crumb(_("重大活动和重点项目"), reverse("acquisition:events"))]
    return [*way, Crumb(row.title, row.get_absolute_url())] if row else way


@needs(P.EVENT_READ)
@require_GET
def event(request: HttpRequest, listed_event_id: int) -> HttpResponse:
    """One event with what the viewer may see of its list."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_event(ctx, listed_event_id)
    today = timezone.localdate(ctx.now)
    asked = queries.requirement_rows(ctx, today).filter(event=row)
    facts = [
        Fact(_("类别"), row.get_kind_display()),
        Fact(_("开始日期"), row.began_on, "date"),
        Fact(_("结束日期"), row.ended_on, "date"),
        Fact(_("地点"), row.place),
        Fact(_("牵头单位"), row.lead.name if row.lead else ""),
        Fact(_("档案馆"), row.org.name),
        Fact(_("档案工作方案"), row.plan),
    ]
    return pages.detail(
        request,
        title=row.title,
        state=EVENT_STATES[row.state],
        acts=_acts(ctx, row),
        facts=facts,
        moments=pages.moments_of(workflow.timeline(EVENT, row.pk)),
        crumbs=_crumbs(row),
        template="acquisition/event.html",
        lines=[(one, PROGRESS_STATES[one.progress]) for one in asked],
        may_report=row.state in _OPEN
        and (ctx.actor.holds(P.EVENT_REPORT) or row.org_id in ctx.actor.orgs_with(P.EVENT_HANDLE)),
    )


def _acts(ctx: Ctx, row: ListedEvent) -> list[Act]:
    moves = workflow.possible_moves(ctx, row, EVENT_LIST)
    acts = list(pages.acts_of(moves, lambda name: reverse("acquisition:move_event", args=[row.pk, name])))
    if row.org_id in ctx.actor.orgs_with(P.EVENT_HANDLE) and row.state in _OPEN:
        ask, revise = (reverse(f"acquisition:{name}", args=[row.pk]) for name in ("ask_for", "revise_event"))
        acts.append(Act(_("列出应归档材料"), ask, icon="plus", method="get"))
        acts.append(Act(_("修改"), revise, icon="edit", method="get"))
    return acts


def _entered(
    request: HttpRequest,
    form: Form,
    save: Callable[[dict[str, Any]], object],
    *,
    title: str,
    row: ListedEvent,
) -> HttpResponse:
    """A form below an event, which is where it leads back to."""
    return entered(request, form, save, title=title, crumbs=_crumbs(row), back=row.get_absolute_url())


@needs(P.EVENT_HANDLE)
@require_http_methods(["GET", "POST"])
def list_event(request: HttpRequest) -> HttpResponse:
    """Put an event on the list."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    orgs = queries.orgs_to_list_for(ctx)
    served: QuerySet[Org] = Org.objects.filter(archives__in=orgs, is_active=True)
    form = ListEventForm(request.POST or None, orgs=orgs, agencies=served)
    return entered(
        request,
        form,
        lambda _said: services.list_event(ctx, **form.said()),
        title=_("列入清单"),
        crumbs=_crumbs(),
        back=reverse("acquisition:events"),
    )


@needs(P.EVENT_HANDLE)
@require_http_methods(["GET", "POST"])
def revise_event(request: HttpRequest, listed_event_id: int) -> HttpResponse:
    """Correct head and plan."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_event(ctx, listed_event_id)
    first = {name: getattr(row, name) for name in ReviseEventForm.base_fields}
    form = ReviseEventForm(request.POST or None, agencies=queries.agencies_of(row.org_id), initial=first)
    return _entered(
        request,
        form,
        lambda _said: services.revise_event(ctx, listed_event_id=row.pk, **form.said()),
        title=_("修改"),
        row=row,
    )


@needs(P.EVENT_HANDLE)
@require_http_methods(["GET", "POST"])
def ask_for(request: HttpRequest, listed_event_id: int) -> HttpResponse:
    """Ask a unit for records."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_event(ctx, listed_event_id)

    def save(said: dict[str, Any]) -> object:
        rest = {name: value for name, value in said.items() if name != "agency"}
        return services.ask_for(ctx, listed_event_id=row.pk, agency_id=said["agency"].pk, **rest)

    form = AskForm(request.POST or None, agencies=queries.agencies_of(row.org_id))
    return _entered(request, form, save, title=_("列出应归档材料"), row=row)


@needs(P.EVENT_READ)
@require_http_methods(["GET", "POST"])
def report_progress(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Say how far it is; the service asks whether the actor may."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    asked = queries.get_requirement(ctx, requirement_id)
    first = {name: getattr(asked, name) for name in ProgressForm.base_fields}
    return _entered(
        request,
        ProgressForm(request.POST or None, initial=first),
        lambda said: services.report_progress(ctx, requirement_id=asked.pk, **said),
        title=_("登记进度：%(title)s") % {"title": asked.title},
        row=asked.event,
    )


@needs(P.EVENT_READ)
@require_POST
def move_event(request: HttpRequest, listed_event_id: int, move: str) -> HttpResponse:
    """Start, complete, end; the state table asks for the permission."""
    reason = request.POST.get("reason", "")
    row = services.move_event(
        request.ctx,  # type: ignore[attr-defined]
        listed_event_id=listed_event_id,
        name=move,
        reason=reason,
    )
    said = {"title": row.title, "state": EVENT_STATES[row.state].label}
    return pages.done(request, _("“%(title)s”现在是：%(state)s。") % said, to=row)
