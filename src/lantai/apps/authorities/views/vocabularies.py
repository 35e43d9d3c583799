"""Controlled lists."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.authorities import queries, services
from lantai.apps.authorities.forms import NewVocabularyForm, TermsForm, VocabularyForm
from lantai.apps.authorities.models import Term, Vocabulary
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.tables import TermTable, VocabularyTable
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond, selected
from lantai.platform.ui.types import Act, Crumb, Empty, Tone

MOST_AT_ONCE = 10_000


def _crumbs() -> list[Crumb]:
    return [Crumb(_("受控词表"), reverse("authorities:vocabularies"))]


@needs(P.AUTHORITY_READ)
@require_GET
def vocabularies(request: HttpRequest) -> HttpResponseBase:
    """The lists."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("建立词表"), reverse("authorities:enter_vocabulary"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.VOCABULARY_MANAGE) else []
    empty = Empty(
        _("这里会出现受控词表"),
        _("建立词表并填入词，著录时从表中选用，输入几个字、拼音或首字母即可。"),
        acts[0] if acts else None,
    )
    used = Count("terms", filter=Q(terms__is_active=True))
    rows = queries.visible_vocabularies(ctx).annotate(term_count=used)
    return respond(request, VocabularyTable(rows), title=_("受控词表"), empty=empty, acts=acts)


@needs(P.AUTHORITY_READ)
@require_GET
def vocabulary(request: HttpRequest, vocabulary_id: int) -> HttpResponseBase:
    """The words of one list."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_vocabulary(ctx, vocabulary_id)
    acts = []
    if row.org_id in ctx.actor.orgs_with(P.VOCABULARY_MANAGE):
        add = reverse("authorities:add_terms", args=[row.pk])
        acts = [
            Act(_("添词"), add, Tone.PRIMARY, "plus", method="get"),
            Act(
                _("修改词表"),
                reverse("authorities:revise_vocabulary", args=[row.pk]),
                icon="edit",
                method="get",
            ),
        ]
    empty = Empty(_("这里会出现词表中的词"), _("可以一次粘贴许多行。"), acts[0] if acts else None)
    return respond(
        request, TermTable(row.terms.all()), title=row.name, empty=empty, acts=acts, crumbs=_crumbs()
    )


@needs(P.AUTHORITY_READ)
@require_GET
def suggest_terms(request: HttpRequest) -> JsonResponse:
    """Words that begin so."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    slug, text = request.GET.get("vocabulary", "")[:40], request.GET.get("text", "")[:120]
    terms = queries.suggest_terms(ctx, slug=slug.replace("\x00", ""), text=text)
    return JsonResponse({"terms": [{"label": term.label, "code": term.code} for term in terms]})


@needs(P.VOCABULARY_MANAGE)
@require_http_methods(["GET", "POST"])
def enter_vocabulary(request: HttpRequest) -> HttpResponse:
    """A new list."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = NewVocabularyForm(request.POST or None, orgs=queries.vocabulary_orgs(ctx))
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            row = services.enter_vocabulary(ctx, org_id=values.pop("org").pk, **values)
            return pages.done(request, _("已建立词表“%(name)s”。") % {"name": row.name}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("建立词表"),
        submit=_("建立"),
        crumbs=_crumbs(),
        cancel_url=reverse("authorities:vocabularies"),
    )


def _mine(ctx: Ctx, vocabulary_id: int) -> Vocabulary:
    row = queries.get_vocabulary(ctx, vocabulary_id)
    if row.org_id not in ctx.actor.orgs_with(P.VOCABULARY_MANAGE):
        raise Missing
    return row


def _page(
    request: HttpRequest, row: Vocabulary, form: VocabularyForm | TermsForm, title: str
) -> HttpResponse:
    return pages.form(
        request,
        form,
        title=title,
        submit=_("保存"),
        crumbs=[*_crumbs(), Crumb(row.name, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.VOCABULARY_MANAGE)
@require_http_methods(["GET", "POST"])
def revise_vocabulary(request: HttpRequest, vocabulary_id: int) -> HttpResponse:
    """Rename it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = _mine(ctx, vocabulary_id)
    fields = ("name", "note", "is_open")
    form = VocabularyForm(request.POST or None, initial={field: getattr(row, field) for field in fields})
    if form.is_valid():
        services.revise_vocabulary(ctx, vocabulary_id=row.pk, **form.cleaned_data)
        return pages.done(request, _("已保存。"), to=row)
    return _page(request, row, form, _("修改词表"))


@needs(P.VOCABULARY_MANAGE)
@require_http_methods(["GET", "POST"])
def add_terms(request: HttpRequest, vocabulary_id: int) -> HttpResponse:
    """Add words, one a line."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = _mine(ctx, vocabulary_id)
    form = TermsForm(request.POST or None)
    if form.is_valid():
        lines = form.cleaned_data["lines"].splitlines()
        added = services.add_terms(ctx, vocabulary_id=row.pk, lines=lines)
        said = ngettext("已添 %(n)d 个词，已有的保持不变。", "已添 %(n)d 个词，已有的保持不变。", added)
        return pages.done(request, said % {"n": added}, to=row)
    return _page(request, row, form, _("添词"))


@needs(P.VOCABULARY_MANAGE)
@require_POST
def retire_terms(request: HttpRequest) -> HttpResponse:
    """Offer the chosen words no more."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    mine = Term.objects.filter(vocabulary__org_id__in=ctx.actor.orgs_with(P.VOCABULARY_MANAGE))
    ids = list(selected(request, TermTable(mine)).values_list("pk", flat=True)[:MOST_AT_ONCE])
    retired = services.retire_terms(ctx, ids=ids)
    first = Term.objects.filter(pk__in=ids).select_related("vocabulary").first()
    said = ngettext("已停用 %(n)d 个词。", "已停用 %(n)d 个词。", retired) % {"n": retired}
    return pages.done(request, said, to=first.vocabulary if first else reverse("authorities:vocabularies"))
