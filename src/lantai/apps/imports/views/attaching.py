"""Files for records: the upload, what was found of each file, and the seal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.imports import queries, services
from lantai.apps.imports.attachment_tables import (
    ATTACHMENT_STATES,
    VERDICTS,
    AttachedFileTable,
    AttachmentTable,
    UnfilledTable,
)
from lantai.apps.imports.forms import AttachmentForm
from lantai.apps.imports.models import Attachment
from lantai.apps.imports.permissions import P
from lantai.apps.imports.states import ATTACHMENTS
from lantai.apps.imports.types import ATTACHMENT, AttachmentState
from lantai.apps.imports.wording import why_of
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import progress_of
from lantai.platform.gates import needs
from lantai.platform.jobs import queries as runs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow


def _crumbs(row: Attachment | None = None) -> list[Crumb]:
    way = [Crumb(_("原文挂接"), reverse("imports:attachments"))]
    return [*way, Crumb(row.title, row.get_absolute_url())] if row else way


@needs(P.FILES_READ)
@require_GET
def attachments(request: HttpRequest) -> HttpResponseBase:
    """Uploads of files for records."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("挂接原文"), reverse("imports:attach"), Tone.PRIMARY, "upload", method="get")
    acts = [new] if ctx.actor.holds(P.FILES_ATTACH) else []
    empty = Empty(
        _("这里会出现挂接批次"),
        _("把扫描件按档号命名，打成 zip 或选择整个文件夹上传。先列出哪些能挂上、哪些不能，再一次封存。"),
        new if acts else None,
    )
    table = AttachmentTable(queries.visible_attachments(ctx))
    return respond(request, table, title=_("原文挂接"), empty=empty, acts=acts)


@needs(P.FILES_ATTACH)
@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest) -> HttpResponse:
    """Begin a batch."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = AttachmentForm(request.POST or None, fonds=queries.fonds_to_attach(ctx))
    if form.is_valid():
        try:
            row = services.open_attachment(ctx, **form.said())
            return pages.done(request, _("请上传文件。"), to=reverse("imports:attach_files", args=[row.pk]))
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("挂接原文"),
        submit=_("下一步：上传"),
        crumbs=_crumbs(),
        cancel_url=reverse("imports:attachments"),
        intro=_("给目录里已有的“件”补上扫描件。没有条目的文件不会挂接，请先著录或导入目录。"),
    )


@needs(P.FILES_ATTACH)
@require_GET
def attach_files(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Choose the files."""
    row = queries.get_attachment(request.ctx, attachment_id)  # type: ignore[attr-defined]
    return pages.show(
        request,
        "imports/attach_files.html",
        {
            "title": _("上传原文"),
            "row": row,
            "crumbs": [*_crumbs(row), Crumb(_("上传原文"))],
            "upload_url": reverse("blobs:uploads"),
            "done_url": reverse("imports:take_files", args=[row.pk]),
            "allow_folder": True,
            "is_open": row.state == AttachmentState.OPEN,
        },
    )


@needs(P.FILES_ATTACH)
@require_POST
def take_files(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Take what was uploaded, and begin the check."""
    row = services.take_files(
        request.ctx,  # type: ignore[attr-defined]
        attachment_id=attachment_id,
        places=request.POST.getlist("uploads"),
        parts=[(one.name or "", one.file) for one in request.FILES.getlist("files")],
    )
    return pages.done(request, _("已收到，正在检查。"), to=row)


@needs(P.FILES_READ)
@require_GET
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """One batch: what can go in, what cannot and why, what has no file."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_attachment(ctx, attachment_id)
    run = runs.visible(ctx).filter(about_type=ATTACHMENT, about_id=str(row.pk)).order_by("-id").first()
    files = reverse("imports:attached_files", args=[row.pk])
    return pages.detail(
        request,
        title=row.title,
        kicker=str(row.fonds),
        state=ATTACHMENT_STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(ATTACHMENT, row.pk)),
        crumbs=[*_crumbs(), Crumb(row.title)],
        template="imports/attachment.html",
        row=row,
        why=why_of(row),
        progress=progress_of(run) if run else None,
        verdicts=[(VERDICTS[one], n, f"{files}?verdict={one}") for one, n in queries.verdicts_of(row)],
        files_url=files,
    )


def _facts(row: Attachment) -> list[Fact]:
    facts = [
        Fact(_("保管单位"), str(row.org)),
        Fact(_("命名规则"), row.pattern or _("通用写法")),
        Fact(_("上传人"), row.maker_name),
        Fact(_("上传时间"), row.made_at, "moment"),
    ]
    if row.package is not None:
        facts.append(
            Fact(_("信息包"), row.package.title, url=reverse("custody:package", args=[row.package.pk]))
        )
    if row.sealed_at:
        facts.append(Fact(_("挂接时间"), row.sealed_at, "moment"))
    return facts


def _acts(ctx: Ctx, row: Attachment) -> list[Act]:
    acts: list[Act] = []
    if row.state == AttachmentState.OPEN and row.org_id in ctx.actor.orgs_with(P.FILES_ATTACH):
        here = reverse("imports:attach_files", args=[row.pk])
        acts.append(Act(_("上传文件"), here, Tone.PRIMARY, "upload", method="get"))
    moves = [
        move
        for move in workflow.possible_moves(ctx, row, ATTACHMENTS)
        if move.name in services.ATTACHMENT_MOVES
    ]
    said = {
        "seal": _(
            "可挂接的文件将封存为一个信息包。封存后的原文依法不能删除，也不能撤销；挂错的只能由销毁程序处理。"
        ),
        "cancel": _("上传的文件将删除，目录不受影响。"),
    }
    acts += pages.acts_of(
        moves, lambda name: reverse("imports:attachment_move", args=[row.pk, name]), confirm=said
    )
    return acts


@needs(P.FILES_READ)
@require_GET
def attached_files(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """Each file of a batch with its record and what was found."""
    row = queries.get_attachment(request.ctx, attachment_id)  # type: ignore[attr-defined]
    table = AttachedFileTable(queries.files_of(row))
    empty = Empty(_("这里会出现上传的文件"), _("检查之后，每个文件列出对应的档号和结果。"))
    return respond(request, table, title=_("挂接文件"), empty=empty, crumbs=_crumbs(row))


@needs(P.FILES_READ)
@require_GET
def unfilled(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """Records within the codes of a batch for which no file came."""
    row = queries.get_attachment(request.ctx, attachment_id)  # type: ignore[attr-defined]
    table = UnfilledTable(queries.unfilled(row))
    empty = Empty(_("这里会出现没有文件的条目"), _("同一号段的条目都有文件时，这里是空的。"))
    return respond(request, table, title=_("没有文件的条目"), empty=empty, crumbs=_crumbs(row))


@needs(P.FILES_ATTACH)
@require_POST
def attachment_move(request: HttpRequest, attachment_id: int, move: str) -> HttpResponse:
    """Seal, check again, give up."""
    if move not in services.ATTACHMENT_MOVES:
        raise Missing
    row = services.ATTACHMENT_MOVES[move](request.ctx, attachment_id=attachment_id)  # type: ignore[attr-defined]
    said = _("“%(name)s”现在是：%(state)s。") % {
        "name": row.title,
        "state": ATTACHMENT_STATES[row.state].label,
    }
    return pages.done(request, said, to=row)
