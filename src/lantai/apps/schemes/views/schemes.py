"""All schemes of an archives, and the versions of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.schemes import queries, services
from lantai.apps.schemes.forms.versions import ImportForm
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.tables import STATES
from lantai.apps.schemes.types import MOST_IMPORTED_BYTES, Stage
from lantai.apps.schemes.wording import difference_lines
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.orgs.models import Org
from lantai.platform.ui import pages
from lantai.platform.ui.types import Act, Crumb, Fact, Tone


@needs(P.SCHEME_READ)
@require_GET
def schemes(request: HttpRequest) -> HttpResponse:
    """What holds for every kind of record at every stage, since when."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    archives = _archives(request)
    may_draft = archives is not None and archives.pk in ctx.actor.orgs_with(P.SCHEME_DRAFT)
    acts = [Act(_("导入方案"), reverse("schemes:import"), icon="upload", method="get")] if may_draft else []
    context = {
        "title": pgettext("many", "检测方案"),
        "rows": queries.rows_of(archives, timezone.localdate()),
        "stages": Stage.labels,
        "archives": archives,
        "offered": queries.archives_of(ctx),
        "states": STATES,
        "acts": acts,
        "crumbs": [Crumb(pgettext("many", "检测方案"))],
    }
    return pages.show(request, "schemes/schemes.html", context)


def _schemes() -> Crumb:
    return Crumb(pgettext("many", "检测方案"), reverse("schemes:schemes"))


def _archives(request: HttpRequest) -> Org | None:
    asked = request.GET.get("archives", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    return queries.one_archives(request.ctx, number)  # type: ignore[attr-defined]


@needs(P.SCHEME_READ)
@require_GET
def scheme(request: HttpRequest, slug: str) -> HttpResponse:
    """One scheme: the shipped edition, the archives' own versions and where each held."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    shipped, archives = queries.shipped(slug), _archives(request)
    versions = list(queries.versions_of(ctx, archives.pk, slug)) if archives else []
    adoptions = queries.adoptions_of(row.pk for row in versions)
    may_draft = archives is not None and archives.pk in ctx.actor.orgs_with(P.SCHEME_DRAFT)
    return pages.detail(
        request,
        title=_(shipped.title),
        kicker=_("检测方案"),
        acts=_acts(archives, slug, may_draft=may_draft),
        facts=[
            Fact(_("出厂方案版本"), shipped.edition),
            Fact(_("元数据方案"), _(shipped.elements.title)),
            Fact(_("检测项"), len(shipped.settings), "number"),
            Fact(_("档案馆"), archives.name if archives else ""),
        ],
        crumbs=[_schemes(), Crumb(_(shipped.title))],
        template="schemes/scheme.html",
        versions=[(row, STATES[row.state], adoptions.get(row.pk, [])) for row in versions],
        notes=list(map(_, shipped.notes)),
        slug=slug,
        archives=archives,
    )


def _acts(archives: Org | None, slug: str, *, may_draft: bool) -> list[Act]:
    acts = [
        Act(
            _("导出 TOML"),
            reverse("schemes:export_shipped", args=[slug, "toml"]),
            icon="download",
            method="get",
        ),
        Act(
            _("导出 JSON"),
            reverse("schemes:export_shipped", args=[slug, "json"]),
            icon="download",
            method="get",
        ),
    ]
    if may_draft and archives:
        fields = {"archives": str(archives.pk)}
        acts.insert(
            0,
            Act(
                _("据出厂方案起草"), reverse("schemes:copy", args=[slug]), Tone.PRIMARY, "edit", fields=fields
            ),
        )
    return acts


@needs(P.SCHEME_DRAFT)
@require_POST
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a draft from the shipped edition or from an own version."""
    version, archives = request.POST.get("version", ""), request.POST.get("archives", "")
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = services.copy_scheme(
        ctx,
        archives_id=int(archives) if archives.isdecimal() and len(archives) < 18 else ctx.org_id or 0,
        slug=slug,
        version_id=int(version) if version.isdecimal() and len(version) < 18 else None,
    )
    return pages.done(request, _("已起草“%(title)s”，可以修改。") % {"title": str(row)}, to=row)


@needs(P.SCHEME_DRAFT)
@require_http_methods(["GET", "POST"])
def import_(request: HttpRequest) -> HttpResponse:
    """Begin a draft from a file."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    offered = queries.archives_of(ctx, P.SCHEME_DRAFT)
    form = ImportForm(request.POST or None, request.FILES or None, archives=offered)
    if form.is_valid():
        file, archives = form.cleaned_data["file"], form.cleaned_data["archives"]
        try:
            content = file.read(MOST_IMPORTED_BYTES + 1)  # one more, so that what is too large is seen to be
            row = services.import_scheme(ctx, archives_id=archives.pk, name=file.name, content=content)
            return pages.done(
                request, _("已导入为“%(title)s”，请核对后提交发布。") % {"title": str(row)}, to=row
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    crumbs = [_schemes(), Crumb(_("导入方案"))]
    cancel = reverse("schemes:schemes")
    return pages.form(
        request, form, title=_("导入方案"), submit=_("导入方案"), crumbs=crumbs, cancel_url=cancel
    )


@needs(P.SCHEME_READ)
@require_GET
def export_shipped(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The shipped edition as a file."""
    text = services.export(request.ctx, kind=kind, slug=slug)  # type: ignore[attr-defined]
    return download(text, f"{slug}.{kind}", kind)


@needs(P.SCHEME_READ)
@require_GET
def compare_shipped(request: HttpRequest, version_id: int) -> HttpResponse:
    """What the newer shipped edition says otherwise than the one from which this version was copied."""
    row = queries.get(request.ctx, version_id)  # type: ignore[attr-defined]
    shipped = queries.shipped(row.slug)
    context = {
        "title": _("出厂方案的变化"),
        "before": _("起草时的出厂方案 %(edition)s") % {"edition": row.base_scheme().edition},
        "after": _("现在的出厂方案 %(edition)s") % {"edition": shipped.edition},
        "lines": difference_lines(row.base_scheme(), shipped),
        "crumbs": [
            _schemes(),
            Crumb(str(row), row.get_absolute_url()),
        ],
    }
    return pages.show(request, "schemes/compare.html", context)


def download(text: str, name: str, kind: str) -> HttpResponse:
    """A text file to keep."""
    types = {"json": "application/json", "toml": "application/toml"}
    answer = HttpResponse(text, content_type=f"{types[kind]}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
