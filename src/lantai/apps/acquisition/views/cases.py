"""Cases of acquisition: the list, one case, and what is entered along its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.acquisition import queries, services
from lantai.apps.acquisition.forms.cases import (
    AgreementForm,
    CountForm,
    ExtendForm,
    LeadForm,
    ObjectLineForm,
    OpenForm,
    ReceiveForm,
    ValuationForm,
)
from lantai.apps.acquisition.models import Acquisition
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.tables import CASE_STATES, CaseTable, ObjectTable
from lantai.apps.acquisition.types import CASE
from lantai.apps.acquisition.views.entering import entered
from lantai.apps.acquisition.views.showing import case_acts, case_facts, case_lines, case_tabs
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Tone
from lantai.platform.workflow import queries as workflow

Page = Callable[..., HttpResponse]


@needs(P.CASE_READ)
@require_GET
def cases(request: HttpRequest) -> HttpResponseBase:
    """The cases I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("登记线索"), reverse("acquisition:open_case"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.CASE_HANDLE) else []
    empty = Empty(
        _("这里会出现征集"),
        _("登记捐赠、购买、寄存的线索，经协商、鉴定、签订协议和两人交接后登记入藏。"),
        acts[0] if acts else None,
    )
    rows = queries.visible_cases(ctx)
    return respond(request, CaseTable(rows), title=_("征集"), empty=empty, acts=acts, tabs=case_tabs("cases"))


@needs(P.CASE_READ)
@require_GET
def objects(request: HttpRequest) -> HttpResponseBase:
    """The register of what was acquired, or offered, line by line over all cases."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    empty = Empty(_("这里会出现征集的材料"), _("在一项征集里办理“列入清单”，材料就列在这里。"))
    table = ObjectTable(queries.visible_objects(ctx))
    return respond(request, table, title=_("征集材料"), empty=empty, tabs=case_tabs("objects"))


def crumbs_to(row: Acquisition | None = None) -> list[Crumb]:
    """The way to a page below a case."""
    way = [Crumb(_("征集"), reverse("acquisition:cases"))]
    return [*way, Crumb(row.number, row.get_absolute_url())] if row else way


@needs(P.CASE_READ)
@require_GET
def case(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """One case: source, list, opinions, agreement, hand-over."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_case(ctx, acquisition_id)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.number,
        state=CASE_STATES[row.state],
        acts=case_acts(ctx, row),
        facts=case_facts(ctx, row),
        moments=pages.moments_of(workflow.timeline(CASE, row.pk)),
        crumbs=[*crumbs_to(), Crumb(row.number)],
        template="acquisition/case.html",
        lines=case_lines(ctx, row),
        valuations=row.valuations.all(),
        agreement=queries.agreement_of(row.pk),
    )


@needs(P.CASE_HANDLE)
@require_http_methods(["GET", "POST"])
def open_case(request: HttpRequest) -> HttpResponse:
    """Enter a lead."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = OpenForm(request.POST or None, orgs=queries.orgs_to_handle(ctx))
    return entered(
        request,
        form,
        lambda said: services.open_case(ctx, org_id=said["org"].pk, lead=form.lead()),
        title=_("登记征集线索"),
        submit=_("登记线索"),
        said=_("已登记线索。下一步：与来源方商谈后，办理“开始协商”。"),
        crumbs=crumbs_to(),
        back=reverse("acquisition:cases"),
    )


@needs(P.CASE_HANDLE)
@require_http_methods(["GET", "POST"])
def revise_case(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """Correct what is known of an offer; the source's name is not shown to who may not read it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_case(ctx, acquisition_id)
    may_name = row.org_id in ctx.actor.orgs_with(P.PERSON_READ)
    first = {name: getattr(row, name) for name in LeadForm.base_fields}
    form = LeadForm(request.POST or None, initial=first, may_name=may_name)
    return _below(
        request,
        row,
        form,
        lambda _said: services.revise_case(ctx, acquisition_id=row.pk, lead=form.lead()),
        title=_("修改征集登记"),
    )


def _below(
    request: HttpRequest, row: Acquisition, form: Form, save: Callable[[dict[str, Any]], object], **words: str
) -> HttpResponse:
    """A form below a case, which is where it leads back to."""
    return entered(request, form, save, crumbs=crumbs_to(row), back=row.get_absolute_url(), **words)


def _step(
    permission: P, form_class: type[Form], save: Callable[..., object], title: str, submit: str = ""
) -> Page:
    """The page of one step of a case that asks for nothing but its form; ``save`` is the service behind it."""

    @needs(permission)
    @require_http_methods(["GET", "POST"])
    def page(request: HttpRequest, acquisition_id: int) -> HttpResponse:
        ctx: Ctx = request.ctx  # type: ignore[attr-defined]
        row = queries.get_case(ctx, acquisition_id)
        form = form_class(request.POST or None)
        return _below(
            request,
            row,
            form,
            lambda said: save(ctx, acquisition_id=row.pk, **said),
            title=str(title),
            submit=str(submit),
        )

    return page


list_object = _step(P.CASE_HANDLE, ObjectLineForm, services.list_object, _lazy("列入清单"))
enter_valuation = _step(P.CASE_HANDLE, ValuationForm, services.enter_valuation, _lazy("登记鉴定意见"))
receive = _step(P.CASE_HANDLE, ReceiveForm, services.receive, _lazy("清点完毕，提交复核"), _lazy("提交复核"))
extend_deposit = _step(P.CASE_APPROVE, ExtendForm, services.extend_deposit, _lazy("续存"))


@needs(P.CASE_HANDLE)
@require_POST
def drop_object(request: HttpRequest, acquired_object_id: int) -> HttpResponse:
    """Take a line off the list."""
    row = services.drop_object(request.ctx, acquired_object_id=acquired_object_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已从清单中删除。"), to=row)


@needs(P.CASE_HANDLE)
@require_http_methods(["GET", "POST"])
def write_agreement(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """Write the agreement."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_case(ctx, acquisition_id)
    known = queries.agreement_of(row.pk)
    first = {name: getattr(known, name) for name in AgreementForm.base_fields} if known else {}
    return _below(
        request,
        row,
        AgreementForm(request.POST or None, initial=first, means=row.means),
        lambda said: services.write_agreement(ctx, acquisition_id=row.pk, terms=said),
        title=_("填写征集协议"),
    )


@needs(P.CASE_HANDLE)
@require_http_methods(["GET", "POST"])
def count_objects(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """Count what is handed over."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_case(ctx, acquisition_id)
    form = CountForm(request.POST or None, lines=queries.objects_of(row.pk))
    return _below(
        request,
        row,
        form,
        lambda _said: services.count_objects(ctx, acquisition_id=row.pk, found=form.found()),
        title=_("清点"),
    )


@needs(P.CASE_HANDLE)
@require_POST
def confirm(request: HttpRequest, acquisition_id: int) -> HttpResponse:
    """Confirm as the second person."""
    row = services.confirm(request.ctx, acquisition_id=acquisition_id)  # type: ignore[attr-defined]
    return pages.done(request, _("征集“%(title)s”已登记。") % {"title": row.title}, to=row)


@needs(P.CASE_READ)
@require_POST
def move(request: HttpRequest, acquisition_id: int, move: str) -> HttpResponse:
    """The other moves; the state table asks for the permission."""
    reason = request.POST.get("reason", "")
    row = services.move(request.ctx, acquisition_id=acquisition_id, name=move, reason=reason)  # type: ignore[attr-defined]
    said = {"title": row.title, "state": CASE_STATES[row.state].label}
    return pages.done(request, _("征集“%(title)s”现在是：%(state)s。") % said, to=row)
