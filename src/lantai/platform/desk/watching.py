"""Looking after places: who keeps them is told when one goes, comes back or fills up."""

from __future__ import annotations

from django.utils import timezone

from lantai.kit.errors import N_
from lantai.platform.accounts import queries as accounts
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.desk.events import PlaceFoundAgain
from lantai.platform.events import services as events
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
