"""What the composition root adds to the frame of every desk page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantai.platform.accounts.permissions import P as ACCOUNTS
from lantai.platform.desk.words import name_acts
from lantai.platform.jobs import queries as jobs
from lantai.platform.jobs import registry as beats
from lantai.platform.ledger.permissions import P as LEDGER
from lantai.platform.notify import queries as notify
from lantai.platform.places.permissions import P as PLACES
from lantai.platform.ui.registry import (
    Counter,
    MenuItem,
    Section,
    register_counter,
    register_menu,
    register_search,
)
from lantai.platform.workflow import queries as workflow
from lantai.site.words import ACTS


def register() -> None:
    """Called once when Django is ready; the apps have registered their own items."""
    register_counter(
        Counter("inbox", _("待办"), "desk:inbox", icon="checklist", order=1, count=workflow.count_inbox)
    )
    register_counter(
        Counter("jobs", _("任务"), "desk:runs", icon="player-play", order=2, count=jobs.count_open)
    )
    register_counter(
        Counter(
            "notices",
            _("消息"),
            "desk:notices",
            icon="bell",
            order=3,
            count=lambda ctx: notify.unread_count(ctx.actor.id),
        )
    )
    register_search("catalogue:search", placeholder=_("搜索档号、题名、人名…"), parameter="q")
    _register_menu()
    name_acts(ACTS)
    beats.every(2, "lantai.platform.ledger.services.sequence_now")
    beats.every(1, "lantai.platform.search.services.keep_up")
    beats.every(5, "lantai.platform.jobs.services.take_up")
    beats.every(3600, "lantai.platform.jobs.services.forget_ended")
    beats.every(3600, "lantai.platform.blobs.services.sweep_now")
    beats.every(60, "lantai.platform.desk.watching.watch_places")
    beats.every(60, "lantai.platform.desk.watching.watch_beats")


def _register_menu() -> None:
    register_menu(MenuItem(Section.SYSTEM, _("任务"), "desk:runs", order=10, icon="player-play"))
    register_menu(
        MenuItem(
            Section.SYSTEM,
            _("用户与角色"),
            "desk:users",
            permissions=(ACCOUNTS.USER_READ,),
            order=20,
            icon="users",
        )
    )
    register_menu(
        MenuItem(
            Section.SYSTEM,
            pgettext_lazy("many", "存储位置"),
            "desk:places",
            permissions=(PLACES.PLACE_READ,),
            order=25,
            icon="database",
        )
    )
    register_menu(
        MenuItem(
            Section.SYSTEM,
            _("操作日志"),
            "desk:entries",
            permissions=(LEDGER.ENTRY_READ,),
            order=30,
            icon="history",
        )
    )
    register_menu(MenuItem(Section.SYSTEM, _("使用说明"), "help:index", order=90, icon="help-circle"))
