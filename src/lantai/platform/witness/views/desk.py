"""Pages about the log: checkpoints, stamps, what we witnessed, alarms."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.downloads import saved
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact
from lantai.platform.witness import queries
from lantai.platform.witness.permissions import P
from lantai.platform.witness.tables import (
    ANCHORED,
    OUTCOMES,
    WITNESSED,
    AlarmTable,
    AnchorTable,
    CheckpointTable,
    PollTable,
    RefusedTable,
    SeenTable,
    StampTable,
)


@needs(P.LOG_READ)
@require_GET
def checkpoints(request: HttpRequest) -> HttpResponseBase:
    """Our signed tree heads, newest first."""
    rows = queries.checkpoint_rows()
    empty = Empty(_("这里会出现检查点"), _("有操作编入存证日志后，本机会签发检查点，并请伙伴见证。"))
    return respond(request, CheckpointTable(rows), title=pgettext("many", "日志检查点"), empty=empty)


@needs(P.LOG_READ)
@require_GET
def checkpoint(request: HttpRequest, checkpoint_id: int) -> HttpResponse:
    """One of them: who signed, who witnessed, which stamps, and whether the policy is met."""
    row = queries.get_checkpoint(checkpoint_id)
    note = Act(_("下载检查点"), reverse("witness:note", args=[row.pk]), icon="download", method="get")
    return pages.detail(
        request,
        title=_("%(size)d 条时的检查点") % {"size": row.size},
        state=WITNESSED[row.met_at is not None],
        acts=[note],
        facts=[
            Fact(_("日志名称"), row.origin),
            Fact(_("条数"), row.size, "number"),
            Fact(_("签名时间"), row.signed_at, "moment"),
            Fact(_("根摘要（SHA-256）"), row.root, "code"),
            Fact(_("根摘要（SM3）"), row.sm3_root, "code"),
            Fact(_("达到策略的时间"), row.met_at, "moment"),
        ],
        crumbs=[Crumb(pgettext("many", "日志检查点"), reverse("witness:checkpoints")), Crumb(str(row.size))],
        template="witness/checkpoint.html",
        row=row,
        anchors=[(one, ANCHORED[one.state]) for one in queries.anchors_of(row.size)],
    )


@needs(P.LOG_READ)
@require_GET
def note(request: HttpRequest, checkpoint_id: int) -> FileResponse:
    """The signed checkpoint with its cosignatures, as a file."""
    row = queries.get_checkpoint(checkpoint_id)
    data = queries.cosigned_note(row.size).encode()
    return saved(BytesIO(data), name=f"checkpoint-{row.size}.txt", size_bytes=len(data))


@needs(P.LOG_READ)
@require_GET
def stamps(request: HttpRequest) -> HttpResponseBase:
    """Time stamps over our checkpoints."""
    empty = Empty(_("还没有时间戳"), _("系统管理员在设置中登记时间戳服务后，检查点会定期加盖时间戳。"))
    return respond(request, StampTable(queries.stamp_rows()), title=pgettext("many", "时间戳"), empty=empty)


@needs(P.LOG_READ)
@require_GET
def stamp(request: HttpRequest, stamp_id: int) -> FileResponse:
    """A time stamp as the answer of its authority, for `openssl ts -verify`."""
    name, data = queries.stamp_file(stamp_id)
    return saved(BytesIO(data), name=name, size_bytes=len(data))


@needs(P.LOG_READ)
@require_GET
def anchors(request: HttpRequest) -> HttpResponseBase:
    """Our checkpoints on chains."""
    empty = Empty(
        _("没有登记上链的检查点"),
        _("系统管理员在设置中登记区块链后，检查点会定期写入链上；不登记也不影响其他各项证明。"),
    )
    title = pgettext("many", "链上登记")
    return respond(request, AnchorTable(queries.anchor_rows()), title=title, empty=empty)


@needs(P.LOG_READ)
@require_GET
def anchor(request: HttpRequest, anchor_id: int) -> FileResponse:
    """What was confirmed, as a file for `lantai-kit anchor`."""
    name, data = queries.anchor_file(anchor_id)
    return saved(BytesIO(data), name=name, size_bytes=len(data))


@needs(P.LOG_READ)
@require_GET
def polls(request: HttpRequest) -> HttpResponseBase:
    """Polls among archives that we called."""
    empty = Empty(
        _("还没有普查"),
        _("在伙伴页上约定互相普查后，本机定期抽取内容，请对方读出各自的副本作答，发现本馆副本有损即可修复。"),
    )
    return respond(request, PollTable(queries.poll_rows()), title=pgettext("many", "馆际普查"), empty=empty)


@needs(P.LOG_READ)
@require_GET
def poll(request: HttpRequest, poll_id: int) -> HttpResponse:
    """One of them: who answered, and what each content's votes say."""
    page = queries.get_poll(poll_id)
    return pages.detail(
        request,
        title=_("普查 %(number)d") % {"number": page.poll.pk},
        facts=[
            Fact(_("发起时间"), page.poll.called_at, "moment"),
            Fact(_("截止时间"), page.poll.until, "moment"),
            Fact(_("计票时间"), page.poll.closed_at, "moment"),
            Fact(_("内容数"), page.poll.item_count, "number"),
            Fact(_("普查编号"), page.poll.call, "code"),
        ],
        crumbs=[Crumb(pgettext("many", "馆际普查"), reverse("witness:polls")), Crumb(str(page.poll.pk))],
        template="witness/poll.html",
        ballots=page.ballots,
        items=[(one, OUTCOMES[one.outcome]) for one in page.items],
    )


@needs(P.LOG_READ)
@require_GET
def seen(request: HttpRequest) -> HttpResponseBase:
    """Checkpoints of other logs that we cosigned."""
    empty = Empty(
        _("还没有为其他日志见证"), _("登记由我们见证的伙伴后，对方的检查点经核对一致即由本机签名见证。")
    )
    to = Act(_("未见证的请求"), reverse("witness:refused"), icon="ban", method="get")
    title = _("为他馆见证")
    return respond(request, SeenTable(queries.seen_rows()), title=title, empty=empty, acts=[to])


@needs(P.LOG_READ)
@require_GET
def refused(request: HttpRequest) -> HttpResponseBase:
    """What we did not cosign, and why."""
    empty = Empty(_("没有未见证的请求"), _("签名不对、与已见证的检查点不一致的请求会记在这里。"))
    return respond(request, RefusedTable(queries.refused_rows()), title=_("未见证的请求"), empty=empty)


@needs(P.LOG_READ)
@require_GET
def alarms(request: HttpRequest) -> HttpResponseBase:
    """Forks, rollbacks, and what came too late."""
    empty = Empty(_("没有告警"), _("日志分叉、倒退、见证或时间戳超时会出现在这里，并通知安全管理员。"))
    return respond(request, AlarmTable(queries.alarm_rows()), title=pgettext("many", "存证告警"), empty=empty)


@needs(P.LOG_READ)
@require_GET
def proof(request: HttpRequest, alarm_id: int) -> FileResponse:
    """The proof of a fork, for anybody to check with `lantai-kit fork`."""
    data = queries.proof_file(alarm_id).encode()
    return saved(BytesIO(data), name=f"fork-{alarm_id}.txt", size_bytes=len(data))
