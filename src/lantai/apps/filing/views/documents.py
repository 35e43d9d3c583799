"""The list of documents, and one document."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.custody import queries as custody
from lantai.apps.filing import composition, queries, services
from lantai.apps.filing.models import Document, DocumentFile
from lantai.apps.filing.permissions import P
from lantai.apps.filing.services.arranging import CORRECTED_BEFORE
from lantai.apps.filing.states import DOCUMENT
from lantai.apps.filing.tables import DOCUMENT_STATES
from lantai.apps.filing.views.choosing import document_table
from lantai.apps.filing.views.describing import brief_facts_of, facts_of
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Moment, Tone
from lantai.platform.workflow import queries as workflow

SHOWN = ("application/pdf", "image/", "application/ofd", "application/vnd.ofd")
PLACES_OF_MOVES = {"arrange": "filing:arrange", "discard": "filing:discard", "take_back": "filing:take_back"}


@dataclass(frozen=True, slots=True)
class Viewer:
    """One page of one file with the way to its neighbours."""

    file: DocumentFile
    page: int
    last_page: int
    image_url: str
    large_url: str
    before_url: str
    after_url: str


@needs(P.DOCUMENT_READ)
@require_GET
def documents(request: HttpRequest) -> HttpResponseBase:
    """Documents on the desks that I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    upload = Act(_("上传文件"), reverse("filing:upload"), Tone.PRIMARY, "upload", method="get")
    acts = [upload] if ctx.actor.holds(P.DOCUMENT_CAPTURE) else []
    empty = Empty(
        _("这里会出现待归档的电子文件"),
        _("办公系统办结后自动推送，也可以在网页上传文件或整个文件夹。"),
        acts[0] if acts else None,
    )
    return respond(request, document_table(ctx), title=_("文件归档"), empty=empty, acts=acts)


@needs(P.DOCUMENT_READ)
@require_GET
def to_arrange(request: HttpRequest) -> HttpResponse:
    """The list of what waits for arrangement."""
    return redirect(f"{reverse('filing:documents')}?state=captured")


@needs(P.DOCUMENT_READ)
@require_GET
def to_compose(request: HttpRequest) -> HttpResponse:
    """The list of what is arranged and in no batch."""
    return redirect(f"{reverse('filing:documents')}?state=arranged")


@needs(P.DOCUMENT_READ)
@require_GET
def pane(request: HttpRequest, document_id: int) -> HttpResponse:
    """A row of the list on the right side."""
    row = queries.get(request.ctx, document_id)  # type: ignore[attr-defined]
    page = {"row": row, "facts": brief_facts_of(row), "state": DOCUMENT_STATES[row.state]}
    return pages.show(request, "filing/_pane.html", {**page, "files": list(queries.files_of(row.pk))})


@needs(P.DOCUMENT_READ)
@require_GET
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """The page of a document."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, document_id)
    files = list(queries.files_of(row.pk))
    return pages.detail(
        request,
        title=row.title,
        kicker=row.reference_code or row.document_number,
        state=DOCUMENT_STATES[row.state],
        acts=_acts(ctx, row),
        facts=facts_of(row),
        moments=_moments(row),
        crumbs=[Crumb(_("文件归档"), reverse("filing:documents")), Crumb(row.title)],
        template="filing/document.html",
        row=row,
        files=files,
        told=[(file.name, lines) for file in files if (lines := custody.lines_of(file, file.scan))],
        viewer=_viewer(request, row, files),
        standings=composition.standings_of(row, files),
    )


@needs(P.DOCUMENT_ARRANGE)
@require_POST
def check(request: HttpRequest, document_id: int) -> HttpResponse:
    """Test a document as filing would, and show the report."""
    made = services.check_document(request.ctx, document_id=document_id)  # type: ignore[attr-defined]
    message = _("自检完成，结论：%(conclusion)s。") % {"conclusion": made.get_conclusion_display()}
    return pages.done(request, message, to=reverse("custody:check", args=[made.pk]))


def _acts(ctx: Ctx, row: Document) -> list[Act]:
    own = {"ids": str(row.pk)}
    moves = [move for move in workflow.possible_moves(ctx, row, DOCUMENT) if move.name in PLACES_OF_MOVES]
    acts = [
        Act(
            move.label,
            reverse(PLACES_OF_MOVES[move.name]),
            Tone.PRIMARY if move.name == "arrange" and row.state == "captured" else Tone.PLAIN,
            needs_reason=move.needs_reason,
            fields=own,
        )
        for move in moves
    ]
    if may_describe(ctx, row):
        acts.append(Act(_("修改著录"), reverse("filing:describe", args=[row.pk]), icon="edit", method="get"))
        if composition.rule_of(row) is not None:
            acts.append(
                Act(_("确定组成"), reverse("filing:assign", args=[row.pk]), icon="files", method="get")
            )
    if row.state in queries.OPEN_STATES and row.agency_id in ctx.actor.orgs_with(P.DOCUMENT_ARRANGE):
        acts.append(Act(_("自检"), reverse("filing:check_document", args=[row.pk]), icon="clipboard-list"))
    if row.state == "arranged" and row.agency_id in ctx.actor.orgs_with(P.BATCH_COMPOSE):
        acts.append(Act(_("组成归档批次"), reverse("filing:preview"), Tone.PRIMARY, "package", fields=own))
    return acts


def may_describe(ctx: Ctx, row: Document) -> bool:
    """Whether the actor may correct the description now."""
    is_open = row.state in ("captured", "arranged")
    if row.batch is not None and row.state == "numbered":
        is_open = row.batch.state in CORRECTED_BEFORE
    return is_open and row.agency_id in ctx.actor.orgs_with(P.DOCUMENT_ARRANGE)


def _moments(row: Document) -> list[Moment]:
    moved = pages.moments_of(workflow.timeline("filing:document", row.pk))
    return [*moved, Moment(row.captured_at, row.agency.name, _("收录"))]


def _viewer(request: HttpRequest, row: Document, files: list[DocumentFile]) -> Viewer | None:
    shown = [file for file in files if file.mime.startswith(SHOWN)]
    asked = request.GET.get("file", "")
    file = next((file for file in shown if str(file.pk) == asked), shown[0] if shown else None)
    if file is None:
        return None
    last = file.page_count or 1
    number = request.GET.get("page", "1")
    page = min(max(int(number), 1), last) if number.isdecimal() and len(number) < 8 else 1
    here, picture = row.get_absolute_url(), reverse("filing:page", args=[row.pk, file.pk, page])
    return Viewer(
        file=file,
        page=page,
        last_page=last,
        image_url=f"{picture}?w=900",
        large_url=f"{picture}?w=1600",
        before_url=f"{here}?file={file.pk}&page={page - 1}" if page > 1 else "",
        after_url=f"{here}?file={file.pk}&page={page + 1}" if page < last else "",
    )
