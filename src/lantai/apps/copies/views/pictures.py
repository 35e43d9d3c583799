"""The overview, and the copies of one package."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from lantai.apps.copies import picture, queries
from lantai.apps.copies.permissions import P
from lantai.apps.copies.tables import REPAIR, STATES, CopyTable, DamageTable, repair_state
from lantai.apps.copies.types import PACKAGE
from lantai.apps.copies.views.tabs import tabs
from lantai.apps.custody import queries as custody
from lantai.kit.errors import LantaiError
from lantai.platform.gates import needs
from lantai.platform.places import queries as places
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.registry import tabs_for
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, State, Tone


@needs(P.COPY_READ)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Places × fonds, a square a day, growth and forecast."""
    ctx = ctx_of(request)
    today = picture.today_of(ctx)
    return pages.detail(
        request,
        title=pgettext("many", "副本"),
        state=_disk_state(),
        acts=_acts(request),
        tabs=tabs("overview"),
        crumbs=[Crumb(pgettext("many", "副本"))],
        template="copies/overview.html",
        matrix=picture.matrix(ctx),
        calendar=picture.calendar(ctx, today),
        forecasts=picture.forecasts(ctx, today),
        journals=picture.journals(ctx),
    )


def _disk_state() -> State | None:
    """How full the storage root is; at the second limit intake stops, and nothing else."""
    try:
        percent = places.room_of_primary().used_percent
    except LantaiError:
        return None
    is_warned, is_stopped = percent >= places.WARN_PERCENT, percent >= places.INTAKE_STOPS_PERCENT
    tone = Tone.BAD if is_stopped else Tone.WARN if is_warned else Tone.PLAIN
    return State(_("主存储已用 %(percent)d%%") % {"percent": percent}, tone)


def _acts(request: HttpRequest) -> list[Act]:
    ctx = ctx_of(request)
    acts = []
    if ctx.org_id in ctx.actor.orgs_with(P.COPY_VERIFY):
        start = reverse("copies:start_reading")
        acts.append(Act(_("开始校验"), start, Tone.PRIMARY, "refresh", method="get"))
    return acts


@needs(P.COPY_READ)
@require_GET
def copies(request: HttpRequest) -> HttpResponseBase:
    """Every copy in my sight; the matrix leads here by place and fonds."""
    rows = queries.visible_copies(ctx_of(request))
    asked = {"place_id": request.GET.get("place", ""), "package__fonds_id": request.GET.get("fonds", "")}
    rows = rows.filter(
        **{name: value for name, value in asked.items() if value.isdecimal() and len(value) < 19}
    )
    empty = Empty(_("还没有副本"), _("信息包封存之后，它在主存储和各存储位置的副本会出现在这里。"))
    return respond(request, CopyTable(rows), title=_("全部副本"), tabs=tabs("copies"), empty=empty)


@needs(P.COPY_READ)
@require_GET
def damages(request: HttpRequest) -> HttpResponseBase:
    """What was found wrong."""
    empty = Empty(_("没有发现异常"), _("校验发现与封存时不一致的文件，会连同修复情况出现在这里。"))
    rows = queries.visible_damages(ctx_of(request))
    return respond(request, DamageTable(rows), title=_("副本异常"), tabs=tabs("damages"), empty=empty)


@needs(P.COPY_READ)
@require_GET
def package(request: HttpRequest, package_id: int) -> HttpResponse:
    """Where one package lies and how each copy is."""
    ctx = ctx_of(request)
    row = custody.get(ctx, package_id)
    damages = queries.visible_damages(ctx).filter(copy__package_id=row.pk)[:200]
    may = row.custodian_id in ctx.actor.orgs_with(P.COPY_VERIFY)
    read = Act(
        _("校验全部副本"), reverse("copies:start_reading"), icon="refresh", fields={"package": str(row.pk)}
    )
    return pages.detail(
        request,
        title=row.title,
        kicker=_("副本"),
        acts=[read] if may else [],
        facts=[
            Fact(_("全宗"), row.fonds),
            Fact(_("保管单位"), row.custodian.name),
            Fact(_("版本"), row.version, "number"),
            Fact(_("清单摘要 (SHA-512)"), row.inventory_sha512, "code"),
        ],
        tabs=tabs_for(ctx.actor, PACKAGE, row.pk, current="copies:package"),
        crumbs=[
            Crumb(_("信息包"), reverse("custody:packages")),
            Crumb(row.title, reverse("custody:package", args=[row.pk])),
            Crumb(pgettext("many", "副本")),
        ],
        template="copies/package.html",
        copies=[(copy, STATES[copy.state]) for copy in queries.copies_of_package(ctx, row.pk)],
        damages=[(damage, REPAIR[repair_state(damage)]) for damage in damages],
    )
