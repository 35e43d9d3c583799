"""Looking after what works unseen: who keeps it is told when a place or a beat fails, and when it is well again."""

from __future__ import annotations

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from lantai.kit.errors import N_
from lantai.platform.accounts import queries as accounts
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.desk.events import PlaceFoundAgain
from lantai.platform.events import services as events
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import BeatFault
from lantai.platform.jobs.permissions import P as JOBS
from lantai.platform.notify import services as notify
from lantai.platform.places import services as places
from lantai.platform.places.permissions import P

_TEXTS = {
    "lost": N_("存储位置“%(place)s”失联：%(why)s"),
    "found_again": N_("存储位置“%(place)s”已恢复。"),
    "nearly_full": N_(
        "存储位置“%(place)s”已使用 %(why)s%%，请扩充空间；主存储达到 98%% 时将暂停接收新内容。"
    ),
}


def watch_places() -> None:
    """Called every minute."""
    ctx = system_ctx(Channel.JOB)
    for change in places.look_at_places(ctx):
        _tell(ctx, change)
        if change.past == "found_again":
            events.publish(ctx, PlaceFoundAgain(change.place.pk))


def _tell(ctx: Ctx, change: places.Change) -> None:
    said = {"place": change.place.title, "why": change.why}
    text = _TEXTS[change.past]
    url = change.place.get_absolute_url()
    if change.place.custodian_id:
        notify.tell(
            ctx, org_id=change.place.custodian_id, permission=P.PLACE_MANAGE, text=text, params=said, url=url
        )
        return
    keepers = accounts.holders_anywhere(P.PLACE_MANAGE, timezone.localdate(ctx.now))
    notify.tell(ctx, user_ids=keepers, text=text, params=said, url=url)


_FAILS = N_(
    "后台事务“%(beat)s”出错，事件编号 %(incident)s。其他事务照常进行，系统会继续重试，恢复后另行通知。"
)
_WELL = N_("后台事务“%(beat)s”已恢复正常，事件编号 %(incident)s。")


def watch_beats() -> None:
    """Called every minute: each fault is told once, and its end once."""
    ctx = system_ctx(Channel.JOB)
    keepers = accounts.holders_anywhere(JOBS.RUN_MANAGE, timezone.localdate(ctx.now))
    for fault in jobs.beat_faults_to_tell(ctx.now):
        said = {"beat": _name_of(fault), "incident": fault.incident}
        text = _WELL if fault.ended_at else _FAILS
        notify.tell(ctx, user_ids=keepers, text=text, params=said, url=reverse("desk:runs"))


def _name_of(fault: BeatFault) -> str:
    """As in the log, without the path of the program."""
    app = apps.get_containing_app_config(fault.name)
    return f"{app.label if app else 'lantai'}.{fault.name.rpartition('.')[2]}"
