"""Rules that may change, with where they come from."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lantai.apps.holdings import queries, services
from lantai.apps.holdings.forms import RuleForm
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.tables import CONFIRMED, RuleTable
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact


@needs(P.FONDS_READ)
@require_GET
def rules(request: HttpRequest) -> HttpResponseBase:
    """All versions of all rules."""
    empty = Empty(_("这里会出现业务规则"), _("系统初始化时会装入编号、移交、答复期限等默认规则。"))
    return respond(request, RuleTable(queries.rules()), title=_("业务规则"), empty=empty)


@needs(P.FONDS_READ)
@require_GET
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One version with its values."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_rule(rule_id)
    replace = Act(_("制定新版"), reverse("holdings:replace_rule", args=[row.pk]), icon="plus", method="get")
    return pages.detail(
        request,
        title=_(row.title),
        kicker=row.slug,
        state=CONFIRMED[str(row.is_confirmed)],
        acts=[replace] if ctx.actor.holds(P.RULE_MANAGE) and row.valid_to is None else (),
        facts=[
            Fact(_("版次"), row.version, "number"),
            Fact(_("施行日期"), row.valid_from, "date"),
            Fact(_("废止日期"), row.valid_to, "date"),
            Fact(_("依据"), _(row.citation)),
        ],
        crumbs=[Crumb(_("业务规则"), reverse("holdings:rules")), Crumb(_(row.title))],
        template="holdings/rule.html",
        body=_pretty(row.body),
        versions=queries.rules().filter(slug=row.slug).order_by("-version"),
    )


def _pretty(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)


@needs(P.RULE_MANAGE)
@require_http_methods(["GET", "POST"])
def replace_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Replace a rule from a day on."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_rule(rule_id)
    initial = {
        "title": row.title,
        "body": _pretty(row.body),
        "citation": row.citation,
        "valid_from": timezone.localdate(ctx.now),
    }
    form = RuleForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            new = services.new_rule_version(ctx, slug=row.slug, **form.cleaned_data)
            return pages.done(request, _("“%(title)s”的新版已保存。") % {"title": _(new.title)}, to=new)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("制定新版"),
        submit=_("保存新版"),
        intro=_("现行版到新版施行的前一天为止，已按它办理的不变。"),
        crumbs=[Crumb(_("业务规则"), reverse("holdings:rules")), Crumb(_(row.title), row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )
