"""Oral history and dialects: projects, speakers, consent, recordings."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.acquisition import queries, services
from lantai.apps.acquisition.forms.cases import ShelvingForm
from lantai.apps.acquisition.forms.voices import (
    ConsentForm,
    ProjectForm,
    RoleForm,
    SessionForm,
    SpeakerForm,
    WithdrawForm,
)
from lantai.apps.acquisition.models import Speaker, VoiceProject, VoiceSession
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import SESSION
from lantai.apps.acquisition.tables import SESSION_STATES, ProjectTable
from lantai.apps.acquisition.types import VOICE_SESSION, SessionState, VoiceRole
from lantai.apps.acquisition.views.entering import entered
from lantai.apps.acquisition.views.papers import parts_of, sent, shelving_of
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

_CLOSED = (SessionState.ACCEPTED, SessionState.CLOSED)


@needs(P.VOICE_READ)
@require_GET
def projects(request: HttpRequest) -> HttpResponseBase:
    """The projects I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("建立项目"), reverse("acquisition:open_project"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.VOICE_HANDLE) else []
    empty = Empty(
        _("这里会出现口述史料和方言语音项目"),
        _("先建立项目，再登记口述者、授权书和每次录制。"),
        acts[0] if acts else None,
    )
    rows = queries.visible_projects(ctx)
    return respond(request, ProjectTable(rows), title=_("口述和方言"), empty=empty, acts=acts)


def _crumbs(*rows: VoiceProject | Speaker | VoiceSession) -> list[Crumb]:
    way = [Crumb(_("口述和方言"), reverse("acquisition:projects"))]
    return [*way, *(Crumb(str(row), row.get_absolute_url()) for row in rows)]


def _link(label: str, name: str, row_id: int, icon: str, tone: Tone = Tone.PLAIN) -> Act:
    return Act(label, reverse(f"acquisition:{name}", args=[row_id]), tone, icon, method="get")


@needs(P.VOICE_READ)
@require_GET
def project(request: HttpRequest, voice_project_id: int) -> HttpResponse:
    """One project with its speakers, by code, and its recordings."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_project(ctx, voice_project_id)
    acts = [
        _link(_("登记录制"), "enter_session", row.pk, "microphone", Tone.PRIMARY),
        _link(_("登记口述者"), "enter_speaker", row.pk, "user"),
    ]
    facts = [
        Fact(_("类别"), row.get_kind_display()),
        Fact(_("采集单位"), row.org.name),
        Fact(_("开始日期"), row.began_on, "date"),
        Fact(_("结束日期"), row.ended_on, "date"),
        Fact(_("历史背景"), row.background),
        Fact(_("采访提纲或调查条目"), row.outline),
    ]
    return pages.detail(
        request,
        title=row.title,
        kicker=row.number,
        acts=acts if _handles(ctx, row.org_id) else [],
        facts=facts,
        crumbs=[*_crumbs(), Crumb(row.number)],
        template="acquisition/project.html",
        speakers=row.speakers.all(),
        sessions=row.sessions.select_related("speaker"),
    )


def _handles(ctx: Ctx, org_id: int) -> bool:
    return org_id in ctx.actor.orgs_with(P.VOICE_HANDLE)


@needs(P.VOICE_HANDLE)
@require_http_methods(["GET", "POST"])
def open_project(request: HttpRequest) -> HttpResponse:
    """Plan recordings."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = ProjectForm(request.POST or None, orgs=queries.orgs_to_record(ctx))
    return entered(
        request,
        form,
        lambda _said: services.open_project(ctx, **form.said()),
        title=_("建立口述或方言项目"),
        crumbs=_crumbs(),
        back=reverse("acquisition:projects"),
    )


@needs(P.VOICE_HANDLE)
@require_http_methods(["GET", "POST"])
def enter_speaker(request: HttpRequest, voice_project_id: int) -> HttpResponse:
    """Enter a speaker."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_project(ctx, voice_project_id)
    return entered(
        request,
        SpeakerForm(request.POST or None),
        lambda said: services.enter_speaker(ctx, voice_project_id=row.pk, **said),
        title=_("登记口述者"),
        crumbs=_crumbs(row),
        back=row.get_absolute_url(),
    )


@needs(P.VOICE_READ)
@require_GET
def speaker(request: HttpRequest, speaker_id: int) -> HttpResponse:
    """A speaker by code, with consents."""
    row = queries.get_speaker(request.ctx, speaker_id)  # type: ignore[attr-defined]
    return _speaker_page(request, row, [])


def _speaker_page(request: HttpRequest, row: Speaker, identity: list[Fact]) -> HttpResponse:
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    acts = []
    if _handles(ctx, row.project.org_id):
        acts.append(_link(_("登记授权书"), "enter_consent", row.pk, "stamp", Tone.PRIMARY))
    if not identity and row.project.org_id in ctx.actor.orgs_with(P.PERSON_READ):
        acts.append(Act(_("查看个人信息"), reverse("acquisition:identity", args=[row.pk]), icon="eye"))
    facts = [
        Fact(_("类型"), row.get_group_display()),
        Fact(_("与事件的关系"), row.standing),
        Fact(_("方言点"), row.dialect_point),
        *identity,
    ]
    return pages.detail(
        request,
        title=_("口述者 %(code)s") % {"code": row.code},
        kicker=row.project.number,
        acts=acts,
        facts=facts,
        crumbs=_crumbs(row.project, row),
        template="acquisition/speaker.html",
        consents=row.consents.all(),
        may_withdraw=_handles(ctx, row.project.org_id),
    )


@needs(P.PERSON_READ)
@require_POST
def identity(request: HttpRequest, speaker_id: int) -> HttpResponse:
    """Who a speaker is: asked for, and noted."""
    who = services.reveal_speaker(request.ctx, speaker_id=speaker_id)  # type: ignore[attr-defined]
    row = queries.get_speaker(request.ctx, speaker_id)  # type: ignore[attr-defined]
    facts = [
        Fact(_("姓名"), who.name),
        Fact(_("出生年"), who.born_year or ""),
        Fact(_("籍贯"), who.native_place),
        Fact(_("联系方式"), who.contact),
    ]
    return _speaker_page(request, row, facts)


@needs(P.VOICE_HANDLE)
@require_http_methods(["GET", "POST"])
def enter_consent(request: HttpRequest, speaker_id: int) -> HttpResponse:
    """Enter what a speaker signed."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_speaker(ctx, speaker_id)
    return entered(
        request,
        ConsentForm(request.POST or None),
        lambda said: services.enter_consent(ctx, speaker_id=row.pk, **said),
        title=_("登记授权书"),
        crumbs=_crumbs(row.project, row),
        back=row.get_absolute_url(),
    )


@needs(P.VOICE_HANDLE)
@require_http_methods(["GET", "POST"])
def withdraw_consent(request: HttpRequest, consent_id: int) -> HttpResponse:
    """A speaker takes consent back."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_consent(ctx, consent_id)
    speaker = row.speaker
    return entered(
        request,
        WithdrawForm(request.POST or None),
        lambda said: services.withdraw_consent(ctx, consent_id=row.pk, **said),
        title=_("撤回授权书 %(number)s") % {"number": row.number},
        crumbs=_crumbs(speaker.project, speaker),
        back=speaker.get_absolute_url(),
        intro=_("撤回后，没有其他有效授权的录制立即停止利用，已入藏的改为控制使用，内容仍予保存。"),
    )


@needs(P.VOICE_HANDLE)
@require_http_methods(["GET", "POST"])
def enter_session(request: HttpRequest, voice_project_id: int) -> HttpResponse:
    """Enter a recording."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_project(ctx, voice_project_id)

    def save(said: dict[str, Any]) -> VoiceSession:
        facts = {name: value for name, value in said.items() if name != "speaker"}
        return services.enter_session(
            ctx, voice_project_id=row.pk, speaker_id=said["speaker"].pk, facts=facts
        )

    return entered(
        request,
        SessionForm(request.POST or None, speakers=row.speakers.all()),
        save,
        title=_("登记录制"),
        crumbs=_crumbs(row),
        back=row.get_absolute_url(),
    )


