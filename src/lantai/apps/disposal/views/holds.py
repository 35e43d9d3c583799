"""Pages of legal holds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.disposal import queries, services
from lantai.apps.disposal.forms import HoldForm
from lantai.apps.disposal.models import LegalHold
from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.tables import HoldTable
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing, Refusal
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, State, Tone


@needs(P.HOLD_READ)
@require_GET
def holds(request: HttpRequest) -> HttpResponseBase:
    """Legal holds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("登记法律保全"), reverse("disposal:place_hold"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.HOLD_MANAGE) else []
    empty = Empty(
        _("这里会出现法律保全"), _("涉诉、涉案或审计中的档案登记保全后，在解除或到期以前不能销毁。")
    )
    table = HoldTable(queries.visible_holds(ctx))
    return respond(request, table, title=pgettext("many", "法律保全"), empty=empty, acts=acts)


@needs(P.HOLD_READ)
@require_GET
def hold(request: HttpRequest, legal_hold_id: int) -> HttpResponse:
    """One hold."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_hold(ctx, legal_hold_id)
    acts = []
    if row.lifted_at is None and row.org_id in ctx.actor.orgs_with(P.HOLD_MANAGE):
        acts = [Act(_("解除保全"), reverse("disposal:lift_hold", args=[row.pk]), needs_reason=True)]
    return pages.detail(
        request,
        title=row.target_name,
        kicker=row.get_scope_display(),
        state=_hold_state(ctx, row),
        acts=acts,
        facts=[
            Fact(_("对象"), row.target_name, url=_covered_url(row)),
            Fact(_("原因"), row.reason),
            Fact(_("依据文书"), row.basis),
            Fact(_("登记人"), row.placed_by),
            Fact(_("登记时间"), row.placed_at, "moment"),
            Fact(_("到期日"), row.ends_on, "date"),
            Fact(_("解除时间"), row.lifted_at, "moment"),
            Fact(_("解除原因"), row.lifted_why),
        ],
        crumbs=[Crumb(pgettext("many", "法律保全"), reverse("disposal:holds")), Crumb(row.target_name)],
    )


def _covered_url(row: LegalHold) -> str:
    if row.package_id is not None:
        return reverse("custody:package", args=[row.package_id])
    covered = row.fonds or row.description
    return covered.get_absolute_url() if covered else ""


def _hold_state(ctx: Ctx, row: LegalHold) -> State:
    if row.lifted_at is not None:
        return State(_("已解除"))
    if row.ends_on is not None and row.ends_on < timezone.localdate(ctx.now):
        return State(_("已到期"))
    return State(_("保全中"), Tone.WARN)


@needs(P.HOLD_MANAGE)
@require_http_methods(["GET", "POST"])
def place_hold(request: HttpRequest) -> HttpResponse:
    """Forbid the destruction of something."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = HoldForm(request.POST or None, orgs=queries.orgs_with(ctx, P.HOLD_MANAGE))
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = services.place_hold(
                ctx, org_id=said["org"].pk, target=_target(ctx, said), reason=said["reason"], basis=said["basis"],
                ends_on=said["ends_on"],
            )  # fmt: skip
            return pages.done(request, _("已登记保全“%(name)s”。") % {"name": row.target_name}, to=row)
        except (Refusal, Missing) as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request, form, title=_("登记法律保全"), submit=_("登记"), cancel_url=reverse("disposal:holds"),
        crumbs=[Crumb(pgettext("many", "法律保全"), reverse("disposal:holds"))],
    )  # fmt: skip


def _target(ctx: Ctx, said: dict[str, object]) -> services.Target:
    fonds, item = said["fonds_code"], said["reference_code"]
    org = said["org"]
    return services.Target(
        fonds_id=policy.one(holdings.visible_fonds(ctx), code=fonds, archives=org).pk if fonds else None,
        package_id=said["package"] or None,  # type: ignore[arg-type]
        description_id=policy.one(catalogue.visible(ctx), reference_code=item, custodian=org).pk
        if item
        else None,
    )


@needs(P.HOLD_MANAGE)
@require_POST
def lift_hold(request: HttpRequest, legal_hold_id: int) -> HttpResponse:
    """End a hold."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = services.lift_hold(ctx, hold_id=legal_hold_id, reason=request.POST.get("reason", ""))
    return pages.done(request, _("保全已解除。"), to=row)
