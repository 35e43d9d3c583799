"""One check of a draft: its parameters, for all stages or for one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantai.apps.schemes import queries, services
from lantai.apps.schemes.forms.parameters import ParametersForm
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.types import CERTAINTY_LABELS, Stage
from lantai.apps.schemes.views.versions import crumbs_of, may_edit
from lantai.kit.errors import Missing, Refusal
from lantai.kit.fourprops import checks
from lantai.kit.fourprops.scheme import ParameterRefused, Scheme, Setting
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Tab


@needs(P.SCHEME_DRAFT)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, version_id: int, code: str) -> HttpResponse:
    """Edit the parameters; ``?stage=`` for those of one stage only."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, version_id)
    if code not in checks.registered() or not may_edit(ctx, row):
        raise Missing
    stage = request.GET.get("stage", "")
    stage = stage if stage in Stage.values else ""
    found, scheme = checks.registered()[code], row.scheme()
    setting = _setting(scheme, code)
    given = (setting.params, setting.params_at.get(Stage(stage), {}) if stage else {}) if setting else ()
    form = ParametersForm(
        request.POST or None,
        parameters=found.parameters,
        elements=scheme.elements,
        values=found.params(*given).values,
    )
    if form.is_valid():
        try:
            services.set_parameters(ctx, version_id=row.pk, code=code, values=form.values(), stage=stage)
            return pages.done(request, _("检测项 %(code)s 已保存。") % {"code": code}, to=row)
        except ParameterRefused as refusal:
            form.add_error(form.field_named(refusal.params.get("parameter")) or None, pages.said(refusal))
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("%(code)s %(name)s") % {"code": code, "name": _(found.name)},
        submit=_("保存"),
        template="schemes/check.html",
        crumbs=crumbs_of(row, code),
        cancel_url=row.get_absolute_url(),
        tabs=_tabs(request.path, stage),
        basis=found.basis,
        certainty=CERTAINTY_LABELS.get(setting.certainty, "") if setting else "",
        code=code,
        reset_url=reverse("schemes:reset", args=[row.pk]),
    )


def _setting(scheme: Scheme, code: str) -> Setting | None:
    return next((one for one in scheme.settings if one.code == code), None)


def _tabs(path: str, stage: str) -> list[Tab]:
    common = Tab(_("各环节通用"), path, is_current=not stage)
    return [common, *(Tab(label, f"{path}?stage={value}", value == stage) for value, label in Stage.choices)]