@needs(P.VOICE_READ)
@require_GET
def session(request: HttpRequest, voice_session_id: int) -> HttpResponse:
    """One recording with its files."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_session(ctx, voice_session_id)
    return pages.detail(
        request,
        title=row.title,
        kicker=_("第 %(number)d 次录制") % {"number": row.number},
        state=SESSION_STATES[row.state],
        acts=_session_acts(ctx, row),
        facts=_session_facts(row),
        moments=pages.moments_of(workflow.timeline(VOICE_SESSION, row.pk)),
        crumbs=_crumbs(row.project, row),
        template="acquisition/session.html",
        files=row.files.all(),
        may_open=queries.consent_in_force(row.speaker_id) is not None,
    )


def _session_facts(row: VoiceSession) -> list[Fact]:
    facts = [
        Fact(_("口述者"), row.speaker.code, url=row.speaker.get_absolute_url()),
        Fact(_("录制日期"), row.held_on, "date"),
        Fact(_("录制地点"), row.place),
        Fact(_("采集者"), row.interviewer),
        Fact(_("语言或方言"), row.language),
        Fact(_("方言点"), row.speaker.dialect_point),
        Fact(_("设备和格式"), row.device),
        Fact(_("内容提要"), row.summary),
        Fact(_("档号"), row.reference_code),
    ]
    if row.package is not None:
        facts.append(
            Fact(_("信息包"), row.package.title, url=reverse("custody:package", args=[row.package.pk]))
        )
    return facts


def _session_acts(ctx: Ctx, row: VoiceSession) -> list[Act]:
    moves = workflow.possible_moves(ctx, row, SESSION)
    acts = list(pages.acts_of(moves, lambda name: reverse("acquisition:move_session", args=[row.pk, name])))
    if _handles(ctx, row.org_id) and row.state not in _CLOSED:
        acts.append(_link(_("上传录制文件"), "recordings", row.pk, "upload"))
    if _handles(ctx, row.org_id) and row.state == SessionState.CHECKED:
        acts.append(_link(_("入藏"), "accept_session", row.pk, "package", Tone.PRIMARY))
    return acts


@needs(P.VOICE_HANDLE)
@require_GET
def recordings(request: HttpRequest, voice_session_id: int) -> HttpResponse:
    """Say what the files are, then choose them."""
    row = queries.get_session(request.ctx, voice_session_id)  # type: ignore[attr-defined]
    form = RoleForm(request.GET or None)
    role = form.cleaned_data["role"] if form.is_valid() else ""
    return pages.show(
        request,
        "acquisition/recordings.html",
        {
            "title": _("上传录制文件"),
            "form": form,
            "crumbs": [*_crumbs(row.project, row), Crumb(_("上传录制文件"))],
            "upload_url": reverse("blobs:uploads"),
            "done_url": reverse("acquisition:take_recordings", args=[row.pk, role]) if role else "",
        },
    )


@needs(P.VOICE_HANDLE)
@require_POST
def take_recordings(request: HttpRequest, voice_session_id: int, role: str) -> HttpResponse:
    """Hold what was uploaded."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_session(ctx, voice_session_id)
    if role not in VoiceRole.values:
        raise Missing
    got = services.add_recordings(
        ctx,
        voice_session_id=row.pk,
        voice_role=role,
        places=request.POST.getlist("uploads"),
        parts=parts_of(request),
    )
    return pages.done(request, _("已收录 %(n)d 个文件。") % {"n": len(got)}, to=row)


@needs(P.VOICE_READ)
@require_GET
def recording(request: HttpRequest, voice_file_id: int) -> FileResponse:
    """A file of a recording while consent stands; each time leaves a line."""
    return sent(services.open_recording(request.ctx, voice_file_id=voice_file_id))  # type: ignore[attr-defined]


@needs(P.VOICE_HANDLE)
@require_http_methods(["GET", "POST"])
def accept_session(request: HttpRequest, voice_session_id: int) -> HttpResponse:
    """Choose where the recording goes, and start the run."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_session(ctx, voice_session_id)
    fonds = queries.fonds_for(ctx, row.org_id)
    form = ShelvingForm(request.POST or None, fonds=fonds, kinds=holdings.kinds())
    return entered(
        request,
        form,
        lambda _said: services.start_accepting(ctx, voice_session_id=row.pk, shelving=shelving_of(form)),
        title=_("录制入藏"),
        crumbs=_crumbs(row.project, row),
        back=row.get_absolute_url(),
        intro=_("原始录音录像、整理稿和授权材料封存为一件档案。可关闭本页，进度见“任务”。"),
    )


@needs(P.VOICE_READ)
@require_POST
def move_session(request: HttpRequest, voice_session_id: int, move: str) -> HttpResponse:
    """Arranged, checked, sent back; the state table asks for the permission."""
    reason = request.POST.get("reason", "")
    row = services.move_session(
        request.ctx,  # type: ignore[attr-defined]
        voice_session_id=voice_session_id,
        name=move,
        reason=reason,
    )
    said = {"title": row.title, "state": SESSION_STATES[row.state].label}
    return pages.done(request, _("录制“%(title)s”现在是：%(state)s。") % said, to=row)
